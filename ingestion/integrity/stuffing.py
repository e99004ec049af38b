"""Finds keyword stuffing in view: the same words again and again, and walls of keywords that no person would read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingestion.integrity.lines import paragraph_end
from ingestion.integrity.scripts import Span, plain
from ingestion.values import Document, Line

_WORD = re.compile(r"(?<![\w\\@/:])[a-z][a-z+#.]*[a-z+#](?![\w@/])")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SAME_IN_A_ROW = 4
# Words looked at together, and the share of different words among them below which they only repeat: sentences have 0.7 and
# more, honest lists of skills 0.8 and more.
_WINDOWS = ((24, 0.34), (40, 0.38), (60, 0.42))
_WALL_PAIRS = (
    150  # different pairs of words in a row of lists; the longest lists of skills that people write stay below
)
_HONEST_PAIRS = 50
_LEAST_REPEATS = 14  # words that repeat in one place; fewer are a table with the same label in each row
_WALL_GLUE = 0.05  # share of words such as "and" and "with" in a list; sentences have 0.3
_FACT = re.compile(r"\b(?:19|20)\d\d\b|@|https?:")
_GLUE = set(
    """a aan about al ale all alla als an anche and ao are as at au auf aus aux avec be been bei bij by ca care ce ces
    che chez com como con cu da dal dans das dat de dei del della delle dem den der des desde deze di die din dla
    do dos du durch e een ein eine einer el em en entre es est et for from fur gli has have het i il im in into is
    ist it its jest la las le les leur lo los lub met mit my na naar nach nad nas nel nella no nos o od of om on op
    or oraz os ou our over par para pe pela pelo pentru per po por pour prin przez przy que qui sau se si sie sin
    sobre sowie su sur te that the their them this through to tot tra uber uit um uma un una und une uno unter van
    vom von voor w war was we werd were which while who will with within wurde y z za ze zijn zu zum zur""".split()
)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def find_stuffing(document: Document) -> Iterator[tuple[str, Span]]:
    """What only repeats, after its first mention, and whole walls of keywords; with a few words on which."""
    text = plain(document.text)
    words = [_Word(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    repeated = list(_repeated(words, text))
    yield from (("the same words again and again", span) for span in repeated)
    if len(words) < _WALL_PAIRS:
        return
    for lines in _lists(document.lines, text):
        inside = [w for w in words if lines[0].start <= w.start < lines[-1].end and not _within(w.start, repeated)]
        if _pairs(inside) >= _WALL_PAIRS:
            opening = paragraph_end(document, lines[0].start)  # an honest list may stand right above
            rest = [w for w in inside if w.start > opening]
            spared = _pairs(rest) >= _WALL_PAIRS and _pairs(inside) - _pairs(rest) < _HONEST_PAIRS
            yield "a wall of keywords", (rest[0].start if spared else lines[0].start, lines[-1].end)


def _pairs(words: Sequence[_Word]) -> int:
    return len({(a.text, b.text) for a, b in pairwise(words)})


def _within(place: int, spans: Sequence[Span]) -> bool:
    return any(start <= place < end for start, end in spans)


def _repeated(words: Sequence[_Word], text: str) -> Iterator[Span]:
    """Places where hardly a word is new; the first mention of each word there stays outside as far as it comes first."""
    content = [w for w in words if w.text not in _GLUE and len(w.text) > 1]
    flags = [False] * len(content)
    for size, least in _WINDOWS if _may_repeat(content) else ():
        _flag_windows(content, flags, size, least)
    _flag_runs(content, flags)
    index = 0
    while index < len(content):
        if not flags[index]:
            index += 1
            continue
        end = index
        while end < len(content) and flags[end]:
            end += 1
        spans = list(_after_first_mentions(content[index:end]))
        again = end - index - len({w.text for w in content[index:end]})
        # Positions at one place come with their years, keywords do not.
        dated = spans and _YEAR.search(text, spans[0][0], spans[-1][1])
        if (again >= _LEAST_REPEATS and not dated) or _in_a_row(content[index:end]):
            yield from spans
        index = end


def _may_repeat(content: Sequence[_Word]) -> bool:
    """Whether so many words come back soon at one place that a closer look is worth its time."""
    short, long = _WINDOWS[0][0], _WINDOWS[-1][0]
    last: dict[str, int] = {}
    back: list[bool] = []
    for index, word in enumerate(content):
        back.append(index - last.get(word.text, -long) < long)
        last[word.text] = index
    inside = sum(back[:short])
    for index in range(short, len(back)):
        if inside >= 0.55 * short:
            break
        inside += back[index] - back[index - short]
    return inside >= 0.55 * short


def _flag_windows(content: Sequence[_Word], flags: list[bool], size: int, least: float) -> None:
    if len(content) < size:
        return
    counts = Counter(w.text for w in content[:size])
    for start in range(len(content) - size + 1):
        if start:
            gone = content[start - 1].text
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            counts[content[start + size - 1].text] += 1
        if len(counts) <= least * size:
            flags[start : start + size] = [True] * size


def _flag_runs(content: Sequence[_Word], flags: list[bool]) -> None:
    start = 0
    for index in range(1, len(content) + 1):
        if index == len(content) or content[index].text != content[start].text:
            if index - start >= _SAME_IN_A_ROW:
                flags[start:index] = [True] * (index - start)
            start = index


def _in_a_row(region: Sequence[_Word]) -> bool:
    return len({w.text for w in region}) == 1 and len(region) > _SAME_IN_A_ROW


def _after_first_mentions(region: Sequence[_Word]) -> Iterator[Span]:
    """From the first word of the region that was there before, with the words that follow it; a new word in between stays."""
    seen: set[str] = set()
    start = end = -1
    for word in region:
        if word.text not in seen:
            seen.add(word.text)
            if start >= 0:
                yield start, end
            start = -1
        elif start < 0:
            start, end = word.start, word.end
        else:
            end = word.end
    if start >= 0:
        yield start, end


def _lists(lines: Sequence[Line], text: str) -> Iterator[list[Line]]:
    """Lines in a row without sentences or dates."""
    run: list[Line] = []
    for line in lines:
        if _is_list(text[line.start : line.end]):
            run.append(line)
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _is_list(text: str) -> bool:
    words = re.findall(r"[a-z]+", text)
    glue = sum(word in _GLUE for word in words)
    return bool(words) and glue <= _WALL_GLUE * len(words) + 0.5 and not _FACT.search(text)
