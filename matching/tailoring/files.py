"""Sets the text of a CV as a Word file and as a PDF: plain, in one column, so that people and programs read it alike."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.shared import Pt

from cvmatch.core.errors import InvalidInput
from ingestion.extract.assemble import BULLETS

FONTS = Path(__file__).parent / "data" / "fonts"
_MARK = re.compile(rf"\s*[{re.escape(BULLETS)}]\s*")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_REGULAR, _BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"


def docx_of(lines: Sequence[str], styles: Sequence[str]) -> bytes:
    """A Word file of the lines, each in its style: title, heading, bullet, more (goes on with the line above) or line."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    for text, style in paragraphs(lines, styles):
        if style in ("title", "heading"):
            document.add_heading(text, level=0 if style == "title" else 1)
        else:
            paragraph = document.add_paragraph(text, style="List Bullet" if style == "bullet" else None)
            paragraph.paragraph_format.space_after = Pt(2)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_of(lines: Sequence[str], styles: Sequence[str]) -> bytes:
    """The same as a PDF. Raises InvalidInput where the text has letters that the font has not."""
    # Loaded on first use, here and below: few processes ever set a PDF.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    looks = _looks()
    rows = list(paragraphs(lines, styles))
    _check_letters("".join(text for text, _ in rows))
    out = io.BytesIO()
    edges = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 18 * mm)
    page = SimpleDocTemplate(out, pagesize=A4, title="CV", **edges)
    page.build(
        [
            Paragraph(
                escape(text).replace("\t", " &nbsp; "), looks[style], bulletText="•" if style == "bullet" else None
            )
            for text, style in rows
        ]
    )
    return out.getvalue()


def paragraphs(lines: Sequence[str], styles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Text and style of each paragraph: lines that go on join the one above, and the mark of an item is left to its style."""
    joined: list[tuple[str, str]] = []
    for line, style in zip(lines, styles, strict=True):
        text = _NOT_IN_XML.sub("", line).strip()
        if style == "more" and joined:
            joined[-1] = (f"{joined[-1][0]} {text}", joined[-1][1])
        elif text:
            item = _MARK.sub("", text, count=1) if style == "bullet" and _MARK.match(text) else text
            joined.append((item, "line" if style == "more" else style))
    yield from joined


@cache
def _looks() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
    body = ParagraphStyle("line", fontName=_REGULAR, fontSize=9.5, leading=13)
    return {
        "line": body,
        "bullet": ParagraphStyle("bullet", body, leftIndent=12, bulletIndent=2, bulletFontName=_REGULAR),
        "heading": ParagraphStyle(
            "heading", body, fontName=_BOLD, fontSize=12, leading=16, spaceBefore=10, spaceAfter=3
        ),
        "title": ParagraphStyle("title", body, fontName=_BOLD, fontSize=18, leading=24, spaceAfter=4),
    }


def _check_letters(text: str) -> None:
    from reportlab.pdfbase import pdfmetrics

    known = pdfmetrics.getFont(_REGULAR).face.charToGlyph
    missing = {char for char in text if not char.isspace() and ord(char) not in known}
    if missing:
        raise InvalidInput("The PDF's font lacks letters of this CV. Take the Word file.")
