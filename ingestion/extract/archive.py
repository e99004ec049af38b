"""Opens the zip files that office formats are, with a cap on what they unpack to, and their XML without entities."""

from __future__ import annotations

import io
import zipfile
import zlib
from itertools import islice
from types import TracebackType
from typing import Self

from lxml import etree

from cvmatch.core.errors import UnreadableDocument

_MAX_UNPACKED = 60_000_000  # bytes; pictures are never unpacked, and the text of a CV is far below
_MAX_MEMBERS = 5_000
_MAX_ELEMENTS = 100_000  # of one part


class Archive:
    """The members of an office file; use it in a ``with`` block."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise UnreadableDocument(
                "The file is damaged or incomplete. Please save it anew and upload that."
            ) from error
        self._left = _MAX_UNPACKED
        if len(self._zip.infolist()) > _MAX_MEMBERS:
            raise UnreadableDocument("The file has too many parts to be a CV. Please save it as a PDF.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """A member's bytes; stops at the cap, whatever size the member claims to have."""
        try:
            if self._zip.getinfo(name).flag_bits & 1:
                raise UnreadableDocument("The file is encrypted; please save it without a password.")
            with self._zip.open(name) as member:
                data = member.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            KeyError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise UnreadableDocument(
                "The file is damaged or incomplete. Please save it anew and upload that."
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableDocument("The file unpacks to far more than a CV can hold. Please save it as a PDF.")
        return data

    def xml(self, name: str) -> etree._Element:
        return parse_xml(self.read(name))


def parse_xml(data: bytes) -> etree._Element:
    """XML without a document type: office formats need none, and entities are only ever an attack."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise UnreadableDocument("The file contains XML entities, which no CV needs. Please save it as a PDF.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDocument("The file is damaged or incomplete. Please save it anew and upload that.") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise UnreadableDocument("The file contains XML entities, which no CV needs. Please save it as a PDF.")
    check_elements(root)
    return root


def check_elements(root: etree._Element) -> None:
    """Raises UnreadableDocument for markup with far more elements than the longest CV; asked before it is walked."""
    if sum(1 for _ in islice(root.iter(), _MAX_ELEMENTS + 1)) > _MAX_ELEMENTS:
        raise UnreadableDocument("The file holds far more text than a CV. Please shorten it.")
