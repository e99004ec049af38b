"""Invents people of every profession of the demo, as their CVs say it in plain text; the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cvmatch.demo.banks import Bank, read_data
from cvmatch.demo.docx_cvs import text_of
from cvmatch.demo.people import Person, Position, Study

# All first names have six letters and all last names seven: a copy gets another name, and every place in its text stays true.
FIRST_NAMES = (
    "Amelie Andrea Astrid Audrey Bettie Brigit Callum Carmen Cedric Claire Damian Daphne Dieter Elliot Esther Fergus Gareth "
    "Gloria Hannah Harper Helena Holger Imogen Ingrid Jasper Joanna Judith Kieran Leonie Lorenz Louisa Marcel Marina Markus "
    "Martin Miriam Nadine Nathan Oliver Philip Regina Robert Samira Selina Simone Stefan Thomas Ulrike Verena Vivian Walter "
    "Wilson Xavier Yasmin Yvonne"
).split()
LAST_NAMES = (
    "Abraham Aldrich Baldwin Barclay Bennett Bergman Bradley Brennan Carlson Chapman Clayton Collins Connell Daniels Dempsey "
    "Eastman Edwards Ellison Everett Farrell Fischer Fleming Forster Francis Gardner Gilbert Goodwin Grayson Hammond Hartman "
    "Hendrix Herring Holland Hopkins Jackson Jenkins Kaufman Kendall Lambert Lindsay Maxwell Merritt Neumann Norwood Osborne "
    "Palermo Parsons Pearson Pickett Quigley Ramirez Randall Redmond Roberts Sanders Schmitz Sheldon Simmons Spencer Tillman "
    "Vaughan Waldron Wallace Webster Whitman Winslow"
).split()
SCHOOLS = ("Northfield College", "Harbour University", "Lindenhof Institute", "Riverside Academy", "Elm Park School")
LEVELS = ("Junior", "", "", "Senior", "Lead")
SPOKEN = {
    "en": (("English", "native"), ("German", "B2"), ("French", "B1"), ("Spanish", "A2")),
    "de": (("Deutsch", "Muttersprache"), ("Englisch", "B2"), ("Polnisch", "B1"), ("Französisch", "A2")),
}
SKILLS = {"en": "Further", "de": "Weitere"}


@dataclass(frozen=True)
class Names:
    """The order in which names are given out: the person of a number has the same name whoever asks."""

    first: list[str]
    last: list[str]

    def of(self, number: int) -> str:
        return f"{self.first[number % len(self.first)]} {self.last[number // len(self.first) % len(self.last)]}"


def make_names(seed: int) -> Names:
    """All names, for each seed in another order."""
    chance = random.Random(f"names {seed}")  # noqa: S311 - the same every time, nothing secret
    return Names(chance.sample(FIRST_NAMES, len(FIRST_NAMES)), chance.sample(LAST_NAMES, len(LAST_NAMES)))


def make_text(number: int, seed: int, *, year: int) -> str:
    """The CV of one person in plain text."""
    return text_of(make_person(number, seed, year=year))


def make_person(number: int, seed: int, *, year: int) -> Person:
    """One person (numbers begin with 1), whose last job began before ``year`` and has not ended."""
    banks = [Bank(**bank) for bank in read_data("professions.json")]
    chance = random.Random(f"person {seed} {number}")  # noqa: S311
    return _invent(chance, banks[number % len(banks)], make_names(seed).of(number), number, year)


def _invent(chance: random.Random, bank: Bank, name: str, number: int, year: int) -> Person:
    place = chance.choice(read_data("world.json")["places"])
    work = list(_work(chance, bank, place["city"], year))
    mother_tongue, *others = SPOKEN[bank.language]
    return Person(
        id=f"dummy-{number}",
        format="txt",
        layout="",
        language=bank.language,
        name=name,
        headline=work[0].title,
        email=f"{name.replace(' ', '.').lower()}@example.com",
        phone=f"+49 30 {chance.randrange(10**6, 10**7)}",
        location=f"{place['city']}, {place['country']}",
        link="",
        summary=" ".join(f"{line}." for line in chance.sample(bank.requirements, min(2, len(bank.requirements)))),
        work=work,
        education=[_study(chance, bank, place["city"], int(work[-1].start[:4]))],
        skills=[(SKILLS[bank.language], chance.sample(bank.nice, min(3, len(bank.nice))))],
        languages=[mother_tongue, *chance.sample(others, chance.randint(0, 2))],
        certificates=[],
        interests="",
    )


def _work(chance: random.Random, bank: Bank, city: str, year: int) -> Iterator[Position]:
    """Two to four positions, the present one first, each with duties that no other one has."""
    companies: list[dict[str, Any]] = [c for c in read_data("world.json")["companies"] if c["sector"] in bank.sectors]
    duties = chance.sample(bank.duties, len(bank.duties))
    level, month, end = chance.randrange(len(LEVELS)), chance.randint(1, 12), "present"
    for nth in range(chance.randint(2, 4)):
        year -= chance.randint(1, 3 + level)
        word = LEVELS[max(level - nth, 0)] if bank.language == "en" else ""
        title = f"{word} {chance.choice(bank.titles)}".strip()
        start = f"{year}-{month:02}"
        said = duties[3 * nth : 3 * nth + 3] or duties[:2]
        yield Position(title, chance.choice(companies)["name"], city, start, end, said)
        end = start


def _study(chance: random.Random, bank: Bank, city: str, until: int) -> Study:
    start = until - chance.randint(3, 5)
    return Study(chance.choice(bank.education), chance.choice(SCHOOLS), city, str(start), str(until))
