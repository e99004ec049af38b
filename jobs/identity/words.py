"""A text as two sets of numbers, one of its words and one of its runs of three words, that show what two texts share."""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint32]

# Chinese and Japanese are written without spaces: there each character counts as a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
# Longer texts are cut: a posting says what it is about before that.
_LONGEST = 20_000
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_SPREAD = np.uint64(0xD6E8FEB86659FD93)
# One shingle in so many is a key that others are looked up by (A. Broder, "On the resemblance and containment of
# documents", 1997: sets "modulo m"). Unlike a MinHash, it finds a short extract of a long text too.
SAMPLED = 20


@dataclass(frozen=True)
class Overlap:
    """``contained``: share of the smaller set that the larger has; ``alike``: Jaccard; ``least``: size of the smaller."""

    contained: float
    alike: float
    least: int


def shingles(text: str) -> tuple[Shingles, Shingles]:
    """Hashes of all words, and of all runs of three words, each once and in ascending order."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    words = np.array([zlib.crc32(word.encode()) for word in _WORD.findall(plain)], dtype=np.uint64)
    runs = np.zeros(max(0, len(words) - 2), dtype=np.uint64)
    for number, factor in enumerate(_MIX):
        runs += words[number : number + len(runs)] * factor
    runs = (runs ^ (runs >> np.uint64(29))) * _SPREAD
    return np.unique(words.astype(np.uint32)), np.unique((runs >> np.uint64(32)).astype(np.uint32))


def sampled(runs: Shingles) -> list[int]:
    """The shingles that stand for the text in an index; the same one is chosen in every text that has it."""
    return [int(run) for run in runs[runs % SAMPLED == 0]]


def overlap(a: Shingles, b: Shingles) -> Overlap:
    """How much of two texts is the same; nothing where one is empty."""
    least = min(len(a), len(b))
    if not least:
        return Overlap(0.0, 0.0, 0)
    small, large = (a, b) if len(a) == least else (b, a)
    places = np.searchsorted(large, small)
    shared = int(np.count_nonzero(large[np.minimum(places, len(large) - 1)] == small))
    return Overlap(shared / least, shared / (len(a) + len(b) - shared), least)
