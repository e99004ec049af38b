"""Layouts that people really use: what stands together is read together, and each letter once."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from reportlab.pdfgen.canvas import Canvas

from ingestion.extract import read_document

MakePdf = Callable[..., bytes]


def text_of(content: bytes) -> str:
    return read_document(content, filename="cv", max_bytes=2_000_000).text


def draw(paint: Callable[[Canvas], None], rotation: int = 0) -> str:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    paint(canvas)
    canvas.setPageRotation(rotation)
    canvas.save()
    return text_of(target.getvalue())


def of_word(document: WordDocument) -> str:
    target = io.BytesIO()
    document.save(target)
    return text_of(target.getvalue())


SIDE = [
    (40, 100 + 13.5 * i, word)
    for i, word in enumerate("Contact Porto Skills Linux Bash Go Rust Java Languages Irish".split())
]
MAIN = [(220, 100 + 15.7 * i, f"Line {i} of what the main column says at length") for i in range(10)]


def test_an_address_that_is_too_long_for_its_side_bar_does_not_tear_the_columns_apart(make_pdf: MakePdf) -> None:
    address = (40, 166, "https://www.example.org/people/somebody-with-a-name/")
    text = text_of(make_pdf([*SIDE[:4], address, *[(x, y + 25, t) for x, y, t in SIDE[4:]], *MAIN]))
    assert text.index("Irish") < text.index("Line 0")


def test_words_at_the_edge_of_a_column_are_its_own_though_an_address_touches_them(make_pdf: MakePdf) -> None:
    address = (40, MAIN[5][1], "https://example.org/a-name-as-long-as-it/")
    text = text_of(make_pdf([*SIDE[:4], address, *[(x, y + 40, t) for x, y, t in SIDE[4:]], *MAIN]))
    assert "\nhttps://example.org/a-name-as-long-as-it/\n" in text
    assert text.index("Irish") < text.index("Line 0")


def test_a_line_of_the_main_column_is_no_heading_because_it_happens_to_end_in_the_middle(make_pdf: MakePdf) -> None:
    main = [(x, y, "Principal Taster" if i in (3, 7) else t + " and on") for i, (x, y, t) in enumerate(MAIN)]
    text = text_of(make_pdf([*SIDE, *main]))
    assert text.index("Irish") < text.index("Line 0")


def test_text_that_flows_from_one_column_to_the_next_is_not_cut_where_the_second_ends() -> None:
    def paint(canvas: Canvas) -> None:
        for x, title, count in ((40, "Experience", 20), (320, "Education", 9)):
            for i in range(count):
                is_heading = i in (0, 7)
                canvas.setFont("Helvetica-Bold" if is_heading else "Helvetica", 13 if is_heading else 10)
                canvas.drawString(x, 780 - 15 * i, f"{title} {i}" if is_heading else f"{title} line number {i} here")

    text = draw(paint)
    assert text.index("Experience line number 19") < text.index("Education 0")


def test_headings_in_the_margin_stand_before_their_own_text() -> None:
    def paint(canvas: Canvas) -> None:
        for i, title in enumerate(("Experience", "Education", "Languages", "Interests")):
            canvas.setFont("Helvetica", 13)
            canvas.drawString(60, 762 - 80 * i, title)
            canvas.setFont("Helvetica", 9)
            for j in range(3):
                canvas.drawString(200, 764 - 80 * i - 14 * j, f"text {j} about {title} that is long")

    text = draw(paint)
    assert text.index("text 2 about Experience") < text.index("Education")
    assert text.index("text 0 about Interests") > text.index("text 2 about Languages")


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("https://www.example.org/in/anna-", "maria", "https://www.example.org/in/anna-maria"),
        ("anna.example@", "example.org", "anna.example@example.org"),
        ("ANNA.EXAMPLE@EXAMPLE.", "ORG", "ANNA.EXAMPLE@EXAMPLE.ORG"),
    ],
)
def test_an_address_that_is_broken_in_two_becomes_whole(make_pdf: MakePdf, first: str, second: str, whole: str) -> None:
    assert whole in text_of(
        make_pdf([(50, 80, "Anna Example"), (50, 100, first), (50, 113, second), (50, 140, "Baker")])
    )


def test_what_follows_an_address_is_not_taken_for_its_end(make_pdf: MakePdf) -> None:
    text = text_of(make_pdf([(50, 100, "https://example.org/"), (50, 113, "Lisbon"), (50, 126, "anna@example.org")]))
    assert text.split("\n") == ["https://example.org/", "Lisbon", "anna@example.org"]


def test_a_period_that_wraps_in_its_narrow_column_is_one_period(make_pdf: MakePdf) -> None:
    rows = [(90, 100, "Aug"), (130, 100, "Baker, Bread Ltd"), (60, 112, "2019 – Now"), (130, 112, "Made bread")]
    width = 90 + 5 + len("Aug") * 5  # Helvetica's letters are about half as wide as they are high
    rows[2] = (width - 48, 112, "2019 – Now")
    assert "Aug 2019 – Now\tBaker, Bread Ltd" in text_of(
        make_pdf([(60, 100, "Aug"), rows[1], (60, 112, "2019 – Now"), rows[3]])
    )


def test_words_with_spaced_letters_stay_whole() -> None:
    def paint(canvas: Canvas) -> None:
        for y, spacing in ((700, 1.2), (680, 1.8), (660, 2.4)):
            text = canvas.beginText(50, y)
            text.setCharSpace(spacing)
            text.textOut("Professional skills since 2016")
            canvas.drawText(text)

    assert draw(paint) == "\n".join(["Professional skills since 2016"] * 3)


def test_letters_that_are_printed_twice_to_look_bold_are_read_once() -> None:
    def paint(canvas: Canvas) -> None:
        for shift in (0, 0.3):
            canvas.drawString(50 + shift, 700, "Anna Illerhaus, staff coffee taster")

    assert draw(paint) == "Anna Illerhaus, staff coffee taster"


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_that_is_turned_in_the_viewer_reads_as_it_looks(rotation: int) -> None:
    def paint(canvas: Canvas) -> None:
        canvas.rotate(rotation)
        canvas.translate(*{90: (0, -842), 180: (-595, -842), 270: (-595, 0)}[rotation])
        canvas.drawString(50, 500, "Anna Example")
        canvas.drawString(50, 480, "Baker\u2003\u2003in Porto")

    assert draw(paint, rotation).split("\n")[0] == "Anna Example"


def test_text_that_runs_up_the_margin_is_read_after_the_page_and_not_across_it() -> None:
    def paint(canvas: Canvas) -> None:
        for i in range(12):
            canvas.drawString(120, 700 - 15 * i, f"Line {i} of the page")
        canvas.rotate(90)
        canvas.drawString(560, -60, "Curriculum of somebody")

    lines = draw(paint).split("\n")
    assert lines[-1] == "Curriculum of somebody"
    assert lines[:-1] == [f"Line {i} of the page" for i in range(12)]


def test_columns_of_plain_text_are_read_one_after_the_other() -> None:
    left = ["CONTACT", "anna@example.org", "Porto", "", "SKILLS", "Linux", "Bash", "Terraform"]
    right = [
        "EXPERIENCE",
        "Baker at Bread Ltd",
        "2019 - 2021",
        "- made bread",
        "- made rolls",
        "",
        "EDUCATION",
        "School of Bread",
    ]
    text = text_of("\n".join(f"{a:<24}{b}".rstrip() for a, b in zip(left, right, strict=True)).encode())
    assert text.index("Terraform") < text.index("EXPERIENCE")


def test_dates_beside_plain_text_stay_beside_it() -> None:
    jobs = [
        ("2019 - 2021", "Baker, Bread Ltd"),
        ("", "- made bread"),
        ("", "- made rolls"),
        ("2015 - 2018", "Cook, Soup Ltd"),
    ]
    rows = [
        f"{a:<20}{b}"
        for a, b in [
            *jobs,
            ("2012 - 2014", "Waiter, Inn"),
            ("2010 - 2011", "Porter, Inn"),
            ("2009", "Help"),
            ("2008", "Help"),
        ]
    ]
    assert "2019 - 2021\tBaker, Bread Ltd" in text_of("\n".join(["EXPERIENCE", *rows]).encode())


def test_tables_of_markdown_lose_their_frames_and_the_names_of_their_columns() -> None:
    rows = ["**Skills**", "", "| Skill | Level |", "|:---|---|", "| Linux | good |", "| Bash | *fair* |"]
    assert text_of("\n".join(rows).encode()).split("\n") == ["Skills", "Linux\tgood", "Bash\tfair"]


def test_the_first_row_of_a_table_is_kept_where_it_says_something() -> None:
    assert "Bread Ltd\t2019" in text_of(b"**Jobs**\n\n| Bread Ltd | 2019 |\n|---|---|\n| Soup Ltd | 2017 |\n")


def test_entities_and_bare_links_of_markdown_become_what_they_mean() -> None:
    assert text_of(b"# Anna\n\nEnglish &ndash; fluent, <https://example.org/anna>\n").endswith(
        "English – fluent, https://example.org/anna"
    )


def test_a_web_page_without_a_character_set_is_unicode_and_one_with_it_is_read_by_that() -> None:
    assert text_of("<html><body><h1>João Çelik</h1><p>Baker</p></body></html>".encode()) == "João Çelik\nBaker"
    page = '<html><head><meta charset="iso-8859-2"></head><body><p>Łukasz Żółw</p></body></html>'
    assert text_of(page.encode("iso-8859-2")) == "Łukasz Żółw"


def test_bold_words_before_a_box_of_their_own_do_not_run_into_it() -> None:
    page = b"<html><body><p><strong>Baker</strong><span><time>2019</time></span></p></body></html>"
    assert text_of(page) == "Baker 2019"


def test_the_cell_with_the_largest_type_is_read_before_the_side_bar() -> None:
    document = WordDocument()
    side, main = document.add_table(1, 2).rows[0].cells
    for word in ("Contact", "Porto", "Skills", "Linux"):
        side.add_paragraph(word)
    main.paragraphs[0].add_run("Anna Example").font.size = Pt(22)
    main.add_paragraph("Baker")
    assert of_word(document).split("\n")[:3] == ["Anna Example", "Baker", "Contact"]


def box_at(top: float, words: str, relative: str = "page") -> str:
    style = f"position:absolute;margin-top:{top}pt;mso-position-vertical-relative:{relative}"
    return (
        f'<w:r {nsdecls("w")}><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="{style}"><v:textbox>'
        f"<w:txbxContent><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )


def test_a_box_at_the_top_of_the_page_is_read_first_though_the_file_keeps_it_last() -> None:
    document = WordDocument()
    for i in range(6):
        document.add_paragraph(f"Paragraph {i}")
    last = document.add_paragraph("The end")
    for box in (box_at(60, "anna@example.org"), box_at(30, "Anna Example"), box_at(30, "beside the end", "text")):
        last._p.append(parse_xml(box))
    lines = of_word(document).split("\n")
    assert lines[:3] == ["Anna Example", "anna@example.org", "Paragraph 0"]
    assert lines[-2:] == ["The end", "beside the end"]
