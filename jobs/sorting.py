"""The orders in which a list of jobs is read, page after page, and the mark of the row that a page ended with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Lower

from cvmatch.core.errors import InvalidInput
from jobs.filtering import PAYS_UP_TO
from jobs.models import Job, JobQuerySet

_MOST = 10**14
_LAST_ID = 2**63


@dataclass(frozen=True)
class Order:
    """By the values ``keys`` and then by id, all up or all down, so that one comparison of rows finds the next page.

    ``values`` computes the keys that are no columns. ``only`` leaves out the jobs that have no such value. ``read`` turns a
    value in a mark into what the database compares with, and raises ValueError for what cannot be one.
    """

    name: str
    keys: tuple[str, ...]
    read: Callable[[Any], Any]
    descending: bool
    values: Mapping[str, Any] = field(default_factory=dict)
    only: Q = field(default_factory=Q)

    def sorted(self, jobs: JobQuerySet, *, after: str = "") -> JobQuerySet:
        """The jobs in this order, from behind the row with the mark ``after``. Raises InvalidInput for one that is not ours."""
        jobs = jobs.filter(self.only).annotate(**self.values)
        if after:
            beyond = TupleLessThan if self.descending else TupleGreaterThan
            jobs = jobs.filter(beyond(Tuple(*self.keys, "id"), self._marked(after)))
        return jobs.order_by(*(f"-{key}" if self.descending else key for key in (*self.keys, "id")))

    def mark_of(self, job: Job) -> str:
        values = [getattr(job, key) for key in self.keys]
        return json.dumps([value if isinstance(value, int | str) else _written(value) for value in (*values, job.pk)])

    def _marked(self, mark: str) -> tuple[Any, ...]:
        try:
            *values, pk = json.loads(mark)
            if len(values) != len(self.keys) or type(pk) is not int or not 0 <= pk < _LAST_ID:
                raise ValueError(mark)
            return (*(self.read(value) for value in values), pk)
        except (ValueError, TypeError, OverflowError, InvalidOperation, RecursionError) as error:
            raise InvalidInput("This address of a page is not complete. Start from the first page.") from error


def _written(value: datetime | Decimal) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _words(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _amount(value: Any) -> Decimal:
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > _MOST:
        raise ValueError(value)
    return amount


def count(value: Any) -> int:
    """A number of something, from a mark."""
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError(value)
    return value


NEWEST = Order("posted", ("listed_at",), _moment, descending=True)


def order_of(sort: str, *, currency: str) -> Order:
    """The order that an address names, "-" before it means downwards; what names none means the newest first.

    Pay is compared within one currency, as a year's.
    """
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name == "title":
        return Order(name, ("title_key",), _words, down, {"title_key": Lower("title")})
    if name == "company":
        return Order(name, ("company_key",), _words, down, {"company_key": Lower("company")}, ~Q(company=""))
    if name == "pay":
        paid = Q(salary_currency=currency) & (Q(salary_year_max__isnull=False) | Q(salary_year_min__isnull=False))
        return Order(name, ("pays",), _amount, down, {"pays": PAYS_UP_TO}, paid)
    if sort == "posted":
        return Order(name, ("listed_at",), _moment, descending=False, only=Q(posted_at__isnull=False))
    return NEWEST
