"""The postings that duplicates are made of: fictional ones as employers write them, or advertisements from a file."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

from cvmatch.demo.banks import read_data
from cvmatch.demo.postings import make_postings
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting, Place

# The seed of the demo's own postings; others make others of the same banks.
FIRST_SEED = 20260105


@dataclass(frozen=True)
class Row:
    """A posting of a source; rows of one ``vacancy`` are duplicates, ``kind`` says how this one was made."""

    source: str
    posting: JobPosting
    vacancy: int
    kind: str


@cache
def wording() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(Path(__file__).with_name("wording.json").read_text(encoding="utf-8"))
    return known


def language(posting: JobPosting) -> str:
    return "de" if any(f" {word} " in posting.description for word in ("und", "der", "mit")) else "en"


def say(chance: random.Random, sentence: str, posting: JobPosting, **known: str) -> str:
    """A sentence of the wording, its gaps filled."""
    gaps = {
        "company": posting.company, "title": posting.title, "town": posting.place.city,
        "board": chance.choice(wording()["boards"]), "year": chance.randint(1901, 2019), "number": chance.randint(12, 900),
        "sites": chance.randint(2, 30), "years": chance.randint(3, 15), "months": chance.randint(2, 12),
        "days": chance.randint(2, 15), "nations": chance.randint(5, 60), "trainees": chance.randint(3, 40),
        "holidays": chance.randint(25, 34), "percent": chance.randint(3, 9),
        "ref": f"{chance.choice('ABKR')}{chance.randint(1000, 99999)}",
    }  # fmt: skip
    return sentence.format(**(gaps | known))


def fictional(number: int, seed: int) -> Iterator[JobPosting]:
    """So many postings of made-up companies, each company with paragraphs that stand in all its postings."""
    seeds = count(FIRST_SEED + 1000 * seed)
    rows = (row for each in seeds for row in make_postings(each))
    made = (posting for row in rows for posting in read_posting(1, row) if isinstance(posting, JobPosting))
    for place, posting in enumerate(islice(made, number)):
        yield replace(in_house_style(_in_a_village(posting)), external_id=f"base-{place}")


def _in_a_village(posting: JobPosting) -> JobPosting:
    """One in four is in a place that no list of towns has, the same one for a company."""
    style = random.Random(f"{posting.company} {posting.place.city}")
    if style.random() > 0.25:
        return posting
    village, city = style.choice(wording()["villages"]), posting.place.city
    place = Place(village, "", posting.place.country, posting.place.postal_code if style.random() < 0.3 else "")
    title, text = (said.replace(city, village) if city else said for said in (posting.title, posting.description))
    return replace(posting, title=title, description=text, place=place)


def in_house_style(posting: JobPosting) -> JobPosting:
    """With what the company says of itself, the same in every posting of it; some say much, some nothing."""
    style, words = random.Random(posting.company), wording()[language(posting)]
    before = style.sample(words["about"], style.randint(0, 5))
    after = style.sample(words["closing"], style.randint(0, 5))
    said = [" ".join(say(style, each, posting) for each in part) for part in (before, after)]
    return replace(posting, description="\n".join(part for part in (said[0], posting.description, said[1]) if part))


def from_file(path: Path, number: int) -> Iterator[JobPosting]:
    """Advertisements of a file of schema.org rows, those with a text of some length, each title and text once."""
    seen: set[str] = set()
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            posting = next(iter(read_posting(1, json.loads(line))), None)
            if isinstance(posting, JobPosting) and len(posting.description) > 600 and posting.description not in seen:
                seen.add(posting.description)
                yield replace(posting, external_id=f"base-{place}", url="")
            if len(seen) >= number:
                return


def other_titles(title: str) -> list[str]:
    """What the same work is also called, by the banks of the demo; empty for a title that they do not have."""
    for bank in read_data("professions.json"):
        known = [name for name in bank["titles"] if name in title]
        if known:
            longest = max(known, key=len)
            return [title.replace(longest, other) for other in bank["titles"] if other != longest]
    return []


def another_place(chance: random.Random, place: Place) -> Place:
    """A town of the same country where there is one, or another village."""
    if place.city in wording()["villages"] and chance.random() < 0.7:
        return Place(chance.choice([each for each in wording()["villages"] if each != place.city]), "", place.country)
    towns = read_data("world.json")["places"]
    near = [town for town in towns if town["country"] == place.country and town["city"] != place.city]
    town = chance.choice(near or [town for town in towns if town["city"] != place.city])
    return Place(town["city"], "", town["country"], "", town["latitude"], town["longitude"])
