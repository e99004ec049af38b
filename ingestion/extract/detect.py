"""Says what kind of file the bytes are, by their content."""

from __future__ import annotations

import io
import re
import zipfile

from cvmatch.core.errors import UnreadableDocument

_KNOWN_OTHERS = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"II*\x00": "a picture (TIFF)",
    b"MM\x00*": "a picture (TIFF)",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READABLE = "PDF, DOCX, ODT, RTF, HTML and plain text can be read"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|section|div|table|h1|p)\b", re.IGNORECASE)


def detect_format(content: bytes, *, filename: str = "") -> str:
    """A key of the table of readers. Raises UnreadableDocument for everything else."""
    head = content[:1024].lstrip(b"\x00 \t\r\n\xef\xbb\xbf")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office_format(content)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if content.startswith(_OLE):
        raise UnreadableDocument(f"The file is an old or encrypted Office document; {_READABLE}.")
    for magic, what in _KNOWN_OTHERS.items():
        if content.startswith(magic):
            raise UnreadableDocument(f"The file is {what}; {_READABLE}.")
    if _is_binary(content):
        raise UnreadableDocument(f"The type of the file is not known; {_READABLE}.")
    return "html" if _HTML.search(content[:4096]) else "txt"


def _office_format(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "content.xml" in names and b"text" in archive.open("mimetype").read(100):
                return "odt"
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnreadableDocument("The file is damaged or incomplete.") from error
    raise UnreadableDocument(f"The file is an archive without a text document; {_READABLE}.")


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = content[:8192]
    control = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    return control > len(sample) / 200
