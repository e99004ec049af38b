"""Small CV files of every format, made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

import pytest
from docx import Document as WordDocument
from reportlab.pdfgen.canvas import Canvas

Placed = tuple[float, float, str]  # x and y in points from the top left, and the words there


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    def make(*pages: Iterable[Placed], size: float = 10, password: str | None = None) -> bytes:
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=(595, 842), encrypt=password)
        for page in pages:
            canvas.setFont("Helvetica", size)
            for x, y, text in page:
                canvas.drawString(x, 842 - y, text)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    return make


@pytest.fixture
def make_docx() -> Callable[[Iterable[str]], bytes]:
    def make(paragraphs: Iterable[str]) -> bytes:
        word = WordDocument()
        for text in paragraphs:
            word.add_paragraph(text)
        target = io.BytesIO()
        word.save(target)
        return target.getvalue()

    return make


@pytest.fixture
def make_zip() -> Callable[[dict[str, bytes]], bytes]:
    def make(members: dict[str, bytes]) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return target.getvalue()

    return make
