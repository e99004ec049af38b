"""What the names beside values mean, in feeds and on careers pages, and the posting that such values make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

from ingestion.sources import clean
from ingestion.sources.assembling import Draft, web_address
from ingestion.sources.wording import level_of, pay_of, place_of, places_of, sections_html, workplace_of
from jobs.values import Pay, Place, employment_type

# Our name of a field → names that feeds and pages give it, in lower letters and digits only.
_NAMES = {
    "id": "id jobid guid referencenumber reference referenceid ref uniqueid externalid requisitionid jobreference req "
    "reqid requisition requisitionnumber jobcode jobnumber joborderid vacancyid identifier postingid",
    "title": "title jobtitle name position positiontitle",
    "company": "company companyname employer employername hiringorganization organization organisation advertiser "
    "hiringcompany",
    "description": "description content encoded summary jobdescription fulldescription body descriptionhtml text details",
    "requirements": "requirements qualifications jobrequirements skillsandexperience profile",
    "responsibilities": "responsibilities duties",
    "benefits": "benefits perks jobbenefits",
    "place": "location joblocation joblocations locations place workplace office worklocation "
    "primarylocation alllocations candidaterequiredlocation",
    "more_places": "additionallocations additionallocation otherlocations",
    "region": "region regions area",
    "city": "city town addresslocality locality",
    "state": "state stateprovince province addressregion county stateregion",
    "country": "country countryregion addresscountry countrycode",
    "postal_code": "postalcode zip zipcode postcode",
    "latitude": "latitude lat geolat",
    "longitude": "longitude long lng lon geolong geolng",
    "point": "point georsspoint",
    "workplace": "remote remotetype isremote workplacetype remotestatus workplacepolicy workarrangement telecommute "
    "workfromhome remotework workmodel locationtype joblocationtype worksetting",
    "type": "jobtype type employmenttype contracttype contract positiontype workingtime workinghours schedule "
    "employmentstatus jobschedule timetype hours typeofemployment fulltimeparttime contracttime",
    "level": "level experience experiencelevel seniority careerlevel joblevel experiencerequired senioritylevel",
    "category": "category categories department careerarea jobfamily function jobcategory team industry sector "
    "businessarea areaofinterest jobfunction tag tags subject businessunit",
    "pay": "salary pay compensation salaryrange payrange wage wages salarydescription remuneration basesalary rate",
    "pay_min": "salarymin salaryfrom minsalary paymin salarylow minimumsalary minpay",
    "pay_max": "salarymax salaryto maxsalary paymax salaryhigh maximumsalary maxpay",
    "currency": "currency salarycurrency currencycode paycurrency",
    "period": "salaryperiod period payperiod salaryunit salarytype salaryinterval payrate",
    "posted": "date posted dateposted posteddate pubdate published publicationdate publishdate postdate datepublished "
    "issued created createdat",
    "changed": "updated modified lastmodified lastupdated",
    "expires": "expirationdate expires expirydate closingdate validthrough enddate deadline closedate dateexpires "
    "applicationdeadline expiredate expiry closing expiresat expire validuntil",
    "status": "status jobstatus postingstatus publicationstatus",
    "url": "link url joburl applyurl applicationurl detailurl",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_DAYS = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%B-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m")
_CLOSED = re.compile(
    r"clos|draft|expire|filled|inactive|archiv|unlist|internal|on[\s_-]?hold|delet|cancel|pending", re.IGNORECASE
)
# "Nurse (Remote)", "Engineer - hybrid": the same words within a title may be the trade, as in remote sensing.
_TITLE_TAIL = re.compile(
    r"(?:[-–—|,]\s*|[(\[])(?:100\s?%\s*|fully\s+)?(?:remote|hybrid)\b[^)\]]{0,20}[)\]]?$", re.IGNORECASE
)
_FULLY_REMOTE = re.compile(r"(?<!not )\b(?:fully|entirely|completely|100\s?%)[\s-]remote\b", re.IGNORECASE)
_NUMBERED_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

Values = Mapping[str, list[str]]


def field_of(label: str) -> str:
    """Our name of what stands beside a label such as "Country/Region:" or "Req #"; empty when it is not known."""
    return _FIELDS.get(re.sub(r"[^a-z0-9]", "", label.lower()), "")


def values_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The texts under our names, each with all that it was given, from (label, text)."""
    values: dict[str, list[str]] = {}
    for label, text in pairs:
        field = field_of(label)
        if field and text.strip():
            values.setdefault(field, []).append(text.strip())
    return values


def day_of(text: str) -> datetime | None:
    """A moment as services write it, also "Wednesday, September 30, 2026" and 9/30/2026 (month first, as in America)."""
    plain = text.strip()
    numbered = _NUMBERED_DAY.match(plain)
    if numbered:
        first, second, year = map(int, numbered.groups())
        month, day = (second, first) if first > 12 else (first, second)
        return clean.moment(f"{year:04}-{month:02}-{day:02}")
    words = re.sub(r"^[^\W\d]+day\s+", "", " ".join(plain.replace(",", " ").split()), flags=re.IGNORECASE)
    for pattern in _DAYS:
        try:
            return datetime.strptime(words, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
    return clean.moment(plain)


def last_day_of(text: str) -> datetime | None:
    """When something ends that is written in one of the ways of ``day_of``: a day without a time ends with that day."""
    ends = day_of(text)
    return clean.last_moment(ends.date().isoformat()) if ends and ":" not in text else ends


def draft_of(values: Values, places: Iterable[Place] = ()) -> Draft:
    """The posting that the values make; ``places`` are those that were given in a form of their own."""
    where = [*places] or places_in(values)
    workplace = workplace_in(values)
    return Draft(
        title=unescape(_first(values, "title")),  # many feeds escape titles once more than they should
        external_id=_first(values, "id") or _first(values, "url"),
        company=unescape(_first(values, "company")),
        html=description_of(values),
        places=where,
        remote=workplace == "remote",
        hybrid=workplace == "hybrid",
        employment_type=next(filter(None, map(employment_type, values.get("type", ()))), ""),
        level=level_of(_first(values, "level")),
        categories=[part for text in values.get("category", ()) for part in re.split(r"\s*[;|]\s*", text)],
        pay=_pay(values, where[0].country if where else ""),
        pay_is_told=True,
        posted_at=day_of(_first(values, "posted")) or day_of(_first(values, "changed")),
        expires_at=last_day_of(_first(values, "expires")),
        url=next(filter(None, map(web_address, values.get("url", ()))), ""),
    )


def closed_as(values: Values) -> str:
    """The word by which the values say that the posting is not open; empty when it is."""
    status = _first(values, "status")
    return status[:40] if _CLOSED.search(status) else ""


def description_of(values: Values) -> str:
    """The longest description, since feeds give a short one beside it, and the sections that stand for themselves."""
    whole = max(values.get("description", ()), key=len, default="")
    sections = [
        (name.capitalize(), part)
        for name in ("responsibilities", "requirements", "benefits")
        for part in values.get(name, ())
    ]
    return sections_html([("", whole), *((name, part) for name, part in sections if part not in whole)])


def _first(values: Values, field: str) -> str:
    return next(iter(values.get(field, ())), "")


def workplace_in(values: Values) -> str:
    """remote, hybrid, on_site or nothing: as a field says it, the place, the end of the title, or plainly the text."""
    tail = _TITLE_TAIL.search(_first(values, "title"))
    told = next(filter(None, map(_FULLY_REMOTE.search, values.get("description", ()))), None)
    said = [_yes_as_remote(text) for text in values.get("workplace", ())]
    return workplace_of(
        *said, *values.get("place", ()), *values.get("region", ()), tail[0] if tail else "", told[0] if told else ""
    )


def _yes_as_remote(text: str) -> str:
    """What stands beside "Remote": yes and no are answers to that."""
    return {"yes": "remote", "true": "remote", "1": "remote", "full": "remote", "no": "", "false": ""}.get(
        text.lower(), text
    )


def _pay(values: Values, country: str) -> tuple[Pay | None, tuple[str, ...]]:
    low, high = _first(values, "pay_min"), _first(values, "pay_max")
    if low or high:
        return clean.pay(low, high, _first(values, "currency"), _first(values, "period"))
    words = [*values.get("pay", ())[:1], _first(values, "currency"), _first(values, "period")]
    return pay_of(" ".join(words), country=country)


def places_in(values: Values) -> list[Place]:
    """Where the work is: from the parts of an address where there are any, else from the words for the place."""
    more = [place for text in values.get("more_places", ()) for place in places_of(text)]
    address, words = _address(values), values.get("place") or values.get("region") or ()
    found = [address] if address != Place() else [place for text in words for place in places_of(text)]
    latitude, longitude = _point(values)
    if len(found) == 1 and latitude is not None:
        found = [replace(found[0], latitude=latitude, longitude=longitude)]
    return [*found, *(place for place in more if not any(_same(place, other) for other in found))]


def _same(place: Place, other: Place) -> bool:
    return (place.city, place.country) == (other.city, other.country)


def _address(values: Values) -> Place:
    town, state, country = (_first(values, name) for name in ("city", "state", "country"))
    if not (town or state or country):
        return Place()
    state = state or (_first(values, "region") if town else "")  # alone it may be "Europe Only" or "Vienna, Austria"
    code = clean.country_code(country)
    written = place_of(", ".join(part for part in (town, state, country) if part), country=code)
    return Place(
        city=written.city if town else "",
        region=(state or written.region)[:120],
        country=code or written.country,
        postal_code=_first(values, "postal_code")[:20],
    )


def _point(values: Values) -> tuple[float | None, float | None]:
    """Latitude and longitude; None, None unless both are numbers on the globe."""
    given: list[Any] = _first(values, "point").split() or [_first(values, "latitude"), _first(values, "longitude")]
    try:
        latitude, longitude = map(float, given)
    except ValueError:
        return None, None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)
