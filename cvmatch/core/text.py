"""Small facts about text that every app needs: its hash, its whitespace, whether it is English."""

from __future__ import annotations

import hashlib
import re

# The commonest English function words; about 40 % of running English text, under 10 % of other languages.
_ENGLISH = frozenset(
    (
        "the of and to in a is for on with as by at from that this it are be was or an will you your our we have has "
        "their who which not all can more other into using including within through"
    ).split()
)
_WORD = re.compile(r"[^\W\d_]+")


def content_hash(*parts: str) -> str:
    """SHA-256 (hex) of the parts; the separator keeps ("ab", "c") and ("a", "bc") apart."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def squeeze(text: str) -> str:
    """One line: every run of whitespace becomes one space."""
    return " ".join(text.split())


def englishness(text: str) -> float:
    """How English the text reads, 0 to 1, from the share of function words; texts under 12 words count as English."""
    words = _WORD.findall(text[:20_000].lower())
    if len(words) < 12:
        return 1.0
    share = sum(word in _ENGLISH for word in words) / len(words)
    # CVs and advertisements are full of lists: measured shares of 0.12 to 0.35 in English, 0.00 to 0.05 elsewhere.
    return min(1.0, max(0.0, (share - 0.04) / 0.06))
