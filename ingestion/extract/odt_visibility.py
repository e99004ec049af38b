"""Takes out of an ODT what a reader of the page cannot see, before its words are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingestion.extract.colours import WHITE, Colour, is_light, look_alike, read_colour
from ingestion.extract.hidden import Hidden

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _STYLE, _TABLE, _DRAW = _NS % "text", _NS % "style", _NS % "table", _NS % "drawing"
_FO, _SVG = _NS % "xsl-fo-compatible", _NS % "svg-compatible"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_SMALLEST_PT = 3.0
_FLAT_PT = 3.0
_FAR_PT = 1000.0
_UNITS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "px": 0.75, "pc": 12.0}


@dataclass(frozen=True, slots=True)
class _Look:
    colour: Colour | None = None
    ground: Colour | None = None
    size: float | None = None
    hidden: bool = False
    clear: bool | None = None

    def under(self, own: _Look) -> _Look:
        return _Look(
            own.colour or self.colour, own.ground or self.ground, own.size or self.size,
            own.hidden or self.hidden, self.clear if own.clear is None else own.clear,
        )  # fmt: skip


def take_out_hidden(root: etree._Element, styled: Iterable[etree._Element]) -> list[Hidden]:
    """Empties what is not seen in the body and tells what it said; ``styled`` are the parts that hold styles."""
    styles: dict[str, _Look] = {}
    dark = 0.0
    for part in styled:
        styles |= _read_styles(part, styles)
    for frame in root.iter(f"{_DRAW}frame", f"{_DRAW}custom-shape", f"{_DRAW}rect"):
        look = styles.get(frame.get(f"{_DRAW}style-name", ""), _Look())
        picture = frame.find(f"{_DRAW}image") is not None
        if picture or (look.ground is not None and not is_light(look.ground)):
            dark += _points(frame.get(f"{_SVG}width")) * _points(frame.get(f"{_SVG}height"))
    return list(_Sweep(styles, dark).node(root, _Look(ground=WHITE, size=12)))


def _read_styles(root: etree._Element, known: dict[str, _Look]) -> dict[str, _Look]:
    found = dict(known)
    for style in root.iter(f"{_STYLE}style", f"{_STYLE}default-style"):
        look = found.get(style.get(f"{_STYLE}parent-style-name", ""), _Look())
        for properties in style:
            look = look.under(_properties(properties))
        found[style.get(f"{_STYLE}name", "")] = look
    return found


def _properties(node: etree._Element) -> _Look:
    size = node.get(f"{_FO}font-size", "")
    ground = read_colour(node.get(f"{_FO}background-color", ""))
    if node.get(f"{_DRAW}fill") == "solid":
        ground = read_colour(node.get(f"{_DRAW}fill-color", "")) or ground
    automatic = node.get(f"{_STYLE}use-window-font-color") == "true"  # LibreOffice writes that one as opacity 0
    opacity = node.get(f"{_LOEXT}opacity") or "100%"
    return _Look(
        read_colour(node.get(f"{_FO}color", "")),
        ground,
        _points(size) if size.endswith("pt") else None,
        node.get(f"{_TEXT}display") == "none",
        bool(re.fullmatch(r"\d%", opacity)) if node.get(f"{_FO}color") and not automatic else None,
    )


def _points(text: str | None) -> float:
    match = re.fullmatch(r"(-?\d{1,6}(?:\.\d{1,6})?)(cm|mm|in|pt|px|pc)", text or "")
    return float(match[1]) * _UNITS[match[2]] if match else 0.0


class _Sweep:
    """Goes through the body in order and remembers the last words in view."""

    def __init__(self, styles: dict[str, _Look], dark: float) -> None:
        self.styles = styles
        self.dark = dark  # square points that light text may stand on
        self.before = ""

    def node(self, node: etree._Element, outer: _Look, reason: str = "") -> Iterator[Hidden]:
        if not isinstance(node.tag, str):
            return
        look = outer.under(self._own(node))
        reason = reason or _marked(node) or _boxed(node)
        yield from self._text(node, "text", look, reason)
        for child in node:
            yield from self.node(child, look, reason)
            yield from self._text(child, "tail", look, reason)

    def _own(self, node: etree._Element) -> _Look:
        name = next((node.get(f"{ns}style-name") for ns in (_TEXT, _TABLE, _DRAW) if node.get(f"{ns}style-name")), "")
        return self.styles.get(name or "", _Look())

    def _text(self, node: etree._Element, where: str, look: _Look, reason: str) -> Iterator[Hidden]:
        text = getattr(node, where) or ""
        if not text.strip():
            return
        reason = reason or self._reason(look, text)
        if reason:
            setattr(node, where, None)
            yield Hidden(reason, text.strip(), self.before)
        else:
            self.before = (self.before + " " + text.strip())[-200:]

    def _reason(self, look: _Look, text: str) -> str:
        if look.hidden:
            return "marked as hidden"
        if look.clear:
            return "transparent"
        if look.size is not None and 0 < look.size < _SMALLEST_PT:
            return "too small to read"
        if look.colour is None or look.ground is None or not look_alike(look.colour, look.ground):
            return ""
        if is_light(look.colour) and look.ground == WHITE and self.dark > 0:
            self.dark -= 0.6 * (look.size or 12) ** 2 * len(text)
            if self.dark > 0:
                return ""
        return "in the colour of its background"


def _marked(node: etree._Element) -> str:
    hidden = node.tag == f"{_TEXT}hidden-text" or node.get(f"{_TEXT}display") in ("none", "condition")
    paragraph = any(child.tag == f"{_TEXT}hidden-paragraph" for child in node)
    return "marked as hidden" if hidden or paragraph else ""


def _boxed(node: etree._Element) -> str:
    if not node.tag.startswith(_DRAW):
        return ""
    sides = [node.get(f"{_SVG}{name}") for name in ("width", "height")]
    if any(side is not None and _points(side) <= _FLAT_PT for side in sides):
        return "in a box without room"
    places = [_points(node.get(f"{_SVG}{name}")) for name in ("x", "y")]
    off = any(place > _FAR_PT or place + max(_points(side), 0) < -70 for place, side in zip(places, sides, strict=True))
    return "outside the page" if off else ""
