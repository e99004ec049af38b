"""Companies and titles as they are compared: without legal forms, levels, places and what boards add."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from cvmatch.core.places import fold
from jobs.titles import read_title

_WORD = re.compile(r"[^\W_]+")
_LEGAL = frozenset(
    """
    ag gmbh mbh ggmbh kg kgaa ohg gbr ug se ev eg co cokg ltd limited plc llp lp inc incorporated llc corp corporation company
    sa sas sarl sasu srl spa sl slu bv nv ab as asa aps oy oyj kft zrt sro doo spzoo pty pte pvt private holding group gruppe
    groupe the and und et deutschland germany uk international
    """.split()
)
_HIDDEN = frozenset(
    """
    confidential undisclosed unknown anonymous vertraulich anonym confidentiel confidencial none na client kunde
    """.split()
)
# Dots within are no ends of words: "S.A.R.L.", "e.V.".
_DOTTED = re.compile(r"\b(?:\w\.){2,}")
# Small numbers name a ward, a grade or a shift; large ones are numbers of the posting.
_NUMBER = re.compile(
    r"(?<![\w.,€$£])(?:\d{1,2}|i{1,3}|iv|v|vi)(?![\w.,%€$£]|\s?(?:€|k\b|h\b|hours|std|stunden))", re.IGNORECASE
)
# What follows is a detail of the opening: "Nurse - Ward 5", "Nurse (nights)", "Nurse, Outpatients".
_BEHIND = re.compile(r"\s[-–—|/•·@]|[-–—|]\s|[,;(\[]|:\s")
# Numbers of a posting, which each copy may have of its own.
_CODE = re.compile(r"\d{3}")
_GENDERS = re.compile(r"\b[mwfdxhi](?:\s?[/|.,*]\s?[mwfdxhi])+\b")
# Terms, levels and what boards add, on any of the copies: they do not say which opening it is.
_TERMS = frozenset(
    """
    full part time permanent temporary contract fixed term freelance remote hybrid on site onsite home office urgent urgently
    immediate start now hiring wanted new job vacancy ref reference no id at in for the and of
    vollzeit teilzeit befristet unbefristet festanstellung homeoffice ab sofort dringend gesucht neu kennziffer nr
    bei im am fur und der die das
    intern internship trainee apprentice apprenticeship graduate junior jr senior sr mid lead leading head
    praktikum praktikant ausbildung azubi werkstudent leitende leitender erfahrene erfahrener experienced
    """.split()
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_BRACKET = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_AT = re.compile(r"\b(?:at|bei|chez|en|for|fur|pour|para|presso)$")


class Likeness(StrEnum):
    """How two companies' names stand to each other."""

    SAME = "same"
    ALIKE = "alike"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Title:
    """``core`` folded, its words in the order written; ``level`` is the rank or None; ``numbers`` are the small ones.

    ``aside`` are the words in brackets: the ward, the subject, the place, or nothing that matters. ``words`` are all of
    the title, ``details`` those beside the name of the work that may say which opening it is.
    """

    core: str
    level: int | None = None
    numbers: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def company_key(name: str) -> str:
    """The words of a company's name that tell it from others; empty for none and for one that is kept back."""
    words = _WORD.findall(_DOTTED.sub(lambda dotted: dotted.group().replace(".", ""), fold(name)))
    if not words or set(words) & _HIDDEN:
        return ""
    return " ".join([word for word in words if word not in _LEGAL] or words)


def compare_companies(a: str, b: str) -> Likeness:
    """Of two keys; ALIKE when one is the beginning of the other or hardly differs from it."""
    if not a or not b:
        return Likeness.UNKNOWN
    if a.replace(" ", "") == b.replace(" ", ""):
        return Likeness.SAME
    short, long = sorted((a.split(), b.split()), key=len)
    is_alike = long[: len(short)] == short or token_sort_ratio(a, b) >= 90
    return Likeness.ALIKE if is_alike else Likeness.OTHER


def title_key(title: str, company: str) -> Title:
    """The title as it is compared; ``company`` (a key) is taken out where boards write it into the title."""
    read = read_title(title)
    core = " ".join(_WORD.findall(fold(read.core)))
    if company and f" {company} " in f" {core} ":
        rest = " ".join(f" {core} ".replace(f" {company} ", " ", 1).split())
        core = _AT.sub("", rest).strip() or core
    numbers = {number.lower() for number in _NUMBER.findall(title)}
    aside = {word for both in _BRACKET.findall(fold(title)) for word in _WORD.findall(" ".join(both))}
    # Letters alone are genders.
    aside = {word for word in aside if len(word) > 2 and word.isalpha()} - set(core.split()) - set(company.split())
    level = read.level.rank if read.level else None
    words = set(_WORD.findall(_GENDERS.sub(" ", fold(title))))
    head = _WORD.findall(_BEHIND.split(fold(read.core), maxsplit=1)[0])
    details = {word for word in words - {*head, *numbers, *company.split()} - _TERMS if not _CODE.search(word)}
    return Title(core, level, *(tuple(sorted(each)) for each in (numbers, aside, words, details)))


def have_other_numbers(a: Title, b: Title) -> bool:
    """Whether each names a ward, grade or shift by a number that the other has not; boards leave some out, and change none."""
    mine, theirs = ({_ROMAN.get(number, number) for number in title.numbers} for title in (a, b))
    return not (mine <= theirs or mine >= theirs)


def compare_titles(a: Title, b: Title) -> float:
    """0 to 1: 1 for the same words in any order; a longer title that has all the words of the other comes near it."""
    if not a.core or not b.core:
        return 0.0
    whole, within = token_sort_ratio(a.core, b.core), token_set_ratio(a.core, b.core)
    # One word in common, "Nurse", is within a great many titles.
    share = min(len(a.core), len(b.core)) / max(len(a.core), len(b.core))
    return max(whole, within * (0.6 + 0.4 * share)) / 100
