"""Writes CVs as DOCX, ODT, RTF, HTML and text, with tricks and with what only looks like one."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from html import escape
from typing import Any

from docx import Document as Word
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor

from benchmarks.hostile.painted import PDF_HONEST, PDF_TRICKS, Rows, other_letters, paint_pdf

__all__ = ["PDF_HONEST", "PDF_TRICKS", "Rows", "other_letters", "paint_pdf"]
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


# --- HTML, also for PDFs that a browser prints -----------------------------------------------------------------------


def write_html(rows: Rows, trick: str, words: str, rng: random.Random) -> str:
    css, extra = _HTML.get(trick, ("", ""))
    css = css.replace("NEAR", rng.choice(["#fff", "#fefefe", "white", "#fdfdfd"])).replace(
        "SIZE", rng.choice(["0", "1px", "1pt"])
    )
    css = css.replace("FAR", f"-{rng.choice([999, 5000, 9999])}px")
    body = "".join(_html_row(kind, escape(text)) for kind, text in rows)
    return (
        "<!doctype html><html><head><meta charset='utf-8'><title>CV</title><style>body{font:14px sans-serif;margin:30px}"
        f".bar{{background:#234;color:#fff;padding:12px}}{css}</style></head>"
        f"<body>{body}{extra.replace('WORDS', escape(words))}</body></html>"
    )


def _html_row(kind: str, text: str) -> str:
    tag = {"name": "h1", "heading": "h2", "entry": "h3", "bullet": "li"}.get(kind, "p")
    return f"<{tag}>{text}</{tag}>"


_BOX = "<div class='k9'>WORDS</div>"
_HTML = {
    "display none": (".k9{display:none}", _BOX),
    "invisible": (".k9{visibility:hidden}", _BOX),
    "opacity": (".k9{opacity:0}", _BOX),
    "font size": ("div.k9{font-size:SIZE}", _BOX),
    "white": (".k9{color:NEAR}", _BOX),
    "inline white": ("", "<p style='color:#ffffff;font-size:8px'>WORDS</p>"),
    "off screen": (".k9{position:absolute;left:FAR}", _BOX),
    "indented": ("#z1{text-indent:FAR;overflow:hidden;white-space:nowrap}", "<div id='z1'>WORDS</div>"),
    "no room": (".k9{height:0;overflow:hidden}", _BOX),
    "clip": (".k9{position:absolute;clip-path:inset(50%)}", _BOX),
    "clear colour": (".k9{color:rgba(0,0,0,0.01)}", _BOX),
    "same as bar": (".bar span{color:#234}", "<div class='bar'>Languages: English<span> WORDS</span></div>"),
    "hidden attribute": ("", "<section hidden>WORDS</section>"),
    "font tag": ("", "<font color='white' size='1'>WORDS</font>"),
    "under box": (
        ".w{position:relative;height:90px}.k9{position:absolute;top:0;left:0}"
        ".c{position:absolute;inset:0;background:#fff;height:90px}",
        "<div class='w'><div class='k9'>WORDS</div><div class='c'></div></div>",
    ),
    "bar": ("", "<div class='bar'>Languages: English, German<br>Interests: choir, chess</div>"),
    "print rules": (
        "@media print{.k8{display:none}}",
        "<p class='k8'>Available from the first of May, also in the evening</p>",
    ),
    "labels": (
        ".sr-only{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}",
        "<p><span class='sr-only'>Phone number</span>+44 20 7946 0123</p>",
    ),
    "menu": (".menu{display:none}", "<div class='menu'>Profile</div><div class='menu'>Experience</div>"),
    "small": (
        ".k8{font-size:9px;color:#999}",
        "<p class='k8'>Set in a small and pale type, as notes at the end mostly are</p>",
    ),
    "gradient": (
        ".k8{background:linear-gradient(#123,#345);color:#fff}",
        "<div class='k8'>Two evenings a week with the lifeguards</div>",
    ),
}
HTML_TRICKS = (
    "display none", "invisible", "opacity", "font size", "white", "inline white", "off screen", "indented", "no room", "clip",
    "clear colour", "same as bar", "hidden attribute", "font tag",
)  # fmt: skip
HTML_HONEST = ("plain", "bar", "print rules", "labels", "menu", "small", "gradient")
PRINTED_TRICKS = ("white", "inline white", "font size", "same as bar", "clear colour", "under box", "font tag")
PRINTED_HONEST = ("plain", "bar", "small", "gradient", "labels")


# --- office ----------------------------------------------------------------------------------------------------------


def write_docx(rows: Rows, trick: str, words: str, rng: random.Random) -> bytes:
    word = Word()
    for kind, text in rows:
        style = {"heading": "Heading 1", "bullet": "List Bullet", "name": "Title"}.get(kind)
        word.add_paragraph(text, style=style)
    _DOCX.get(trick, lambda *_: None)(word, words, rng)
    target = io.BytesIO()
    word.save(target)
    return target.getvalue()


def _run(word: Any, words: str) -> Any:
    return word.add_paragraph().add_run(words)


def _docx_vanish(word: Any, words: str, rng: random.Random) -> None:
    _run(word, words).font.hidden = True


def _docx_white(word: Any, words: str, rng: random.Random) -> None:
    shade = rng.choice([255, 255, 254, 250])
    _run(word, words).font.color.rgb = RGBColor(shade, shade, shade)


def _docx_tiny(word: Any, words: str, rng: random.Random) -> None:
    _run(word, words).font.size = Pt(rng.choice([1, 1, 2]))


def _docx_style(word: Any, words: str, rng: random.Random) -> None:
    style = word.styles.add_style("Note Q", 2)
    style.font.color.rgb = RGBColor(255, 255, 255)
    word.paragraphs[-1].add_run(" " + words, style="Note Q")


def _docx_flat(word: Any, words: str, rng: random.Random) -> None:
    spacing = word.add_paragraph(words).paragraph_format
    spacing.line_spacing = Pt(rng.choice([0.7, 1, 2]))


def _docx_cell(word: Any, words: str, rng: random.Random) -> None:
    cell = word.add_table(1, 1).cell(0, 0)
    fill = rng.choice(["1F3864", "404040"])
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {_W} w:val="clear" w:fill="{fill}"/>'))
    cell.paragraphs[0].add_run(words).font.color.rgb = RGBColor.from_string(fill)


def _docx_off(word: Any, words: str, rng: random.Random) -> None:
    word.add_paragraph(words).paragraph_format.left_indent = Pt(rng.choice([1200, 1500]))


def _docx_bar(word: Any, words: str, rng: random.Random) -> None:
    cell = word.add_table(1, 1).cell(0, 0)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {_W} w:val="clear" w:fill="1F3864"/>'))
    cell.paragraphs[0].add_run("Languages: English and German").font.color.rgb = RGBColor(255, 255, 255)


def _docx_table(word: Any, words: str, rng: random.Random) -> None:
    table = word.add_table(2, 2, style="Medium Shading 1 Accent 1")
    table.cell(0, 0).paragraphs[0].add_run("Course and year").font.color.rgb = RGBColor(255, 255, 255)
    table.cell(1, 0).paragraphs[0].add_run("Fire safety, 2019")


def _docx_small(word: Any, words: str, rng: random.Random) -> None:
    run = _run(word, "I agree to the processing of my data for this application.")
    run.font.size, run.font.color.rgb = Pt(5), RGBColor(0x99, 0x99, 0x99)


_DOCX: dict[str, Callable[..., None]] = {
    "vanish": _docx_vanish, "white": _docx_white, "tiny": _docx_tiny, "white style": _docx_style, "flat line": _docx_flat,
    "same as cell": _docx_cell, "off page": _docx_off, "white on dark cell": _docx_bar,
    "styled table": _docx_table, "small": _docx_small,
}  # fmt: skip
DOCX_TRICKS = ("vanish", "white", "tiny", "white style", "flat line", "same as cell", "off page")
DOCX_HONEST = ("plain", "white on dark cell", "styled table", "small")

_ODT_NS = " ".join(
    f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
    for p, n in (
        ("office", "office"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
    )
)
_ODT = {
    "white": 'fo:color="#ffffff"', "tiny": 'fo:font-size="1pt"', "hidden": 'text:display="none"',
    "own ground": 'fo:color="#336699" fo:background-color="#336699"',
    "white on dark": 'fo:color="#ffffff" fo:background-color="#223344"',
    "pale": 'fo:color="#999999" fo:font-size="6pt"',
}  # fmt: skip
ODT_TRICKS = ("white", "tiny", "hidden", "own ground", "flat frame")
ODT_HONEST = ("plain", "white on dark", "pale")


def _odt_row(kind: str, text: str) -> str:
    if kind == "heading":
        return f'<text:h text:outline-level="1">{text}</text:h>'
    return f"<text:p>{text}</text:p>"


def write_odt(rows: Rows, trick: str, words: str, rng: random.Random) -> bytes:
    body = "".join(_odt_row(kind, escape(text)) for kind, text in rows)
    if trick in ODT_HONEST:
        words = "Glad to start at any time" if trick != "plain" else ""
    if trick == "flat frame":
        body += (
            '<text:p>Yours<draw:frame svg:width="0.01cm" svg:height="0.01cm" svg:x="1cm" svg:y="1cm"><draw:text-box>'
            f"<text:p>{escape(words)}</text:p></draw:text-box></draw:frame></text:p>"
        )
    else:
        body += f'<text:p>Yours <text:span text:style-name="Q">{escape(words)}</text:span></text:p>'
    style = (
        f'<style:style style:name="Q" style:family="text"><style:text-properties {_ODT.get(trick, "")}/></style:style>'
    )
    content = (
        f'<office:document-content {_ODT_NS} office:version="1.3"><office:automatic-styles>{style}</office:automatic-styles>'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return target.getvalue()


RTF_TRICKS = ("hidden", "white", "tiny", "own ground")
RTF_HONEST = ("plain", "white on dark", "small")
_RTF = {
    "hidden": "\\v ", "white": "\\cf2 ", "tiny": "\\fs2 ", "own ground": "\\cf3\\chcbpat3 ",
    "white on dark": "\\cf2\\chcbpat3 ", "small": "\\fs10 ",
}  # fmt: skip


def write_rtf(rows: Rows, trick: str, words: str, rng: random.Random) -> bytes:
    if trick in RTF_HONEST:
        words = "Glad to start at any time" if trick != "plain" else ""
    body = "\\par\n".join(("{\\b " + _rtf(t) + "}") if k in ("name", "heading") else _rtf(t) for k, t in rows)
    head = "{\\rtf1\\ansi\\ansicpg1252"
    head += "{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;\\red30\\green50\\blue80;}\\fs22 "
    return (head + body + "\\par\nYours {" + _RTF.get(trick, "") + _rtf(words) + "}\\par}").encode("ascii")


def _rtf(text: str) -> str:
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text)


# --- text and what stands in view ------------------------------------------------------------------------------------

TEXT_TRICKS = ("tags", "bits", "far right", "comment", "mixed letters")
_MIXED = str.maketrans({"o": "о", "a": "а", "e": "е", "p": "р", "c": "с"})


def write_text(rows: Rows, trick: str, words: str, rng: random.Random) -> str:
    marks = {"heading": "## ", "bullet": "- ", "name": "# "} if trick == "comment" else {"bullet": "- "}
    plain = [("\n" if kind == "heading" else "") + marks.get(kind, "") + text for kind, text in rows]
    if trick == "tags":
        plain[2] += "".join(chr(0xE0000 + ord(c)) for c in words if ord(c) < 127)
    elif trick == "bits":
        bits = "".join(f"{byte:08b}" for byte in words[:60].encode("ascii", "replace"))
        plain[2] += bits.replace("0", "\u200b").replace("1", "\u200c")
    elif trick == "far right":
        plain[4] += " " * rng.randint(200, 500) + words
    elif trick == "comment":
        plain.append(f"<!-- {words} -->")
    elif trick == "mixed letters":
        plain.append("Further: " + "Kubernetes, Spreadsheet, Procurement, Operations".translate(_MIXED))
    return "\n".join(plain) + "\n"
