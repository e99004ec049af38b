"""Takes out of a DOCX what a reader of the page cannot see, before its words are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from ingestion.extract.colours import WHITE, Colour, is_light, look_alike, read_colour
from ingestion.extract.hidden import Hidden

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_VAL = f"{_W}val"
_OFF = {"0", "false", "off", "none"}
_SMALLEST_HALF_POINTS = 6
_FLAT_TWIPS = 60  # a line or a row of this exact height shows no letters
_FAR_TWIPS = 15_000  # further than any page is wide
_FLAT_EMU = 40_000  # three points
_FAR_EMU = 11_000_000  # further than a page is high
_EMU_PER_POINT = 12_700
_HIGHLIGHTS = {"white": WHITE, "yellow": (255, 255, 0), "none": None}
_LIGHT_THEME = {"background1", "light1", "bg1", "lt1", "background2", "light2", "bg2", "lt2"}


@dataclass(slots=True)
class _Props:
    """What a style or a run says of its letters; None where it says nothing."""

    hidden: bool | None = None
    size: int | None = None  # half points
    colour: Colour | None = None
    ground: Colour | None = None

    def over(self, base: _Props) -> _Props:
        return _Props(
            base.hidden if self.hidden is None else self.hidden,
            self.size or base.size,
            self.colour or base.colour,
            self.ground or base.ground,
        )


@dataclass(slots=True)
class WordSight:
    """What the whole file says of its letters and of what they stand on."""

    styles: Mapping[str, _Props] = field(default_factory=dict)
    shaded_tables: frozenset[str] = frozenset()
    page: Colour = WHITE
    dark_area: float = 0  # square points under dark shapes and pictures that text may stand on

    def take_out(self, root: etree._Element) -> list[Hidden]:
        """Removes the runs that are not seen from one part of the file and tells what they said."""
        return list(_sweep(root, self))


def word_sight(styles: etree._Element | None, roots: Iterable[etree._Element]) -> WordSight:
    """``roots`` are the body, headers and footers: shapes behind the text stand in any of them."""
    sight = WordSight()
    if styles is not None:
        sight.styles = dict(_read_styles(styles))
        shaded = (
            s for s in styles.iter(f"{_W}style") if s.get(f"{_W}type") == "table" and s.find(f".//{_W}shd") is not None
        )
        sight.shaded_tables = frozenset(s.get(f"{_W}styleId", "") for s in shaded)
    for root in roots:
        page = root.find(f"{_W}background")
        sight.page = (read_colour(page.get(f"{_W}color", "")) if page is not None else None) or sight.page
        sight.dark_area += sum(_dark_areas(root))
    return sight


def _read_styles(root: etree._Element) -> Iterator[tuple[str, _Props]]:
    found: dict[str, _Props] = {}
    for style in root.iter(f"{_W}style"):
        base = style.find(f"{_W}basedOn")
        known = found.get(base.get(_VAL, ""), _Props()) if base is not None else _Props()
        ground = _shade(style.find(f"{_W}pPr"))
        props = _props(style.find(f"{_W}rPr")).over(known)
        props.ground = props.ground or ground
        found[style.get(f"{_W}styleId", "")] = props
        yield style.get(f"{_W}styleId", ""), props


def _props(node: etree._Element | None) -> _Props:
    props = _Props()
    if node is None:
        return props
    hidden, size, colour = node.find(f"{_W}vanish"), node.find(f"{_W}sz"), node.find(f"{_W}color")
    if hidden is not None:
        props.hidden = hidden.get(_VAL, "1") not in _OFF
    if size is not None and re.fullmatch(r"\d{1,4}", size.get(_VAL, "")):
        props.size = int(size.get(_VAL, "0"))
    if colour is not None:
        props.colour = read_colour(colour.get(_VAL, "")) or (
            WHITE if colour.get(f"{_W}themeColor") in _LIGHT_THEME else None
        )
    highlight = node.find(f"{_W}highlight")
    marked = _HIGHLIGHTS.get(highlight.get(_VAL, ""), (0, 0, 128)) if highlight is not None else None
    props.ground = marked or _shade(node)
    return props


def _shade(node: etree._Element | None) -> Colour | None:
    shade = node.find(f"{_W}shd") if node is not None else None
    return None if shade is None else read_colour(shade.get(f"{_W}fill", ""))


def _dark_areas(root: etree._Element) -> Iterator[float]:
    """Square points of each anchored shape or picture that is not plainly light."""
    for anchor in root.iter(f"{_WP}anchor"):
        extent = anchor.find(f"{_WP}extent")
        fill = anchor.find(f".//{_WPS}spPr/{_A}solidFill")
        painted = fill is not None or any(
            anchor.find(f".//{_A}{kind}") is not None for kind in ("blip", "gradFill", "pattFill")
        )
        if extent is None or not painted or (fill is not None and (_fill_colour(fill) or (0, 0, 0)) == WHITE):
            continue
        yield _number(extent.get("cx")) * _number(extent.get("cy")) / _EMU_PER_POINT**2
    for shape in root.iter("{urn:schemas-microsoft-com:vml}rect", "{urn:schemas-microsoft-com:vml}shape"):
        colour = read_colour(shape.get("fillcolor", "").split(" ")[0])
        if colour is not None and not is_light(colour):
            yield 595 * 842 / 3


def _fill_colour(fill: etree._Element) -> Colour | None:
    exact, theme = fill.find(f"{_A}srgbClr"), fill.find(f"{_A}schemeClr")
    if exact is not None:
        return read_colour(exact.get("val", ""))
    return WHITE if theme is not None and theme.get("val") in ("bg1", "lt1") else None


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else 0


def _sweep(root: etree._Element, sight: WordSight) -> Iterator[Hidden]:
    before = ""
    for paragraph in list(root.iter(f"{_W}p")):
        if any(a.tag == _FALLBACK for a in paragraph.iterancestors()):
            continue
        around = _around(paragraph)
        for run in [r for r in paragraph.iter(f"{_W}r") if next(r.iterancestors(f"{_W}p")) is paragraph]:
            text = "".join(t.text or "" for t in run.iterchildren(f"{_W}t"))
            reason = (around or _reason(run, paragraph, sight, text)) if text.strip() else ""
            if reason:
                for node in list(run.iterchildren(f"{_W}t")):
                    run.remove(node)
                yield Hidden(reason, text, before)
            elif text.strip():
                before = (before + " " + text)[-200:]


def _around(paragraph: etree._Element) -> str:
    """How the paragraph, its row or its box keeps it out of sight."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is not None:
        spacing, indent, frame = (properties.find(f"{_W}{name}") for name in ("spacing", "ind", "framePr"))
        if (
            spacing is not None
            and spacing.get(f"{_W}lineRule") == "exact"
            and 0 < _number(spacing.get(f"{_W}line")) <= _FLAT_TWIPS
        ):
            return "cut away"
        places = [
            node.get(f"{_W}{side}")
            for node in (indent, frame)
            if node is not None
            for side in ("left", "start", "x", "y")
        ]
        if any(abs(_number(place)) > _FAR_TWIPS for place in places):
            return "outside the page"
    for node in paragraph.iterancestors(
        f"{_W}tr", f"{_WP}anchor", f"{_WP}inline", "{urn:schemas-microsoft-com:vml}shape"
    ):
        if reason := _row(node) if node.tag == f"{_W}tr" else _box(node):
            return reason
    return ""


def _row(node: etree._Element) -> str:
    height = node.find(f"{_W}trPr/{_W}trHeight")
    exact = height is not None and height.get(f"{_W}hRule") == "exact"
    hidden = node.find(f"{_W}trPr/{_W}hidden")
    if hidden is not None and hidden.get(_VAL, "1") not in _OFF:
        return "marked as hidden"
    return "cut away" if height is not None and exact and _number(height.get(_VAL)) <= _FLAT_TWIPS else ""


def _box(node: etree._Element) -> str:
    if node.tag.startswith("{urn:schemas-microsoft-com:vml}"):
        style = node.get("style", "").replace(" ", "")
        if re.search(r"visibility:hidden|display:none", style):
            return "marked as hidden"
        if re.search(r"(?:^|;)(?:width|height):[0-2](?:\.\d+)?(?:pt|px|in)?(?:;|$)", style):
            return "in a box without room"
        return "outside the page" if re.search(r"(?:margin-left|left|top|margin-top):-\d{3,}", style) else ""
    about, extent = node.find(f"{_WP}docPr"), node.find(f"{_WP}extent")
    if (about is not None and about.get("hidden") in ("1", "true")) or node.get("hidden") in ("1", "true"):
        return "marked as hidden"
    size = (_number(extent.get("cx")), _number(extent.get("cy"))) if extent is not None else (10**9, 10**9)
    if min(size) <= _FLAT_EMU:
        return "in a box without room"
    offsets = [_number(offset.text) for offset in node.iter(f"{_WP}posOffset")]
    off = any(offset > _FAR_EMU or offset + side < -900_000 for offset, side in zip(offsets, size, strict=False))
    return "outside the page" if off else ""


def _reason(run: etree._Element, paragraph: etree._Element, sight: WordSight, text: str) -> str:
    own = run.find(f"{_W}rPr")
    props = _props(own).over(_styled(run, f"{_W}rPr/{_W}rStyle", sight)).over(_paragraph_props(paragraph, sight))
    if props.hidden:
        return "marked as hidden"
    if props.size is not None and props.size < _SMALLEST_HALF_POINTS:
        return "too small to read"
    if own is not None:
        scale, effect = own.find(f"{_W}w"), own.find(f"{_W14}textFill")
        if scale is not None and 0 < _number(scale.get(_VAL, "").rstrip("%")) < 15:
            return "too small to read"
        if effect is not None and _is_clear(effect):
            return "transparent"
    if props.colour is None:
        return ""
    ground = props.ground or _ground(paragraph, sight)
    if ground is None or not look_alike(props.colour, ground):
        return ""
    return (
        ""
        if is_light(props.colour) and _stands_on_shape(props, paragraph, sight, text)
        else "in the colour of its background"
    )


def _paragraph_props(paragraph: etree._Element, sight: WordSight) -> _Props:
    """Of the paragraph's style, and its own shade, which wins over that of the style."""
    styled = (
        _styled(paragraph, f"{_W}pPr/{_W}pStyle", sight) if paragraph.find(f"{_W}pPr/{_W}pStyle") is not None else None
    )
    known = styled or sight.styles.get("Normal", _Props())
    return _Props(ground=_shade(paragraph.find(f"{_W}pPr"))).over(known)


def _styled(node: etree._Element, path: str, sight: WordSight) -> _Props:
    style = node.find(path)
    return sight.styles.get(style.get(_VAL, ""), _Props()) if style is not None else _Props()


def _is_clear(effect: etree._Element) -> bool:
    alpha = effect.find(f".//{_W14}alpha")
    return effect.find(f"{_W14}noFill") is not None or (alpha is not None and _number(alpha.get(f"{_W14}val")) > 95_000)


def _ground(paragraph: etree._Element, sight: WordSight) -> Colour | None:
    """What the paragraph stands on: its cell, its box or the page; None where that cannot be known."""
    for node in paragraph.iterancestors(f"{_W}tc", f"{_W}tbl", f"{_WPS}wsp", "{urn:schemas-microsoft-com:vml}textbox"):
        if node.tag == f"{_W}tc":
            shade = _shade(node.find(f"{_W}tcPr"))
        elif node.tag == f"{_W}tbl":
            style, shade = node.find(f"{_W}tblPr/{_W}tblStyle"), _shade(node.find(f"{_W}tblPr"))
            if shade is None and style is not None and style.get(_VAL) in sight.shaded_tables:
                return None
        else:
            return _box_ground(node, sight)
        if shade is not None:
            return shade
    return sight.page


def _box_ground(box: etree._Element, sight: WordSight) -> Colour | None:
    properties = box.find(f"{_WPS}spPr")
    if properties is None:
        return None
    fill = properties.find(f"{_A}solidFill")
    if fill is not None:
        return _fill_colour(fill)
    by_style = properties.find(f"{_A}noFill") is None and box.find(f"{_WPS}style") is not None
    other = any(properties.find(f"{_A}{kind}") is not None for kind in ("gradFill", "blipFill", "pattFill"))
    return None if by_style or other else sight.page


def _stands_on_shape(props: _Props, paragraph: etree._Element, sight: WordSight, text: str) -> bool:
    """Light text on nothing of its own may stand on a dark shape behind it, as long as those have room for it."""
    if props.ground is not None or any(True for _ in paragraph.iterancestors(f"{_W}tc")):
        return False
    size = (props.size or 22) / 2
    sight.dark_area -= 0.6 * size * size * len(text)
    return sight.dark_area > 0
