"""Files of every format become lines in reading order, and what cannot be read says why."""

from __future__ import annotations

import contextlib
import io

import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from ingestion.values import Document


def read(content: bytes, filename: str = "cv") -> Document:
    return read_document(content, filename=filename, max_bytes=2_000_000)


def assert_lines_are_in_the_text(document: Document) -> None:
    assert all(document.text[line.start : line.end] == line.text for line in document.lines)
    assert document.text == "\n".join(line.text for line in document.lines)
    assert all(0 <= link.start <= link.end <= len(document.text) for link in document.links)


def test_a_pdf_keeps_positions_and_pages(make_pdf):
    document = read(make_pdf([(50, 50, "Ada Example")], [(50, 60, "Page two says more")]))
    assert_lines_are_in_the_text(document)
    assert (document.format, document.page_count) == ("pdf", 2)
    assert [line.page for line in document.lines] == [1, 2]
    assert document.lines[0].x0 == pytest.approx(50, abs=2)
    assert document.page_at(document.text.index("two")) == 2


def test_a_side_bar_is_read_apart_from_the_main_column(make_pdf):
    side = [(40, 100 + 15 * i, f"side {i}") for i in range(8)]
    main = [(220, 103 + 19 * i, f"main column line number {i} with many words") for i in range(8)]
    text = read(
        make_pdf([(40, 50, "A title that goes over both of the columns, from left to right"), *side, *main])
    ).text
    assert text.index("side 7") < text.index("main column line number 0")


def test_dates_at_the_right_edge_stay_in_their_row(make_pdf):
    rows = [(50, 100, "Baker, Bread Ltd"), (450, 100, "2019 - 2021"), (50, 120, "Made bread and rolls every morning")]
    rows += [(50, 150, "Cook, Soup Ltd"), (450, 150, "2017 - 2019"), (50, 170, "Made soup and stew every noon")]
    assert "Baker, Bread Ltd\t2019 - 2021" in read(make_pdf(rows)).text


def test_letters_set_apart_become_a_word(make_pdf):
    letters = [(50 + 9 * i, 80, c) for i, c in enumerate("SKILLS")]
    assert "SKILLS" in read(make_pdf([*letters, (50, 100, "Baking")])).text


def test_page_numbers_and_repeated_headers_are_left_out(make_pdf):
    pages = [[(50, 30, "Ada Example, CV"), (50, 100, f"Body of page {n}"), (300, 820, str(n + 1))] for n in (0, 1)]
    text = read(make_pdf(*pages)).text
    assert text.count("Ada Example, CV") == 1
    assert not text.endswith("2")


def test_a_docx_gives_paragraphs_tables_headers_and_lists():
    word = WordDocument()
    word.sections[0].header.paragraphs[0].text = "ada@example.org"
    word.add_heading("Experience", 1)
    word.add_paragraph("Baked bread", style="List Bullet")
    table = word.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "2019", "Baker"
    target = io.BytesIO()
    word.save(target)
    document = read(target.getvalue())
    assert_lines_are_in_the_text(document)
    lines = {line.text: line for line in document.lines}
    assert lines["Experience"].level == 1
    assert lines["Baked bread"].bullet
    assert {"ada@example.org", "2019\tBaker"} <= set(lines)


def test_text_boxes_of_a_docx_are_read_once(make_zip):
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    box = "<w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    body = f"<w:document {w}><w:body><w:p><w:r><w:t>outside</w:t></w:r><w:r>{both}</w:r></w:p></w:body></w:document>"
    assert read(make_zip({"word/document.xml": body.encode()})).text == "outside\nin the box"


def test_html_reads_visible_blocks_only():
    document = read(
        b"<!DOCTYPE html><html><head><title>no</title><style>p{}</style></head><body><h1>Ada <b>Example</b></h1>"
        b"<p style='display:none'>hidden</p><ul><li>Bread</li></ul><table><tr><td>2019</td><td>Baker</td></tr></table>"
        b"<a href='https://example.org/ada'>site</a><script>no()</script></body></html>"
    )
    assert_lines_are_in_the_text(document)
    assert [line.text for line in document.lines] == ["Ada Example", "Bread", "2019\tBaker", "site"]
    assert document.lines[0].level == 1
    assert document.links[0].url == "https://example.org/ada"


def test_markdown_marks_become_structure():
    document = read(b"# Ada Example\n\n## Skills\n\n- **Baking**, [site](https://example.org)\n")
    assert document.format == "md"
    assert [(line.text, line.level, line.bullet) for line in document.lines] == [
        ("Ada Example", 1, False),
        ("Skills", 2, False),
        ("Baking, site", 0, True),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_of_usual_encodings_is_understood(encoding):
    document = read("Zoë Müller\nBäckerin".encode(encoding))
    assert [line.text for line in document.lines] == ["Zoë Müller", "Bäckerin"]


def test_rtf_gives_text_weight_and_special_characters():
    document = read(
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\b Zo\'eb}\par 2019 \endash  2021\tab B\u228?cker\par}"
    )
    assert [line.text for line in document.lines] == ["Zoë", "2019 – 2021\tBäcker"]
    assert document.lines[0].bold


def test_odt_gives_paragraphs_lists_and_tables(make_zip):
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    ns = f'xmlns:office="{urn}:office:1.0" xmlns:text="{urn}:text:1.0"'
    body = (
        f"<office:document-content {ns}><office:body><office:text><text:h text:outline-level='1'>Skills</text:h>"
        "<text:list><text:list-item><text:p>Bread<text:tab/>rolls</text:p></text:list-item></text:list></office:text></office:body>"
        "</office:document-content>"
    )
    document = read(make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": body.encode()}))
    assert [(line.text, line.level, line.bullet) for line in document.lines] == [
        ("Skills", 1, False),
        ("Bread\trolls", 0, True),
    ]


def test_the_content_decides_not_the_name(make_pdf):
    assert read(make_pdf([(50, 50, "Ada Example")]), "cv.docx").format == "pdf"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"x" * 2_000_001, "limit"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 50, "old Office"),
        (bytes(range(256)) * 20, "not known"),
        (b"%PDF-1.7\nnothing more", "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (b"<html><body><p></p></body></html>", "no text"),
        (b"{\\rtf1 }", "no text"),
    ],
)
def test_what_cannot_be_read_says_why(content, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        read(content)


def test_an_encrypted_pdf_is_named_so(make_pdf):
    with pytest.raises(UnreadableDocument, match="encrypted"):
        read(make_pdf([(50, 50, "Ada")], password="secret"))


def test_a_pdf_that_shows_nothing_says_so(make_pdf):
    with pytest.raises(UnreadableDocument, match="no text"):
        read(make_pdf([]))


def test_a_pdf_of_far_too_many_pages_is_refused(make_pdf):
    with pytest.raises(UnreadableDocument, match="pages"):
        read(make_pdf(*[[(50, 50, "x")]] * 61))


def test_a_truncated_docx_is_damaged(make_docx):
    with pytest.raises(UnreadableDocument, match="damaged"):
        read(make_docx(["Ada Example"])[:-200])


def test_a_zip_bomb_is_stopped_at_the_cap(make_zip):
    with pytest.raises(UnreadableDocument, match="unpacks"):
        read(make_zip({"word/document.xml": b"<a>" + b" " * 70_000_000 + b"</a>"}))


@pytest.mark.parametrize("entity", ['<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">'])
def test_entities_in_office_files_are_refused(make_zip, entity):
    xml = f"<?xml version='1.0'?><!DOCTYPE d [{entity}]><d>&a;</d>"
    with pytest.raises(UnreadableDocument, match="entities"):
        read(make_zip({"word/document.xml": xml.encode()}))


def read_or_refuse(content: bytes) -> None:
    with contextlib.suppress(UnreadableDocument):
        assert_lines_are_in_the_text(read(content))


HEADS = [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1 ", b"<html><p>", b"# "]


@settings(max_examples=150, deadline=None)
@given(head=st.sampled_from(HEADS), content=st.binary(max_size=400))
def test_random_bytes_never_crash(head, content):
    read_or_refuse(head + content)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_files_never_crash(data, make_pdf, make_docx, make_zip):
    originals = [
        make_pdf([(50, 50, "Ada Example"), (50, 80, "Baker 2019 - 2021")]),
        make_docx(["Ada Example", "Baker"]),
    ]
    content = bytearray(data.draw(st.sampled_from(originals)))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))]))
