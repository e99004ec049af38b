"""What somebody who reads blind sees of a text: the person covered, every other character at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.identity.names import means_something
from ingestion.identity.patterns import ANYWHERE
from ingestion.values import ParsedCV

# A code point that no text contains, so that nothing else is taken for a cover; and what is shown for it.
COVER = "\ufdd0"
COVERED = "░░░"

_ADDRESS = re.compile(r"basics\.location\.(?:address|postalCode)$")
_RUN = re.compile(rf"{COVER}(?:[ \t.,;:@/+()_-]*{COVER})*")


def veil(text: str, matched_text: str, parsed: ParsedCV) -> str:
    """The text with a cover over each character that is hidden from matching (``matched_text``), over the street and over
    every word of the name; as long as the text, so that places in it stay true. :func:`close` makes it fit to be shown."""
    hidden = matched_text[: len(text)]
    covered = "".join(
        COVER if seen.isspace() and not own.isspace() else own
        for own, seen in zip(text, hidden + text[len(hidden) :], strict=True)
    )
    for start, end in (*_street(parsed, len(text)), *_name_words(text, parsed.resume.basics.name)):
        covered = covered[:start] + re.sub(r"\S", COVER, covered[start:end]) + covered[end:]
    return covered


def close(text: str) -> str:
    """Covers of one length, since how long a name is would tell of it."""
    return _RUN.sub(COVERED, text)


def cover_in(words: str, name: str) -> str:
    """What somebody wrote about a person, without their name, contact data and pronouns."""
    places = [*_name_words(words, name), *(found.span() for pattern in ANYWHERE for found in pattern.finditer(words))]
    for start, end in places:
        words = words[:start] + re.sub(r"\S", COVER, words[start:end]) + words[end:]
    return close(words)


def _street(parsed: ParsedCV, length: int) -> Iterator[tuple[int, int]]:
    for path, evidence in parsed.evidence.items():
        if _ADDRESS.match(path):
            yield evidence.span.start, min(evidence.span.end, length)


def _name_words(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Each word of the name wherever it is written with a capital, except words that also mean something for work."""
    for word in set(re.findall(r"[^\W\d_]{2,}", name)):
        if not means_something(word):
            forms = "|".join(map(re.escape, {word, word.capitalize(), word.upper()}))
            yield from (found.span() for found in re.finditer(rf"(?<!\w)(?:{forms})(?!\w)", text))
