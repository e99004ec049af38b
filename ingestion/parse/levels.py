"""Words, numbers and marks that say how well somebody knows a thing, in nine languages."""

from __future__ import annotations

import re

from ingestion.parse.wordlists import fold, folded, read_words

_LEVELS = folded(read_words("levels")["words"])
# Only words that are never part of a skill's own name may be cut off it without brackets.
_NEVER_IN_NAMES = folded(read_words("levels")["at the end"])
_MARKED_AT_END = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]$")
_SCALE_AT_END = re.compile(
    r"[\s:–—-]+(?:\d{1,3}\s?%|\d{1,2}\s?/\s?(?:5|10)|"
    r"\d{1,2}\+?\s?(?:years?|yrs?|jahre?|ans|años|anni|anos|jaar|lat|ani))$",
    re.IGNORECASE,
)
_WORD_AT_END = re.compile(r"\s+(?:[:–—-]\s*)?([^\W\d_]+)$")


def is_level(text: str) -> bool:
    """Whether the text says nothing but how well, or for how long, something is known."""
    words = re.findall(r"[^\W\d_]+", fold(text))
    return bool(words) and all(word in _LEVELS for word in words)


def level_at_end(text: str) -> int:
    """Where a level begins that ends the text, or 0."""
    cell = text.rpartition("\t")[2]
    if len(cell) < len(text) and is_level(cell):
        return len(text) - len(cell) - 1
    marked = _MARKED_AT_END.search(text)
    if marked and (is_level(marked[1]) or not any(c.isalpha() for c in marked[1])):
        return marked.start()
    scale = _SCALE_AT_END.search(text)
    if scale:
        return scale.start()
    word = _WORD_AT_END.search(text)
    return word.start() if word and fold(word[1]) in _NEVER_IN_NAMES else 0
