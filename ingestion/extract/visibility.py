"""Finds the text of a PDF page that a person cannot see: it is unseen if the page looks the same without it."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.extract.font_widths import address, lying_fonts
from ingestion.extract.glyphs import Word
from ingestion.extract.hidden import Hidden
from ingestion.extract.page_objects import Box
from ingestion.extract.paint import Painted, Scene, Spoken, look_at

_SCALE = 1.5  # pixels a point: enough for small print
_MAX_PIXELS = 4_000_000
_SEEN = 16  # of 255: the difference of a pixel that an eye notices, strokes being thinner than a pixel
_INK = 0.012  # of the box of a text: the least share of pixels that visible letters change
_SCANNED = 0.6  # of the page under one picture: its unseen text is meant to be that of the picture
_MOSTLY = 0.9  # of the texts of such a page
_LEAST_LIE = 6  # letters; shorter ones are the names of icons and ligatures
_SHADOW_PT = 2.5
_MISREAD = 0.4  # of the words of the layer, that recognition of the picture may read in another way
_OTHER_LETTERS = "in letters that show something else"
_BYTES = 4  # of a pixel: blue, green, red and one that is not used

Pixels = tuple[int, int, int, int]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Unseen:
    """Text that nobody sees: why, what it says, and its height from the top of the page in points."""

    reason: str
    text: str
    y: float
    kind: str = "hidden"
    layer: bool = False  # of a page that is a picture


@dataclass(frozen=True, slots=True)
class Sight:
    """The text page to read, the characters of it to leave out, and what they say."""

    textpage: pypdfium2.PdfTextPage
    skip: frozenset[int] = frozenset()
    unseen: tuple[Unseen, ...] = ()


def look_through(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> Sight:
    scene = look_at(page)
    doubtful = [s for s in scene.suspects if not s.sure]
    hidden = [s for s in scene.suspects if s.sure] + _unseen(page, doubtful)
    lies: list[Unseen] = []
    if scene.spoken:
        textpage, lies = _without_lies(page, textpage, scene.spoken)
    hidden += _in_lying_fonts(scene, textpage)
    sight = _sight(page, textpage, scene, hidden) if hidden else Sight(textpage)
    if hidden and scene.pictured > _SCANNED and len(hidden) > _MOSTLY * len(scene.texts):
        sight = replace(sight, unseen=tuple(replace(u, layer=True) for u in sight.unseen))
    return replace(sight, unseen=(*sight.unseen, *lies))


def as_hidden(sight: Sight, words: Sequence[Word], page: int) -> list[Hidden]:
    """What the sight of a page kept out, each with the words in view above it.

    The text of a scan is read from its picture; its layer of text is told only for what the picture does not say.
    """
    seen = " ".join(word.text for word in words).casefold()
    found = []
    for unseen in sight.unseen:
        above = [word for word in words if word.base <= unseen.y + word.size]
        lowest = max((word.base for word in above), default=0.0)
        before = " ".join(word.text for word in above if abs(word.base - lowest) < 1)
        text = _not_in_picture(unseen.text, seen) if unseen.layer else unseen.text
        found.append(Hidden(unseen.reason, text, before, page, kind=unseen.kind))
    return found


def _not_in_picture(text: str, seen: str) -> str:
    words = [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3]
    missing = [word for word in words if word not in seen]
    return " ".join(missing) if len(missing) > _MISREAD * len(words) else ""


def _unseen(page: pypdfium2.PdfPage, suspects: Sequence[Painted]) -> list[Painted]:
    """Those suspects without which the page looks the same."""
    if not suspects:
        return []
    width, height = page.get_size()
    scale = min(_SCALE, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    places = [_on_bitmap(page, s, size) for s in suspects]
    window = (
        min(p[0] for p in places),
        min(p[1] for p in places),
        max(p[2] for p in places),
        max(p[3] for p in places),
    )
    if window[0] >= window[2] or window[1] >= window[3]:
        return []
    before = _pixels(page, size, window)
    for suspect in suspects:
        pdfium.FPDFPageObj_SetIsActive(suspect.raw, False)
    after = _pixels(page, size, window)
    for suspect in suspects:
        pdfium.FPDFPageObj_SetIsActive(suspect.raw, True)
    return [s for s, place in zip(suspects, places, strict=True) if not _differ(before, after, place, window)]


def _pixels(page: pypdfium2.PdfPage, size: tuple[int, int], window: Pixels) -> bytes:
    """A window of the page as bytes, four a pixel, row by row."""
    left, top, right, bottom = window
    bitmap = pypdfium2.PdfBitmap.new_native(right - left, bottom - top, pdfium.FPDFBitmap_BGRx)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, right - left, bottom - top)
        pdfium.FPDF_RenderPageBitmap(bitmap.raw, page.raw, -left, -top, *size, 0, pdfium.FPDF_ANNOT)
        return bytes(bitmap.buffer)
    finally:
        bitmap.close()


def _on_bitmap(page: pypdfium2.PdfPage, suspect: Painted, size: tuple[int, int]) -> Pixels:
    """The box of a text in pixels: left, top, right, bottom."""
    x, y = ctypes.c_int(), ctypes.c_int()
    xs, ys = [], []
    for corner in (suspect.box[:2], suspect.box[2:]):
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, *corner, x, y)
        xs.append(x.value)
        ys.append(y.value)
    return max(0, min(xs)), max(0, min(ys)), min(size[0], max(xs) + 1), min(size[1], max(ys) + 1)


def _differ(before: bytes, after: bytes, place: Pixels, window: Pixels) -> bool:
    """Whether enough pixels change in the place, which lies in the window that the bytes show."""
    left, top, right, bottom = place
    width = window[2] - window[0]
    wanted = max(2.0, _INK * (right - left) * (bottom - top))
    changed = 0
    for row in range(top - window[1], bottom - window[1]):
        start, end = (row * width + left - window[0]) * _BYTES, (row * width + right - window[0]) * _BYTES
        one, other = before[start:end], after[start:end]
        if one == other:
            continue
        far = [abs(a - b) >= _SEEN for a, b in zip(one, other, strict=True)]
        changed += sum(map(any, zip(far[::4], far[1::4], far[2::4], strict=True)))
        if changed >= wanted:
            return True
    return False


def _in_lying_fonts(scene: Scene, textpage: pypdfium2.PdfTextPage) -> list[Painted]:
    lying = lying_fonts(scene.fonts, (text.raw for text in scene.texts), textpage)
    return [
        replace(text, reason=_OTHER_LETTERS, sure=True)
        for text in (scene.texts if lying else ())
        if (font := pdfium.FPDFTextObj_GetFont(text.raw)) and address(font) in lying
    ]


def _without_lies(
    page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, spoken: Sequence[Spoken]
) -> tuple[pypdfium2.PdfTextPage, list[Unseen]]:
    """The text page to read, and what the file says in the place of painted text where that is not what it shows.

    A page that says nothing but what it shows is read as it says it: it knows which small capitals are small letters.
    """
    groups: dict[str, list[Spoken]] = {}
    for part in spoken:
        groups.setdefault(part.said, []).append(part)
        pdfium.FPDFPageObj_RemoveMark(part.raw, part.mark)
    shown = page.get_textpage()
    top = page.get_bbox()[3]
    found = []
    honest = True
    for said, parts in groups.items():
        painted = "".join(_text_of(part.raw, shown) for part in parts)
        letters = [re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold()) for text in (said, painted)]
        honest = honest and letters[1] in (letters[0], letters[0] * len(parts))
        if len(letters[0]) >= _LEAST_LIE and letters[0] not in letters[1] * 2:
            found.append(Unseen("in place of what is shown", said, top - parts[0].box[3], kind="glyphs"))
    return (textpage if honest else shown), found


def _text_of(raw: pdfium.FPDF_PAGEOBJECT, textpage: pypdfium2.PdfTextPage) -> str:
    size = pdfium.FPDFTextObj_GetText(raw, textpage.raw, None, 0)
    buffer = ctypes.create_string_buffer(max(2, size))
    pdfium.FPDFTextObj_GetText(raw, textpage.raw, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", "ignore").rstrip("\x00")


def _sight(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, scene: Scene, hidden: Sequence[Painted]) -> Sight:
    """The characters of the hidden objects, and what they say, object by object in the order of the text."""
    reasons = {ctypes.addressof(s.raw.contents): s for s in _without_shadows(textpage, scene, hidden)}
    spoken: dict[int, list[str]] = {}
    skip = set()
    last = 0
    for index in range(pdfium.FPDFText_CountChars(textpage.raw)):
        raw = pdfium.FPDFText_GetTextObject(textpage.raw, index)
        key = ctypes.addressof(raw.contents) if raw else 0
        if key in reasons:
            skip.add(index)
            spoken.setdefault(key, []).append(chr(min(pdfium.FPDFText_GetUnicode(textpage.raw, index), 0x10FFFF)))
        elif not key and last in reasons:  # spaces that PDFium makes up between objects
            spoken[last].append(" ")
        last = key or last
    return Sight(textpage, frozenset(skip), tuple(_joined(page, reasons, spoken)))


def _without_shadows(textpage: pypdfium2.PdfTextPage, scene: Scene, hidden: Sequence[Painted]) -> list[Painted]:
    """Leaves out what is painted once more in view at the same place; PDFium reads only the first of the two."""
    own = {ctypes.addressof(s.raw.contents) for s in hidden}
    silent = [
        t.box
        for t in scene.texts
        if ctypes.addressof(t.raw.contents) not in own and not _text_of(t.raw, textpage).strip()
    ]
    return [s for s in hidden if not any(_is_beside(s.box, box) for box in silent)]


def _is_beside(one: Box, other: Box) -> bool:
    return all(abs(a - b) < _SHADOW_PT for a, b in zip(one, other, strict=True))


def _joined(page: pypdfium2.PdfPage, reasons: dict[int, Painted], spoken: dict[int, list[str]]) -> list[Unseen]:
    """One statement for each reason: a text is painted in many pieces."""
    top = page.get_bbox()[3]
    texts: dict[str, list[str]] = {}
    heights: dict[str, float] = {}
    for key, characters in spoken.items():
        reason = reasons[key].reason
        texts.setdefault(reason, []).append("".join(characters))
        heights.setdefault(reason, top - reasons[key].box[3])
    return [
        Unseen(reason, " ".join(parts), heights[reason], "glyphs" if reason == _OTHER_LETTERS else "hidden")
        for reason, parts in texts.items()
    ]
