"""One font family in the styles that the layouts use: the first installed one that has all letters of a CV."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

_BUNDLED = Path(reportlab.__file__).parent / "fonts"
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
_FAMILIES = (  # regular, bold, italic; the first family that has all letters of a sheet sets it
    ("Vera.ttf", "VeraBd.ttf", "VeraIt.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", "LiberationSans-Italic.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"),
)


class NoFont(Exception):
    """No installed font has all letters of this CV."""


class Ink:
    """The three weights of one font family, in the styles that the layouts use."""

    def __init__(self, letters: set[str]) -> None:
        self.regular, self.bold, self.italic = _family(letters)

    def style(self, size: float = 9, font: str = "", **more: Any) -> ParagraphStyle:
        name = f"{font or self.regular}{size}{sorted(more)}{sorted(map(str, more.values()))}"
        return ParagraphStyle(name, fontName=font or self.regular, fontSize=size, leading=size * 1.35, **more)

    def text(self, text: str, size: float = 9, font: str = "", **more: Any) -> Paragraph:
        return Paragraph(escape(text), self.style(size, font, **more))

    def named(self, name: str, text: str, **more: Any) -> Paragraph:
        """ "Name: text" with the name in bold, or only the text."""
        lead = f'<font name="{self.bold}">{escape(name)}:</font> ' if name else ""
        return Paragraph(lead + escape(text), self.style(**more))

    def bullets(self, items: Iterable[str], mark: str = "•") -> list[Paragraph]:
        style = self.style(leftIndent=10, bulletIndent=1, spaceAfter=1)
        return [Paragraph(escape(item), style, bulletText=mark) for item in items]


def _family(letters: set[str]) -> tuple[str, str, str]:
    for files in _FAMILIES:
        fonts = _fonts(files)
        if fonts and all(ord(letter) in fonts[0].face.charToGlyph for letter in letters):
            for font in fonts:
                pdfmetrics.registerFont(font)
            return fonts[0].fontName, fonts[1].fontName, fonts[2].fontName
    raise NoFont("".join(sorted(letter for letter in letters if ord(letter) > 255)))


@cache
def _fonts(files: tuple[str, ...]) -> tuple[TTFont, ...]:
    """The fonts of these files; none unless all are installed."""
    paths = [next((path for path in _places(file) if path.is_file()), None) for file in files]
    return tuple(TTFont(path.stem, str(path)) for path in paths if path) if all(paths) else ()


def _places(file: str) -> Iterable[Path]:
    yield _BUNDLED / file
    for folder in _SYSTEM:
        yield from sorted(folder.rglob(file)) if folder.is_dir() else ()
