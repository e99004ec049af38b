"""Goes through what a PDF page paints, in order, for text that may not be seen: a cheap look that clears nearly all text.

Text is suspected when it is painted without ink, in the colour below it, too small to read, outside the page or its clip, on
a layer, or before something that covers it. Whether it is truly unseen is for the pixels to say (``visibility.py``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.extract.font_widths import address
from ingestion.extract.page_objects import Box, Values, clip_of, ink_of, mark_name, mark_text, objects_of

SMALLEST_PT = 3.0  # below this nobody can read; small print starts at 4
_FAINT = 40  # of 255: opacity below which text is hardly there
_LOW_CONTRAST = 56  # of 255: the largest difference of a colour channel to the ground that needs a closer look
_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_STROKED_MODES = (
    pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
    pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
)  # fmt: skip
_WHITE = (255, 255, 255)
_LEAST_PT = 0.02  # a box without this width or height holds nothing
_POINTS_A_LETTER = 12

Colour = tuple[int, int, int]

INVISIBLE = "painted without ink"
TRANSPARENT = "transparent"
SAME_COLOUR = "in the colour of its background"
TINY = "too small to read"
OFF_PAGE = "outside the page"
CLIPPED = "cut away"
COVERED = "under a picture or a shape"
ON_LAYER = "on a layer that is switched off"


@dataclass(slots=True)
class Painted:
    """One text object that may not be seen, and why; ``sure`` where no look at the pixels is needed."""

    raw: pdfium.FPDF_PAGEOBJECT
    box: Box
    reason: str
    sure: bool = False


@dataclass(slots=True)
class _Ground:
    """Something painted with an area: a filled path of one colour, or a picture or a pattern (no colour)."""

    box: Box
    colour: Colour | None
    fills: bool = True  # the whole box, with no light through it


@dataclass(slots=True)
class _Text:
    """A text object; ``more`` are those that go on beside it in the same ink, as where each letter is painted alone."""

    raw: pdfium.FPDF_PAGEOBJECT
    box: Box
    scale: float
    grounds: int  # how many grounds were painted before it
    ink: tuple[int, ...]  # mode, red, green, blue, opacity; no colours where it is a pattern
    right: float  # where the last of them ends
    more: list[tuple[pdfium.FPDF_PAGEOBJECT, Box]] = field(default_factory=list)

    def each(self) -> Iterator[_Text]:
        """Itself and those that go on, each by itself."""
        yield self
        yield from (_Text(raw, box, self.scale, self.grounds, self.ink, box[2]) for raw, box in self.more)


@dataclass(slots=True)
class Spoken:
    """A text object that the file has another text for, which programs read in its place."""

    raw: pdfium.FPDF_PAGEOBJECT
    box: Box
    mark: pdfium.FPDF_PAGEOBJECTMARK
    said: str


@dataclass(slots=True)
class Scene:
    """The suspects of one page, how much of it the largest picture covers, in [0, 1], and all of its texts."""

    suspects: list[Painted]
    pictured: float
    parts: list[_Text]
    spoken: list[Spoken]
    fonts: dict[int, pdfium.FPDF_FONT]

    @property
    def texts(self) -> list[Painted]:
        return [Painted(one.raw, one.box, "") for text in self.parts for one in text.each()]


def look_at(page: pypdfium2.PdfPage) -> Scene:
    """The text objects of the page that need a closer look, or none of it."""
    texts: list[_Text] = []
    grounds: list[_Ground] = []
    outlines: list[Box] = []
    values = Values()
    edge = page.get_bbox()
    for raw, kind, box, scale in objects_of(page.raw, values):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if box[2] - box[0] > _LEAST_PT and box[3] - box[1] > _LEAST_PT:  # spaces have no box
                ink = ink_of(raw, values)
                if texts and _goes_on(texts[-1], box, len(grounds), ink):
                    texts[-1].more.append((raw, box))
                    texts[-1].right = box[2]
                else:
                    texts.append(_Text(raw, box, scale, len(grounds), ink, box[2]))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and _is_outline(raw, box):
            outlines.append(box)
        elif _has_area(box):
            ground = _ground(raw, kind, box, values)
            grounds.extend([ground] if ground else [])
    narrow = max(1.0, min(edge[2] - edge[0], edge[3] - edge[1]))
    judge = _Judge(grounds, edge, SMALLEST_PT * narrow / 595, values)
    suspects = [s for text in texts for s in judge.suspects(text)]
    fonts = {address(font): font for text in texts if (font := pdfium.FPDFTextObj_GetFont(text.raw))}
    return Scene(_without_drawn(suspects, outlines), _pictured(grounds, edge), texts, judge.spoken, fonts)


def _goes_on(head: _Text, box: Box, grounds: int, ink: tuple[int, ...]) -> bool:
    """Whether a short text beside the last one, in its ink, stands or falls with it."""
    x0, y0, x1, y1 = box
    height = head.box[3] - head.box[1]
    return (
        ink == head.ink
        and grounds == head.grounds
        and -height < x0 - head.right < height
        and x1 - x0 < 2 * height + 8
        and abs(y0 - head.box[1]) < 0.5 * height + 2
        and 0.2 * height < y1 - y0 < 4 * height
        and height > SMALLEST_PT
    )


def _has_area(box: Box) -> bool:
    return box[2] - box[0] > 4 and box[3] - box[1] > 4


def _is_outline(raw: pdfium.FPDF_PAGEOBJECT, box: Box) -> bool:
    """Whether a path looks like letters drawn as shapes: a word high, and far more points than boxes and rules have."""
    width, height = box[2] - box[0], box[3] - box[1]
    if not (2 < height < 80 and width > 2):
        return False
    points = pdfium.FPDFPath_CountSegments(raw)
    return bool(points >= 60 and points >= _POINTS_A_LETTER * width / (0.6 * height))


def _without_drawn(suspects: list[Painted], outlines: list[Box]) -> list[Painted]:
    """Leaves out text without ink that lies on its own outlines, which is how browsers make a bold that a font lacks.

    Only as much text as the outlines are wide: more than that is not what they show.
    """
    left = {number: 1.3 * (box[2] - box[0]) for number, box in enumerate(outlines)}
    kept = []
    for suspect in suspects:
        x0, y0, x1, y1 = suspect.box
        holders = [n for n, box in enumerate(outlines) if _holds(box, (x0 + x1) / 2, (y0 + y1) / 2)]
        drawn = next((n for n in holders if left[n] >= x1 - x0), None)
        if drawn is None or suspect.reason not in (INVISIBLE, TRANSPARENT):
            kept.append(suspect)
        else:
            left[drawn] -= x1 - x0
    return kept


def _ground(raw: pdfium.FPDF_PAGEOBJECT, kind: int, box: Box, values: Values) -> _Ground | None:
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return _Ground(box, None)
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(raw, mode, stroke)
    if mode.value == pdfium.FPDF_FILLMODE_NONE:
        return None
    colour, alpha = _fill(raw, values)
    if alpha == 0:
        return None
    fills = alpha == 255 and pdfium.FPDFPath_CountSegments(raw) <= 5  # a rectangle does
    return _Ground(box, colour, fills)


def _fill(raw: pdfium.FPDF_PAGEOBJECT, values: Values) -> tuple[Colour | None, int]:
    """The colour and the opacity; no colour where it is a pattern."""
    red, green, blue, alpha = values.channels
    if not pdfium.FPDFPageObj_GetFillColor(raw, red, green, blue, alpha):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


@dataclass(slots=True)
class _Judge:
    """What the page is like, to hold each text against."""

    grounds: list[_Ground]
    edge: Box
    smallest: float
    values: Values
    spoken: list[Spoken] = field(default_factory=list)

    def suspects(self, text: _Text) -> list[Painted]:
        if self._one(text) is None and (not text.more or self._one(list(text.each())[-1]) is None):
            return []
        return [s for one in text.each() if (s := self._one(one))]

    def _one(self, text: _Text) -> Painted | None:
        box = text.box
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not _holds(self.edge, x, y):
            return Painted(text.raw, box, OFF_PAGE, sure=True)
        if box[3] - box[1] < self.smallest and _size(text) < self.smallest:
            return Painted(text.raw, box, TINY, sure=True)
        reason = self._reason(text, x, y)
        return Painted(text.raw, box, reason) if reason else None

    def _reason(self, text: _Text, x: float, y: float) -> str:
        mode = text.ink[0]
        if mode in _INVISIBLE_MODES:
            return INVISIBLE
        if any(_holds(ground.box, x, y) for ground in self.grounds[text.grounds :]):
            return COVERED
        faint = "" if mode in _STROKED_MODES else _faint(text.ink, self._below(text.grounds, x, y))
        if faint:
            return faint
        if not _holds(clip_of(text.raw, self.values, self.edge), x, y):
            return CLIPPED
        return ON_LAYER if self._is_on_layer(text) else ""

    def _is_on_layer(self, text: _Text) -> bool:
        """Whether a part of the page that can be switched off holds it; other texts for it are noted on the way."""
        for index in range(max(0, pdfium.FPDFPageObj_CountMarks(text.raw))):
            mark = pdfium.FPDFPageObj_GetMark(text.raw, index)
            key = ctypes.addressof(mark.contents)
            if key not in self.values.marks:
                self.values.marks[key] = (mark_name(mark) == "OC", mark_text(mark))
            layer, said = self.values.marks[key]
            if said:
                self.spoken += [Spoken(t.raw, t.box, mark, said) for t in text.each()]
            if layer:
                return True
        return False

    def _below(self, count: int, x: float, y: float) -> list[Colour | None]:
        """The colours that the text may stand on: that of the last thing painted there, and of what shows through it."""
        found: list[Colour | None] = []
        for ground in reversed(self.grounds[:count]):
            if _holds(ground.box, x, y):
                found.append(ground.colour)
                if ground.fills:
                    return found
        return [*found, _WHITE]


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _faint(ink: tuple[int, ...], below: list[Colour | None]) -> str:
    colour = (ink[1], ink[2], ink[3]) if len(ink) > 1 else None
    if len(ink) > 1 and ink[4] < _FAINT:
        return TRANSPARENT
    return SAME_COLOUR if any(_is_near(colour, ground) for ground in below) else ""


def _is_near(colour: Colour | None, ground: Colour | None) -> bool:
    """Whether they may be hard to tell apart; what is not one colour may be any."""
    if colour is None or ground is None:
        return True
    return max(abs(a - b) for a, b in zip(colour, ground, strict=True)) < _LOW_CONTRAST


def _size(text: _Text) -> float:
    size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
    pdfium.FPDFTextObj_GetFontSize(text.raw, size)
    pdfium.FPDFPageObj_GetMatrix(text.raw, matrix)
    return float(abs(size.value) * abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5 * text.scale)


def _pictured(grounds: list[_Ground], edge: Box) -> float:
    area = max(1.0, (edge[2] - edge[0]) * (edge[3] - edge[1]))
    sizes = (
        max(0.0, min(g.box[2], edge[2]) - max(g.box[0], edge[0]))
        * max(0.0, min(g.box[3], edge[3]) - max(g.box[1], edge[1]))
        for g in grounds
        if g.colour is None
    )
    return min(1.0, max(sizes, default=0.0) / area)
