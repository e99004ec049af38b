"""Places in free words ("Austin, TX", "US, CA, Mountain View", "Remote - Germany") as town, region and country."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from cvmatch.core.places import distance_km, locate
from cvmatch.core.text import squeeze
from ingestion.sources.wording.gazetteer import Area, areas, is_continent, is_town
from jobs.values import Place

MAX_PLACES = 100
# Towns nearer to each other than this are a district and its town, not two places.
_DISTRICT_KM = 60.0
_CITY_STATES = {"SG", "HK", "MO", "MC", "GI"}

_WORKPLACE = re.compile(
    r"\b(?:(?:100\s?%|fully|full|part(?:ly|ially)?)[\s-]*)?(?:remote(?:[\s-]*(?:friendly|first|ok|eligible|optional|possible|work|job|"
    r"position|role))?|hybrid|on[\s-]?site|in[\s-]office|work(?:ing)?[\s-]from[\s-](?:home|anywhere)|wfh|home[\s-]?(?:office|based|working)|"
    r"tele(?:commut\w*|work|travail)|virtual|anywhere(?: in the world)?|world[\s-]?wide|global(?:ly)?|flexible|distributed|"
    r"travel required|(?:multiple|various|several|all) locations?|location negotiable[\w\s]*)\b",
    re.IGNORECASE,
)
_EDGE_WORDS = re.compile(
    r"^(?:(?:with)?in|from|based in|located in|the|across|near|around|or|and|oder)\s+|"
    r"\s+(?:only|based|office|hq|headquarters|time\s?zones?|and|or)$",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*[,()\[\]]\s*|\s+[-–—:]+\s+|^\s*[-–—:]+|[-–—:]+\s*$")
_CODED = re.compile(r"([A-Z]{2,3})-(?:([A-Z]{2,3})-)?(\D.*)")
# "or" is small where it divides: OR is Oregon.
_DIVIDERS = re.compile(r"\s*[;|\n•·]\s*|\s*/\s*(?!(?:Main|Oder|M|O)\b)|,?\s+(?:or|oder|ou)\s+")
_TIME_ZONE = re.compile(
    r"\([^()]*\b(?:[ECMP][SD]T|CES?T|GMT|UTC|BST|IST|AES?T)\b[^()]*\)|\((?:HQ|headquarters)\)",
    re.IGNORECASE,
)
_TOWN_AND_STATE = re.compile(r"(.+) ([A-Z]{2})")
_WEAK_DIVIDERS = re.compile(r"\s*,\s*|\s+(?:and|und|et|&)\s+")
_POSTAL_CODES = (
    re.compile(r"(?<=[A-Z]{2}) (\d{5}(?:-\d{4})?)$"),  # CA 94043
    re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})$"),  # LN6 9AY
    re.compile(r"^(?:[A-Z]{1,2}-)?(\d{4,5})(?= \D)"),  # 10115 Berlin
    re.compile(r"^(\d{5}(?:-\d{4})?)$"),
)


@lru_cache(maxsize=10_000)
def place_of(text: str, *, country: str = "") -> Place:
    """One place; what is not known to be a region or country is the town. ``country`` (alpha-2) holds where none is said."""
    parts, postal_code = _without_postal_code(_parts(text))
    if len(parts) > 1 and _is_country(parts[0]) and not _is_country(parts[-1]):
        parts.reverse()  # US, CA, Mountain View
    area = _area(parts, country)
    if area is None:
        return replace(_in_country(parts, country), postal_code=postal_code)
    before = parts if area.region else parts[:-1]
    if not before and area.country in _CITY_STATES and is_town(parts[-1]):
        before = parts
    return replace(_in_country(before, area.country), postal_code=postal_code)


def places_of(text: str) -> list[Place]:
    """Each place of a text that names several ("London, UK; Remote - US", "Berlin / Hamburg"); none where it names none."""
    return list(worded_places(text))


def worded_places(text: str) -> dict[Place, str]:
    """Each place with the words it was named by, which may say more of it ("Remote - US")."""
    parts = _DIVIDERS.split(_TIME_ZONE.sub("", text))
    pieces = [(piece, part) for part in parts for piece in _towns_in_a_row(part)][:MAX_PLACES]
    named = [(place, part) for piece, part in pieces if (place := place_of(piece)) != Place()]
    countries = {place.country for place, _ in named} - {""}
    if len(countries) == 1:  # "Leeds / Manchester, UK": the country is said once for all
        shared = countries.pop()
        named = [
            (replace(place, country=shared) if not place.country and is_town(place.city, shared) else place, part)
            for place, part in named
        ]
    return dict(named)


def _towns_in_a_row(text: str) -> list[str]:
    """ "Berlin, London and Paris" is three places; "Berlin, Germany" and "Islington, London" are one."""
    pieces = [piece for piece in _WEAK_DIVIDERS.split(text) if _parts(piece)]
    countries = {areas(piece)[0].country for piece in pieces if _is_only_country(piece)}
    if len(countries) == len(pieces) > 1:
        return pieces
    points = [locate(piece) for piece in pieces]
    known = [point for point in points if point is not None]
    if (
        len(pieces) < 2
        or len(known) < len(pieces)
        or any(_says_where(piece, before) for before, piece in pairwise(pieces))
    ):
        return [text]
    apart = all(distance_km(a, b) > _DISTRICT_KM for a, b in pairwise(known))
    return pieces if apart else [text]


def _is_only_country(piece: str) -> bool:
    meanings = areas(piece.strip())
    return bool(meanings) and not any(area.region for area in meanings)


def _says_where(piece: str, before: str) -> bool:
    """Whether this tells where the town before it lies. Hamburg and New York are regions by name and towns in a list."""
    return not is_town(piece) or any(
        not area.region or area.country not in {"DE", "AT", "US"} or is_town(before, "US", area.code)
        for area in areas(piece)
    )


def _parts(text: str) -> list[str]:
    plain = _WORKPLACE.sub(" , ", squeeze(_TIME_ZONE.sub("", text))[:500])
    coded = _CODED.fullmatch(plain.strip(" ,"))
    if coded and areas(coded[1]):
        return [part.strip() for part in coded.groups() if part]
    parts = [_without_edges(part) for part in _SEPARATORS.split(plain)]
    return [piece for part in parts if re.search(r"\w", part) for piece in _town_and_state(part)]


def _town_and_state(part: str) -> list[str]:
    """ "Austin TX" is a town and its state, written without a comma."""
    match = _TOWN_AND_STATE.fullmatch(part)
    return [match[1], match[2]] if match and is_town(match[1], "US", match[2]) else [part]


def _without_edges(part: str) -> str:
    plain = re.sub(r"(?<!\.\w)\.$", "", part.strip(" -–—:,&+"))  # not the last of U.S. and D.C.
    shorter = _EDGE_WORDS.sub("", plain)
    return shorter if shorter == part or not shorter else _without_edges(shorter)


def _without_postal_code(parts: list[str]) -> tuple[list[str], str]:
    for number, part in enumerate(parts):
        for pattern in _POSTAL_CODES:
            if match := pattern.search(part):
                rest = [*parts[:number], squeeze(pattern.sub("", part)), *parts[number + 1 :]]
                return [part for part in rest if part], match[1]
    return parts, ""


def _is_country(part: str) -> bool:
    return any(not area.region for area in areas(part))


def _area(parts: list[str], country: str) -> Area | None:
    """The region or country that the last part names: of several of that name, the one that the town before lies in."""
    meanings = areas(parts[-1]) if parts else []
    if country:
        meanings = [area for area in meanings if area.country == country]
    if len(parts) == 1 and meanings and meanings[0].region and (len(meanings) > 1 or is_town(parts[0])):
        return None  # "CA" alone may be a state or a country, and "York" is the town
    fitting = (area for area in meanings if any(is_town(town, area.country, area.code) for town in parts[:-1]))
    return next(fitting, None) or next(iter(meanings), None)


def _in_country(parts: list[str], country: str) -> Place:
    """Town and region from what stands before the country."""
    if not parts:
        return Place(country=country)
    at = _town_at(parts, country)
    if at is None:
        return Place(region=", ".join(parts)[:120], country=country)
    return Place(city=parts[at][:120], region=", ".join(parts[at + 1 :])[:120], country=country)


def _town_at(parts: list[str], country: str) -> int | None:
    """Which part is the town; None where all of them are regions."""
    towns = [n for n, part in enumerate(parts) if is_town(part, country) and not is_continent(part)]
    regions = {
        n
        for n, part in enumerate(parts)
        if is_continent(part) or any(a.region and a.country == country for a in areas(part))
    }
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0].isupper() and not towns:
        return None
    if len(parts) == 1 and not regions:
        return 0
    sure = [n for n in towns if n not in regions] or towns[:1]
    if sure:
        return sure[-1]
    return next((n for n, part in enumerate(parts) if n not in regions and not re.search(r"\d", part)), None)
