"""Ways in which one vacancy is posted again: edited, renamed, wrapped by a board, cut short, moved into another language."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from benchmarks.duplicates.bases import language, other_titles, say, wording
from jobs.titles import read_title
from jobs.values import JobPosting, Place

Copy = Callable[[random.Random, JobPosting], JobPosting]


def few_edits(chance: random.Random, posting: JobPosting) -> JobPosting:
    return _edited(chance, posting, 0.03)


def many_edits(chance: random.Random, posting: JobPosting) -> JobPosting:
    """A word in ten is another, and a paragraph is gone."""
    parts = posting.description.split("\n")
    if len(parts) > 4:
        del parts[chance.randrange(len(parts))]
    return _edited(chance, replace(posting, description="\n".join(parts)), 0.1)


def rewritten(chance: random.Random, posting: JobPosting) -> JobPosting:
    """A fifth to a third of the sentences said in words of somebody's own."""
    parts = re.split(r"(?<=[.!?])\s+|\n", posting.description)
    others = wording()[language(posting)]
    for place in chance.sample(range(len(parts)), max(1, round(chance.uniform(0.2, 0.35) * len(parts)))):
        words = parts[place].split()
        chance.shuffle(words)
        own = say(chance, chance.choice(others["about"] + others["footer"]), posting)
        parts[place] = chance.choice([own, " ".join(words[: max(2, len(words) // 2)]), " ".join(words)])
    return replace(posting, description="\n".join(parts))


def in_another_order(chance: random.Random, posting: JobPosting) -> JobPosting:
    parts = re.split(r"(?<=[.!?])\s+|\n", posting.description)
    cuts = sorted(chance.sample(range(1, len(parts)), min(3, len(parts) - 1)))
    blocks = [parts[start:end] for start, end in zip([0, *cuts], [*cuts, len(parts)], strict=True)]
    chance.shuffle(blocks)
    return replace(posting, description="\n".join(part for block in blocks for part in block))


def other_title(chance: random.Random, posting: JobPosting) -> JobPosting:
    """What another board calls it: another name of the work, or the level put elsewhere."""
    read = read_title(posting.title)
    moved = (
        [f"{read.core} ({read.level})", f"{read.core} - {str(read.level).title()}"] if read.level else [posting.title]
    )
    return replace(posting, title=chance.choice([*other_titles(posting.title), *moved]))


def short_title(chance: random.Random, posting: JobPosting) -> JobPosting:
    """A title that has lost its second half or is shouted; boards keep the level, which is part of what a vacancy is."""
    first = re.split(r" [-–|(,]|, ", posting.title)[0]
    return replace(posting, title=chance.choice([first, posting.title.upper()]))


def other_board(chance: random.Random, posting: JobPosting) -> JobPosting:
    """The board's own words around the text, and its marks on the title."""
    words = wording()[language(posting)]
    board = chance.choice(wording()["boards"])
    before = [say(chance, each, posting, board=board) for each in chance.sample(words["header"], chance.randint(0, 2))]
    after = [say(chance, each, posting, board=board) for each in chance.sample(words["footer"], chance.randint(1, 3))]
    marked = f"{posting.title} {say(chance, chance.choice(words['marks']), posting)}"
    return replace(
        posting,
        title=marked if chance.random() < 0.6 else posting.title,
        description="\n".join([*before, posting.description, *after]),
        employment_type=chance.choice([posting.employment_type] * 4 + ["", "full_time"]),
        url=f"https://www.{board.lower()}.example/jobs/{chance.randint(1, 10**9)}",
    )


def extract(chance: random.Random, posting: JobPosting) -> JobPosting:
    """The first 500 characters, as aggregators give them."""
    return replace(posting, description=" ".join(posting.description.split())[:500] + "…", is_snippet=True)


def extract_from_within(chance: random.Random, posting: JobPosting) -> JobPosting:
    text = " ".join(posting.description.split())
    start = chance.randint(0, max(0, len(text) - 500))
    return replace(posting, description=f"…{text[start : start + 500]}…", is_snippet=True)


def place_abroad(chance: random.Random, posting: JobPosting) -> JobPosting:
    """The town in another language, or without coordinates, or only the country."""
    place = posting.place
    names = [*wording()["abroad"].get(place.city, ()), place.city, place.city.upper()]
    told = Place(chance.choice(names), "", chance.choice([place.country, place.country, ""]))
    return replace(posting, place=chance.choice([told, told, Place(country=place.country)]))


def hidden_company(chance: random.Random, posting: JobPosting) -> JobPosting:
    text = posting.description.replace(posting.company, chance.choice(["our client", "the company", "us"]))
    return replace(posting, company=chance.choice(["", "Confidential"]), description=text)


def written_otherwise(chance: random.Random, posting: JobPosting) -> JobPosting:
    """The company with another legal form, in capitals or in short."""
    name = posting.company
    forms = [f"{name} {chance.choice(wording()['legal'])}", name.upper(), f"{name} {name.split()[0]}land"]
    return replace(posting, company=chance.choice(forms[:2] if chance.random() < 0.8 else forms))


def other_pay(chance: random.Random, posting: JobPosting) -> JobPosting:
    """None, or an estimate of the board."""
    if posting.pay is None or chance.random() < 0.5:
        return replace(posting, pay=None)
    factor = Decimal(chance.randint(85, 115)) / 100
    low, high = posting.pay.minimum, posting.pay.maximum
    pay = replace(posting.pay, minimum=low and low * factor, maximum=high and high * factor, estimated=True)
    return replace(posting, pay=pay)


def again(chance: random.Random, posting: JobPosting) -> JobPosting:
    """The same once more, some weeks later."""
    later = posting.posted_at and posting.posted_at + timedelta(days=chance.randint(5, 60))
    return replace(posting, posted_at=later)


def only_title(chance: random.Random, posting: JobPosting) -> JobPosting:
    return replace(posting, description="")


# By which name it is reported → what is done, one after the other.
ELSEWHERE: dict[str, tuple[Copy, ...]] = {
    "few edits": (few_edits,),
    "many edits": (many_edits,),
    "sentences rewritten": (rewritten,),
    "sentences rewritten, other board": (rewritten, other_board),
    "another order": (in_another_order,),
    "other title": (other_title,),
    "short title": (short_title,),
    "short title, other board": (other_board, short_title),
    "other title, edits": (other_title, few_edits),
    "other board": (other_board,),
    "other board, edits": (few_edits, other_board),
    "extract": (extract,),
    "extract of another board": (other_pay, extract, written_otherwise, place_abroad),
    "extract from within": (extract_from_within,),
    "extract, other title": (other_title, extract),
    "place in another language": (place_abroad,),
    "company hidden": (hidden_company,),
    "company hidden, other board": (hidden_company, other_board),
    "company written otherwise": (written_otherwise,),
    "other pay": (other_pay, few_edits),
    "all at once": (other_title, many_edits, written_otherwise, place_abroad, other_pay, other_board),
    "title only": (only_title,),
}
HERE: dict[str, tuple[Copy, ...]] = {
    "posted again": (again,),
    "posted again, edits": (again, few_edits),
}


def copied(chance: random.Random, posting: JobPosting, steps: tuple[Copy, ...]) -> JobPosting:
    for step in steps:
        posting = step(chance, posting)
    return posting


def _edited(chance: random.Random, posting: JobPosting, share: float) -> JobPosting:
    """Words replaced, left out or doubled up, each with that probability; lines stay."""
    others = wording()[language(posting)]["replacing"].split()

    def one(word: str) -> str:
        if chance.random() >= share:
            return word
        return chance.choice(["", chance.choice(others), f"{chance.choice(others)} {word}", word.rstrip("s,.")])

    lines = [" ".join(filter(None, map(one, line.split()))) for line in posting.description.split("\n")]
    return replace(posting, description="\n".join(lines))
