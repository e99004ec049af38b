"""The search for canaries finds a word in whatever it was packed; else it would prove nothing that it finds none."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
import zlib

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.unpacking import words_in

WORD = "Zorblaxium"
TEXT = f"Built pipelines with {WORD} and Kafka."


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return target.getvalue()


def pdf() -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=1)
    canvas.drawString(72, 760, TEXT)
    canvas.save()
    return target.getvalue()


@pytest.mark.parametrize(
    "packed",
    [
        TEXT.encode(),
        TEXT.encode("utf-16"),
        b"x" + TEXT.encode("utf-16-be"),
        base64.b64encode(TEXT.encode()),
        base64.b64encode(zlib.compress(TEXT.encode())),
        TEXT.encode().hex().encode(),
        gzip.compress(TEXT.encode("utf-16")),
        zipped(TEXT.encode("utf-16")),
        zipped(zipped(base64.b64encode(TEXT.encode()))),
        pdf(),
        zipped(pdf()),
    ],
)
def test_a_word_is_found_in_whatever_it_is_packed(packed: bytes) -> None:
    assert WORD.encode() not in packed or packed == TEXT.encode()
    assert words_in(packed, {WORD, "Buildah"}) == {WORD}
