"""Says where on its page a text box of a DOCX file stands, as far as the file tells without laying out the text."""

from __future__ import annotations

import re

from lxml import etree

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_FIXED = {"page", "margin", "topMargin"}  # what a place is counted from when it does not move with the text
_MARGIN = 72.0  # points, of a page that is as usual
_PER_POINT = 12700


def height_on_page(box: etree._Element) -> float | None:
    """Points from the top of the page; None for a box that moves with the text around it."""
    for node in box.iterancestors():
        if node.tag == f"{_DRAWING}anchor":
            return _of_drawing(node)
        if "mso-position-vertical-relative" in node.get("style", ""):
            return _of_shape(node.get("style", ""))
    return None


def _of_drawing(anchor: etree._Element) -> float | None:
    place = anchor.find(f"{_DRAWING}positionV")
    offset = place.findtext(f"{_DRAWING}posOffset", "") if place is not None else ""
    relative = place.get("relativeFrom", "") if place is not None else ""
    if relative not in _FIXED or not re.fullmatch(r"-?\d{1,9}", offset.strip()):
        return None
    return int(offset) / _PER_POINT + (_MARGIN if relative == "margin" else 0)


def _of_shape(style: str) -> float | None:
    said = dict(part.split(":", 1) for part in style.replace(" ", "").split(";") if ":" in part)
    relative, top = said.get("mso-position-vertical-relative", ""), said.get("margin-top", "0")
    number = re.fullmatch(r"(-?\d{1,6}(?:\.\d{1,6})?)(?:pt)?", top)
    if not number or not (relative in _FIXED or relative.endswith("-margin-area")):
        return None
    return float(number[1]) + (_MARGIN if relative == "margin" else 0)
