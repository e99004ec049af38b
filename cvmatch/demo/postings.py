"""Writes the demo postings: for each one a choice from the banks of its profession, arranged the way companies differ."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from cvmatch.demo import BASE_DAY
from cvmatch.demo.banks import Bank, Setting, read_data
from cvmatch.demo.descriptions import write_description

_LEADS_PEOPLE = re.compile(
    r"\bHead\b|(?:Ward|Nursery|Finance|Store|Purchasing|Restaurant|Quality|Success|Affairs) Manager|Leader|Supervisor|leitung"
)
_NOT_FOR_BEGINNERS = re.compile(r"Manager|Partner|Counsel|Officer|Coordinator|Architect|Owner|Master|Executive|Lawyer")
_YEARS = {"junior": (1, 1), "mid": (2, 4), "senior": (5, 7), "lead": (6, 8), "head": (8, 10)}
_PAY_LEVEL = {"intern": 0.45, "junior": 0.78, "mid": 1.0, "senior": 1.28, "lead": 1.42, "head": 1.8}
_REMOTE = frozenset(
    "backend frontend data_engineer data_scientist devops security designer marketing customer_service project hr".split(
        " "
    )
)
_MONTHLY = ("DKK", "SEK", "PLN", "CZK")
_WORKING_HOURS = 52 * 38
# Roughly what the law or the market allows at least, in the place's currency.
_LEAST_AN_HOUR = {
    "GB": 12.5, "DE": 13.5, "AT": 12.5, "IE": 14, "NL": 14.5, "FR": 12, "BE": 13, "CH": 24, "US": 16, "DK": 130, "SE": 130,
    "PL": 32, "CZ": 140,
}  # fmt: skip


def write_postings(path: Path, seed: int = 20260105) -> int:
    """Writes all postings as JSON lines, the same bytes every time, and says how many."""
    rows = [json.dumps(row, ensure_ascii=False) for row in make_postings(seed)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)


def make_postings(seed: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(seed)  # noqa: S311 - the same corpus every time, nothing secret
    banks = [Bank(**bank) for bank in read_data("professions.json")]
    tickets = [bank for bank in banks for _ in range(bank.count)]
    chance.shuffle(tickets)
    taken: set[tuple[str, str]] = set()
    for number, bank in enumerate(tickets, 1):
        setting = _choose_unused(chance, bank, taken)
        yield _row(chance, setting, number)


def _choose_unused(chance: random.Random, bank: Bank, taken: set[tuple[str, str]]) -> Setting:
    setting = _choose(chance, bank)
    for _ in range(20):
        if (setting.title, setting.company["name"]) not in taken:
            break
        setting = _choose(chance, bank)
    taken.add((setting.title, setting.company["name"]))
    return setting


def _choose(chance: random.Random, bank: Bank) -> Setting:
    world = read_data("world.json")
    fitting = [c for c in world["companies"] if c["sector"] in bank.sectors and c["language"] == bank.language]
    company = chance.choice(fitting)
    place = chance.choice(_offices(company, world["places"]))
    level = chance.choice(bank.levels)
    level, core = _title_for(chance, bank, level)
    years = chance.randint(*_YEARS[level]) if level in _YEARS else None
    remote = bank.key in _REMOTE and chance.random() < 0.2
    return Setting(bank, company, place, level, _dressed(chance, bank, level, core, place, remote), years, remote)


def _offices(company: dict[str, Any], places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where a company is at home: its countries, or three cities that always come out the same for its name."""
    if company["countries"]:
        return [place for place in places if place["country"] in company["countries"]]
    return random.Random(company["name"]).sample(places, 3)  # noqa: S311


def _title_for(chance: random.Random, bank: Bank, level: str) -> tuple[str, str]:
    """A title that people of this level carry; a bank without one for heads gives a lead instead."""
    leading = [title for title in bank.titles if _LEADS_PEOPLE.search(title)]
    working = [title for title in bank.titles if title not in leading]
    if level == "head":
        return ("head", chance.choice(leading)) if leading else ("lead", chance.choice(working))
    if level in ("intern", "junior"):
        return level, chance.choice([title for title in working if not _NOT_FOR_BEGINNERS.search(title)] or working)
    if level == "lead" and leading:
        return level, chance.choice(leading)
    return level, chance.choice(working)


def _dressed(chance: random.Random, bank: Bank, level: str, core: str, place: dict[str, Any], remote: bool) -> str:
    prefixes = read_data("phrases.json")["level_prefix"][bank.language][level]
    plain = level == "lead" and _LEADS_PEOPLE.search(core)
    title = core if plain else str(chance.choice(prefixes)).format(title=core)
    endings = [
        "",
        "",
        "",
        "",
        "",
        f" – {place['city']}",
        f", {place['city']}",
        " (m/f/d)" if bank.language == "en" else "",
    ]
    return title + (chance.choice([" (Remote)", ", remote"]) if remote else str(chance.choice(endings)))


def _row(chance: random.Random, setting: Setting, number: int) -> dict[str, Any]:
    place, company = setting.place, setting.company
    row: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": company["name"], "value": f"demo-{number:04d}"},
        "title": setting.title,
        "description": write_description(chance, setting),
        "hiringOrganization": {"@type": "Organization", "name": company["name"]},
        "jobLocation": _location(chance, place),
        "employmentType": _employment(chance, setting),
        "datePosted": (BASE_DAY - timedelta(days=chance.randint(0, 45))).isoformat(),
        "validThrough": (BASE_DAY + timedelta(days=chance.randint(20, 75))).isoformat(),
        "url": f"https://jobs.example.com/{_slug(company['name'])}/{number:04d}-{_slug(setting.title)}",
    }
    if setting.remote:
        row["jobLocationType"] = "TELECOMMUTE"
        row["applicantLocationRequirements"] = {"@type": "Country", "name": place["country"]}
    if chance.random() > 0.25:
        row["baseSalary"] = _salary(chance, setting)
    if setting.years is not None:
        row["experienceRequirements"] = {
            "@type": "OccupationalExperienceRequirements",
            "monthsOfExperience": 12 * setting.years,
        }
    return row


def _location(chance: random.Random, place: dict[str, Any]) -> dict[str, Any]:
    address = {"@type": "PostalAddress", "addressLocality": place["city"], "addressCountry": place["country"]}
    if chance.random() < 0.7:
        address["postalCode"] = place["postal_code"]
    geo = {"@type": "GeoCoordinates", "latitude": place["latitude"], "longitude": place["longitude"]}
    return {"@type": "Place", "address": address, "geo": geo}


def _employment(chance: random.Random, setting: Setting) -> str:
    if setting.level == "intern":
        return "INTERN"
    if "Part-time" in setting.title:
        return "PART_TIME"
    return chance.choice(
        ["FULL_TIME"] * 7 + ["PART_TIME", "CONTRACTOR" if setting.bank.unit == "YEAR" else "TEMPORARY"]
    )


def _salary(chance: random.Random, setting: Setting) -> dict[str, Any]:
    place = setting.place
    yearly = setting.bank.pay * _PAY_LEVEL[setting.level] * place["pay_factor"] * chance.uniform(0.92, 1.08)
    unit, divisor, step = "YEAR", 1.0, 1000.0
    if setting.bank.unit == "HOUR" and place["currency"] not in _MONTHLY:
        unit, divisor, step = "HOUR", _WORKING_HOURS, 0.5
    elif place["currency"] in _MONTHLY:
        unit, divisor, step = "MONTH", 12.0, 500.0
    least = _LEAST_AN_HOUR.get(place["country"], 8.5) * _WORKING_HOURS
    low = round(max(yearly, least) / divisor / step) * step
    high = round(max(yearly, least) * chance.uniform(1.08, 1.25) / divisor / step) * step
    value = {"@type": "QuantitativeValue", "minValue": _plain(low), "maxValue": _plain(high), "unitText": unit}
    return {"@type": "MonetaryAmount", "currency": place["currency"], "value": value}


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
