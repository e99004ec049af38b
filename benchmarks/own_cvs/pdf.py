"""CVs as PDF: dates on the right, dates in the margin, the two Europass forms, and one design in one and in two columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    HRFlowable,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from benchmarks.own_cvs.ink import Ink
from benchmarks.own_cvs.sheet import Entry, Sheet

Flow = list[Any]
_BLUE, _GREY, _DARK = HexColor("#0b4f7d"), HexColor("#5c6670"), HexColor("#2c3e50")
_FLUSH = TableStyle(
    [("VALIGN", (0, 0), (-1, -1), "TOP")]
    + [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
)


def write_pdf(sheet: Sheet, layout: str, path: Path) -> None:
    """The same bytes for the same sheet. Raises NoFont where no font has its letters."""
    printed = [sheet.person.printed, *sheet.person.details.values(), *sheet.wording.fields.values()]
    printed += [sheet.person.summary, sheet.address, str(sheet.person), *sheet.wording.headings.values()]
    printed += [entry.when for entry in (*sheet.work, *sheet.education)]
    ink = Ink({letter for text in printed for letter in text} - {"\n"} | {"•", "–"})
    _LAYOUTS[layout](sheet, ink, path)


def _document(path: Path, sheet: Sheet, margin: float = 20 * mm) -> SimpleDocTemplate:
    return SimpleDocTemplate(
        str(path), pagesize=A4, invariant=1, title="CV", author=sheet.person.name,
        leftMargin=margin, rightMargin=margin, topMargin=margin * 0.8, bottomMargin=margin * 0.8,
    )  # fmt: skip


def _row(left: Any, right: Any, widths: tuple[float, float], after: float = 2) -> Table:
    table = Table([[left, right]], colWidths=[width * mm for width in widths], style=_FLUSH)
    table.spaceAfter = after
    return table


# --- dates on the right ----------------------------------------------------------------------------------------------


def _right(sheet: Sheet, ink: Ink, path: Path) -> None:
    person = sheet.person
    centred = {"alignment": TA_CENTER, "spaceAfter": 3}
    flow: Flow = [
        ink.text(person.printed, 19, ink.bold, **centred),
        ink.text(person.label, 11, ink.italic, **centred),
        ink.text(" | ".join(sheet.contact), 8.5, **centred),
    ]
    if sheet.details:
        flow.append(ink.text(" | ".join(sheet.details), 8.5, **centred))

    def head(section: str) -> Flow:
        line = HRFlowable(width="100%", thickness=0.7, color=_GREY, spaceAfter=4)
        return [ink.text(sheet.heading(section), 12, ink.bold, spaceBefore=9), line]

    def entry(one: Entry) -> Flow:
        when = ink.text(one.when, 8.5, ink.italic, alignment=TA_RIGHT)
        return [
            _row(ink.text(one.what, 9.5, ink.bold), when, (112, 58), after=0),
            ink.text(one.employer, 9, spaceAfter=2),
            *ink.bullets(one.did),
            Spacer(1, 4),
        ]

    flow += [*head("summary"), ink.text(person.summary), *head("work")]
    flow += [part for one in sheet.work for part in entry(one)]
    flow += [*head("education"), *[part for one in sheet.education for part in entry(one)]]
    flow += [*head("skills"), *[ink.named(*group) for group in sheet.skills]]
    flow += [*head("languages"), ink.text(", ".join(f"{name} ({level})" for name, level in person.languages))]
    flow += [*head("certificates"), *ink.bullets(sheet.certificates)]
    flow += [*head("interests"), ink.text(", ".join(person.interests))]
    _document(path, sheet).build(flow)


# --- dates in the margin, personal data in a table -------------------------------------------------------------------


def _margin(sheet: Sheet, ink: Ink, path: Path) -> None:
    person, widths = sheet.person, (46.0, 124.0)

    def head(section: str) -> Paragraph:
        return ink.text(sheet.heading(section), 11.5, ink.bold, textColor=_BLUE, spaceBefore=9, spaceAfter=4)

    def entry(one: Entry) -> Table:
        title = [ink.text(one.what, 9.2, ink.bold), ink.text(one.employer, 9), *ink.bullets(one.did, "-")]
        return _row(ink.text(one.when, 8.7), title, widths, after=5)

    flow: Flow = [ink.text(sheet.heading("title"), 16, ink.bold, spaceAfter=6)] if sheet.heading("title") else []
    flow += [head("contact"), _row(ink.text(sheet.wording.fields["name"]), ink.text(person.printed), widths)]
    flow += [_row(ink.text(name), ink.text(value), widths) for name, value in sheet.fields.items()]
    flow += [head("work"), *[entry(one) for one in sheet.work]]
    flow += [head("education"), *[entry(one) for one in sheet.education]]
    flow += [head("certificates"), *[_row(ink.text(y), ink.text(n), widths) for n, y in person.certificates]]
    flow += [head("languages"), *[_row(ink.text(n), ink.text(level), widths) for n, level in person.languages]]
    flow += [head("skills"), *[_row(ink.text(n), ink.text(members), widths) for n, members in sheet.skills]]
    flow += [head("interests"), _row(ink.text(""), ink.text(", ".join(person.interests)), widths)]
    flow += [Spacer(1, 16), ink.text(f"{person.address[2]}, 05.01.2026")]
    _document(path, sheet).build(flow)


# --- Europass: names of fields in a margin of their own (the old form), or periods in brackets (the new one) ---------


def _europass_fields(sheet: Sheet, ink: Ink, path: Path) -> None:
    person, named, widths = sheet.person, sheet.wording.fields, (52.0, 118.0)

    def line(name: str, text: str, font: str = "") -> Table:
        return _row(ink.text(name, 8.6, alignment=TA_RIGHT, rightIndent=8), ink.text(text, 9, font), widths)

    def head(section: str) -> Table:
        title = ink.text(sheet.heading(section), 11, ink.bold, alignment=TA_RIGHT, rightIndent=8)
        table = _row(title, "", widths, after=4)
        table.spaceBefore = 8
        return table

    flow: Flow = [ink.text("Europass", 15, ink.bold, textColor=_BLUE, spaceAfter=6), head("contact")]
    flow += [line(named["name"], person.printed, ink.bold), *[line(n, value) for n, value in sheet.fields.items()]]
    flow.append(head("work"))
    for one in sheet.work:
        flow += [
            line(named["when"], one.when),
            line(named["what"], one.what, ink.bold),
            line(named["where"], one.employer),
        ]
        flow += [line(named["did"], "; ".join(one.did))] if one.did else []
        flow.append(Spacer(1, 6))
    flow.append(head("education"))
    for one in sheet.education:
        flow += [line(named["when"], one.when), line(named["degree"], one.what, ink.bold)]
        flow += [line(named["school"], one.employer), Spacer(1, 6)]
    flow += [head("languages"), *[line(name, level) for name, level in person.languages]]
    flow += [head("skills"), *[line(name, members) for name, members in sheet.skills]]
    flow += [head("certificates"), *[line(year, name) for name, year in person.certificates]]
    _document(path, sheet).build(flow)


def _europass_brackets(sheet: Sheet, ink: Ink, path: Path) -> None:
    person = sheet.person

    def head(section: str) -> Flow:
        line = HRFlowable(width="100%", thickness=1.2, color=_BLUE, spaceAfter=5)
        return [ink.text(sheet.heading(section).upper(), 10.5, ink.bold, textColor=_BLUE, spaceBefore=9), line]

    def entry(one: Entry) -> Flow:
        return [
            ink.text(f"[ {one.when} ]", 8.6, textColor=_GREY),
            ink.text(one.what, 10, ink.bold, textColor=_BLUE),
            ink.text(one.where, 9.2, ink.bold),
            ink.text(one.place, 8.6, textColor=_GREY, spaceAfter=2),
            *ink.bullets(one.did),
            Spacer(1, 5),
        ]

    flow: Flow = [ink.text(person.printed, 20, ink.bold, spaceAfter=5)]
    flow += [ink.named(name, value, spaceAfter=1) for name, value in sheet.fields.items()]
    flow += [*head("summary"), ink.text(person.summary)]
    flow += [*head("work"), *[part for one in sheet.work for part in entry(one)]]
    flow += [*head("education"), *[part for one in sheet.education for part in entry(one)]]
    flow += [*head("languages"), *[ink.named(*pair) for pair in person.languages]]
    flow += [*head("skills"), *[ink.named(name, " | ".join(members.split(", "))) for name, members in sheet.skills]]
    flow += [*head("certificates"), *[ink.text(f"[ {year} ] {name}") for name, year in person.certificates]]
    _document(path, sheet).build(flow)


# --- the same parts in one column, or with a side bar ----------------------------------------------------------------


def _head(sheet: Sheet, ink: Ink, section: str) -> Paragraph:
    return ink.text(sheet.heading(section).upper(), 10, ink.bold, textColor=_DARK, spaceBefore=10, spaceAfter=4)


def _story(sheet: Sheet, ink: Ink) -> Flow:
    flow: Flow = [_head(sheet, ink, "summary"), ink.text(sheet.person.summary)]
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        flow.append(_head(sheet, ink, section))
        for one in entries:
            flow += [ink.text(one.what, 9.4, ink.bold), ink.text(one.employer)]
            flow += [ink.text(one.when, 8.4, ink.italic, textColor=_GREY, spaceAfter=2), *ink.bullets(one.did)]
            flow.append(Spacer(1, 5))
    return flow


def _facts(sheet: Sheet, ink: Ink) -> Flow:
    flow: Flow = [_head(sheet, ink, "contact"), *[ink.text(part, 8.4, spaceAfter=2) for part in sheet.contact]]
    flow += [ink.text(part, 8.4, spaceAfter=2) for part in sheet.details]
    flow.append(_head(sheet, ink, "skills"))
    for name, members in sheet.skills:
        flow += [ink.text(name, 8.6, ink.bold)] if name else []
        flow += [ink.text(member, 8.4, spaceAfter=1) for member in members.split(", ")]
    flow.append(_head(sheet, ink, "languages"))
    flow += [ink.text(f"{name} – {level}", 8.4, spaceAfter=1) for name, level in sheet.person.languages]
    flow += [_head(sheet, ink, "certificates"), *[ink.text(one, 8.4, spaceAfter=1) for one in sheet.certificates]]
    flow += [_head(sheet, ink, "interests"), *[ink.text(one, 8.4, spaceAfter=1) for one in sheet.person.interests]]
    return flow


def _title(sheet: Sheet, ink: Ink) -> Flow:
    return [
        ink.text(sheet.person.printed, 20, ink.bold, textColor=_DARK, spaceAfter=4),
        ink.text(sheet.person.label, 11, textColor=_GREY, spaceAfter=4),
    ]


def _one_column(sheet: Sheet, ink: Ink, path: Path) -> None:
    _document(path, sheet).build([*_title(sheet, ink), *_story(sheet, ink), *_facts(sheet, ink)])


def _two_columns(sheet: Sheet, ink: Ink, path: Path) -> None:
    width, height = A4
    side, pad = 64 * mm, 8 * mm
    bar = Frame(0, 0, side, height, pad, 12 * mm, pad, 12 * mm, id="side")
    main = Frame(side, 0, width - side, height, pad, 12 * mm, 12 * mm, 12 * mm, id="main")

    def ground(canvas: Any, _: Any) -> None:
        canvas.setFillColor(HexColor("#e8edf2"))
        canvas.rect(0, 0, side, height, stroke=0, fill=1)

    document = BaseDocTemplate(str(path), pagesize=A4, invariant=1, title="CV", author=sheet.person.name)
    document.addPageTemplates([PageTemplate("first", [bar, main], onPage=ground), PageTemplate("later", [main])])
    flow = [NextPageTemplate("later"), *_facts(sheet, ink), FrameBreak(), *_title(sheet, ink), *_story(sheet, ink)]
    document.build(flow)


_LAYOUTS: dict[str, Callable[[Sheet, Ink, Path], None]] = {
    "dates-right": _right,
    "dates-margin": _margin,
    "europass-fields": _europass_fields,
    "europass-brackets": _europass_brackets,
    "one-column": _one_column,
    "two-columns": _two_columns,
}
