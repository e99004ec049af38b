"""What the words around a name say of it: the sentence, the label above, the heading; whether they take it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jobs.skills import find_skills_and_languages
from matching.tailoring.values import CVLine

TAKES_BACK = Path(__file__).parent / "data" / "takes_back.txt"
# Of sections that are lists a single word can say how much of something is there.
_LISTS = {"skills", "languages", "certificates"}
_LOOSE = {*_LISTS, "", "other", "interests", "summary"}
_LONGEST_LABEL, _LABEL_WORDS = 40, 4
# A heading or label is hardly about what is so many lines below it: there one was overlooked.
REACH = 12
_LABEL = re.compile(rf"\s*\W{{0,2}}\s*([^:,;|]{{1,{_LONGEST_LABEL}}}):")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]]")
_OUT_OF = re.compile(r"(?<![\w./])(\d{1,3}(?:[.,]\d)?)\s*(?:/|of|von|out of)\s*(\d{1,3})(?![\w./])")
_PER_CENT = re.compile(r"(?<![\w.,])(\d{1,3})\s*%")
_NO_TIME = re.compile(r"(?<![\w.,])0\s*(?:years?|yrs?|months?|jahre?|monate?|ani|luni|ans|mois|años)\b", re.IGNORECASE)
_FULL, _EMPTY = "●⬤★■▰▮◆", "○◯☆□▱▯◇"
_DOTS = re.compile(f"[{_FULL}{_EMPTY}](?: ?[{_FULL}{_EMPTY}])+")
# Who says these of one item of a list may mean the next one too.
_MORE = re.compile(
    r"\b(?:advanced|experts?|expertise|fluent|native|strong|proficient|proficiency|certified|certifications?|certificates?"
    r"|senior|lead|excellent|very good|intermediate|years?|yrs?|months?|since|daily|core|main|primary"
    r"|fortgeschritten\w*|sehr gut\w*|verhandlungssicher\w*|fließend\w*|experte\w*|zertifi\w*|jahre?n?|schwerpunkt\w*"
    r"|avansat\w*|certificat\w*|ani|avancé\w*|avanzado\w*|expert\w*)\b|[●⬤★■▰▮◆]",
    re.IGNORECASE,
)
# Who rates themselves below the middle does not say that they have it.
_HALF = 0.5


def unit_of(lines: Sequence[CVLine], number: int) -> tuple[int, int]:
    """The first and the last line of the sentence or item that a line belongs to."""
    first = last = number
    while first > 1 and lines[first - 1].continues:
        first -= 1
    while last < len(lines) and lines[last].continues:
        last += 1
    return first, last


def sentence_of(lines: Sequence[CVLine], number: int) -> str:
    """The words that a line may belong to: its item, and a line above that has not ended, such as a narrow column's."""
    first, last = unit_of(lines, number)
    above = lines[first - 2] if first > 1 else None
    own = lines[first - 1]
    if above and not (above.is_heading or above.is_fixed or own.is_bullet) and above.section == own.section != "skills":
        first -= above.text.rstrip()[-1:] not in ".;:!?"
    return "\n".join(line.text for line in lines[first - 1 : last])


def is_taken_back(lines: Sequence[CVLine], number: int) -> bool:
    """Whether what stands around a line says that what it names is not there, or only in part: it then supports nothing."""
    sentence = sentence_of(lines, number)
    if says_less(sentence) or (lines[number - 1].section in _LISTS and _is_little(sentence)):
        return True
    return any(says_less(text) or _is_little(text) for text in framed_by(lines, number))


def framed_by(lines: Sequence[CVLine], number: int) -> Iterator[str]:
    """What says of which kind a line is: its heading, the label that it stands under, and a level on a line below it."""
    first, last = unit_of(lines, number)
    above = lines[: first - 1][::-1]
    own = lines[first - 1]
    yield from (line.text for line in above[:REACH] if line.is_heading and line.section == own.section)
    for line in above[:REACH]:
        if line.is_heading or line.section != own.section:
            break
        if is_label(line, own):
            yield line.text
        if line.is_fixed or is_label(line, own):
            break
    below = lines[last] if last < len(lines) else None
    if below and own.section in _LISTS and below.section == own.section and _is_level(below.text):
        yield below.text


def is_label(line: CVLine, of: CVLine) -> bool:
    """Whether a line says what those below it are: it ends with a colon, or is a level alone, such as "Beginner"."""
    text = line.text.strip()
    if of.is_bullet and line.is_bullet and not text.endswith(":"):
        return False
    return text.endswith(":") or (of.section in _LOOSE and not (line.is_bullet or line.continues) and _is_level(text))


def says_less(text: str) -> bool:
    """Whether the words say that something is not there, or only in part, or yet to come."""
    asides = (label_of(text), *_IN_BRACKETS.findall(text))
    return _has("anywhere", text) or any(_has("of items", aside) for aside in asides)


def says_more(text: str) -> bool:
    """Whether the words say how well or how long: of what stands beside or below them they would say it too."""
    return _MORE.search(text) is not None


def label_of(text: str) -> str:
    """What stands before a colon; empty where nothing does."""
    label = _LABEL.match(text)
    return label[1] if label else ""


def _is_level(text: str) -> bool:
    """A few words that name nothing and say how much of something is there."""
    few = 0 < len(text.split()) <= _LABEL_WORDS and text.rstrip()[-1:] != "."
    return few and (says_less(text) or _is_little(text)) and not any(find_skills_and_languages(text))


def _is_little(text: str) -> bool:
    """Of an item of a list, its level or its label: something yet to come, or a rating below the middle."""
    return _has("of items", text) or any(share < _HALF for share in _ratings(text))


def _has(kind: str, text: str) -> bool:
    """Whether such words stand there; as part of a name, such as the learning of Machine Learning, they say nothing."""
    found = [match.span() for match in _words(kind).finditer(text)]
    if not found:
        return False
    names = [(one.start, one.end) for group in find_skills_and_languages(text) for one in group]
    return any(not any(at <= start and end <= to for at, to in names) for start, end in found)


def _ratings(text: str) -> Iterator[float]:
    for part, whole in _OUT_OF.findall(text):
        if float(whole) > 0:
            yield float(part.replace(",", ".")) / float(whole)
    yield from (int(share) / 100 for share in _PER_CENT.findall(text))
    yield from (0.0 for _ in _NO_TIME.findall(text))
    for dots in _DOTS.findall(text):
        marks = dots.replace(" ", "")
        yield sum(mark in _FULL for mark in marks) / len(marks)


@cache
def _words(kind: str) -> re.Pattern[str]:
    """The words of one part of the file; of verbs in English also the ends of "haven't" and the like."""
    part, words = "", []
    for line in TAKES_BACK.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#") and part == kind:
            words += [re.escape(word.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in line.split(",")]
    ends = r"|n['’]t\b" if kind == "anywhere" else ""
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words, key=len, reverse=True))})(?!\w){ends}", re.IGNORECASE)
