"""Vacancies that look like another one and are not: same template, other work; other place, level, ward; same title elsewhere."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from benchmarks.duplicates.bases import another_place, language, other_titles, say, wording
from benchmarks.duplicates.copies import extract
from cvmatch.demo.banks import read_data
from jobs.titles import read_title
from jobs.values import JobPosting

Others = Sequence[JobPosting]
Rival = Callable[[random.Random, JobPosting, Others], JobPosting]

_LEVELS = {"en": ["Junior", "Senior", "Lead", "Head of"], "de": ["Junior", "Senior", "Leitende:r"]}
_UNITS = {
    "en": ["Ward {n}", "Team {n}", "Line {n}", "Unit {n}", "Band {n}", "Night shift", "Day shift",
           "Platform team", "Outpatients", "Payments", "Export", "Paediatrics"],
    "de": ["Station {n}", "Team {n}", "Linie {n}", "Nachtschicht", "Frühschicht", "Export", "Ambulanz",
           "Innendienst", "Außendienst"],
}  # fmt: skip


def other_place(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """The same text for another town, as chains post it."""
    place = another_place(chance, posting.place)
    swap = (lambda text: text.replace(posting.place.city, place.city)) if posting.place.city else str
    return replace(posting, title=swap(posting.title), description=swap(posting.description), place=place)


def other_level(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """The same text for somebody of another level, the years and the pay with it."""
    read = read_title(posting.title)
    said = [word for word in _LEVELS[language(posting)] if word.lower() != str(read.level)]
    text = re.sub(
        r"\b\d{1,2}\b(?=\+? (?:or more )?(?:years|Jahre))", lambda _: str(chance.randint(1, 12)), posting.description
    )
    pay = posting.pay and replace(posting.pay, minimum=_more(posting.pay.minimum), maximum=_more(posting.pay.maximum))
    return replace(posting, title=f"{chance.choice(said)} {read.core}", description=text, pay=pay)


def other_unit(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """Another ward, shift or team: the title says which, and so does a sentence or two."""
    unit = chance.choice(_UNITS[language(posting)]).format(n=chance.randint(1, 12))
    text = _with_lines_of(chance, posting, chance.choice(others), chance.uniform(0.05, 0.25))
    return replace(
        posting,
        title=chance.choice(["{} - {}", "{} ({})", "{}, {}"]).format(read_title(posting.title).core, unit),
        description=text,
    )


def same_template(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """Another work at the same company: its title, and its tasks inside the same frame."""
    other = chance.choice(others)
    text = _with_lines_of(chance, posting, other, chance.uniform(0.3, 0.7))
    return replace(posting, title=other.title, description=text, pay=other.pay)


def near_title(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """Work of the same profession under another name at the same company, with tasks of its own."""
    names = other_titles(posting.title) or [chance.choice(others).title]
    text = _with_lines_of(chance, posting, chance.choice(others), chance.uniform(0.2, 0.5))
    return replace(posting, title=chance.choice(names), description=text)


def same_title_beside(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """A second opening of that name in the same house and town, for a team that writes of its own work."""
    other = chance.choice(others)
    text = other.description.replace(other.company, posting.company)
    return replace(posting, description=text, pay=other.pay)


def same_title_elsewhere(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """Another company wants the same in the same town, with a text of its own that has some phrases in common."""
    other = chance.choice([each for each in others if each.company != posting.company] or others)
    text = _with_lines_of(chance, other, posting, chance.uniform(0.0, 0.35))
    return replace(other, title=posting.title, place=posting.place, description=text)


def same_title_from_the_bank(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """Another company with the same profession: many of the sentences are the same, as in texts from a handbook."""
    companies = [c["name"] for c in read_data("world.json")["companies"] if c["name"] != posting.company]
    name = chance.choice(companies)
    text = _with_lines_of(chance, posting, chance.choice(others), chance.uniform(0.2, 0.5))
    return replace(posting, company=name, description=text.replace(posting.company, name), url="")


def extract_of_the_frame(chance: random.Random, posting: JobPosting, others: Others) -> JobPosting:
    """An extract that holds little but what the company says in each of its postings."""
    return extract(chance, same_template(chance, posting, others))


RIVALS: dict[str, Rival] = {
    "same text, other place": other_place,
    "same text, other level": other_level,
    "other ward, shift or team": other_unit,
    "same template, other work": same_template,
    "same template, near title": near_title,
    "same title and company, other text": same_title_beside,
    "same title, other company": same_title_elsewhere,
    "same sentences, other company": same_title_from_the_bank,
    "extract of the template": extract_of_the_frame,
}


def agency_texts(chance: random.Random, clients: Others) -> list[JobPosting]:
    """One agency's postings for several clients: the same frame, title and town, and a middle that is the client's."""
    agency, first = chance.choice(wording()["agencies"]), clients[0]
    frame = random.Random(agency)
    texts = []
    for client in clients:
        words = wording()[language(client)]["agency"]
        shown = replace(client, company=agency, title=first.title if chance.random() < 0.6 else client.title)
        said = [say(frame, sentence, shown) for sentence in words]
        lines = client.description.split("\n")
        middle = chance.sample(lines, min(len(lines), max(3, len(lines) // 2)))
        text = "\n".join([*said[:2], *middle, *said[2:]])
        texts.append(replace(shown, description=text, place=first.place, url=""))
    return texts


def _with_lines_of(chance: random.Random, posting: JobPosting, other: JobPosting, share: float) -> str:
    """The text with that share of its sentences exchanged for sentences of the other."""
    mine = re.split(r"(?<=[.!?])\s+|\n", posting.description)
    theirs = re.split(r"(?<=[.!?])\s+|\n", other.description)
    for place in chance.sample(range(len(mine)), max(1, round(share * len(mine)))):
        mine[place] = chance.choice(theirs)
    return "\n".join(mine)


def _more(amount: Decimal | None) -> Decimal | None:
    return amount and amount * 5 / 4
