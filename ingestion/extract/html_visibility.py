"""Takes out of an HTML page what its styles keep from the eye, before its words are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import html

from ingestion.extract.colours import WHITE, Colour, is_light, look_alike, read_colour
from ingestion.extract.hidden import Hidden
from ingestion.extract.style_sheet import Properties, StyleSheet, declarations, length

_SMALLEST_PX = 3.0
_FAINT = 0.1  # opacity
_FAR = -400.0  # pixels left of or above the page
_UNSEEN_TAGS = {
    "script", "style", "head", "noscript", "template", "svg", "title", "meta", "link", "select", "button", "iframe", "nav",
    "object", "canvas", "audio", "video", "math", "textarea", "option", "datalist",
}  # fmt: skip
_MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element takes over from those around it; no colour where the ground is a picture."""

    colour: Colour = (0, 0, 0)
    ground: Colour | None = WHITE
    size: float = 16.0
    opacity: float = 1.0
    reason: str = ""
    lasting: bool = False  # nothing inside can undo it
    label: bool = False


def take_out_hidden(root: html.HtmlElement) -> list[Hidden]:
    """Empties the elements that are not seen and tells what they said; the page keeps the rest as it was."""
    return list(_Sweep(StyleSheet(root)).through(root))


class _Sweep:
    """Goes through the tree in order and remembers the last words in view."""

    def __init__(self, sheet: StyleSheet) -> None:
        self.sheet = sheet
        self.before = ""
        self.has_grounds = True

    def through(self, root: html.HtmlElement) -> Iterator[Hidden]:
        inline = (declarations(node.get("style") or "") for node in root.iter() if isinstance(node.tag, str))
        coloured = any(node.get("bgcolor") for node in root.iter("table", "tr", "td", "body"))
        self.has_grounds = coloured or any(_is_ground(own) for own in (*self.sheet.declared(), *inline))
        yield from self._element(root, _Look(), 0)

    def _element(self, node: html.HtmlElement, outer: _Look, depth: int) -> Iterator[Hidden]:
        if not isinstance(node.tag, str) or node.tag.lower() in _UNSEEN_TAGS or depth > _MAX_DEPTH:
            return
        look = self._look(node, outer)
        if look.lasting:
            text = " ".join(part.strip() for part in _said(node) if part.strip())
            _empty(node)
            if text:
                yield Hidden(look.reason, text, self.before, label=look.label)
            return
        reason = look.reason or _blended(look)
        yield from self._text(node, "text", reason)
        for child in node:
            yield from self._element(child, look, depth + 1)
            yield from self._text(child, "tail", reason)

    def _text(self, node: html.HtmlElement, where: str, reason: str) -> Iterator[Hidden]:
        text = getattr(node, where) or ""
        if not text.strip():
            return
        if reason:
            setattr(node, where, " ")
            yield Hidden(reason, text.strip(), self.before)
        else:
            self.before = (self.before + " " + text.strip())[-200:]

    def _look(self, node: html.HtmlElement, outer: _Look) -> _Look:
        own = self.sheet.of(node)
        look = _coloured(own, node, outer, self.has_grounds)
        reason, label = _gone(own, node), False
        if not reason:
            reason, label = _boxed(own)
        if reason:
            return replace(look, reason=reason, lasting=True, label=label)
        opacity = _number(own.get("opacity", "1")) * outer.opacity
        size = _size(own, outer.size)
        if opacity < _FAINT:
            return replace(look, reason="transparent", lasting=True)
        visible = own.get("visibility", "")
        reason = outer.reason if outer.reason == "marked as hidden" and visible != "visible" else ""
        if visible in ("hidden", "collapse"):
            reason = "marked as hidden"
        if size < _SMALLEST_PX:
            reason = reason or "too small to read"
        return replace(look, opacity=opacity, size=size, reason=reason)


def _said(node: html.HtmlElement) -> Iterator[str]:
    """The words of an element without those that no browser ever shows."""
    if not isinstance(node.tag, str) or node.tag.lower() in _UNSEEN_TAGS:
        return
    yield node.text or ""
    for child in node:
        yield from _said(child)
        yield child.tail or ""


def _empty(node: html.HtmlElement) -> None:
    for child in list(node):
        node.remove(child)
    node.text = None


def _gone(own: Properties, node: html.HtmlElement) -> str:
    if own.get("display") == "none" or own.get("content-visibility") == "hidden":
        return "marked as hidden"
    hidden = "hidden" in node.attrib and own.get("display") is None
    return "marked as hidden" if hidden or (node.tag == "input" and node.get("type") == "hidden") else ""


def _boxed(own: Properties) -> tuple[str, bool]:
    """Whether the box lies outside the page or has no room, and whether that is how labels for screen readers are made."""
    placed = own.get("position") in ("absolute", "fixed", "relative")
    sides = ("left", "top", "right", "bottom") if placed else ()
    moved = [own.get(name, "") for name in (*sides, "text-indent", "margin-left")]
    shift = re.findall(r"translate(?:x|y|3d)?\(([^)]*)\)", own.get("transform", ""))
    offsets = [length(value) for value in (*moved, *(part for s in shift for part in s.split(",")))]
    if any(offset is not None and (offset <= _FAR or offset >= 5000) for offset in offsets):
        return "outside the page", True
    clip, path = own.get("clip", ""), own.get("clip-path", "")
    if re.match(r"rect\((?:0|1)(?:px)?\W", clip) or re.match(r"inset\((?:50|100)%|circle\(0|polygon\(0 0\s*[,)]", path):
        return "cut away", True
    if re.match(r"scale(?:x|y)?\(\s*0?(?:\.0\d*)?\s*[,)]", own.get("transform", "")):
        return "too small to read", False
    return ("in a box without room", True) if _has_no_room(own) else ("", False)


def _has_no_room(own: Properties) -> bool:
    hides = any(own.get(name) in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y"))
    sizes = [length(own[name]) for name in ("width", "height", "max-width", "max-height") if name in own]
    return hides and any(size is not None and size <= 1 for size in sizes)


def _is_ground(own: Properties) -> bool:
    """Whether it paints something that light letters can stand on."""
    told = " ".join(own.get(name, "") for name in ("background", "background-color", "background-image")).strip()
    first = re.match(r"(?:rgba?|hsla?)\([^)]*\)|\S+", told)
    colour = read_colour(first[0]) if first else None
    clear = first is not None and first[0] in ("transparent", "none", "inherit", "initial", "unset")
    return first is not None and not clear and (colour is None or not is_light(colour))


def _coloured(own: Properties, node: html.HtmlElement, outer: _Look, has_grounds: bool) -> _Look:
    ground = outer.ground
    told = own.get("background-color") or own.get("background") or node.get("bgcolor") or ""
    image = own.get("background-image", "none") != "none" or "url(" in told or "gradient" in told
    if image or (has_grounds and own.get("position") in ("absolute", "fixed")):  # it may stand on anything
        ground = None
    if told and not image:
        first = re.match(r"(?:rgba?|hsla?)\([^)]*\)|\S+", told)
        found = read_colour(first[0]) if first else None
        clear = first is not None and (
            first[0] in ("transparent", "none", "inherit", "initial", "unset") or _is_clear(first[0])
        )
        ground = found if found is not None and not clear else ground if clear else None
    colour = read_colour(own.get("-webkit-text-fill-color") or own.get("color") or node.get("color") or "")
    clear = _is_clear(own.get("-webkit-text-fill-color") or own.get("color") or "")
    look = replace(outer, ground=ground, colour=colour or outer.colour, lasting=False, label=False)
    return replace(look, reason="transparent", lasting=True) if clear else look


def _is_clear(colour: str) -> bool:
    alpha = re.match(r"(?:rgba?|hsla?)\([^)]*[,/]\s*(0?\.\d+|0|1|\d{1,3}%)\s*\)$", colour)
    if not alpha or colour.count(",") + colour.count("/") < (3 if "/" not in colour else 1):
        return colour == "transparent"
    return _number(alpha[1]) < _FAINT


def _blended(look: _Look) -> str:
    same = look.ground is not None and look_alike(look.colour, look.ground)
    return "in the colour of its background" if same else ""


def _size(own: Properties, outer: float) -> float:
    told = own.get("font-size", "")
    if not told and "font" in own:
        found = re.search(r"(?<![\w.])(\d*\.?\d+(?:px|pt|em|rem|%))", own["font"])
        told = found[1] if found else ""
    size = length(told, outer) if told else None
    return outer if size is None else size


def _number(text: str) -> float:
    match = re.match(r"(\d*\.?\d+)(%?)$", text.strip())
    return 1.0 if not match else float(match[1]) / (100 if match[2] else 1)
