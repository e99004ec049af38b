"""Bytes of a file in, a Document out: the format is found from the content, never from the name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract.detect import PICTURES, detect_format
from ingestion.integrity import with_concerns
from ingestion.values import Document

# format → module and function, loaded on first use so that a short-lived process stays quick to start
READERS = {
    "pdf": ("pdf", "read_pdf"),
    "docx": ("docx", "read_docx"),
    "odt": ("odt", "read_odt"),
    "rtf": ("rtf", "read_rtf"),
    "html": ("html", "read_html"),
    "txt": ("txt", "read_text"),
    **dict.fromkeys(PICTURES.values(), ("picture", "read_picture")),
}
_WITH_PICTURES = {"pdf", *PICTURES.values()}


def check_size(size: int, *, max_bytes: int) -> None:
    """Raises UnreadableDocument for an empty file or one over the limit, before its bytes are touched."""
    if size == 0:
        raise UnreadableDocument("The file is empty.")
    if size > max_bytes:
        raise UnreadableDocument(
            f"The file has {size / 1e6:.1f} MB; the limit is {max_bytes / 1e6:.1f} MB.",
            details={"bytes": size, "max_bytes": max_bytes},
        )


def check_content(content: bytes, *, filename: str, max_bytes: int) -> str:
    """The format of a file that is worth reading: not empty, not too large, of a known type.

    Quick enough for the moment of upload. Raises UnreadableDocument with a sentence for the person.
    """
    check_size(len(content) if content.strip(b"\x00 \t\r\n") else 0, max_bytes=max_bytes)
    return detect_format(content, filename=filename)


def read_document(content: bytes, *, filename: str, max_bytes: int, recognise: bool = True) -> Document:
    """The text of a CV file with positions. Raises UnreadableDocument with a sentence for the person.

    Without ``recognise`` a file that holds pictures of text is a RecognitionNeeded instead of being read.
    """
    format = check_content(content, filename=filename, max_bytes=max_bytes)
    module, name = READERS[format]
    reader = cast(Callable[..., Document], getattr(import_module(f"{__name__}.{module}"), name))
    return with_concerns(reader(content, recognise=recognise) if format in _WITH_PICTURES else reader(content))
