"""Layouts made with a word processor: our own in DOCX, those of HackMyResume, and what LibreOffice makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from columns import when
from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from tools import Tools, run
from web import Made

Resume = dict[str, Any]
FORMATS = ("odt", "rtf", "pdf")
FRESH_THEMES = ("positive", "compact", "modern", "basis")


def word(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Every template with four people as DOCX, and each of these in one other format."""
    for number, (layout, fill) in enumerate(TEMPLATES.items()):
        for i in range(4):
            person = people[(number + 4 * i) % len(people)]
            file = out / f"{layout}-{person.stem}.docx"
            document = Document()
            fill(document, json.loads(person.read_text("utf-8")))
            document.save(str(file))
            yield file, f"word-{layout}", person.stem
            if other := converted(tools, file, FORMATS[(number + i) % 3]):
                yield other, f"word-{layout}", person.stem


def converted(tools: Tools, file: Path, format: str) -> Path | None:
    office = tools.system("soffice", "libreoffice")
    home = f"-env:UserInstallation={(file.parent / 'office').resolve().as_uri()}"
    if office is None or not run([office, home, "--headless", "--convert-to", format, "--outdir", file.parent, file]):
        return None
    target = file.with_suffix(f".{format}")
    return target if target.exists() else None


def hackmyresume(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Its Word layouts in turn as DOCX, ODT and RTF; its pages as HTML; its plain texts and Markdown."""
    home = tools.node("hackmyresume")
    for number, theme in enumerate(FRESH_THEMES if home else []):
        formats = ("html", "txt", "md") if theme == "basis" else ("doc", "html")
        for i in range(3):
            person = people[(2 * number + 5 * i) % len(people)]
            source = out / person.name
            source.write_text(_with_old_names(json.loads(person.read_text("utf-8"))), "utf-8")
            for format in formats:
                file = out / f"{theme}-{person.stem}.{format}"
                build = [
                    "node",
                    "node_modules/hackmyresume/dist/cli/index.js",
                    "build",
                    source,
                    "TO",
                    file,
                    "-t",
                    theme,
                ]
                run(list(build), cwd=home)
                shown = converted(tools, file, ("docx", "odt", "rtf")[i]) if format == "doc" and file.exists() else file
                if shown and shown.exists():
                    yield shown, f"hmr-{theme}", person.stem


def _with_old_names(resume: Resume) -> str:
    """HackMyResume knows the schema as it was first."""
    resume["basics"]["website"] = resume["basics"].get("url", "")
    for job in resume.get("work", []):
        job["company"] = job["name"]
    return json.dumps(resume, ensure_ascii=False)


def _lines(basics: Resume) -> list[str]:
    place = basics.get("location", {})
    own = [", ".join(v for v in (place.get("city"), place.get("region")) if v), basics.get("phone"), basics["email"]]
    return [v for v in [*own, basics.get("url"), *(p["url"] for p in basics.get("profiles", []))] if v]


def _heading(target: Any, text: str) -> None:
    target.add_paragraph(text.upper()).runs[0].bold = True


def _bullets(target: Any, items: list[str]) -> None:
    for item in items:
        target.add_paragraph(item, style="List Bullet")


def _rest(target: Any, resume: Resume, heading: Callable[[Any, str], None], *, side: bool = False) -> None:
    """The smaller sections; ``side`` for those that a narrow column holds."""
    if skills := resume.get("skills", []):
        heading(target, "Skills")
        for group in skills:
            keywords = ", ".join(group.get("keywords", []))
            target.add_paragraph(f"{group['name']}: {keywords}" if keywords else group["name"])
    if languages := resume.get("languages", []):
        heading(target, "Languages")
        for entry in languages:
            target.add_paragraph(f"{entry['language']} – {entry['fluency']}")
    if certificates := resume.get("certificates", []):
        heading(target, "Certifications")
        for entry in certificates:
            target.add_paragraph(f"{entry['name']}, {entry['issuer']}, {when(entry)}")
    if side:
        return
    for title, section in (("Projects", "projects"), ("Awards", "awards"), ("Publications", "publications")):
        if entries := resume.get(section, []):
            heading(target, title)
            for entry in entries:
                target.add_paragraph(f"{entry.get('name') or entry['title']}\t{when(entry)}")
                _bullets(target, entry.get("highlights", []))


def tabs(document: Any, resume: Resume) -> None:
    """Dates at a tab stop on the right; contact details in the header of the page."""
    basics = resume["basics"]
    document.sections[0].header.paragraphs[0].text = "  |  ".join(_lines(basics))
    document.add_heading(basics["name"], 0)
    document.add_paragraph(basics.get("label", ""))
    document.add_paragraph(basics.get("summary", ""))
    heading = lambda target, text: target.add_heading(text, 1)  # noqa: E731
    for title, section, first, second in SECTIONS:
        heading(document, title)
        for entry in resume.get(section, []):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(15), WD_TAB_ALIGNMENT.RIGHT)
            paragraph.add_run(entry[first]).bold = True
            paragraph.add_run(f"\t{when(entry)}")
            document.add_paragraph(_second(entry, second)).runs[0].italic = True
            _bullets(document, entry.get("highlights", []))
    _rest(document, resume, heading)


SECTIONS = (
    ("Professional Experience", "work", "name", "position"),
    ("Education", "education", "institution", "studyType"),
)


def _second(entry: Resume, key: str) -> str:
    return (
        f"{entry[key]} in {entry['area']}"
        if key == "studyType"
        else ", ".join(v for v in (entry[key], entry.get("location")) if v)
    )


def table(document: Any, resume: Resume) -> None:
    """A table of two columns: dates on the left, what was done on the right; one row holds a whole entry."""
    basics = resume["basics"]
    document.add_heading(basics["name"], 0)
    document.add_paragraph(basics.get("label", ""))
    document.add_paragraph(" • ".join(_lines(basics)))
    for title, section, first, second in SECTIONS:
        _heading(document, title)
        grid = document.add_table(0, 2)
        for entry in resume.get(section, []):
            left, right = grid.add_row().cells
            left.text = when(entry)
            right.text = ""
            right.paragraphs[0].add_run(_second(entry, second)).bold = True
            right.add_paragraph(entry[first])
            _bullets(right, entry.get("highlights", []))
    _rest(document, resume, _heading)


def sidebar(document: Any, resume: Resume) -> None:
    """The page is one table row: a narrow cell with contact, skills and languages beside a wide one with the rest."""
    basics = resume["basics"]
    side, main = document.add_table(1, 2).rows[0].cells
    side.width, main.width = Cm(5), Cm(11)
    side.text = ""
    _heading(side, "Contact")
    for line in _lines(basics):
        side.add_paragraph(line)
    _rest(side, resume, _heading, side=True)
    main.text = ""
    main.paragraphs[0].add_run(basics["name"]).font.size = Pt(22)
    main.add_paragraph(basics.get("label", ""))
    _heading(main, "Profile")
    main.add_paragraph(basics.get("summary", ""))
    for title, section, first, second in SECTIONS:
        _heading(main, title)
        for entry in resume.get(section, []):
            main.add_paragraph().add_run(_second(entry, second)).bold = True
            main.add_paragraph(f"{entry[first]} | {when(entry)}")
            _bullets(main, entry.get("highlights", []))


def boxes(document: Any, resume: Resume) -> None:
    """Name and contact in text boxes that the file anchors at the end, though they stand at the top of the page."""
    basics = resume["basics"]
    for title, section, first, second in SECTIONS:
        document.add_heading(title, 1)
        for entry in resume.get(section, []):
            document.add_paragraph(f"{when(entry)}: {_second(entry, second)}").runs[0].bold = True
            document.add_paragraph(entry[first])
            _bullets(document, entry.get("highlights", []))
    _rest(document, resume, lambda target, text: target.add_heading(text, 1))
    anchor = document.add_paragraph()
    _box(anchor, [basics["name"], basics.get("label", "")], top_cm=1.0, size=22)
    _box(anchor, _lines(basics), top_cm=2.6, size=9)
    document.sections[0].top_margin = Cm(5.5)


def _box(paragraph: Any, lines: list[str], *, top_cm: float, size: int) -> None:
    """A text box at a place of the page, as word processors write it for each other."""
    style = (
        f"position:absolute;margin-left:56pt;margin-top:{top_cm * 28.35:.0f}pt;width:480pt;height:50pt;z-index:1;"
        + ("mso-position-horizontal-relative:page;mso-position-vertical-relative:page")
    )
    pict = parse_xml(
        f'<w:pict {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="{style}" type="#_x0000_t202">'
        "<v:textbox><w:txbxContent/></v:textbox></v:shape></w:pict>"
    )
    content = pict.find(f".//{qn('w:txbxContent')}")
    for line in lines:
        content.append(_plain_paragraph(line, size))
    paragraph.add_run()._r.append(pict)


def _plain_paragraph(text: str, size: int) -> Any:
    paragraph, run_, properties, height, words = (OxmlElement(tag) for tag in ("w:p", "w:r", "w:rPr", "w:sz", "w:t"))
    height.set(qn("w:val"), str(2 * size))
    words.text = text
    properties.append(height)
    run_.extend([properties, words])
    paragraph.append(run_)
    return paragraph


def two_columns(document: Any, resume: Resume) -> None:
    """A section of two columns below the name; footers repeat the name with a page number."""
    basics = resume["basics"]
    document.add_heading(basics["name"].upper(), 0)
    document.add_paragraph(basics.get("label", ""))
    document.sections[0].footer.paragraphs[0].text = f"{basics['name']} – Curriculum Vitae – Page 1"
    section = document.add_section(0)
    columns = section._sectPr.find(qn("w:cols"))
    columns = columns if columns is not None else section._sectPr.makeelement(qn("w:cols"), {})
    columns.set(qn("w:num"), "2")
    _heading(document, "Personal details")
    for line in _lines(basics):
        document.add_paragraph(line)
    _rest(document, resume, _heading)
    for title, kind, first, second in SECTIONS:
        _heading(document, title)
        for entry in resume.get(kind, []):
            document.add_paragraph(when(entry))
            document.add_paragraph().add_run(entry[first]).bold = True
            document.add_paragraph(_second(entry, second))
            _bullets(document, entry.get("highlights", []))


TEMPLATES: dict[str, Callable[[Any, Resume], None]] = {
    "tabs": tabs, "table": table, "sidebar": sidebar, "boxes": boxes, "two-columns": two_columns,
}  # fmt: skip
