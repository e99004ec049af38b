"""Reads plain text and Markdown in any usual encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.assemble import Row, build_document
from ingestion.values import Document

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"\s*[=\-_~*─━═]{4,}\s*")
_RULES = re.compile(r"[─━═]{3,}|[=\-_~*]{5,}")
_WIDE = re.compile(r"(?<=\S) {3,}(?=\S)")
_EMPHASIS = re.compile(r"(?<!\w)(\*\*\*|\*\*|\*|___|__|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|mailto:[^)\s]+)\)")


def read_text(content: bytes) -> Document:
    text = decode(content)
    marked = bool(re.search(r"(?m)^#{1,6} \S", text)) or bool(re.search(r"\*\*\S[^*\n]*\*\*", text))
    document = build_document(_rows(text, marked), format="md" if marked else "txt")
    if not document.text:
        raise UnreadableDocument("The file has no text.")
    return document


def decode(content: bytes) -> str:
    """UTF-8 or UTF-16 where the bytes say so, else the western code page."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str, marked: bool) -> Iterator[Row]:
    lines = text.expandtabs(4).splitlines()
    block = 0
    for number, raw in enumerate(lines):
        if not raw.strip():
            block += 1
            continue
        yield _row(raw, lines[number + 1] if number + 1 < len(lines) else "", marked, block)


def _row(raw: str, following: str, marked: bool, block: int) -> Row:
    row = Row(raw, x0=len(raw) - len(raw.lstrip()), block=block)
    heading = _HEADING.match(raw.strip()) if marked else None
    if heading:
        row.level, row.text = len(heading[1]), heading[2]
    elif _RULES.search(raw) and _RULES.sub("", raw).strip():
        row.level, row.text = 2, _RULES.sub("", raw).strip()
    elif _UNDERLINE.fullmatch(following) and len(raw) < 60:
        row.level = 2 if "-" in following else 1
    if marked:
        row.text = _unmarked(row)
    row.text = _WIDE.sub("\t", row.text.strip() if row.level else row.text.rstrip())
    return row


def _unmarked(row: Row) -> str:
    """The text without emphasis marks; links keep their words, and their target beside them."""
    row.links = [target for _, target in _LINK.findall(row.text)]
    text = _LINK.sub(r"\1", row.text)
    bold = re.match(r"\s*(?:[-*+]\s+)?(\*\*|__)", text)
    row.bold = bool(bold)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return text
