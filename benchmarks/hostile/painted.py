"""Paints CVs as PDF, with tricks and with what only looks like one."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

Rows = list[tuple[str, str]]


def paint_pdf(rows: Rows, trick: str, words: str, rng: random.Random) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    dark = trick in ("side bar", "same colour as bar")
    bar = (0.1 + rng.random() * 0.15, 0.2 + rng.random() * 0.15, 0.3 + rng.random() * 0.2)
    if dark:
        canvas.setFillColorRGB(*bar)
        canvas.rect(0, 0, 180, 842, fill=1, stroke=0)
    if trick == "picture page":
        canvas.linearGradient(0, 0, 595, 842, ((0.9, 0.95, 1), (1, 1, 1)))
    if trick == "under box":
        _plain(canvas, words, 60, 300, 9)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(50, 200, 500, 120, fill=1, stroke=0)
    if trick == "under picture":
        _plain(canvas, words, 60, 300, 9)
        canvas.drawImage(_picture((200, 210, 220)), 50, 200, 500, 120)
    _page(canvas, rows, 200 if dark else 60, 370 if dark else 480)
    if trick == "side bar":
        canvas.setFillColorRGB(1, 1, 1)
        _wrapped(canvas, "Languages: English, German. Interests: choir, hiking and old clocks.", 20, 700, 140, 9)
    _TRICKS.get(trick, lambda *_: None)(canvas, words, rng, bar)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _page(canvas: Canvas, rows: Rows, left: float, width: float) -> None:
    y = 800.0
    for kind, text in rows:
        size = {"name": 20, "title": 13, "heading": 13, "entry": 10.5}.get(kind, 9.5)
        canvas.setFont("Helvetica-Bold" if kind in ("name", "heading", "entry") else "Helvetica", size)
        canvas.setFillColorRGB(0.1, 0.1, 0.1)
        y -= size * 0.6 if kind == "heading" else 0
        for line in simpleSplit(("• " if kind == "bullet" else "") + text, "Helvetica", size, width):
            canvas.drawString(left, y, line)
            y -= size * 1.3


def _wrapped(canvas: Canvas, text: str, x: float, y: float, width: float, size: float) -> None:
    canvas.setFont("Helvetica", size)
    for line in simpleSplit(text, "Helvetica", size, width):
        canvas.drawString(x, y, line)
        y -= size * 1.2


def _plain(canvas: Canvas, words: str, x: float, y: float, size: float) -> None:
    canvas.setFillColorRGB(0, 0, 0)
    _wrapped(canvas, words, x, y, 470, size)


def _picture(colour: tuple[int, int, int]) -> Any:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    return ImageReader(Image.new("RGB", (60, 20), colour))


def _white(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    shade = 1 - rng.choice([0, 0, 0.01, 0.02])
    canvas.setFillColorRGB(shade, shade, shade)
    _wrapped(canvas, words, 60, rng.randint(40, 160), 470, rng.choice([6, 8, 10]))


def _tiny(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    _plain(canvas, words, 60, rng.randint(40, 160), rng.choice([0.5, 1, 1.5, 2]))


def _off_page(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    _plain(canvas, words, *rng.choice([(60, -200), (700, 400), (60, 1000), (-900, 300)]), 9)


def _outside_crop(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.setCropBox((0, 120, 595, 842))
    _plain(canvas, words, 60, 90, 8)


def _clipped(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(10, 10, 1 + rng.random(), 1)
    canvas.clipPath(path, stroke=0)
    _plain(canvas, words, 60, 150, 9)
    canvas.restoreState()


def _without_ink(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    text = canvas.beginText(60, 150)
    text.setFont("Helvetica", 9)
    text.setTextRenderMode(3)
    for line in simpleSplit(words, "Helvetica", 9, 470):
        text.textLine(line)
    canvas.drawText(text)


def _clear(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.setFillAlpha(rng.choice([0, 0.01, 0.03]))
    _plain(canvas, words, 60, 150, 9)


def _in_bar(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.setFillColorRGB(*bar)
    _wrapped(canvas, words, 15, 300, 150, 8)


def _said_otherwise(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    spoken = words.encode("utf-16-be").hex()
    canvas._code.append(f"/Span <</ActualText <FEFF{spoken}>>> BDC")
    _plain(canvas, "Thank you for reading.", 60, 100, 9)
    canvas._code.append("EMC")


def _shadow(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.setFont("Helvetica-Bold", 14)
    canvas.setFillColorRGB(0.97, 0.97, 0.97)
    canvas.drawString(60.6, 99.4, "Referees on request, with pleasure")
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(60, 100, "Referees on request, with pleasure")


def _small_print(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    _plain(
        canvas,
        "I agree to the processing of my data for the purpose of this application.",
        60,
        40,
        rng.choice([4.2, 5, 6]),
    )


def _pale(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.setFillColorRGB(0.72, 0.72, 0.72)
    _wrapped(canvas, "Page 1 of 1, last changed in March by the person named above", 60, 30, 470, 7)


def _cards(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    for n, name in enumerate(("Punctual", "Friendly", "Careful")):
        canvas.setFillColorRGB(0.2, 0.35, 0.6)
        canvas.roundRect(60 + 90 * n, 95, 80, 18, 6, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(70 + 90 * n, 100, name)


def _banner(canvas: Canvas, words: str, rng: random.Random, bar: Any) -> None:
    canvas.drawImage(_picture((20, 40, 70)), 0, 60, 595, 60)
    canvas.setFillColorRGB(1, 1, 1)
    _wrapped(canvas, "Member of the regional society of careful and patient people", 60, 85, 470, 10)


def other_letters(shown: str, said: str) -> bytes:
    """A PDF whose last line shows one text and says another of the same length: its font names its letters wrongly."""
    codes = range(33, 33 + len(shown))
    names = {" ": "space", ".": "period", ",": "comma"}
    glyphs = " ".join("/" + names.get(c, c) for c in shown)
    widths = " ".join(str(round(stringWidth(c, "Helvetica", 1000))) for c in shown)
    table = "\n".join(f"<{code:02x}> <{ord(c):04x}>" for code, c in zip(codes, said, strict=True))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <00> <ff> "
        f"endcodespacerange {len(said)} beginbfchar\n{table}\nendbfchar endcmap end end"
    )
    line = "".join(f"{code:02x}" for code in codes)
    page = "BT /F1 11 Tf 60 700 Td (Mara Roth) Tj 0 -20 Td (Accountant with ten years of practice) Tj "
    page += f"/F2 11 Tf 0 -80 Td <{line}> Tj ET"
    plain = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    lying = (
        f"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 33/LastChar {codes[-1]}/Widths[{widths}]"
        f"/Encoding<</Type/Encoding/Differences[33 {glyphs}]>>/ToUnicode 7 0 R>>"
    )
    resources = "<</Font<</F1 5 0 R/F2 6 0 R>>>>"
    return _file(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources{resources}>>",
        f"<</Length {len(page)}>>stream\n{page}\nendstream",
        plain,
        lying,
        f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream",
    )


def _file(*objects: str) -> bytes:
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    )
    return (body + end).encode("latin-1")


_TRICKS: dict[str, Callable[..., None]] = {
    "white": _white, "tiny": _tiny, "off page": _off_page, "outside crop": _outside_crop, "clipped": _clipped,
    "without ink": _without_ink, "transparent": _clear, "same colour as bar": _in_bar, "said otherwise": _said_otherwise,
    "shadow": _shadow, "small print": _small_print, "pale": _pale, "cards": _cards, "banner": _banner,
}  # fmt: skip
PDF_TRICKS = (
    "white", "tiny", "off page", "outside crop", "clipped", "without ink", "transparent", "same colour as bar", "said otherwise",
    "under box", "under picture",
)  # fmt: skip
PDF_HONEST = ("plain", "side bar", "picture page", "shadow", "small print", "pale", "cards", "banner")
