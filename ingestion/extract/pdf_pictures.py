"""Pages of a PDF that are pictures of text: tells them from others, and draws them to be read."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.extract.glyphs import Word
from ingestion.extract.scans import Recogniser

_STAMP = 60  # characters that a scanner's own mark or a page number has at most, on a page that is a picture otherwise
_COVERS = 0.4  # of the page
_OUTLINES = 100  # shapes; text that was turned into outlines has one for each letter
_SCALE = 200 / 72  # pixels for each point
_MAX_SIDE = 2800  # pixels, however large the page says it is


def is_picture(page: pypdfium2.PdfPage, words: Sequence[Word]) -> bool:
    """Whether the page shows more than its text says: hardly a word, but a picture over much of it or letters drawn as shapes."""
    if sum(len(word.text) for word in words) > _STAMP:
        return False
    width, height = page.get_size()
    pictures, shapes = 0.0, 0
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH]):
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            shapes += 1
        else:
            left, bottom, right, top = item.get_bounds()
            pictures += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(top, height) - max(bottom, 0))
    return pictures > _COVERS * width * height or (not words and (pictures > 0 or shapes > _OUTLINES))


def read_page_picture(page: pypdfium2.PdfPage, recogniser: Recogniser) -> list[Word]:
    """The words that are seen on the page, whatever it is made of."""
    scale = min(_SCALE, _MAX_SIDE / max(page.get_size()))
    return recogniser.read(page.render(scale=scale, grayscale=True).to_pil(), 1 / scale)
