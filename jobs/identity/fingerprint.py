"""What a posting is compared by: the runs of words of its text, and its title, company, place and terms in one form."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from cvmatch.core.places import Point
from jobs.identity.names import Title, company_key, title_key
from jobs.identity.towns import Spot, spot
from jobs.identity.words import Shingles, sampled, shingles
from jobs.values import JobPosting, Pay

_REFERENCE = re.compile(
    r"(?i:\b(?:job|vacancy|stellen|position)?[- ]?(?:ref(?:erence)?|requisition|kennziffer|referenz(?:nummer)?|job[- ]?id)\b)"
    r"(?i:[\s.:#-]*(?:number|no|nr|code|id)\b)?[\s.:#-]{1,4}((?=[\w/-]*\d)[A-Z0-9][\w/-]{2,29})"
)
_EMPTY: Shingles = np.array([], dtype=np.uint32)


@dataclass(frozen=True)
class Fingerprint:
    """``pay`` is what the employer says of a year, from and to; ``places`` is what the rows of one posting share.

    ``references`` are the numbers by which the text calls the opening.
    """

    source: str
    title: Title
    company: str
    spot: Spot
    places: str = ""
    employment: str = ""
    currency: str = ""
    pay: tuple[int, int] | None = None
    references: tuple[str, ...] = ()
    words: Shingles = field(repr=False, compare=False, default_factory=lambda: _EMPTY)
    runs: Shingles = field(repr=False, compare=False, default_factory=lambda: _EMPTY)

    @property
    def exact(self) -> int:
        """The key that only postings with the same text, title, company and place have."""
        said = hashlib.sha256(self.runs.tobytes()).hexdigest()
        return _key("exact", self.title.core, str(self.title.level), self.company, self.spot.key, said)

    def lookup_keys(self) -> set[int]:
        """What to look others up by: postings without a common key are not compared."""
        names = {_key("company", self.company, self.title.core)} if self.company else set()
        placed = {_key("place", self.title.core, self.spot.key)} if self.spot.key else set()
        both = {_key("both", self.company, self.title.core, self.spot.key)} if names and placed else set()
        return {self.exact, *names, *placed, *both, *sampled(self.runs)}

    def facts(self) -> dict[str, Any]:
        """All but the text, as JSON."""
        return {name: value for name, value in asdict(self).items() if name not in {"words", "runs"}}

    @classmethod
    def from_facts(cls, facts: dict[str, Any], words: bytes, runs: bytes) -> Fingerprint:
        place = facts["spot"]
        point = place["point"]
        return cls(
            **{name: facts[name] for name in ("source", "company", "places", "employment", "currency")},
            title=Title(**{name: _hashable(value) for name, value in facts["title"].items()}),
            spot=Spot(**{**place, "towns": tuple(place["towns"]), "point": Point(**point) if point else None}),
            pay=(facts["pay"][0], facts["pay"][1]) if facts["pay"] else None,
            references=tuple(facts.get("references", ())),
            words=np.frombuffer(words, dtype=np.uint32),
            runs=np.frombuffer(runs, dtype=np.uint32),
        )


def fingerprint(source: str, posting: JobPosting) -> Fingerprint:
    """The fingerprint of a posting of that source."""
    company = company_key(posting.company)
    words, runs = shingles(posting.description)
    return Fingerprint(
        source=source,
        title=title_key(posting.title, company),
        company=company,
        spot=spot(posting.place),
        places=posting.group_key,
        employment=posting.employment_type,
        currency=posting.pay.currency if posting.pay else "",
        pay=_yearly(posting.pay),
        references=tuple(sorted({found.casefold() for found in _REFERENCE.findall(posting.description)})),
        words=words,
        runs=runs,
    )


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _yearly(pay: Pay | None) -> tuple[int, int] | None:
    if pay is None or pay.estimated:
        return None
    low, high = pay.minimum or pay.maximum, pay.maximum or pay.minimum
    return round(pay.per_year(low) or Decimal(0)), round(pay.per_year(high) or Decimal(0))


def _key(*parts: str) -> int:
    """64 bits, signed as the database has them."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
