"""How many open jobs each choice of each filter would leave, counted with all the other filters applied."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pycountry
from django.db import connections, transaction
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from cvmatch.core.places import fold
from cvmatch.core.replica import reading_alias
from jobs.filtering import IS_INTERNSHIP, PAYS_UP_TO, conditions, listed_by
from jobs.models import JobQuerySet
from jobs.titles import Level
from jobs.values import JobFilter

POSTED_DAYS = (30, 14, 7, 3, 1)
PAY_BANDS = (20_000, 40_000, 60_000, 80_000, 100_000, 150_000)
# Of each facet with open values (towns, countries, sources) this many are offered, besides those that are chosen.
OFFERED = 12

# A row is counted by a facet when it meets all filters, or fails that facet's own and no other: ``missed`` has a bit for
# each filter that the row fails.
_FOUND = """
WITH found AS MATERIALIZED (SELECT * FROM ({rows}) r WHERE missed & (missed - 1) = 0)
"""
_VALUES = """
(SELECT '{facet}', {value}::text, {label}::text, count(*) FROM found
  WHERE missed IN (0, {bit}) AND {given} GROUP BY {value}
  ORDER BY {value}::text = ANY(%s) DESC, count(*) DESC, {value} LIMIT %s)
"""
# A vacancy counts under each source that has an open posting of it.
_SOURCES = """
(SELECT 'source', source, source, count(*) FROM (
   SELECT source FROM found WHERE missed IN (0, {bit})
    UNION ALL
   SELECT other.source FROM (
     SELECT DISTINCT found.id, job.source FROM found
       JOIN jobs_listing listing ON listing.job_id = found.id
       JOIN jobs_listing beside ON beside.vacancy_id = listing.vacancy_id AND beside.job_id <> found.id
       JOIN jobs_job job ON job.id = beside.job_id AND job.status = 'active' AND job.source <> found.source
      WHERE missed IN (0, {bit})) other
   ) standing GROUP BY source
  ORDER BY source = ANY(%s) DESC, count(*) DESC, source LIMIT %s)
"""
_BUCKETS = """
(SELECT '{facet}', width_bucket({value}, %s)::text, {label}, count(*) FROM found
  WHERE missed IN (0, {bit}) AND {given} GROUP BY 2, 3)
"""
_COLUMNS = (
    "id",
    "country",
    "city_key",
    "city",
    "level",
    "employment_type",
    "remote",
    "source",
    "salary_currency",
    "listed_at",
)
# Facet → the column it counts, and the one that people read.
_COUNTED = {
    "country": ("country", "country"),
    "city": ("city_key", "max(city)"),
    "level": ("level", "level"),
    "employment_type": ("employment_type", "employment_type"),
    "internship": ("internship", "internship"),
    "remote": ("remote", "remote"),
}
_NAMES = (*_COUNTED, "source", "pay", "posted")

# Facet, value (or number of the bucket), label (or currency), and how many jobs.
Row = tuple[str, str, str, int]


@dataclass(frozen=True)
class Choice:
    """One value that a filter can take: as it stands in an address, as people read it, and how many jobs it leaves."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facets:
    """``by_name`` has the choices of each facet; ``pay`` and ``posted`` count all from their value on.

    ``currency`` is what the bands of pay are in; ``currencies`` has it first and then the others that jobs pay in.
    """

    by_name: Mapping[str, tuple[Choice, ...]]
    currency: str
    currencies: tuple[str, ...]


def count_facets(jobs: JobQuerySet, only: JobFilter, *, currency: str = "") -> Facets:
    """The facets over these jobs under this filter, pay in ``currency`` or the most common one; one statement."""
    now = timezone.now()
    asked = dict(conditions(only, now=now)) | ({"source": listed_by(only.sources)} if only.sources else {})
    bits = {name: 1 << number if name in asked else 0 for number, name in enumerate(_NAMES)}
    rows, values = _found(jobs, asked, bits)
    chosen = _chosen(only)
    parts = []
    for facet, (value, label) in _COUNTED.items():
        given = "true" if facet in {"internship", "remote"} else f"{value} <> ''"
        parts.append(_VALUES.format(facet=facet, value=value, label=label, bit=bits[facet], given=given))
        values += [list(chosen[facet]), OFFERED]
    parts.append(_SOURCES.format(bit=bits["source"]))
    values += [list(chosen["source"]), OFFERED]
    parts.append(_BUCKETS.format(facet="posted", value="listed_at", label="''", bit=bits["posted"], given="true"))
    parts.append(
        _BUCKETS.format(facet="pay", value="pays", label="salary_currency", bit=bits["pay"], given="pays IS NOT NULL")
    )
    values += [[now - timedelta(days=days) for days in POSTED_DAYS], [Decimal(least) for least in PAY_BANDS]]
    alias = reading_alias()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        # For common words the planner would read the whole table, and not count what fetching the words of each row costs.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_FOUND.format(rows=rows) + " UNION ALL ".join(parts), values)
        return _facets(cursor.fetchall(), only, chosen, only.currency or currency.upper())


def _found(jobs: JobQuerySet, asked: Mapping[str, Q], bits: Mapping[str, int]) -> tuple[str, list[Any]]:
    """Each job with the values that are counted, and the filters it fails."""
    missed: Combinable = Value(0)
    for name in bits:
        if name in asked:
            missed = missed + Case(When(asked[name], then=0), default=bits[name])
    found = jobs.filter(asked.get("near", Q())).order_by()
    found = found.values(*_COLUMNS, pays=PAYS_UP_TO, internship=IS_INTERNSHIP, missed=missed)
    sql, values = found.query.sql_with_params()
    return sql, list(values)


def _chosen(only: JobFilter) -> dict[str, frozenset[str]]:
    return {
        "country": frozenset(only.countries),
        "city": frozenset(map(fold, only.cities)),
        "level": frozenset(only.levels),
        "employment_type": frozenset(only.employment_types),
        "internship": frozenset(_flag(only.internship)),
        "remote": frozenset(_flag(only.remote)),
        "source": frozenset(only.sources),
    }


def _flag(value: bool | None) -> tuple[str, ...]:
    return () if value is None else (str(value).lower(),)


def _facets(rows: Iterable[Row], only: JobFilter, chosen: Mapping[str, frozenset[str]], currency: str) -> Facets:
    by_facet: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_facet[row[0]].append(row)
    by_name = {facet: tuple(_choices(facet, by_facet[facet], chosen[facet])) for facet in (*_COUNTED, "source")}
    by_name["level"] = tuple(sorted(by_name["level"], key=lambda choice: [*Level].index(Level(choice.value))))
    paid = Counter[str]()
    for _, _, paid_in, count in by_facet["pay"]:
        paid[paid_in] += count
    currencies = tuple(
        dict.fromkeys([*([currency] if currency else []), *(name for name, _ in paid.most_common() if name)])
    )
    currency = currencies[0] if currencies else "EUR"
    by_name |= {"posted": _posted(by_facet["posted"], only), "pay": _pay(by_facet["pay"], currency, only)}
    return Facets(by_name, currency, currencies[:OFFERED])


def _choices(facet: str, rows: Iterable[Row], chosen: frozenset[str]) -> Iterator[Choice]:
    """What is there, and what was chosen and is not: it has to be seen to be taken back."""
    there = {value: (label, count) for _, value, label, count in rows}
    for value in [*there, *sorted(chosen - set(there))]:
        label, count = there.get(value, (value, 0))
        yield Choice(value, _label(facet, label), count, value in chosen)


def _posted(rows: Sequence[Row], only: JobFilter) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(days), "a day" if days == 1 else f"{days} days", total, days == only.posted_within_days)
        for days, total in zip(POSTED_DAYS, _from_each_bound(rows, len(POSTED_DAYS)), strict=True)
    )[::-1]


def _pay(rows: Sequence[Row], currency: str, only: JobFilter) -> tuple[Choice, ...]:
    totals = _from_each_bound([row for row in rows if row[2] == currency], len(PAY_BANDS))
    return tuple(
        Choice(str(least), f"{least:,}".replace(",", "\u202f"), total, least == only.pay_from)
        for least, total in zip(PAY_BANDS, totals, strict=True)
    )


def _from_each_bound(rows: Sequence[Row], bounds: int) -> list[int]:
    """Bucket n holds what is from bound n on and under the next; how many there are from each bound on to the end."""
    counts = {int(bucket): count for _, bucket, _, count in rows}
    return [*accumulate(counts.get(bucket, 0) for bucket in range(bounds, 0, -1))][::-1]


def _label(facet: str, label: str) -> str:
    if facet == "country":
        country = pycountry.countries.get(alpha_2=label)
        return str(getattr(country, "common_name", country.name)) if country else label
    return label.replace("_", " ")
