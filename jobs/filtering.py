"""The one translation of a JobFilter to SQL conditions, for lists, facets and the vector search alike."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Lookup, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Cos, Power, Radians, Sin
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from cvmatch.core.places import EARTH_RADIUS_KM, Point, box_around, fold
from jobs.values import JobFilter

# What a job pays a year at most, as far as it says.
PAYS_UP_TO = Coalesce("salary_year_max", "salary_year_min")
_INTERNSHIP = Q(level="intern") | Q(employment_type="internship")
IS_INTERNSHIP = ExpressionWrapper(_INTERNSHIP, output_field=BooleanField())
# The shown postings of vacancies that these sources have another open posting of. In SQL, since this module is below the tables.
_SHOWN_ELSEWHERE = """
SELECT shown.job_id FROM jobs_job posting
  JOIN jobs_listing listing ON listing.job_id = posting.id
  JOIN jobs_listing shown ON shown.vacancy_id = listing.vacancy_id AND shown.is_shown AND shown.job_id <> posting.id
 WHERE posting.status = 'active' AND posting.source = ANY(%s)
"""


class _AmongFew(Lookup):
    """``id IN (SELECT …)`` as an array: PostgreSQL takes it for short and looks it up in the index, where of a subquery in an
    OR it guesses that half of all rows meet it, and reads them all."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, values = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY(ARRAY{right})", (*values, *more)


def condition(only: JobFilter, *, now: datetime) -> Q:
    """All that the filter asks for, as one condition on jobs."""
    return reduce(and_, (each for _, each in conditions(only, now=now)), Q())


def conditions(only: JobFilter, *, now: datetime) -> Iterator[tuple[str, Q]]:
    """The conditions one by one, named as the facets that offer them; only those that are set."""
    if only.countries:
        yield "country", Q(country__in=[code.upper() for code in only.countries])
    if only.cities:
        yield "city", Q(city_key__in=[fold(city) for city in only.cities])
    if only.near is not None and only.within_km is not None:
        yield "near", _within(only.near, only.within_km) | Q(remote=True)
    if only.employment_types:
        yield "employment_type", Q(employment_type__in=only.employment_types)
    if only.levels:
        yield "level", Q(level__in=only.levels)
    if only.internship is not None:
        yield "internship", _INTERNSHIP if only.internship else ~_INTERNSHIP
    if only.remote is not None:
        yield "remote", Q(remote=only.remote)
    if only.pay_from is not None:
        yield "pay", Q(GreaterThanOrEqual(PAYS_UP_TO, only.pay_from), salary_currency=only.currency)
    if only.posted_within_days is not None:
        yield "posted", Q(listed_at__gte=now - timedelta(days=only.posted_within_days))
    if only.sources:
        yield "source", Q(source__in=only.sources) | Q(_AmongFew(F("pk"), _shown_elsewhere(only.sources)))


def listed_by(sources: Sequence[str]) -> Q:
    """The condition on sources once more, for where every row is asked: looked up in a hash instead of an index."""
    return Q(source__in=sources) | Q(pk__in=_shown_elsewhere(sources))


def _shown_elsewhere(sources: Sequence[str]) -> RawSQL:
    return RawSQL(_SHOWN_ELSEWHERE, [list(sources)], BigIntegerField())  # noqa: S611  # a constant


def _within(centre: Point, km: float) -> Q:
    """Not farther away, by the haversine formula; the box around it can be looked up in an index."""
    box = box_around(centre, km)
    inside = Q(latitude__range=(box.south, box.north))
    if box.west is not None:
        inside &= Q(longitude__range=(box.west, box.east))
    latitude = Value(math.radians(centre.latitude))
    half_lat = (Radians(F("latitude")) - latitude) / 2.0
    half_lon = (Radians(F("longitude")) - Value(math.radians(centre.longitude))) / 2.0
    haversine = Power(Sin(half_lat), 2) + Cos(latitude) * Cos(Radians(F("latitude"))) * Power(Sin(half_lon), 2)
    return inside & Q(LessThanOrEqual(haversine, Value(math.sin(min(km / EARTH_RADIUS_KM, math.pi) / 2) ** 2)))
