"""What readers found that a person cannot see, as concerns at the places of the document where it would stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingestion.integrity import speaks_to_a_reader
from ingestion.values import Concern, Document

EXCERPT_CHARS = 240
_LEAST_LETTERS = 8  # fewer are the label of an icon or a leftover, not a message
_LABELS_LETTERS = 40  # what a document may say to those who listen to it, piece by piece
_ANCHOR_CHARS = 40


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text out of sight: how it was hidden, what it says, the words in sight before it, and the page.

    ``label`` is text for those who cannot see the page, which may say a little that others do not read.
    """

    reason: str
    text: str
    before: str = ""
    page: int = 1
    label: bool = False
    kind: str = "hidden"


def with_hidden(document: Document, found: Sequence[Hidden]) -> Document:
    """The document with a concern for each hidden text that says more than the page does."""
    if not found:
        return document
    seen = _letters(document.text)
    concerns = [concern for hidden in _joined(found, seen) for concern in _concerns(document, hidden)]
    return replace(document, concerns=(*document.concerns, *concerns))


def _joined(found: Iterable[Hidden], seen: str) -> list[Hidden]:
    """Neighbours hidden in one way as one; what only repeats the page, or is too short to matter, is left out."""
    joined: list[Hidden] = []
    for hidden in found:
        if not _letters(hidden.text) or _letters(hidden.text) in seen:
            continue
        last = joined[-1] if joined else None
        if last and (last.reason, last.page, last.kind, last.label) == (
            hidden.reason,
            hidden.page,
            hidden.kind,
            hidden.label,
        ):
            joined[-1] = replace(last, text=f"{last.text} {hidden.text}")
        else:
            joined.append(hidden)
    said = sum(len(_letters(h.text)) for h in joined if h.label)
    return [h for h in joined if len(_letters(h.text)) >= _LEAST_LETTERS and (not h.label or said > _LABELS_LETTERS)]


def _concerns(document: Document, hidden: Hidden) -> Iterable[Concern]:
    place = _place(document, hidden)
    words = " ".join(_printable(hidden.text).split())
    excerpt = words if len(words) <= EXCERPT_CHARS else f"{words[: EXCERPT_CHARS - 1]}…"
    yield Concern(hidden.kind, hidden.reason, excerpt, hidden.page, place, place)
    if speaks_to_a_reader(words):
        yield Concern("instruction", f"instruction in text {hidden.reason}", excerpt, hidden.page, place, place)


def _place(document: Document, hidden: Hidden) -> int:
    """The end of the line that holds the words before it; the start of its page where nothing is in sight before it."""
    anchor = _letters(hidden.before)[-_ANCHOR_CHARS:]
    on_page = [line for line in document.lines if line.page == hidden.page]
    if anchor:
        ends = (
            line.end
            for line in on_page
            if (own := _letters(line.text)) and (anchor.endswith(own) or own.endswith(anchor))
        )
        return next(ends, on_page[0].start if on_page else 0)
    return on_page[0].start if on_page else 0


def _letters(text: str) -> str:
    """Letters and figures alone, in lower case: spaces differ between what is painted and what is read."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
