"""Reads a JobFilter from the parameters of an address: the same names, rules and errors for the API and the pages."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Self

import pycountry
from django.http import QueryDict
from ninja import Schema
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from cvmatch.core.errors import InvalidInput
from cvmatch.core.places import Point, locate
from jobs.titles import Level
from jobs.values import EMPLOYMENT_TYPES, JobFilter, employment_type

WITHIN_KM = 50.0
_POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_COUNTRIES = {"UK": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB"}


def _given(value: Any) -> Any:
    """A field of a form that was left empty was not given."""
    return None if value in ("", [], [""]) else value


def _list(value: Any) -> Any:
    """Several values are repeated, or stand in one with commas between them."""
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [part.strip() for each in values for part in str(each).replace("\x00", "").split(",") if part.strip()]


Texts = Annotated[list[str], BeforeValidator(_list), Field(default_factory=list, max_length=50)]


class FilterIn(Schema):
    """Which jobs to look at. Several values of one parameter, repeated or with commas, mean any of them."""

    country: Texts = Field(description="ISO 3166-1 alpha-2 codes, or names in English")
    city: Texts = Field(description="Towns, in any case and with or without accents")
    near: Annotated[str | None, BeforeValidator(_given)] = Field(
        None, max_length=120, description="The middle of a circle: a town (Paris, or Paris, US) or latitude,longitude"
    )
    within_km: Annotated[float | None, BeforeValidator(_given)] = Field(
        None, gt=0, le=2000, description=f"The radius of the circle; {WITHIN_KM:.0f} unless given. Remote jobs are kept"
    )
    employment_type: Texts = Field(description=", ".join(EMPLOYMENT_TYPES))
    level: Texts = Field(description=", ".join(Level))
    internship: Annotated[bool | None, BeforeValidator(_given)] = Field(None, description="Only internships, or none")
    remote: Annotated[bool | None, BeforeValidator(_given)] = Field(
        None, description="Only jobs that can be done from anywhere, or none of them"
    )
    pay_from: Annotated[Decimal | None, BeforeValidator(_given)] = Field(
        None, ge=0, lt=10**10, description="Pays this much a year or more, in `currency`"
    )
    currency: Annotated[str | None, BeforeValidator(_given)] = Field(
        None, pattern="^[A-Za-z]{3}$", description="ISO 4217, for `pay_from`"
    )
    posted_within_days: Annotated[int | None, BeforeValidator(_given)] = Field(
        None, ge=1, le=3650, description="Posted in the last so many days"
    )
    source: Texts = Field(description="Names of job sources; a vacancy is found by each that lists it")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        """Every mistake is found with the parameters, before anything is asked of the database."""
        self.value()
        return self

    def value(self) -> JobFilter:
        """The filter itself."""
        if self.within_km is not None and self.near is None:
            raise ValueError("within_km: a circle needs a middle; give near too, such as near=Berlin")
        if self.pay_from is not None and self.currency is None:
            raise ValueError("pay_from: an amount needs its currency; give currency too, such as currency=EUR")
        near = _point(self.near) if self.near else None
        return JobFilter(
            countries=tuple(_country(text) for text in self.country),
            cities=tuple(self.city),
            near=near,
            within_km=(self.within_km or WITHIN_KM) if near else None,
            employment_types=tuple(_employment_type(text) for text in self.employment_type),
            levels=tuple(_level(text) for text in self.level),
            internship=self.internship,
            remote=self.remote,
            pay_from=self.pay_from,
            currency=(self.currency or "").upper() if self.pay_from is not None else "",
            posted_within_days=self.posted_within_days,
            sources=tuple(self.source),
        )


def filter_from(query: QueryDict) -> JobFilter:
    """The filter that the address of a page asks for; raises InvalidInput with the parameter and what would be right."""
    given = {
        name: query.getlist(name) if "list" in str(field.annotation) else query.get(name)
        for name, field in FilterIn.model_fields.items()
        if name in query
    }
    try:
        return FilterIn.model_validate(given).value()
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")  # what we say ourselves begins with the parameter
        message = f"{first['loc'][0]}: {said}" if first["loc"] else said
        raise InvalidInput(message, details={"field": message.partition(":")[0]}) from error


def _country(text: str) -> str:
    code = country_code(text)
    if not code:
        raise ValueError(f"country: {text!r} is no country that we know; give a code such as DE")
    return code


@lru_cache(maxsize=1000)
def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 of a country's name or code; empty when it is not known."""
    name = _COUNTRIES.get(text.upper(), text)
    try:
        return str(pycountry.countries.lookup(name).alpha_2)
    except LookupError:
        return ""


def _employment_type(text: str) -> str:
    known = employment_type(text)
    if not known:
        raise ValueError(f"employment_type: {text!r} is none of {', '.join(EMPLOYMENT_TYPES)}")
    return known


def _level(text: str) -> str:
    if text.lower() not in set(Level):
        raise ValueError(f"level: {text!r} is none of {', '.join(Level)}")
    return text.lower()


def _point(text: str) -> Point:
    numbers = _POINT.fullmatch(text)
    if numbers:
        point = Point(float(numbers[1]), float(numbers[2]))
        if abs(point.latitude) <= 90 and abs(point.longitude) <= 180:
            return point
    town, _, country = text.partition(",")
    code = country_code(country.strip())
    found = locate(town.strip(), code) if code or not country.strip() else None
    if found is None:
        raise ValueError(f"near: the town {text.strip()!r} is not known; add its country, or give latitude,longitude")
    return found
