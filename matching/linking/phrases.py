"""Cuts a text into the phrases that may name a skill: verb with object, noun phrase, item of a list, with spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from matching.linking.words import EMPTY, JOINTS, LEAD, OFFERS, OPENING_TURNS, PLACEHOLDER, SENTENCE_ENDS, TAIL, TURNS

MAX_WORDS = 10
_WORD = re.compile(r"[^\W_][\w+#'’./-]*")
_EDGE = " \t\r\n,;:.!?\"'“”„*"


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text[start:end]`` as it stands, and ``query``, what it says when the words it shares with a neighbour are put in.

    ``context`` is the span of the sentence around it.
    """

    start: int
    end: int
    query: str
    context: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Chunk:
    start: int
    end: int
    words: tuple[str, ...]


class PhraseCutter:
    """Cuts by light rules.

    ``verbs`` are words that open a phrase of doing ("manage", "develop"), in base form. ``alone`` are the words that can be
    a phrase by themselves ("flexibility"): most single words, such as "approach", are near to some label and mean none.
    """

    def __init__(self, verbs: frozenset[str], alone: frozenset[str]) -> None:
        self._verbs, self._alone = verbs, alone

    def cut(self, text: str) -> list[Phrase]:
        """Candidates in reading order; they overlap, and most name no skill at all."""
        found: dict[tuple[int, int, str], Phrase] = {}
        for start, end in sentences(text):
            for phrase in self._of_sentence(text, start, end):
                found.setdefault((phrase.start, phrase.end, phrase.query.lower()), phrase)
        return list(found.values())

    def _of_sentence(self, text: str, start: int, end: int) -> Iterator[Phrase]:
        chunks = [chunk for chunk in _chunks(text, start, end) if chunk.words]
        spans = [(chunk.start, chunk.end, text[chunk.start : chunk.end]) for chunk in chunks]
        for chunk in chunks:
            spans += [(s, e, text[s:e]) for s, e in _parts(text, chunk.start, chunk.end)]
        for one, other in pairwise(chunks):
            spans += self._shared(text, one, other)
        for first, last, query in spans:
            query = " ".join(query.split())
            if names_something(query) and (" " in query or query.lower() in self._alone):
                yield Phrase(first, last, query, (start, end))

    def _shared(self, text: str, one: _Chunk, other: _Chunk) -> Iterator[tuple[int, int, str]]:
        """What two joined chunks say together, and each with the word that stands once and counts for both."""
        if not re.fullmatch(r"\W*(?:and|or|and/or|&|/|,)?\W*", text[one.end : other.start], re.IGNORECASE):
            return
        both = text[one.start : other.end]
        if len(one.words) + len(other.words) <= 5 and "," not in text[one.end : other.start]:
            yield one.start, other.end, both
        opens = is_verb(one.words[0], self._verbs)
        follows = is_verb(other.words[0], self._verbs)
        if len(one.words) == 1 and len(other.words) > 1:
            # "design and build web shops" and "written and spoken English": the rest of the second is the first's too
            yield one.start, other.end, f"{one.words[0]} {' '.join(other.words[1:])}"
        if opens and len(one.words) > 1 and not follows and len(other.words) <= 4:
            yield other.start, other.end, f"{one.words[0]} {' '.join(other.words)}"


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences and list items, without those in which an employer speaks of itself and what it gives."""
    start = 0
    for match in [*SENTENCE_ENDS.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end]
        if piece.strip() and not OFFERS.search(piece):
            yield start, end
        start = match.end() if match else end


def names_something(query: str) -> bool:
    """False for phrases of too many words, of placeholders, or of nothing but words such as "team" and "experience"."""
    words = [word.lower() for word in _WORD.findall(query)]
    if not 1 <= len(words) <= MAX_WORDS or PLACEHOLDER.search(query):
        return False
    return any(word not in EMPTY and len(word) > 1 for word in words)


def is_verb(word: str, verbs: frozenset[str]) -> bool:
    return any(form in verbs for form in base_forms(word.lower()))


def base_forms(word: str) -> tuple[str, ...]:
    """The word itself and what it may be the -ing, -ed or -s form of."""
    forms = [word]
    for ending in ("ing", "ed", "es", "s", "d"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            forms += [stem, stem + "e"]
            if stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return tuple(forms)


def _chunks(text: str, start: int, end: int) -> Iterator[_Chunk]:
    position = start
    for match in [*JOINTS.finditer(text, start, end), None]:
        stop = match.start() if match else end
        first, last = _trim(text, position, stop)
        if first < last:
            yield _Chunk(first, last, tuple(_WORD.findall(text[first:last])))
        position = match.end() if match else end


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The pieces of "design parts in CAD" that can stand alone: "design parts" and "CAD"."""
    for turn in TURNS.finditer(text, start, end):
        head = _trim(text, start, turn.start())
        if head[0] < head[1]:
            yield head
        tail = _trim(text, turn.end(), end)
        word = turn.group().strip().lower()
        if tail[0] < tail[1] and (word in OPENING_TURNS or word in ("to", "by", "in order to", "for", "of", "while")):
            yield tail


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without what introduces it, praises it or says how much it is wanted."""
    while True:
        piece = text[start:end]
        bare = piece.lstrip(_EDGE)
        start += len(piece) - len(bare)
        end = start + len(bare.rstrip(_EDGE))
        lead = LEAD.match(text[start:end])
        tail = TAIL.search(text[start:end])
        if lead and lead.end():
            start += lead.end()
        elif tail and tail.start() > 0:
            end = start + tail.start()
        else:
            return start, end
