"""Word lists of many languages, kept as plain text in data/words/ so that people who speak a language can read and mend them.

A file has sections in square brackets; below each, one line per language: its code, a colon, and words between bars. A line
that begins with a space goes on with the one above; ``#`` opens a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).parent / "data" / "words"


@cache
def fold(text: str) -> str:
    """Lower case without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l").replace("ß", "ss").replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@cache
def _rows(name: str) -> tuple[tuple[str, str, str], ...]:
    """Every word of a file with its section and its language."""
    rows: list[tuple[str, str, str]] = []
    section = language = ""
    for line in (_WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            listed = line
            if not line.startswith(" "):
                language, _, listed = line.partition(":")
            rows += [(section, language, word.strip()) for word in listed.split("|") if word.strip()]
    return tuple(rows)


@cache
def read_words(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words of each section of ``data/words/NAME.txt``, all languages together, as written and in the file's order."""
    sections: dict[str, dict[str, None]] = {}
    for section, _, word in _rows(name):
        sections.setdefault(section, {})[word] = None
    return {section: tuple(words) for section, words in sections.items()}


@cache
def languages_of(name: str) -> Mapping[str, frozenset[str]]:
    """Folded words of a file with the codes of the languages that have them."""
    languages: dict[str, set[str]] = {}
    for _, language, word in _rows(name):
        languages.setdefault(fold(word), set()).add(language)
    return {word: frozenset(codes) for word, codes in languages.items()}


def folded(words: Iterable[str]) -> frozenset[str]:
    """Words without case and accents, to look up what ``fold`` made."""
    return frozenset(fold(word) for word in words)


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, with or without accents, longest first; a star in a word stands for any letters."""
    forms = {form for word in words for form in (word.lower(), fold(word))}
    return "|".join(_pattern(form) for form in sorted(forms, key=lambda form: (-len(form), form)))


def _pattern(word: str) -> str:
    return re.escape(word).replace(r"\ ", r"\s+").replace(r"\*", r"\w*").replace("'", "['’]")
