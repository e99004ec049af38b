"""Pictures of CVs and pages without text are read, in any direction and in columns, and what cannot be read says why."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
import pytest
from django.conf import settings
from PIL import Image

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from ingestion.extract.ocr.marks import with_commas
from ingestion.extract.ocr.typeface import _smooth
from ingestion.extract.sandbox import read_document_sandboxed
from ingestion.extract.scans import MAX_PAGES, RecognitionNeeded
from ingestion.stages import BUDGET_S
from ingestion.values import Document

MakePdf = Callable[..., bytes]
LINES = [
    (50, 60, "Zoe Example-Larsson"),
    (50, 90, "Experience"),
    (50, 110, "Head baker, Hearth and Oven Ltd"),
    (420, 110, "2019 - 2023"),
    (50, 130, "Planned the shifts of twelve bakers and ordered flour for three shops"),
    (50, 150, "zoe.example@example.org"),
]
WORDS = {word.strip(",") for _, _, text in LINES for word in text.split()}


def picture_of(pdf: bytes, dpi: int = 130) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")


def encoded(picture: Image.Image, format: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def scanned_pdf(*pages: Image.Image) -> bytes:
    return encoded(pages[0], "PDF", resolution=130, save_all=True, append_images=pages[1:])


def read(content: bytes, **options: bool) -> Document:
    return read_document(content, filename="cv", max_bytes=10_000_000, **options)


def words_of(document: Document) -> set[str]:
    return {word.strip(",") for word in document.text.split()}


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_picture_of_any_usual_kind_gives_its_words(make_pdf: MakePdf, format: str) -> None:
    document = read(encoded(picture_of(make_pdf(LINES)), format))
    assert (document.format, document.scanned, document.page_count) == (format.lower(), True, 1)
    assert words_of(document) >= WORDS
    assert all(0.5 <= line.certainty < 1.001 for line in document.lines)


def test_dates_on_the_right_stay_in_the_row_of_their_job(make_pdf: MakePdf) -> None:
    lines = [line.text for line in read(encoded(picture_of(make_pdf(LINES)))).lines]
    assert "Head baker, Hearth and Oven Ltd\t2019 - 2023" in lines


@pytest.mark.parametrize("turned", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_page_that_lies_on_its_side_or_its_head_is_turned(make_pdf: MakePdf, turned: Image.Transpose) -> None:
    document = read(encoded(picture_of(make_pdf(LINES)).transpose(turned)))
    assert words_of(document) >= WORDS
    assert document.lines[0].text.startswith("Zoe")


def test_a_page_that_was_put_in_askew_is_straightened(make_pdf: MakePdf) -> None:
    askew = picture_of(make_pdf(LINES)).rotate(2.5, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    document = read(encoded(askew))
    assert words_of(document) >= WORDS
    assert "Head baker, Hearth and Oven Ltd\t2019 - 2023" in [line.text for line in document.lines]


def test_columns_of_a_picture_are_read_one_after_the_other(make_pdf: MakePdf) -> None:
    left = [
        (40, 60 + 16 * i, text) for i, text in enumerate(["Skills", "Baking", "Ovens", "Rotas", "Flour", "Yeast"] * 2)
    ]
    right = [(250, 65 + 17 * i, f"Line {i} of the history of this baker at work") for i in range(12)]
    texts = [line.text for line in read(encoded(picture_of(make_pdf([*left, *right])))).lines]
    assert len(texts) == 24
    assert texts.index("Yeast") < texts.index("Line 0 of the history of this baker at work")


def test_sizes_and_weights_come_out_as_they_were_set(make_styled_pdf: Callable[[], bytes]) -> None:
    lines = read(encoded(picture_of(make_styled_pdf(), dpi=150))).lines
    heading, entry, item = lines
    assert heading.size > 1.5 * item.size
    assert (entry.text, entry.bold, entry.breaks) == ("Hearth and Oven, Manchester, England", True, (17,))
    assert (item.text, item.bold, item.bullet) == ("Planned the shifts of twelve bakers", False, True)


@pytest.fixture
def make_styled_pdf() -> Callable[[], bytes]:
    from reportlab.pdfgen.canvas import Canvas

    def make() -> bytes:
        target = io.BytesIO()
        canvas = Canvas(target, pagesize=(595, 842))
        for x, y, font, size, text in [
            (50, 60, "Helvetica", 20, "Zoe Example"),
            (50, 100, "Helvetica-Bold", 11, "Hearth and Oven,"),
            (
                50 + canvas.stringWidth("Hearth and Oven, ", "Helvetica-Bold", 11),
                100,
                "Helvetica",
                11,
                "Manchester, England",
            ),
            (64, 120, "Helvetica", 11, "Planned the shifts of twelve bakers"),
        ]:
            canvas.setFont(font, size)
            canvas.drawString(x, 842 - y, text)
        canvas.circle(54, 842 - 116.5, 1.6, fill=1)
        canvas.save()
        return target.getvalue()

    return make


def test_pages_with_and_without_text_make_one_document(make_pdf: MakePdf) -> None:
    mixed = pypdfium2.PdfDocument(make_pdf([(50, 60, "This page says in letters what it has to say, at some length.")]))
    mixed.import_pages(pypdfium2.PdfDocument(scanned_pdf(picture_of(make_pdf(LINES)))))
    target = io.BytesIO()
    mixed.save(target)
    document = read(target.getvalue())
    assert (document.format, document.scanned, document.page_count) == ("pdf", True, 2)
    assert document.lines[0].certainty == 1
    assert {line.page for line in document.lines if "baker" in line.text} == {2}


def test_a_pdf_with_text_is_not_called_scanned(make_pdf: MakePdf) -> None:
    assert not read(make_pdf(LINES), recognise=False).scanned


def test_every_page_of_a_tiff_is_read(make_pdf: MakePdf) -> None:
    first, second = (
        picture_of(make_pdf([(50, 60, text)])) for text in ("First page of the baker", "Second page of the baker")
    )
    document = read(encoded(first, "TIFF", save_all=True, append_images=[second]))
    assert [(line.page, line.text) for line in document.lines] == [
        (1, "First page of the baker"),
        (2, "Second page of the baker"),
    ]


def test_the_sandbox_sets_more_aside_once_a_picture_is_met(make_pdf: MakePdf) -> None:
    content = scanned_pdf(picture_of(make_pdf(LINES)))
    with pytest.raises(RecognitionNeeded):
        read(content, recognise=False)
    assert words_of(read_document_sandboxed(content, filename="cv.pdf", max_bytes=10_000_000)) >= WORDS


@pytest.mark.parametrize(
    "content", [scanned_pdf(Image.new("L", (800, 1100), 255)), encoded(Image.new("L", (800, 1100), 255))]
)
def test_a_white_page_has_nothing_to_read(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"[Nn]o text"):
        read(content)


def test_a_picture_of_hundreds_of_millions_of_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = encoded(Image.new("1", (20_000, 20_000), 1))
    with pytest.raises(UnreadableDocument, match="20,000 × 20,000 pixels"):
        read_document_sandboxed(bomb, filename="cv.png", max_bytes=10_000_000)


def test_a_truncated_picture_is_damaged(make_pdf: MakePdf) -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        read(encoded(picture_of(make_pdf(LINES)))[:3000])


def test_only_so_many_pictures_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.extract.ocr.recognise_page", lambda picture, scale: [])
    page = Image.new("L", (200, 300), 255)
    with pytest.raises(UnreadableDocument, match="without its attachments"):
        read(encoded(page, "TIFF", save_all=True, append_images=[page] * MAX_PAGES))


def test_reading_twice_ends_before_the_queue_gives_up() -> None:
    assert settings.Q_CLUSTER["timeout"] > BUDGET_S + settings.EXTRACT_TIMEOUT_S + settings.RECOGNISE_TIMEOUT_S


def test_weight_changes_within_a_line_only_for_a_reason() -> None:
    assert _smooth([0.8, 0.7, -0.9, -0.8]) == [True, True, False, False]
    assert _smooth([-0.8, 0.1, -0.9]) == [False, False, False]
    assert _smooth([0.2]) == [True]


def test_a_dot_that_hangs_below_the_line_is_a_comma(make_pdf: MakePdf) -> None:
    import numpy as np

    ink = np.zeros((40, 60))
    ink[10:30, 5:20] = ink[28:35, 24:27] = 1
    assert with_commas("I.", ink, (5, 27), 30, 24) == "I,"
    ink[31:35, 24:27] = 0
    assert with_commas("I,", ink, (5, 27), 30, 24) == "I."
