"""Sets the demo CVs as PDF in four layouts; reportlab is needed only here, when the corpus is made anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    HRFlowable,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from cvmatch.demo.people import Person, Position, Study, period

Flow = list[Any]

_FLUSH = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
)


def write_pdf(person: Person, path: Path) -> None:
    """The same bytes for the same person: reportlab's invariant mode leaves out the time and random ids."""
    _LAYOUTS[person.layout](person, path)


def _style(font: str = "Helvetica", size: float = 9.5, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}{sorted(more.items())}", fontName=font, fontSize=size, leading=size * 1.32, **more
    )


def _p(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


def _bullets(items: list[str], style: ParagraphStyle, mark: str = "•") -> Flow:
    hung = ParagraphStyle(f"{style.name}-hung", parent=style, leftIndent=10, bulletIndent=1, spaceAfter=1.5)
    return [Paragraph(escape(item), hung, bulletText=mark) for item in items]


def _skill_lines(person: Person, bold: str, style: ParagraphStyle) -> Flow:
    return [
        Paragraph(f'<font name="{bold}">{escape(group)}:</font> {escape(", ".join(names))}', style)
        for group, names in person.skills
    ]


def _spoken(person: Person) -> str:
    return ", ".join(f"{name} ({level})" for name, level in person.languages)


# --- classic: serif, centred head, ruled headings, dates on the right ------------------------------------------------


def _classic(person: Person, path: Path) -> None:
    body = _style("Times-Roman", 11.5)
    flow: Flow = [
        _p(person.name, _style("Times-Bold", 21, alignment=TA_CENTER, spaceAfter=7)),
        _p(person.headline, _style("Times-Italic", 12, alignment=TA_CENTER, spaceAfter=3)),
        _p("  |  ".join(person.contact), _style("Times-Roman", 9.5, alignment=TA_CENTER, spaceAfter=4)),
    ]
    flow += [*_classic_head(person.label("summary")), _p(person.summary, body)]
    flow += _classic_head(person.label("work"))
    for position in person.work:
        flow.append(
            KeepTogether(
                [*_classic_entry(position, position.title, position.company), *_bullets(position.bullets, body)]
            )
        )
    flow += _classic_head(person.label("education"))
    for study in person.education:
        flow += _classic_entry(study, study.degree, study.school)
    flow += [*_classic_head(person.label("skills")), *_skill_lines(person, "Times-Bold", body)]
    flow += [*_classic_head(person.label("languages")), _p(_spoken(person), body)]
    if person.certificates:
        flow += [*_classic_head(person.label("certificates")), _p(", ".join(person.certificates), body)]
    _simple(person, path, A4, 22 * mm).build(flow)


def _classic_head(text: str) -> Flow:
    line = HRFlowable(width="100%", thickness=0.6, color=HexColor("#444444"), spaceBefore=1, spaceAfter=4)
    return [_p(text, _style("Times-Bold", 13, spaceBefore=12)), line]


def _classic_entry(entry: Position | Study, what: str, where: str) -> Flow:
    left = Paragraph(f"<b>{escape(what)}</b>, {escape(where)}, {escape(entry.place)}", _style("Times-Roman", 11.5))
    right = _p(period(entry), _style("Times-Italic", 10, alignment=TA_RIGHT))
    return [Spacer(1, 3), Table([[left, right]], colWidths=[116 * mm, 45.5 * mm], style=_FLUSH), Spacer(1, 1.5)]


# --- modern: sans serif, one accent colour, dates in a margin of their own -------------------------------------------

_ACCENT = HexColor("#0b5c6b")


def _modern(person: Person, path: Path) -> None:
    body = _style()
    flow: Flow = [
        _p(person.name, _style("Helvetica-Bold", 24, textColor=_ACCENT, spaceAfter=9)),
        _p(person.headline, _style("Helvetica", 12.5, textColor=HexColor("#444444"), spaceAfter=4)),
        _p("   ·   ".join(person.contact), _style(size=9, textColor=HexColor("#555555"), spaceAfter=6)),
        HRFlowable(width="100%", thickness=1.4, color=_ACCENT, spaceAfter=6),
        _p(person.summary, _style(size=10, spaceAfter=4)),
        _modern_head(person.label("work")),
    ]
    for position in person.work:
        what = _modern_title(position.title, f"{position.company}, {position.place}")
        flow.append(_modern_row(period(position), [what, *_bullets(position.bullets, body, "–")]))
    flow.append(_modern_head(person.label("education")))
    for study in person.education:
        flow.append(_modern_row(period(study), [_modern_title(study.degree, f"{study.school}, {study.place}")]))
    flow.append(_modern_head(person.label("skills")))
    flow += [_modern_row(group, [_p(", ".join(names), body)]) for group, names in person.skills]
    flow.append(_modern_head(person.label("languages")))
    flow += [_modern_row(name, [_p(level, body)]) for name, level in person.languages]
    if person.certificates:
        flow += [_modern_head(person.label("certificates")), *_bullets(person.certificates, body, "–")]
    _simple(person, path, A4, 18 * mm).build(flow)


def _modern_head(text: str) -> Paragraph:
    return _p(text.upper(), _style("Helvetica-Bold", 10, textColor=_ACCENT, spaceBefore=9, spaceAfter=4))


def _modern_title(what: str, where: str) -> Paragraph:
    return Paragraph(f"<b>{escape(what)}</b><br/>{escape(where)}", _style(size=10, spaceAfter=2))


def _modern_row(margin: str, content: Flow) -> Table:
    left = _p(margin, _style(size=8.5, textColor=HexColor("#666666")))
    table = Table([[left, content]], colWidths=[35 * mm, 134.5 * mm], style=_FLUSH)
    table.spaceAfter = 4
    return table


# --- sidebar: two columns, the narrow one on a dark ground -----------------------------------------------------------

_DARK = HexColor("#26374a")
_LIGHT = HexColor("#f4f6f8")
_SIDE = 66 * mm


def _sidebar(person: Person, path: Path) -> None:
    for name, file in (("Vera", "Vera.ttf"), ("Vera-Bold", "VeraBd.ttf"), ("Vera-Italic", "VeraIt.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(Path(reportlab.__file__).parent / "fonts" / file)))
    width, height = A4
    side = Frame(0, 0, _SIDE, height, 9 * mm, 9 * mm, 7 * mm, 14 * mm, id="side")
    main = Frame(_SIDE, 0, width - _SIDE, height, 9 * mm, 9 * mm, 11 * mm, 14 * mm, id="main")
    document = BaseDocTemplate(str(path), pagesize=A4, invariant=1, title=f"CV {person.name}", author=person.name)
    document.addPageTemplates(
        [PageTemplate("first", [side, main], onPage=_dark_ground), PageTemplate("later", [main], onPage=_dark_ground)]
    )
    document.build([NextPageTemplate("later"), *_side_column(person), FrameBreak(), *_main_column(person)])


def _dark_ground(canvas: Any, _document: Any) -> None:
    canvas.setFillColor(_DARK)
    canvas.rect(0, 0, _SIDE, A4[1], stroke=0, fill=1)


def _side_column(person: Person) -> Flow:
    text = _style("Vera", 8.2, textColor=_LIGHT, spaceAfter=3)
    head = _style("Vera-Bold", 9.5, textColor=HexColor("#f2b84b"), spaceBefore=12, spaceAfter=5)
    flow: Flow = [_p(person.name, _style("Vera-Bold", 18, textColor=_LIGHT, spaceAfter=6)), _p(person.headline, text)]
    flow += [_p("Contact", head), *[_p(part, text) for part in person.contact], _p(person.label("skills"), head)]
    for group, names in person.skills:
        flow += [_p(group, _style("Vera-Bold", 8.2, textColor=_LIGHT)), _p(", ".join(names), text)]
    flow += [_p(person.label("languages"), head), *[_p(f"{name} – {level}", text) for name, level in person.languages]]
    for section, items in (("certificates", person.certificates), ("interests", [person.interests])):
        if any(items):
            flow += [_p(person.label(section), head), *[_p(item, text) for item in items]]
    return flow


def _main_column(person: Person) -> Flow:
    body = _style("Vera", 8.6)
    head = _style("Vera-Bold", 12, textColor=_DARK, spaceBefore=10, spaceAfter=5)
    flow: Flow = [_p(person.label("summary"), head), _p(person.summary, body), _p(person.label("work"), head)]
    for position in person.work:
        flow += _main_entry(position, position.title, position.company)
        flow += [*_bullets(position.bullets, body), Spacer(1, 5)]
    flow.append(_p(person.label("education"), head))
    for study in person.education:
        flow += [*_main_entry(study, study.degree, study.school), Spacer(1, 4)]
    return flow


def _main_entry(entry: Position | Study, what: str, where: str) -> Flow:
    when = f"{where}, {entry.place}  |  {period(entry, 'digits')}"
    grey = _style("Vera-Italic", 8.2, textColor=HexColor("#5a6673"), spaceAfter=3)
    return [_p(what, _style("Vera-Bold", 9.4)), _p(when, grey)]


# --- compact: letter paper, capitals, everything on one page ---------------------------------------------------------


def _compact(person: Person, path: Path) -> None:
    body = _style(size=9.3)
    flow: Flow = [
        _p(person.name.upper(), _style("Helvetica-Bold", 16, spaceAfter=4)),
        _p(person.headline, _style("Helvetica-Oblique", 10, spaceAfter=2)),
        _p(" • ".join(person.contact), _style(size=9)),
    ]
    flow += [*_compact_head("Summary"), _p(person.summary, body), *_compact_head(person.label("skills"))]
    flow += [_p(", ".join(names), body) for _group, names in person.skills]
    flow += _compact_head("Professional experience")
    for position in person.work:
        flow += [_compact_entry(f"{position.company}, {position.place}", period(position, "digits"))]
        flow += [
            _p(position.title, _style("Helvetica-Oblique", 9.5, spaceAfter=1.5)),
            *_bullets(position.bullets, body),
            Spacer(1, 4),
        ]
    flow += _compact_head(person.label("education"))
    for study in person.education:
        flow += [
            _compact_entry(f"{study.school}, {study.place}", period(study, "digits")),
            _p(study.degree, body),
            Spacer(1, 2),
        ]
    flow += [
        *_compact_head("Languages and certificates"),
        _p(_spoken(person), body),
        _p(", ".join(person.certificates), body),
    ]
    _simple(person, path, letter, 17 * mm).build(flow)


def _compact_head(text: str) -> Flow:
    return [
        _p(text.upper(), _style("Helvetica-Bold", 9.6, spaceBefore=8)),
        HRFlowable(width="100%", thickness=0.9, color=HexColor("#000000"), spaceBefore=1, spaceAfter=3),
    ]


def _compact_entry(where: str, when: str) -> Table:
    row = [_p(where, _style("Helvetica-Bold", 9.5)), _p(when, _style(size=9.3, alignment=TA_RIGHT))]
    return Table([row], colWidths=[125 * mm, 52.5 * mm], style=_FLUSH)


def _simple(person: Person, path: Path, pagesize: tuple[float, float], margin: float) -> SimpleDocTemplate:
    return SimpleDocTemplate(
        str(path),
        pagesize=pagesize,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin * 0.9,
        bottomMargin=margin * 0.8,
        invariant=1,
        title=f"CV {person.name}",
        author=person.name,
    )


_LAYOUTS: dict[str, Callable[[Person, Path], None]] = {
    "classic": _classic,
    "modern": _modern,
    "sidebar": _sidebar,
    "compact": _compact,
}
