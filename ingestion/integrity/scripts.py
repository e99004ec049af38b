"""Letters of other scripts that look like Latin ones, and words that mix them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

Span = tuple[int, int]

_CYRILLIC = dict(zip("авсеһіјкмнорԛѕтухԝѵАВЕЅІЈКМНОРСТХУһԁ", "abcehijkmhopqstyxwvABESIJKMHOPCTXYhd", strict=True))
_GREEK = dict(zip("αικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aikvoptuxyABEZHIKMNOPTYX", strict=True))
LOOKALIKES = {**_CYRILLIC, **_GREEK}
_ANY = re.compile(f"[{''.join(LOOKALIKES)}]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def find_mixed_words(text: str) -> Iterator[Span]:
    """Words of Latin letters with some that only look it; the sign of a unit or a formula is no such word."""
    if text.isascii() or not _ANY.search(text):
        return
    for match in _WORD.finditer(text):
        word = match[0]
        foreign = [c for c in word if c in LOOKALIKES]
        latin = _LATIN.findall(word)
        if foreign and len(latin) >= 2 and len(foreign) + len(latin) == len(word) and not _is_symbol(word):
            yield match.span()


def _is_symbol(word: str) -> bool:
    """Greek letters at one end, as in a unit or the name of a substance."""
    inner = word.strip("αικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
    return not any(c in LOOKALIKES for c in inner) and len(word) - len(inner) == 1 and any(c in _GREEK for c in word)


def plain(text: str) -> str:
    """Lower case without accents and with Latin look-alikes as Latin letters; character by character, so places stay."""
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    """The plain form of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = LOOKALIKES.get(chr(code), chr(code))
        base = "l" if char in "łŁ" else unicodedata.normalize("NFKD", char)[:1].lower()
        self[code] = base if len(base) == 1 else char
        return self[code]


_FOLDED = _Folded()
