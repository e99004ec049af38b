"""Finds names of several words in running text whatever their inflection: "managing the budgets" is "manage budgets"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jobs.skills.words import Key, is_inflected, word_key

# A word, or what ends a phrase: a sign of punctuation, an empty line, a new bullet.
_TOKEN = re.compile(r"([^\W_]+)(?:['’][sS]?\b)?|[.,;:!?()\[\]{}/|•·▪●<>\"“”=]|\n\s*(?:\n|[-–—*◦‣o✓➢]\s)|\s[-–—]\s|&")
_ARTICLES = frozenset("a an the our your their its his her my any all these those this that such".split())
_BEFORE_NOUNS = _ARTICLES | frozenset("highly well fully newly".split())
# What joins other words and says little by itself.
_SMALL = frozenset(
    "of in on to for with and or at by from as into about over under within between through per out up off be is are "
    "other others not non no via using use relevant related different various specific new good one two own".split()
)
IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
# What stands before a past tense that no article follows: the start of a line or clause, as in CVs, or one of these.
_BEFORE_VERBS = frozenset(("", "and", "or", "i", "we", "who", "also", "then", "successfully"))
MOST_WORDS = 9


@dataclass(frozen=True, slots=True)
class Phrase:
    """A found phrase: ``text[start:end]`` names the skill; ``needs_context`` when it is a single word."""

    skill_id: str
    start: int
    end: int
    needs_context: bool = False

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a phrase leads to, with the name's own first and last word."""

    skill_id: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text in order: their keys (empty where a phrase cannot go on) and places."""

    keys: tuple[Key, ...]
    spans: tuple[tuple[int, int], ...]
    after_article: tuple[bool, ...]


def phrase_keys(name: str) -> tuple[Key, ...]:
    """The keys of a name's words, articles left out; what stands in brackets only explains."""
    plain = name if "(" not in name else IN_BRACKETS.sub("", name)
    if plain.replace(" ", "").isalpha():
        return tuple(word_key(word) for word in plain.split() if word.lower() not in _ARTICLES)
    return tuple(key for key in _words(plain).keys if key)


def content_keys(keys: Iterable[Key]) -> frozenset[Key]:
    """The keys of words that mean something by themselves."""
    return frozenset(key for key in keys if key not in _SMALL)


class PhraseIndex:
    """Phrases by the keys of their words; a text is looked up word by word, longest phrase first."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """``names`` are (skill id, name); of names with equal words the first counts."""
        self._entries: dict[tuple[Key, ...], _Entry] = {}
        self._longest: dict[tuple[Key, ...], int] = {}
        for skill_id, name in names:
            keys = phrase_keys(name)
            if keys and keys not in self._entries:
                words = name.partition(" (")[0].split()
                self._entries[keys] = _Entry(skill_id, words[0], words[-1])
                self._longest[keys[:2]] = max(len(keys), self._longest.get(keys[:2], 0))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, text: str) -> Iterator[Phrase]:
        """The longest phrase that begins at each word; phrases may overlap."""
        words = _words(text)
        keys, longest = words.keys, self._longest
        for at, key in enumerate(keys):
            most = longest.get(keys[at : at + 2], 0) or longest.get((key,), 0)
            for size in range(min(most, len(keys) - at), 0, -1):
                entry = self._entries.get(keys[at : at + size])
                if entry is not None and _is_meant(entry, words, at, at + size - 1, text):
                    yield Phrase(entry.skill_id, words.spans[at][0], words.spans[at + size - 1][1], size == 1)
                    break


def _is_meant(entry: _Entry, words: _Words, at: int, last: int, text: str) -> bool:
    """False for a participle that describes a noun ("a managed service", "have delegated duties"), for a noun that ends as
    an activity does not ("equipment clean" is no "equipment cleaning"), and for one word in another form: "crafts" is not
    the craft of crafting, nor "staff" the tool STAF."""
    first, final = _surface(text, words.spans[at]), _surface(text, words.spans[last])
    if at == last:
        return entry.first in (first, f"{first}s", first.removesuffix("s")) or first == entry.first.capitalize()
    if entry.last.endswith("ing") and not final.endswith("ing"):
        return False
    if first == entry.first or not is_inflected(first):
        return True
    if words.after_article[at]:
        return False
    if first.endswith("ing") or text[words.spans[at][1] : words.spans[at + 1][0]].strip():
        return True
    before = at - 1
    begins_line = at == 0 or "\n" in text[words.spans[before][1] : words.spans[at][0]]
    return begins_line or words.keys[before] in _BEFORE_VERBS


def _surface(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[1]]


def _words(text: str) -> _Words:
    keys: list[Key] = []
    spans: list[tuple[int, int]] = []
    after: list[bool] = []
    before_noun = False
    for match in _TOKEN.finditer(text):
        word = match.group(1) or match.group()
        lowered = word.lower()
        if lowered in _ARTICLES:
            before_noun = True
            continue
        is_word = match.lastindex == 1 or word == "&"
        keys.append(word_key(word) if is_word else "")
        spans.append(match.span(1) if match.lastindex == 1 else match.span())
        after.append(before_noun)
        before_noun = lowered in _BEFORE_NOUNS
    return _Words(tuple(keys), tuple(spans), tuple(after))
