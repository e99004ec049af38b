"""The headings that CVs in nine languages use for their sections; everything else is left to structure."""

from __future__ import annotations

from ingestion.parse.wordlists import fold, read_words

__all__ = ["HEADINGS", "TITLES", "fold"]

_BY_KIND = read_words("headings")
TITLES = frozenset(fold(word) for word in _BY_KIND["title"])  # what stands above a whole CV, such as "Lebenslauf"
HEADINGS: dict[str, str] = {}
for _kind, _words in _BY_KIND.items():
    for _word in _words if _kind != "title" else ():
        HEADINGS.setdefault(fold(_word), _kind)
