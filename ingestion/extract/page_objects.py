"""The objects of a PDF page in the order of painting, with their boxes, inks, clips and marks, by PDFium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]  # left, bottom, right, top in points, y upwards

_MAX_DEPTH = 6  # of forms within forms


@dataclass(slots=True)
class Values:
    """Buffers for the answers of PDFium, made once a page."""

    edges: tuple[ctypes.c_float, ...] = field(default_factory=lambda: tuple(ctypes.c_float() for _ in range(4)))
    channels: tuple[ctypes.c_uint, ...] = field(default_factory=lambda: tuple(ctypes.c_uint() for _ in range(4)))
    edge_places: tuple[Any, ...] = ()
    channel_places: tuple[Any, ...] = ()
    clips: dict[int, Box] = field(default_factory=dict)
    marks: dict[int, tuple[bool, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edge_places = tuple(map(ctypes.byref, self.edges))
        self.channel_places = tuple(map(ctypes.byref, self.channels))


def objects_of(page: pdfium.FPDF_PAGE, values: Values) -> Iterator[tuple[pdfium.FPDF_PAGEOBJECT, int, Box, float]]:
    """Every object in the order of painting with its kind, its box on the page and the scale of the forms around it."""
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        raw = pdfium.FPDFPage_GetObject(page, index)
        kind = pdfium.FPDFPageObj_GetType(raw)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _in_form(raw, pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0), values, 0)
        else:
            yield raw, kind, _box(raw, values), 1.0


def _in_form(
    form: pdfium.FPDF_PAGEOBJECT, outer: pdfium.FS_MATRIX, values: Values, depth: int
) -> Iterator[tuple[pdfium.FPDF_PAGEOBJECT, int, Box, float]]:
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(form, own)
    matrix = _product(own, outer)
    scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
    for index in range(pdfium.FPDFFormObj_CountObjects(form) if depth < _MAX_DEPTH else 0):
        raw = pdfium.FPDFFormObj_GetObject(form, index)
        kind = pdfium.FPDFPageObj_GetType(raw)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            yield from _in_form(raw, matrix, values, depth + 1)
        else:
            yield raw, kind, _moved(_box(raw, values), matrix), scale


def _product(m: pdfium.FS_MATRIX, n: pdfium.FS_MATRIX) -> pdfium.FS_MATRIX:
    return pdfium.FS_MATRIX(
        m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d,
        m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f,
    )  # fmt: skip


def _moved(box: Box, m: pdfium.FS_MATRIX) -> Box:
    corners = [(x * m.a + y * m.c + m.e, x * m.b + y * m.d + m.f) for x in box[::2] for y in box[1::2]]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _box(raw: pdfium.FPDF_PAGEOBJECT, values: Values) -> Box:
    left, bottom, right, top = values.edges
    if not pdfium.FPDFPageObj_GetBounds(raw, *values.edge_places):
        return (0.0, 0.0, 0.0, 0.0)
    return left.value, bottom.value, right.value, top.value


def ink_of(raw: pdfium.FPDF_PAGEOBJECT, values: Values) -> tuple[int, ...]:
    red, green, blue, alpha = values.channels
    mode = pdfium.FPDFTextObj_GetTextRenderMode(raw)
    if not pdfium.FPDFPageObj_GetFillColor(raw, *values.channel_places):
        return (mode,)
    return mode, red.value, green.value, blue.value, alpha.value


def clip_of(raw: pdfium.FPDF_PAGEOBJECT, values: Values, edge: Box) -> Box:
    """The box of the clip; objects that were painted under one clip share its first point, so it is worked out once."""
    clip = pdfium.FPDFPageObj_GetClipPath(raw)
    count = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    first = pdfium.FPDFClipPath_GetPathSegment(clip, count - 1, 0) if count > 0 else None
    if not first:
        return edge
    key = ctypes.addressof(first.contents)
    if key not in values.clips:
        values.clips[key] = _worked_out(clip, count)
    return values.clips[key]


def _worked_out(clip: pdfium.FPDF_CLIPPATH, count: int) -> Box:
    box = (-1e9, -1e9, 1e9, 1e9)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(count):
        xs, ys = [], []
        for index in range(min(pdfium.FPDFClipPath_CountPathSegments(clip, path), 200)):
            pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(clip, path, index), x, y)
            xs.append(x.value)
            ys.append(y.value)
        if xs:
            box = (max(box[0], min(xs)), max(box[1], min(ys)), min(box[2], max(xs)), min(box[3], max(ys)))
    return box


def mark_name(mark: pdfium.FPDF_PAGEOBJECTMARK) -> str:
    buffer, size = ctypes.create_string_buffer(16), ctypes.c_ulong()
    pdfium.FPDFPageObjMark_GetName(mark, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), 16, ctypes.byref(size))
    return buffer.raw[: min(size.value, 16)].decode("utf-16-le", "ignore").rstrip("\x00")


def mark_text(mark: pdfium.FPDF_PAGEOBJECTMARK) -> str:
    """The text that the file gives for what is painted, if any."""
    size = ctypes.c_ulong()
    if (
        not pdfium.FPDFPageObjMark_GetParamStringValue(mark, b"ActualText", None, 0, ctypes.byref(size))
        or size.value < 4
    ):
        return ""
    buffer = ctypes.create_string_buffer(size.value)
    pointer = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFPageObjMark_GetParamStringValue(mark, b"ActualText", pointer, size.value, ctypes.byref(size))
    text = buffer.raw.decode("utf-16-le", "ignore").rstrip("\x00")
    if text.startswith(("\x00", "\xfe\xff")):  # PDFium hands over the bytes of a string in UTF-16 one by one
        return text.encode("latin-1", "ignore").decode("utf-16-be", "ignore").lstrip("\ufeff")
    return text
