"""Reads RTF files: a small reader of the control words that carry text, weight, size and structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.assemble import STYLE_BREAK, Row, build_document, check_length
from ingestion.extract.hidden import with_hidden
from ingestion.extract.rtf_visibility import Ink, InkSight
from ingestion.values import Document

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_DESTINATIONS = {
    b"fonttbl", b"colortbl", b"stylesheet", b"listtable", b"listoverridetable", b"info", b"pict", b"object", b"themedata",
    b"datastore", b"generator", b"xmlnstbl", b"rsidtbl", b"revtbl", b"latentstyles", b"footnote", b"annotation",
    b"fldinst", b"listtext", b"pntext", b"bkmkstart", b"bkmkend", b"shppict", b"nonshppict", b"filetbl", b"userprops",
    b"pgdsctbl", b"ftnsep", b"aftnsep", b"shpinst", b"sn", b"sv",
}  # fmt: skip
_CHARACTERS = {
    b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_MAX_DEPTH = 500


@dataclass(slots=True)
class _State:
    skip: bool = False
    bold: bool = False
    size: float = 12
    unicode_skip: int = 1
    ink: Ink = field(default_factory=Ink)


def read_rtf(content: bytes) -> Document:
    reader = _Reader(content)
    document = build_document(reader.rows(), format="rtf")
    if not document.text:
        raise UnreadableDocument("The RTF has no text or is damaged.")
    return with_hidden(document, reader.ink_sight.found())


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        page = re.search(rb"\\ansicpg(\d{3,5})", content[:2000])
        self.encoding = f"cp{page[1].decode()}" if page and page[1] != b"0" else "cp1252"
        self.state = _State()
        self.stack: list[_State] = []
        self.row = Row("")
        self.look: tuple[bool, float] | None = None
        self.to_skip = 0
        self.ink_sight = InkSight(content)

    def rows(self) -> Iterator[Row]:
        starred = False
        for token in _TOKEN.finditer(self.content):
            word, number, code, symbol, brace, text = token.groups()
            if brace:
                self._brace(brace)
            elif word:
                if starred or word in _DESTINATIONS:
                    self.state.skip = self.state.skip or word != b"shptxt"
                    self._field(word, token.end())
                elif not self.state.skip:
                    yield from self._word(word, int(number) if number else None)
            elif code:
                self._add(self._decode(bytes.fromhex(code.decode())))
            elif symbol:
                self._add({b"~": " ", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}.get(symbol, ""))
            elif text:
                self._add(self._decode(text))
            starred = symbol == b"*"
        yield self._close()

    def _brace(self, brace: bytes) -> None:
        if brace == b"{" and len(self.stack) < _MAX_DEPTH:
            self.stack.append(replace(self.state))
        elif brace == b"}" and self.stack:
            self.state = self.stack.pop()

    def _field(self, word: bytes, end: int) -> None:
        link = (
            re.match(rb"\s*HYPERLINK\s+\"([^\"]{4,500})\"", self.content[end : end + 600])
            if word == b"fldinst"
            else None
        )
        if link:
            self.row.links.append(link[1].decode("latin-1"))

    def _word(self, word: bytes, number: int | None) -> Iterator[Row]:
        state = self.state
        if word in (b"par", b"line", b"page", b"sect", b"row", b"column"):
            yield self._close()
        elif word == b"pard":
            self.row.bullet, self.row.level, self.row.x0 = False, 0, 0
        elif word == b"plain":
            state.bold, state.size, state.ink = False, 12, Ink()
        elif word == b"cell":
            self._add("\t")
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        elif word == b"u" and number is not None:
            self._add(chr(number % 65536))
            self.to_skip = state.unicode_skip
        elif number is not None:
            self._property(word, number)
        elif word == b"b":
            state.bold = True
        else:
            state.ink = state.ink.after(word, 1)

    def _property(self, word: bytes, number: int) -> None:
        if word == b"b":
            self.state.bold = number != 0
        elif word == b"fs":
            self.state.size = number / 2
        elif word == b"uc":
            self.state.unicode_skip = min(max(number, 0), 8)
        elif word == b"ls":
            self.row.bullet = number > 0 and not self.row.level
        elif word == b"outlinelevel" and 0 <= number < 6:
            self.row.level, self.row.bullet = number + 1, False
        elif word == b"li":
            self.row.x0 = number / 20
        else:
            self.state.ink = self.state.ink.after(word, number)

    def _decode(self, data: bytes) -> str:
        try:
            return data.decode(self.encoding, "replace")
        except LookupError:
            return data.decode("cp1252", "replace")

    def _add(self, text: str) -> None:
        if self.state.skip:
            return
        if self.to_skip and text:
            skipped = min(self.to_skip, len(text))
            self.to_skip -= skipped
            text = text[skipped:]
        if not text:
            return
        if self.ink_sight.hides(self.state.ink, self.state.size, text, self.row.text):
            return
        look = (self.state.bold, self.state.size)
        if not self.row.text.strip():
            self.row.bold, self.row.size = look
        elif look != self.look and text.strip():
            self.row.text += STYLE_BREAK
        self.look = look
        check_length(len(self.row.text))
        self.row.text += text

    def _close(self) -> Row:
        row = self.row
        self.row = Row("", bullet=row.bullet, level=row.level, x0=row.x0)
        row.text = row.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs come as two \u words
        return row
