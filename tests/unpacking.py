"""Looks for words in bytes however they are packed: in several encodings, in archives, in streams of PDF files, as base64."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
DEEPEST = 4
_TOKEN = re.compile(rb"[\w+/-]{16,}={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def words_in(data: bytes, words: Collection[str]) -> set[str]:
    """Those of the words that stand in the data, or in anything that is packed in it; in whichever case."""
    texts = [text.casefold() for text in texts_of(data)]
    return {word for word in words if any(word.casefold() in text for text in texts)}


def texts_of(data: bytes, depth: int = DEEPEST) -> Iterator[str]:
    """The data as text in each encoding, and likewise what is packed in it."""
    yield from (data[odd:].decode(name, errors="ignore") for name in ENCODINGS for odd in (0, 1))
    if depth:
        for inner in _unpacked(data):
            yield from texts_of(inner, depth - 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    yield from _members(data)
    if data.startswith((b"\x1f\x8b", b"\x78")):
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=47).decompress(data)
    if data.startswith(b"%PDF"):
        yield from _streams(data)
    for token in _TOKEN.findall(data):
        with suppress(ValueError):
            yield bytes.fromhex(token.decode())
        with suppress(ValueError):
            plain = token.replace(b"+", b"-").replace(b"/", b"_").rstrip(b"=")
            yield base64.urlsafe_b64decode(plain + b"=" * (-len(plain) % 4))


def _members(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"PK"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _streams(data: bytes) -> Iterator[bytes]:
    """Of a PDF file: what is shown on its pages, in brackets, letter by letter as fonts of Latin letters have it."""
    for body in _STREAM.findall(data):
        for packed in (body, _from_letters(body)):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(packed)


def _from_letters(body: bytes) -> bytes:
    with suppress(ValueError):
        return base64.a85decode(body.strip().removesuffix(b"~>"))
    return b""
