"""Turns rows of text into a Document, so that every reader keeps the same invariants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.hidden import Hidden, with_hidden
from ingestion.extract.smuggled import smuggled
from ingestion.values import Document, Line, Link

# A book, not a CV; PostgreSQL's text search would refuse it a little later.
MAX_TEXT_CHARS = 200_000
_MAX_LINE_CHARS = 50_000
_MAX_ROWS = 100_000
BULLETS = "•●○◦▪▫■□◆◇►▶▸▹▷‣⁃∙·➔➜➤➢➣→⇒✓✔❖★☆*–—-⦁⚫◘¶"
SYMBOL_FONT = range(0xF020, 0xF100)  # where Word and LibreOffice put the marks of symbol fonts, nearly always bullets
STYLE_BREAK = "\x1e"  # readers put it where a new font or weight begins; it never reaches the document
_SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_DOUBLE_BREAK = re.compile(f"{STYLE_BREAK}(?: ?{STYLE_BREAK})+")
_INVISIBLE = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u00ad\x00-\x08\x0b-\x1d\x1f\x7f-\x9f\U000e0000-\U000e01ef]"
)
_LIGATURES = {ord(c): unicodedata.normalize("NFKC", c) for c in "ﬀﬁﬂﬃﬄﬅﬆ"}
_USUAL_SIZE = 11.0  # points, where a file does not say
_COLUMN_NAME = re.compile(
    r"(?:job |work )?(?:period|dates?|years?|from|to|when|duration|title|position|role|employer|company|organi[sz]ation"
    r"|institution|school|university|degree|stud(?:y|ies|ytype)|qualification|subject|field|area|skills?|technolog(?:y|ies)"
    r"|tools?|level|proficiency|fluency|languages?|location|place|name|category|description|details|certificates?|issuer)"
)
_LETTER_SPACED = re.compile(r"(?:\w[ ]){3,}\w")


@dataclass(slots=True)
class Row:
    """A line before it has a place in the text; links are (first, last character, target) within the row."""

    text: str
    page: int = 1
    x0: float = 0
    y0: float = 0
    x1: float = 0
    y1: float = 0
    size: float = 0
    bold: bool = False
    level: int = 0
    bullet: bool = False
    block: int = 0
    certainty: float = 1
    links: list[str] = field(default_factory=list)


def clean(text: str) -> str:
    """Ligatures as letters, one kind of space, no invisible marks, icons of private fonts as cell borders."""
    text = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    text = "".join(_replace_private(c) if _is_private(c) else c for c in text)
    text = _INVISIBLE.sub("", text.replace("\r", "\n"))
    text = _SPACES.sub(" ", text)
    text = _DOUBLE_BREAK.sub(lambda breaks: (" " if " " in breaks[0] else "") + STYLE_BREAK, text)
    text = _SPACES.sub(" ", text.replace(f" {STYLE_BREAK} ", f" {STYLE_BREAK}"))
    text = re.sub(r"\s+([,;)])", r"\1", text) if STYLE_BREAK in text else text
    text = re.sub(r" *\t[\t ]*", "\t", text).strip()
    return _join_spaced_letters(text)


def _is_private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" or char == "\ufffd"


def _replace_private(char: str) -> str:
    return "• " if ord(char) in SYMBOL_FONT else "\t"


def _join_spaced_letters(text: str) -> str:
    """``E X P E R I E N C E`` as one word, where the whole cell is written like that."""
    cells = text.split("\t")
    return "\t".join(c.replace(" ", "") if _LETTER_SPACED.fullmatch(c) else c for c in cells)


def check_length(characters: int, *, limit: int = _MAX_LINE_CHARS) -> None:
    """Raises UnreadableDocument where a line is longer than a whole CV; readers ask while they put one together."""
    if characters > limit:
        raise UnreadableDocument("The file holds far more text than a CV. Please shorten it.")


def by_size_of_type(cells: Sequence[list[Row]]) -> list[list[Row]]:
    """Columns set as cells of a table, the one with the title of the page first: large type is read before small."""
    sizes = [max((row.size or _USUAL_SIZE for row in cell), default=0.0) for cell in cells]
    title = max(range(len(cells)), key=sizes.__getitem__, default=0)
    if not cells or any(1.3 * size > sizes[title] for i, size in enumerate(sizes) if i != title):
        return list(cells)
    return [cells[title], *cells[:title], *cells[title + 1 :]]


def is_column_names(cells: Iterable[str]) -> bool:
    """Whether these cells only name what the columns of a table hold, as its first row does."""
    texts = [cell.strip(" *_:").casefold() for cell in cells]
    return any(texts) and all(_COLUMN_NAME.fullmatch(text) for text in texts if text)


def split_bullet(text: str) -> tuple[bool, str]:
    """Whether the text starts with a list mark, and the text after it."""
    rest = text.lstrip(BULLETS + " \t" + STYLE_BREAK)
    mark = text[: len(text) - len(rest)]
    mark = mark.rstrip(STYLE_BREAK)
    glued = mark and not mark[-1].isspace() and mark[-1] in "-–—*·"
    return (False, text) if not mark.strip() or not rest or glued else (True, rest)


def _take_breaks(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without style marks, and the offsets at which they stood; marks inside a word are dropped."""
    parts = text.split(STYLE_BREAK)
    plain, breaks = parts[0], []
    for part in parts[1:]:
        at_border = not plain[-1:].isalnum() or not part[:1].isalnum()
        if plain.endswith((" ", "\t")):
            part = part.lstrip(" \t")
        if plain and part and at_border:
            breaks.append(len(plain))
        plain += part
    stripped = plain.strip()
    return stripped, tuple(dict.fromkeys(b for b in breaks if b < len(stripped)))


def build_document(rows: Iterable[Row], *, format: str, page_count: int = 1) -> Document:
    """Rows in reading order; empty ones are left out. Raises UnreadableDocument for what is far too long to be a CV."""
    lines: list[Line] = []
    links: list[Link] = []
    parts: list[str] = []
    hidden: list[Hidden] = []
    offset = linked = 0
    for number, row in enumerate(rows):
        check_length(number, limit=_MAX_ROWS)
        check_length(len(row.text))
        if said := smuggled(row.text):
            hidden.append(Hidden("in characters without shape", said, parts[-1] if parts else "", row.page))
        marked, text = split_bullet(clean(row.text))
        text, breaks = _take_breaks(text)
        if not any(c.isalnum() for c in text):
            text = ""
        if text:
            line = Line(
                text, offset, row.page, row.x0, row.y0, row.x1, row.y1, row.size, row.bold, row.level,
                marked or row.bullet, row.block, row.certainty, breaks,
            )  # fmt: skip
            lines.append(line)
            parts.append(text)
            offset += len(text) + 1
        linked += sum(map(len, row.links))
        check_length(offset + linked, limit=MAX_TEXT_CHARS)
        anchor = lines[-1] if lines else None
        links.extend(Link(url, anchor.start, anchor.end) if anchor else Link(url, 0, 0) for url in row.links)
    return with_hidden(Document("\n".join(parts), tuple(lines), format, page_count, tuple(links)), hidden)
