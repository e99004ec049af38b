"""Says what kind of file the bytes are, by their content."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from cvmatch.core.errors import UnreadableDocument

PICTURES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"RIFF": "webp",
}
_KNOWN_OTHERS = {
    b"GIF8": "a picture (GIF)",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READABLE = "PDF, DOCX, ODT, RTF, HTML, plain text and pictures (PNG, JPEG, TIFF, WebP) can be read"
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
        raise UnreadableDocument(_about_ole(content))
    for magic, picture in PICTURES.items():
        if content.startswith(magic) and (picture != "webp" or content[8:12] == b"WEBP"):
            return picture
    for magic, what in _KNOWN_OTHERS.items():
        if content.startswith(magic):
            raise UnreadableDocument(f"The file is {what}; {_READABLE}.")
    if _is_binary(content):
        raise UnreadableDocument(f"The type of the file is not known; {_READABLE}.")
    return "html" if _HTML.search(content[:4096]) else "txt"


def _about_ole(content: bytes) -> str:
    """What to do about the container that old Office files and new ones with a password share, by the names in it."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "The file is encrypted. Please save it without a password and upload that."
    old = "an old Word document (.doc)" if "WordDocument".encode("utf-16-le") in content else "an old Office document"
    return f"The file is {old}. Please save it as DOCX or PDF and upload that."


def _office_format(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "content.xml" in names and b"text" in archive.open("mimetype").read(100):
                return "odt"
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, RuntimeError, EOFError) as error:
        raise UnreadableDocument("The file is damaged or incomplete. Please save it anew and upload that.") from error
    raise UnreadableDocument(f"The file is an archive without a text document; {_READABLE}.")


def _is_binary(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = content[:8192]
    control = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    return control > len(sample) / 200
