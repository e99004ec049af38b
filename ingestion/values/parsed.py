"""What was read from a CV: a JSON Resume with confidence and evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

from ingestion.values.codec import decode, encode
from ingestion.values.document import Concern, Span
from ingestion.values.resume import Education, Resume

PARSER_VERSION = "3"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure we are of one field, in [0, 1], and where in the text it was read."""

    confidence: float
    span: Span
    page: int = 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A skill that is named in the text of the CV without being listed among its skills."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedCV:
    """A JSON Resume plus, by field path such as ``work[0].startDate``, the evidence for each value.

    ``phone_e164`` is the phone number with the country code that the CV implies; ``basics.phone`` is as the CV shows it.
    ``corrected`` says by path what was read where a person has put something else, or "" where nothing was.
    """

    resume: Resume
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    format: str = ""
    parser_version: str = PARSER_VERSION
    phone_e164: str = ""
    mentioned_skills: tuple[Mention, ...] = ()
    concerns: tuple[Concern, ...] = ()
    scanned: bool = False
    corrected: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        notes = {
            path: {"confidence": e.confidence, "start": e.span.start, "end": e.span.end, "page": e.page}
            for path, e in self.evidence.items()
        }
        extra = {
            "phoneE164": self.phone_e164,
            "mentionedSkills": [asdict(mention) for mention in self.mentioned_skills],
            "concerns": [asdict(concern) for concern in self.concerns],
            "scanned": self.scanned,
            "corrected": dict(self.corrected),
        }
        shown = {name: value for name, value in extra.items() if value}
        meta = {"parserVersion": self.parser_version, "format": self.format, **shown, "fields": notes}
        return {**encode(self.resume), "meta": meta}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Reads what ``to_json`` wrote, and any other JSON Resume; unknown keys are left out."""
        meta = data.get("meta") or {}
        notes = {
            path: Evidence(n["confidence"], Span(n["start"], n["end"]), n.get("page", 1))
            for path, n in (meta.get("fields") or {}).items()
        }
        return cls(
            decode(Resume, data),
            notes,
            meta.get("format", ""),
            meta.get("parserVersion", ""),
            meta.get("phoneE164", ""),
            tuple(Mention(**row) for row in meta.get("mentionedSkills", ())),
            tuple(Concern(**row) for row in meta.get("concerns", ())),
            bool(meta.get("scanned")),
            dict(meta.get("corrected") or {}),
        )

    @property
    def titles(self) -> tuple[str, ...]:
        """The person's own label, then positions from the most recent on, without repeats."""
        recent = sorted(self.resume.work, key=lambda w: (not w.end_date, w.end_date, w.start_date), reverse=True)
        titles = [self.resume.basics.label, *(w.position for w in recent)]
        return tuple(dict.fromkeys(t for t in titles if t))

    @property
    def skill_names(self) -> tuple[str, ...]:
        """Single skills and the members of groups, in document order; a group's heading is not a skill."""
        names = (name for s in self.resume.skills for name in (s.keywords or (s.name,)))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def location_text(self) -> str:
        place = self.resume.basics.location
        return ", ".join(p for p in (place.city, place.region, place.country_code) if p)

    @property
    def latest_education(self) -> Education | None:
        return max(self.resume.education, key=lambda e: e.end_date or e.start_date, default=None)

    @property
    def language_names(self) -> tuple[str, ...]:
        return tuple(entry.language for entry in self.resume.languages if entry.language)

    def experience_months(self, today: date) -> int:
        """Months in any job, overlaps counted once; a year without a month counts from January to December."""
        worked: set[int] = set()
        now = today.year * 12 + today.month - 1
        for job in self.resume.work:
            start = _month_number(job.start_date, default_month=1)
            end = _month_number(job.end_date, default_month=12) if job.end_date else now
            if start is not None and end is not None:
                worked.update(range(start, min(end, now) + 1))
        return len(worked)


def _month_number(text: str, default_month: int) -> int | None:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-\d{2})?", text)
    return int(match[1]) * 12 + int(match[2] or default_month) - 1 if match else None
