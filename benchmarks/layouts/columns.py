"""The same people with the same words in one column and in two: what columns cost is the difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from shown import MONTHS
from tools import Tools
from web import Made, printed

STYLE = """
body { font: 10pt/1.35 "DejaVu Sans", Arial, sans-serif; margin: 0; color: #222 }
h1 { font-size: 20pt; margin: 0 } .label { font-size: 12pt; color: #555; margin: 0 0 8pt }
h2 { font-size: 12pt; margin: 12pt 0 4pt; color: #235 } h3 { font-size: 10pt; margin: 6pt 0 0 } p { margin: 2pt 0 }
ul { margin: 2pt 0; padding-left: 14pt } .when { color: #555 } @page { margin: 14mm }
"""
LAYOUTS = {
    "one": "",
    "left": ".page { display: flex } .main { order: 2; width: 66% } .side { order: 1; width: 28%; margin-right: 6% }",
    "right": ".page { display: grid; grid-template-columns: 65% 29%; column-gap: 6% }",
    "half": ".page { columns: 2; column-gap: 8mm; column-fill: auto; height: 255mm } section { break-inside: auto }",
    "dark": ".page { display: flex; flex-direction: row-reverse } .side { background: #24364b; color: #fff; padding: 4mm }"
    " .side { width: 27%; overflow-wrap: anywhere }"
    " .side h2 { color: #fff } .main { width: 64%; padding-left: 5% }",
}  # fmt: skip
SIDE = ("contact", "skills", "languages", "certificates", "interests")


def pages(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Every person in one column and in each kind of two, as PDF."""
    for layout, style in LAYOUTS.items():
        for person in people:
            page = out / f"{layout}-{person.stem}.html"
            page.write_text(_page(json.loads(person.read_text("utf-8")), style), "utf-8")
            if pdf := printed(tools, page):
                yield pdf, f"columns-{layout}", person.stem


def _page(person: dict[str, Any], style: str) -> str:
    basics = person["basics"]
    sections = {name: maker(person) for name, maker in SECTIONS.items()}
    main = "".join(html for name, html in sections.items() if name not in SIDE)
    side = "".join(html for name, html in sections.items() if name in SIDE)
    head = f"<h1>{escape(basics['name'])}</h1><p class=label>{escape(basics.get('label', ''))}</p>"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><style>{STYLE}{style}</style>"
        f"<body>{head}<div class=page><div class=main>{main}</div><div class=side>{side}</div></div></body></html>"
    )


def _section(title: str, html: str) -> str:
    return f"<section><h2>{title}</h2>{html}</section>" if html else ""


def _contact(person: dict[str, Any]) -> str:
    basics = person["basics"]
    place = basics.get("location", {})
    rows = [
        basics.get("email"),
        basics.get("phone"),
        ", ".join(v for v in (place.get("city"), place.get("region")) if v),
    ]
    rows += [basics.get("url"), *(p["url"] for p in basics.get("profiles", []))]
    return _section("Contact", "".join(f"<p>{escape(row)}</p>" for row in rows if row))


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>" if items else ""


def _entries(title: str, entries: list[dict[str, Any]], head: str, below: tuple[str, ...]) -> str:
    html = ""
    for entry in entries:
        line = ", ".join(escape(entry[key]) for key in below if entry.get(key))
        html += f"<h3>{escape(entry[head])}</h3><p>{line}</p><p class=when>{when(entry)}</p>{_list(entry.get('highlights', []))}"
    return _section(title, html)


def when(entry: dict[str, Any], joiner: str = " – ", present: str = "Present") -> str:
    """The period or moment of an entry in English words."""
    moment = entry.get("date") or entry.get("releaseDate")
    if moment:
        return spoken(moment)
    start, end = entry.get("startDate"), entry.get("endDate")
    return f"{spoken(start)}{joiner}{spoken(end) if end else present}" if start else ""


def spoken(date: str) -> str:
    year, _, month = date.partition("-")
    return f"{MONTHS[int(month) - 1].title()[:3]} {year}" if month else year


def _skills(person: dict[str, Any]) -> str:
    groups = person.get("skills", [])
    html = "".join(f"<h3>{escape(g['name'])}</h3>{_list(g['keywords'])}" for g in groups if g.get("keywords"))
    return _section("Skills", html or _list([g["name"] for g in groups]))


SECTIONS = {
    "summary": lambda p: _section(
        "Profile", f"<p>{escape(p['basics']['summary'])}</p>" if p["basics"].get("summary") else ""
    ),
    "work": lambda p: _entries("Work Experience", p.get("work", []), "position", ("name", "location")),
    "education": lambda p: _entries("Education", p.get("education", []), "studyType", ("area", "institution")),
    "projects": lambda p: _entries("Projects", p.get("projects", []), "name", ("description",)),
    "volunteer": lambda p: _entries("Volunteering", p.get("volunteer", []), "position", ("organization",)),
    "publications": lambda p: _entries("Publications", p.get("publications", []), "name", ("publisher",)),
    "awards": lambda p: _entries("Awards", p.get("awards", []), "title", ("awarder",)),
    "contact": _contact,
    "skills": _skills,
    "languages": lambda p: _section(
        "Languages", _list([f"{x['language']} ({x['fluency']})" for x in p.get("languages", [])])
    ),
    "certificates": lambda p: _entries("Certifications", p.get("certificates", []), "name", ("issuer",)),
    "interests": lambda p: _section("Interests", _list([x["name"] for x in p.get("interests", [])])),
}
