"""Text in characters that have no shape: tags, selectors of variants, and spaces without width that spell out bits."""

from __future__ import annotations

import re

_ANY = re.compile(r"[\u200b-\u200d\u2060-\u2064\ufeff\ufe00-\ufe0f\U000e0000-\U000e01ef]")
_TAGS = re.compile(r"[\U000e0020-\U000e007f]{4,}")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_BITS = re.compile(r"[\u200b-\u200d\u2060-\u2064\ufeff]{8,}")
_FLAG = "\U0001f3f4"  # the flags of England, Scotland and Wales are spelled with tags
_BITS_A_LETTER = (8, 7, 16)


def smuggled(text: str) -> str:
    """What such characters say, or that they say something; nothing for a few, as writing systems and emoji need them."""
    if text.isascii() or not _ANY.search(text):
        return ""
    tags = [m[0] for m in _TAGS.finditer(text) if not text[: m.start()].endswith(_FLAG)]
    said = ["".join(chr(ord(c) - 0xE0000) for c in tag if ord(c) < 0xE007F) for tag in tags]
    said += [_bytes([_byte(c) for c in m[0]]) for m in _SELECTORS.finditer(text)]
    said += [_spelled(m[0]) for m in _BITS.finditer(text)]
    return " ".join(said)


def _byte(char: str) -> int:
    code = ord(char)
    return code - 0xFE00 if code < 0x10000 else code - 0xE0100 + 16


def _spelled(run: str) -> str:
    """Two of the characters as bits, in either role and of the usual lengths."""
    kinds = sorted(set(run))
    if len(kinds) in (2, 3):
        for zero, one in ((kinds[0], kinds[1]), (kinds[1], kinds[0])):
            bits = "".join("1" if c == one else "0" for c in run if c in (zero, one))
            for size in _BITS_A_LETTER:
                letters = [int(bits[i : i + size], 2) for i in range(0, len(bits) - size + 1, size)]
                text = "".join(map(chr, letters))
                if text and text.isprintable() and sum(c.isalnum() or c == " " for c in text) > 0.8 * len(text):
                    return text
    return f"{len(run)} characters without width"


def _bytes(values: list[int]) -> str:
    text = bytes(values).decode("utf-8", "replace")
    return text if text.isprintable() else f"{len(values)} characters without shape"
