"""Reads plain text and Markdown in any usual encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.assemble import BULLETS, MAX_TEXT_CHARS, Row, build_document, check_length, is_column_names
from ingestion.extract.hidden import with_hidden
from ingestion.extract.txt_columns import one_column
from ingestion.extract.txt_visibility import take_out_hidden
from ingestion.values import Document

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"\s*[=\-_~*─━═]{4,}\s*")
_RULES = re.compile(r"[─━═]{3,}|[=\-_~*]{5,}")
_WIDE = re.compile(r"(?<=\S) {3,}(?=\S)")
_GAP = re.compile(rf"(?<=\S)(?<![{re.escape(BULLETS)}\ue000-\uf8ff]) {{2,}}(?=\S)")
_ENDLESS = 400  # characters; nobody writes a line of a CV that long with gaps in it
_EMPHASIS = re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_|`)(?=\S)(.{1,500}?)(?<=\S)\1(?!\w)")
_LINK = re.compile(r"\[([^\]]{1,500})\]\((https?://[^)\s]{1,2000}|mailto:[^)\s]{1,500})\)")

_BARE_LINK = re.compile(r"<((?:https?://|mailto:)?[^\s<>]{1,500}[./@][^\s<>]{1,500})>")
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")  # what a terminal is told, kept with its output
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:[|+]\s*:?-{2,}:?\s*)*\|?\s*|\s*\+(?:[-=]{2,}\+)+\s*")


def read_text(content: bytes) -> Document:
    text = _COLOURS.sub("", decode(content))
    check_length(len(text), limit=10 * MAX_TEXT_CHARS)  # empty lines and spaces may be many, but not endless
    marked = bool(re.search(r"(?m)^#{1,6} \S", text)) or bool(re.search(r"\*\*\S[^*\n]*\*\*", text))
    text, hidden = take_out_hidden(text, marked=marked)
    document = build_document(_rows(text, marked), format="md" if marked else "txt")
    if not document.text:
        raise UnreadableDocument("The file has no text.")
    return with_hidden(document, hidden)


def decode(content: bytes) -> str:
    """UTF-8 or UTF-16 where the bytes say so, else the western code page."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str, marked: bool) -> Iterator[Row]:
    lines = one_column([part for line in text.expandtabs(4).splitlines() for part in _relined(line)])
    block = 0
    for number, raw in enumerate(lines):
        if not raw.strip():
            block += 1
            continue
        if _TABLE_RULE.fullmatch(raw) or (
            _TABLE_RULE.fullmatch("".join(lines[number + 1 : number + 2])) and _names(raw)
        ):
            continue
        yield _row(raw, lines[number + 1] if number + 1 < len(lines) else "", marked, block)


def _relined(line: str) -> list[str]:
    """A text whose line ends became two spaces each, and its empty lines four, has its lines again."""
    gaps = len(_GAP.findall(line))
    if len(line) < _ENDLESS or gaps * _ENDLESS < len(line):
        return [line]
    return _GAP.sub(lambda gap: "\n\n" if len(gap[0]) > 3 else "\n", line).split("\n")


def _row(raw: str, following: str, marked: bool, block: int) -> Row:
    row = Row(raw, x0=len(raw) - len(raw.lstrip()), block=block)
    heading = _HEADING.match(raw.strip()) if marked else None
    if heading:
        row.level, row.text = len(heading[1]), heading[2]
    elif _RULES.search(raw) and _RULES.sub("", raw).strip():
        row.level, row.text = 2, _RULES.sub("", raw).strip()
    elif _UNDERLINE.fullmatch(following) and len(raw) < 60:
        row.level = 2 if "-" in following else 1
    if _TABLE_ROW.fullmatch(raw):
        row.text = "\t".join(_cells(raw))
    if marked:
        row.text = _unmarked(row)
    row.text = _WIDE.sub("\t", row.text.strip() if row.level else row.text.rstrip())
    return row


def _cells(raw: str) -> list[str]:
    return [cell.strip() for cell in raw.strip().strip("|").split("|")]


def _names(raw: str) -> bool:
    """The first row of a table, where it says only what its columns hold."""
    return bool(_TABLE_ROW.fullmatch(raw)) and is_column_names(_cells(raw))


def _unmarked(row: Row) -> str:
    """The text without emphasis marks; links keep their words, and their target beside them."""
    row.links = [target for _, target in _LINK.findall(row.text)]
    text = unescape(_BARE_LINK.sub(r"\1", _LINK.sub(r"\1", row.text)))
    bold = re.match(r"\s*(?:[-*+]\s+)?(\*\*|__)", text)
    row.bold = bool(bold)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return text
