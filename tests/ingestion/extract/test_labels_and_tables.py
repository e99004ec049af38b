"""What belongs to one row or one heading is read with it, however the page sets it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingestion.extract import read_document
from ingestion.extract.reading_order.phrases import Phrase
from ingestion.extract.reading_order.rows import rows

Paint = Callable[[Canvas], None]
Place = tuple[float, float, float, str]  # x, y from the top, size of type in points, and the words there


def lines_of(paint: Paint) -> list[str]:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    paint(canvas)
    canvas.save()
    return read_document(target.getvalue(), filename="cv.pdf", max_bytes=2_000_000).text.split("\n")


def lines_at(*places: Place, ends: float = 0) -> list[str]:
    def paint(canvas: Canvas) -> None:
        for x, y, size, text in places:
            canvas.setFont("Helvetica", size)
            draw = canvas.drawRightString if x == ends else canvas.drawString
            draw(x, 842 - y, text)

    return lines_of(paint)


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_a_heading_half_way_down_its_text_is_read_before_it(rows: int) -> None:
    texts = [(200.0, 100.0 + 16 * i, 9.0, f"Row {i} of the text") for i in range(rows)]
    below = [(200.0, 260.0 + 16 * i, 9.0, f"Other row {i}") for i in range(3)]
    middle = 100 + 8 * (rows - 1)
    lines = lines_at(*texts, (50, middle + 1.3, 13, "Contact"), *below, (50, 277, 13, "Interests"))
    assert lines[0] == "Contact\tRow 0 of the text"
    assert lines[rows] == "Interests\tOther row 0"


def test_a_heading_level_with_its_first_row_takes_no_row_from_the_text_above() -> None:
    texts = [(200.0, 100.0 + 16 * i, 9.0, f"Row {i}") for i in range(6)]
    lines = lines_at((50, 100, 13, "Contact"), (50, 148, 13, "Interests"), *texts)
    assert [line for line in lines if "\t" in line] == ["Contact\tRow 0", "Interests\tRow 3"]


def test_letters_that_lie_on_unseen_ones_stay_one_word() -> None:
    def paint(canvas: Canvas) -> None:
        x = 60.0
        for letter in "Ada":
            canvas.setFont("Times-Roman", 30)
            canvas.setFillGray(1)
            canvas.drawString(x + 3, 703, "x")
            canvas.setFillGray(0)
            canvas.setFont("Helvetica", 40)
            canvas.drawString(x, 700, letter)
            x += canvas.stringWidth(letter, "Helvetica", 40)

    assert lines_of(paint) == ["Ada"]


def test_small_capitals_are_read_as_the_small_letters_they_stand_for() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 14)
        canvas.drawString(60, 700, "C")
        canvas._code.append("/Span << /ActualText (ontact) >> BDC")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(71, 700, "ONTACT")
        canvas._code.append("EMC")

    assert lines_of(paint) == ["Contact"]


def test_dates_before_a_side_bar_belong_to_the_text_and_not_to_the_side_bar() -> None:
    jobs = [(60.0, 100.0 + 40 * i, 9.0, f"Position {i}") for i in range(6)]
    firms = [(60.0, 112.0 + 40 * i, 9.0, f"Firm {i} of some town") for i in range(6)]
    dates = [(380.0, 101.0 + 40 * i, 9.0, f"{'9/' * (i % 2)}201{i} - 201{i + 1}") for i in range(6)]
    side = [(440.0, 90.0 + 17 * i, 9.0, f"Side bar {'word ' * (i % 3)}{i}") for i in range(15)]
    lines = lines_at(*jobs, *firms, *dates, *side, ends=380)
    assert "Position 2\t2012 - 2013" in lines
    assert "Position 3\t9/2013 - 2014" in lines


def test_places_and_dates_at_the_right_edge_stay_in_the_rows_of_what_they_tell_of() -> None:
    left = ["Lead Smith", "Forge of the North", "Shod horses until 2021", "Made gates and railings", "Smith"]
    right = [
        (550.0, 100.0, 10.0, "Bergen, Norway"),
        (550.0, 113.0, 10.0, "Oct 2017 - now"),
        (550.0, 152.0, 10.0, "Oslo"),
    ]
    lines = lines_at(*[(50.0, 100.0 + 13 * i, 10.0, text) for i, text in enumerate(left)], *right, ends=550)
    assert lines == [
        "Lead Smith\tBergen, Norway", "Forge of the North\tOct 2017 - now", *left[2:4], "Smith\tOslo",
    ]  # fmt: skip


def test_headings_on_the_left_alone_head_what_stands_beside_and_below_them() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for i, (language, level) in enumerate((("Basque", "native"), ("Breton", "fluent"), ("Manx", "basic"))):
            canvas.drawString(57, 700 - 14 * i, language)
            canvas.drawString(187, 700 - 14 * i, level)
        canvas.drawString(187, 631, "Welding, Forging")
        canvas.drawString(187, 590, "Sailing, Rowing")
        canvas.setFont("Helvetica-Bold", 11.5)
        canvas.drawString(63, 650, "Skills")
        canvas.drawString(63, 609, "Interests")

    assert lines_of(paint) == [
        "Basque\tnative", "Breton\tfluent", "Manx\tbasic", "Skills", "Welding, Forging", "Interests", "Sailing, Rowing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("od kwietnia 2010 r. do grudnia", "2016 r.", "od kwietnia 2010 r. do grudnia 2016 r."),
        ("March 2010 to", "June 2016", "March 2010 to June 2016"),
        ("von Mai 2010 bis Dezember", "2016", "von Mai 2010 bis Dezember 2016"),
    ],
)
def test_a_period_in_words_that_wraps_is_one_period(first: str, second: str, whole: str) -> None:
    lines = lines_at((57, 100, 9, first), (230, 100, 9, "Smith"), (57, 112, 9, second), (230, 112, 9, "Forge"))
    assert lines == [f"{whole}\tSmith", "Forge"]


def test_a_heading_in_the_middle_of_the_page_is_in_no_column_though_the_text_leans_to_one_side() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for top in (740, 500):
            for i in range(9):
                canvas.drawRightString(165, top - 20 * i, f"Left {i}")
                canvas.drawString(277, top - 20.0 * i - 7, f"{'Right as long as it may be' if i % 4 else 'Right'} {i}")
        canvas.setFont("Helvetica", 9.5)
        canvas.drawCentredString(297.5, 530, "A Heading of a Section")

    lines = lines_of(paint)
    heading = lines.index("A Heading of a Section")
    assert len(lines) == 37
    assert heading == 18


def phrase(text: str, middle: float, base: float) -> Phrase:
    half = 2.5 * len(text)
    return Phrase(text, middle - half, middle + half, base - 8, base, 10, bold=False)


def tiles(step: float) -> list[list[str]]:
    """Three rows of two tiles, each of two lines that are 11 points apart; the next row begins ``step`` below the last line."""
    places = [
        phrase(f"{words}{column}", 100.0 + 90 * column, 100 + row * (11 + step) + 11 * line)
        for row in range(3)
        for line, words in enumerate((f"Rye{row}", f"Baking{row}"))
        for column in range(2)
    ]
    return [[cell.text for cell in row] for row in rows(places)]


def test_tiles_whose_words_wrap_are_read_whole() -> None:
    assert tiles(step=22) == [[f"Rye{row}{column} Baking{row}{column}" for column in range(2)] for row in range(3)]


def test_rows_of_a_table_with_even_steps_stay_rows() -> None:
    assert tiles(step=12)[0] == ["Rye00", "Rye01"]


def test_entries_of_two_rows_with_dates_are_no_tiles() -> None:
    places: list[Place] = []
    for i in range(4):
        top = 100.0 + 40 * i
        places += [(60, top, 10, f"Harbour {i} Ltd"), (300, top, 10, f"201{i} - 201{i + 1}")]
        places += [(60, top + 12, 10, "Baker"), (300, top + 12, 10, "Norwick")]
    assert lines_at(*places)[:2] == ["Harbour 0 Ltd\t2010 - 2011", "Baker\tNorwick"]
