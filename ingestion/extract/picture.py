"""Reads pictures of CVs: photographs and scans as PNG, JPEG, WebP, or TIFF with one or more pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageOps, ImageSequence

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.assemble import Row, build_document
from ingestion.extract.reading_order import order_page, row_of
from ingestion.extract.scans import Recogniser
from ingestion.values import Document

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
_MAX_PIXELS = 50_000_000  # a page of A4 at 600 dpi has 35 million
_MIN_SIDE = 100
_ENOUGH = 1800  # pixels of the width of a page; more says no more
_TOO_DEEP = "I"  # 16 and 32 bits for each pixel
Image.MAX_IMAGE_PIXELS = None  # the limit here is kept by us, so that it is an error and not a warning


def read_picture(content: bytes, *, recognise: bool = True) -> Document:
    """Raises RecognitionNeeded unless pictures are to be read."""
    recogniser = Recogniser(allowed=recognise)
    rows: list[Row] = []
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            format = str(picture.format).lower()
            for number, page in enumerate(_pages(picture)):
                for block_number, block in enumerate(order_page(recogniser.read(page))):
                    rows += [row_of(phrases, number + 1, number * 1000 + block_number) for phrases in block]
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ) as error:  # Pillow's decoders raise all of these for broken files
        raise UnreadableDocument(
            "The picture is damaged or incomplete. Please save it anew and upload that."
        ) from error
    document = build_document(rows, format=format, page_count=recogniser.pages)
    if not document.text:
        raise UnreadableDocument("No text was recognised in the picture; it may be empty, too small or too blurred.")
    return replace(document, scanned=True)


def _pages(picture: Image.Image) -> Iterator[Image.Image]:
    """Each page in grey on white, turned as the camera says, and no larger than reading needs."""
    for page in ImageSequence.Iterator(picture):
        if page.width * page.height > _MAX_PIXELS:
            raise UnreadableDocument(
                f"The picture has {page.width:,} × {page.height:,} pixels, far more than a page needs. "
                "Please save it with 300 dots an inch or fewer."
            )
        if min(page.size) < _MIN_SIDE:
            raise UnreadableDocument("The picture is too small to read.")
        upright = ImageOps.exif_transpose(_grey(page))
        yield upright.reduce(max(1, upright.width // _ENOUGH))


def _grey(page: Image.Image) -> Image.Image:
    if page.mode.startswith(_TOO_DEEP):
        return page.point(lambda value: value / 256).convert("L")
    if "A" in page.getbands() or "transparency" in page.info:
        ground = Image.new("RGBA", page.size, "white")
        return Image.alpha_composite(ground, page.convert("RGBA")).convert("L")
    return page.convert("L")
