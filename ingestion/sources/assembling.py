"""Puts a posting together from the fields of one item, the same way for every source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cvmatch.core.text import content_hash, squeeze
from ingestion.sources import Item, Rejected, clean, wording
from ingestion.sources.pay_in_text import pay_in_text
from ingestion.sources.wording.gazetteer import is_town
from jobs.titles import Level
from jobs.values import JobPosting, Pay, Place

# Far beyond any advertisement; what PostgreSQL's text search takes is the bound behind it.
MAX_DESCRIPTION_CHARS = 200_000
# A posting open in half the world is one posting: more places than these are left out, and that is said.
MAX_PLACES = 60
_NOWHERE = Place()
_WEB_ADDRESS = re.compile(r"https?://[^\s]+$")


def text(value: Any) -> str:
    """Text and numbers as text that PostgreSQL can keep: no NUL, no half of a surrogate pair; "" for all else."""
    if not value and value != 0:
        return ""
    given = value if isinstance(value, str) else _number_as_text(value)
    written = given.replace("\x00", "").strip()
    return written if written.isascii() else written.encode("utf-8", "replace").decode("utf-8")


def _number_as_text(value: Any) -> str:
    try:
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
    except ValueError:  # an integer of more digits than Python writes out
        return ""


def line(value: Any) -> str:
    """The text on one line."""
    return squeeze(text(value))


def at(value: Any, *path: str) -> Any:
    """What stands under the path in nested objects; None where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def entries(value: Any) -> list[Any]:
    """A list as it is, a single value as a list of one, nothing as an empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def names(value: Any, *keys: str) -> list[str]:
    """The texts of a list, of its objects those under the first of the keys that they have."""
    found = (
        next((row[key] for key in keys if row.get(key)), "") if isinstance(row, Mapping) else row
        for row in entries(value)
    )
    return [name for name in map(line, found) if name]


def web_address(value: Any) -> str:
    """The value when it is an address on the web; empty otherwise."""
    address = text(value)
    return address if _WEB_ADDRESS.match(address) and len(address) <= 1000 else ""


def degrees(value: Any, limit: int) -> float | None:
    """A latitude (limit 90) or longitude (180) as a number; None for nothing or nonsense."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -limit <= number <= limit else None


def lowest(levels: Iterable[str]) -> str:
    """Of several levels that would do the lowest: nobody above it is shut out by it. Empty when none is known."""
    return min((level for level in levels if level), key=lambda level: Level(level).rank, default="")


def in_country(place: Place, country: str) -> Place:
    """The place in the country that the source names besides, unless there is no such town in it."""
    if place.country or (place.city and not is_town(place.city, country)):
        return place
    return replace(place, country=country)


def workplaces(texts: Mapping[Place, str]) -> dict[Place, dict[str, Any]]:
    """The kind of workplace of each place from its own words, for ``Draft.differing``.

    Empty when a place cannot be told ("Remote" alone): what is said of it holds for the posting as a whole then.
    """
    if _NOWHERE in texts:
        return {}
    kinds = {place: wording.workplace_of(words) for place, words in texts.items()}
    return {place: {"remote": kind == "remote", "hybrid": kind == "hybrid"} for place, kind in kinds.items()}


def span(pays: Sequence[Pay]) -> Pay | None:
    """From the lowest to the highest of several ranges, of those in the currency and period that most of them have."""
    if not pays:
        return None
    units = [(pay.currency, pay.period) for pay in pays]
    unit = max(units, key=units.count)
    alike = [pay for pay, own in zip(pays, units, strict=True) if own == unit]
    lows = [pay.minimum for pay in alike if pay.minimum is not None]
    highs = [pay.maximum for pay in alike if pay.maximum is not None]
    return replace(alike[0], minimum=min(lows, default=None), maximum=max(highs, default=None))


@dataclass(frozen=True)
class Draft:
    """What a source says of one posting, as it says it: values of any type, cleaned when the posting is made.

    ``html`` is the whole description as HTML or text; ``pay`` comes with its repairs, as clean.pay gives it.
    ``pay_is_told`` where the service has no field for pay: what a sentence of the description says counts then.
    ``differing`` holds what is otherwise in one of several places, as fields of JobPosting: pay, remote, hybrid.
    """

    title: Any
    external_id: Any = ""
    company: Any = ""
    html: str = ""
    places: Sequence[Place] = ()
    remote: bool = False
    hybrid: bool = False
    employment_type: str = ""
    level: str = ""
    categories: Iterable[str] = ()
    is_snippet: bool = False
    pay: tuple[Pay | None, tuple[str, ...]] = (None, ())
    pay_is_told: bool = False
    posted_at: datetime | None = None
    expires_at: datetime | None = None
    url: Any = ""
    repairs: tuple[str, ...] = ()
    differing: Mapping[Place, Mapping[str, Any]] = field(default_factory=dict)


def postings_of(item: Item, draft: Draft) -> Iterator[JobPosting | Rejected]:
    """The posting once for each different place, all of one group, or the reason why it is none."""
    title = line(draft.title)[:300]
    if not title:
        yield Rejected(item.position, "The posting has no title.")
        return
    places = list(dict.fromkeys(place for place in draft.places if place != _NOWHERE))
    posting = _posting(item, title, draft, places[:MAX_PLACES])
    if len(places) > MAX_PLACES:
        posting = replace(posting, repairs=(*posting.repairs, "places left out"))
    for number, place in enumerate(places[:MAX_PLACES] or [_NOWHERE], start=1):
        differing = draft.differing.get(place, {})
        if number == 1:
            yield replace(posting, **differing) if differing else posting
        else:
            yield replace(posting, place=place, external_id=f"{posting.external_id}#{number}", **differing)


def _posting(item: Item, title: str, draft: Draft, places: Sequence[Place]) -> JobPosting:
    """The posting in its first place."""
    safe = clean.safe_html(draft.html[:MAX_DESCRIPTION_CHARS])
    description = clean.plain_text(safe)
    company, url = line(draft.company)[:200], web_address(draft.url)
    pay, repairs = draft.pay
    if pay is None and draft.pay_is_told:
        country = next((place.country for place in places if place.country), "")
        pay, repairs = pay_in_text(description, country=country)
    external_id = _identity(text(draft.external_id), title, company, url or description)
    return JobPosting(
        external_id=external_id,
        title=title,
        description=description,
        company=company,
        description_html=safe,
        place=places[0] if places else _NOWHERE,
        group_key=external_id if len(places) > 1 else "",
        remote=draft.remote,
        hybrid=draft.hybrid and not draft.remote,  # who may stay away altogether need not come on some days
        employment_type=draft.employment_type,
        level=draft.level,
        categories=tuple(dict.fromkeys(name for name in map(squeeze, draft.categories) if 0 < len(name) <= 100)),
        is_snippet=draft.is_snippet,
        pay=pay,
        posted_at=draft.posted_at,
        expires_at=draft.expires_at,
        url=url,
        repairs=(
            *draft.repairs,
            *repairs,
            *(() if company else ("company unknown",)),
            *(() if description else ("no description",)),
        ),
        raw=item.raw,
    )


def _identity(given: str, title: str, company: str, otherwise: str) -> str:
    """The source's own id; without a usable one, the same address or text is the same posting."""
    return given if 0 < len(given) <= 190 else content_hash(given, title, company, otherwise)
