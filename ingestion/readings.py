"""Another reading of a CV: kept beside the one in use, compared with it, and put in its place or back again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction

from cvmatch.core.queue import announce
from ingestion.comparing import SectionDifference, differences
from ingestion.corrections import corrected
from ingestion.models import CV
from ingestion.services import store_reading
from ingestion.values import Document, ParsedCV
from jobs.skills import find_skills_and_languages, skill_name


@dataclass(frozen=True)
class OtherReading:
    """What a parser read in a file: the text that every place points into, and what it made of it."""

    text: str
    format: str
    parsed: ParsedCV

    @classmethod
    def of(cls, document: Document, parsed: ParsedCV) -> Self:
        """As services.store_parse keeps it."""
        return cls(document.text.replace("\x00", " "), "scan" if parsed.scanned else parsed.format, parsed)

    @classmethod
    def in_use(cls, cv: CV) -> Self:
        """What the parser read that is in use now, without corrections."""
        return cls(cv.text, cv.format, cv.read)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "format": self.format, "read": self.parsed.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["text"], data["format"], ParsedCV.from_json(data["read"]))


@dataclass(frozen=True)
class Comparison:
    """What holds of a CV now against what would hold with another reading, its corrections in both.

    ``skills`` are the names that would come and go in the text.
    """

    sections: tuple[SectionDifference, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def facts(self) -> int:
        return sum(len(section.facts) for section in self.sections)

    def counts(self) -> Counter[str]:
        """How many facts of each field differ, in which way: "Work · Employer · changed"."""
        return Counter(
            f"{section.title} · {fact.name} · {fact.kind}" for section in self.sections for fact in section.facts
        )


def compare_readings(cv: CV, before: OtherReading, after: OtherReading) -> Comparison:
    """Both with the corrections of the CV that hold."""
    changes = [correction.change for correction in cv.corrections.all() if correction.undone_at is None]
    old, new = (corrected(reading.parsed, changes).parsed for reading in (before, after))
    was, now = _skills(before.text), _skills(after.text)
    return Comparison(differences(old, new), tuple(sorted(now - was)), tuple(sorted(was - now)))


@transaction.atomic
def use_reading(cv_id: int, reading: OtherReading, *, instead_of: str) -> OtherReading | None:
    """Put another reading in the place of the one in use, and return that one; corrections hold over the new one.

    ``instead_of`` is the content hash that the CV has to have still: None is returned, and nothing done, where it was read
    or corrected meanwhile, replaced by a newer version, or is gone.
    """
    cv = CV.objects.select_for_update(no_key=True).defer("search").filter(pk=cv_id, is_latest=True).first()
    if cv is None or cv.content_hash != instead_of:
        return None
    before = OtherReading.in_use(cv)
    cv.text, cv.format = reading.text, reading.format
    store_reading(cv, reading.parsed)
    announce("cv.parsed", [cv.pk])
    return before


def _skills(text: str) -> set[str]:
    skills, languages = find_skills_and_languages(text)
    return {skill_name(mention.skill_id) for mention in (*skills, *languages)}
