"""Colours as office files and style sheets write them, and whether two can be told apart."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
_SAME = 26  # of 255: the largest difference of a channel that an eye misses between letters and ground
_NAMES: dict[str, Colour] = {
    "white": WHITE, "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240), "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245), "floralwhite": (255, 250, 240), "azure": (240, 255, 255), "mintcream": (245, 255, 250),
    "aliceblue": (240, 248, 255), "seashell": (255, 245, 238), "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "cyan": (0, 255, 255), "magenta": (255, 0, 255), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "silver": (192, 192, 192), "navy": (0, 0, 128), "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211),
    "darkblue": (0, 0, 139), "darkred": (139, 0, 0), "darkgreen": (0, 100, 0), "darkcyan": (0, 139, 139),
}  # fmt: skip


def read_colour(text: str) -> Colour | None:
    """``#fff``, ``FFFFFF``, ``rgb(255 255 255)`` or a name; None for anything else, such as ``auto``."""
    text = text.strip().lower()
    if text in _NAMES:
        return _NAMES[text]
    if match := re.fullmatch(r"#?([0-9a-f]{6})(?:[0-9a-f]{2})?", text):
        return _from_hex(match[1])
    if match := re.fullmatch(r"#([0-9a-f]{3})[0-9a-f]?", text):
        return _from_hex("".join(c * 2 for c in match[1]))
    if match := re.match(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", text):
        return min(255, int(match[1])), min(255, int(match[2])), min(255, int(match[3]))
    if match := re.match(r"hsla?\([^,)]*?,?\s*\d{1,3}%?[\s,]+(100|0)%", text):
        return WHITE if match[1] == "100" else (0, 0, 0)
    return None


def _from_hex(digits: str) -> Colour:
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def look_alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < _SAME


def is_light(colour: Colour) -> bool:
    return min(colour) > 200
