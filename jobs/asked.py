"""What the address of a list of jobs asks for: the one reading of it, for the page and for searches that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from cvmatch.core.errors import InvalidInput
from jobs.filter_input import FilterIn, filter_from
from jobs.models import JobQuerySet
from jobs.selectors import found_jobs
from jobs.values import JobFilter

LONGEST = 2000
NAMES = ("q", "place", "show", "sort", *FilterIn.model_fields)


@dataclass(frozen=True)
class Asked:
    """``only`` is what was chosen in the boxes; ``sort`` and ``currency`` are as they stand in the address."""

    words: str
    place: str
    ended: bool
    only: JobFilter
    sort: str
    currency: str

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.place or self.only)

    def found(self) -> JobQuerySet:
        """The jobs by words and place, before the boxes."""
        return found_jobs(words=self.words, place=self.place, ended=self.ended)


def asked_from(query: QueryDict) -> Asked:
    """Raises InvalidInput with the parameter and what would be right."""
    return Asked(
        words=query.get("q", ""),
        place=query.get("place", ""),
        ended=query.get("show") == "ended",
        only=filter_from(query),
        sort=query.get("sort", ""),
        currency=query.get("currency", "").upper(),
    )


def canonical(query: QueryDict) -> str:
    """The same asked for in the same way: what narrows or sorts, by name, without what was left empty.

    Raises InvalidInput for what no list can be made of.
    """
    asked_from(query)
    given = [(name, value) for name in NAMES for value in sorted(set(query.getlist(name))) if value.strip()]
    in_currency = query.get("pay_from") or query.get("sort", "").endswith("pay")
    text = urlencode([(name, value) for name, value in given if name != "currency" or in_currency])
    if len(text) > LONGEST:
        raise InvalidInput("This search asks for too much at once to be kept. Use fewer words or boxes.")
    return text
