"""What we read from a CV: the document with its positions, and the JSON Resume with confidence and evidence."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Self

PARSER_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets into ``Document.text``; the end is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line; cells that stand apart are separated by tabs. Positions in PDF points from the top left, or 0."""

    text: str
    start: int
    page: int = 1
    x0: float = 0
    y0: float = 0
    x1: float = 0
    y1: float = 0
    size: float = 0
    bold: bool = False
    level: int = 0  # 1 to 6 where the format marks headings
    bullet: bool = False  # an item of a list, whether or not the mark itself is part of the text
    block: int = 0  # lines of one column, cell or paragraph group share a number
    certainty: float = 1  # of the characters, in [0, 1]; below 1 where they were recognised in a picture
    breaks: tuple[int, ...] = ()  # offsets within the line where a new font or weight begins

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Link:
    """A link target that the page shows only as the words (or the icon) at ``start``."""

    url: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a recruiter should know before trusting a file, and where it stands.

    ``kind`` is hidden, glyphs, stuffing or instruction; ``reason`` says in a few words how it was noticed, and ``excerpt``
    is what it says, cut short. Text that a person cannot see is no part of ``Document.text``: its span is empty and marks the
    place where it would have stood. Text in view has the span that nothing is read from and nothing is matched with.
    """

    kind: str
    reason: str
    excerpt: str
    page: int = 1
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file as lines in reading order; every line is found in ``text`` at its start."""

    text: str
    lines: tuple[Line, ...]
    format: str
    page_count: int = 1
    links: tuple[Link, ...] = ()
    concerns: tuple[Concern, ...] = ()
    scanned: bool = False  # read from pictures of letters

    def page_at(self, offset: int) -> int:
        """The page of the last line that starts at or before the offset."""
        page = 1
        for line in self.lines:
            if line.start > offset:
                break
            page = line.page
        return page

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "format": self.format,
            "page_count": self.page_count,
            "lines": [[getattr(line, f.name) for f in fields(Line)[1:]] + [len(line.text)] for line in self.lines],
            "links": [[link.url, link.start, link.end] for link in self.links],
            "concerns": [[getattr(concern, f.name) for f in fields(Concern)] for concern in self.concerns],
            "scanned": self.scanned,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        text = data["text"]
        return cls(
            text=text,
            lines=tuple(_line(text, row) for row in data["lines"]),
            format=data["format"],
            page_count=data["page_count"],
            links=tuple(Link(*row) for row in data["links"]),
            concerns=tuple(Concern(*row) for row in data["concerns"]),
            scanned=data["scanned"],
        )


def _line(text: str, row: list[Any]) -> Line:
    values = dict(zip((f.name for f in fields(Line)[1:]), row, strict=False))
    start = values["start"]
    return Line(text=text[start : start + row[-1]], **{**values, "breaks": tuple(values["breaks"])})


@dataclass(frozen=True, slots=True)
class Location:
    address: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    network: str = ""
    username: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Basics:
    name: str = ""
    label: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    summary: str = ""
    location: Location = field(default_factory=Location)
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """``name`` is the employer; dates are ``YYYY-MM`` or ``YYYY``; a current job has no end date."""

    name: str = ""
    position: str = ""
    location: str = ""
    url: str = ""
    start_date: str = ""
    end_date: str = ""
    summary: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Volunteer:
    organization: str = ""
    position: str = ""
    start_date: str = ""
    end_date: str = ""
    summary: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Education:
    institution: str = ""
    area: str = ""
    study_type: str = ""
    start_date: str = ""
    end_date: str = ""
    score: str = ""
    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """A single skill, or with keywords a named group of skills."""

    name: str = ""
    level: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    language: str = ""
    fluency: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str = ""
    issuer: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    name: str = ""
    description: str = ""
    start_date: str = ""
    end_date: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    title: str = ""
    awarder: str = ""
    date: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    name: str = ""
    publisher: str = ""
    release_date: str = ""


@dataclass(frozen=True, slots=True)
class Interest:
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Who would speak for the person, with how to reach them where that is told, or the words of a recommendation."""

    name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Resume:
    """JSON Resume (jsonresume.org schema), the parts we read."""

    basics: Basics = field(default_factory=Basics)
    work: tuple[Work, ...] = ()
    volunteer: tuple[Volunteer, ...] = ()
    education: tuple[Education, ...] = ()
    skills: tuple[Skill, ...] = ()
    languages: tuple[Language, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    projects: tuple[Project, ...] = ()
    awards: tuple[Award, ...] = ()
    publications: tuple[Publication, ...] = ()
    interests: tuple[Interest, ...] = ()
    references: tuple[Reference, ...] = ()


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
    """

    resume: Resume
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    format: str = ""
    parser_version: str = PARSER_VERSION
    phone_e164: str = ""
    mentioned_skills: tuple[Mention, ...] = ()
    concerns: tuple[Concern, ...] = ()
    scanned: bool = False

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
        }
        shown = {name: value for name, value in extra.items() if value}
        meta = {"parserVersion": self.parser_version, "format": self.format, **shown, "fields": notes}
        return {**_encode(self.resume), "meta": meta}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Reads what ``to_json`` wrote, and any other JSON Resume; unknown keys are left out."""
        meta = data.get("meta") or {}
        notes = {
            path: Evidence(n["confidence"], Span(n["start"], n["end"]), n.get("page", 1))
            for path, n in (meta.get("fields") or {}).items()
        }
        return cls(
            _decode(Resume, data),
            notes,
            meta.get("format", ""),
            meta.get("parserVersion", ""),
            meta.get("phoneE164", ""),
            tuple(Mention(**row) for row in meta.get("mentionedSkills", ())),
            tuple(Concern(**row) for row in meta.get("concerns", ())),
            bool(meta.get("scanned")),
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


@cache
def _json_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@cache
def _types(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _encode(value: Any) -> Any:
    """A dataclass as JSON with camelCase keys; empty values are left out, as the schema allows."""
    if is_dataclass(value):
        pairs = ((_json_name(f.name), _encode(getattr(value, f.name))) for f in fields(value))
        return {name: item for name, item in pairs if item not in ("", [], {})}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(kind: Any, data: Any) -> Any:
    """The counterpart of ``_encode``; anything of the wrong shape becomes the empty value of its type."""
    if isinstance(kind, types.GenericAlias):
        rows = data if isinstance(data, list) else []
        return tuple(_decode(typing.get_args(kind)[0], row) for row in rows)
    if is_dataclass(kind):
        row = data if isinstance(data, Mapping) else {}
        hints = _types(typing.cast(type, kind))
        return typing.cast(Any, kind)(**{n: _decode(h, row.get(_json_name(n))) for n, h in hints.items()})
    return data if isinstance(data, str) else ""
