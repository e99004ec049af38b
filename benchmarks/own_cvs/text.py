"""CVs as a web page and as typed text."""

from __future__ import annotations

import textwrap
from html import escape
from pathlib import Path

from benchmarks.own_cvs.sheet import Entry, Sheet


def write_html(sheet: Sheet, _layout: str, path: Path) -> None:
    person = sheet.person
    parts = [f"<header><h1>{escape(person.printed)}</h1><p>{escape(person.label)}</p><ul>"]
    parts += [f"<li>{escape(line)}</li>" for line in (*sheet.contact, *sheet.details)]
    parts.append("</ul></header>")
    parts.append(_section(sheet, "summary", f"<p>{escape(person.summary)}</p>"))
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        parts.append(_section(sheet, section, "".join(_article(entry) for entry in entries)))
    groups = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in sheet.skills if name)
    flat = "".join(f"<p>{escape(text)}</p>" for name, text in sheet.skills if not name)
    parts.append(_section(sheet, "skills", f"<dl>{groups}</dl>" if groups else flat))
    spoken = "".join(f"<li>{escape(name)} – {escape(level)}</li>" for name, level in person.languages)
    parts.append(_section(sheet, "languages", f"<ul>{spoken}</ul>"))
    for section, items in (("certificates", sheet.certificates), ("interests", person.interests)):
        listed = "".join(f"<li>{escape(item)}</li>" for item in items)
        parts.append(_section(sheet, section, f"<ul>{listed}</ul>"))
    head = f'<!doctype html><html lang="{person.language}"><head><meta charset="utf-8"><title>CV</title></head><body>'
    path.write_text(head + "".join(parts) + "</body></html>\n", encoding="utf-8")


def _section(sheet: Sheet, section: str, inside: str) -> str:
    return f"<section><h2>{escape(sheet.heading(section))}</h2>{inside}</section>"


def _article(entry: Entry) -> str:
    tasks = "".join(f"<li>{escape(task)}</li>" for task in entry.did)
    return (
        f"<article><h3>{escape(entry.what)}</h3><p><strong>{escape(entry.where)}</strong>, {escape(entry.place)}</p>"
        f"<p><time>{escape(entry.when)}</time></p>{f'<ul>{tasks}</ul>' if tasks else ''}</article>"
    )


def write_txt(sheet: Sheet, _layout: str, path: Path) -> None:
    person = sheet.person
    lines = [person.printed, person.label, "", *sheet.contact, *sheet.details]
    lines += _typed(sheet, "summary", textwrap.wrap(person.summary, 80))
    for section, entries in (("work", sheet.work), ("education", sheet.education)):
        lines += _typed(sheet, section, [line for entry in entries for line in _entry_lines(entry)])
    lines += _typed(sheet, "skills", [f"{name}: {text}" if name else text for name, text in sheet.skills])
    lines += _typed(sheet, "languages", [f"- {name}: {level}" for name, level in person.languages])
    lines += _typed(sheet, "certificates", [f"- {name}" for name in sheet.certificates])
    lines += _typed(sheet, "interests", [", ".join(person.interests)])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _typed(sheet: Sheet, section: str, lines: list[str]) -> list[str]:
    return ["", sheet.heading(section).upper(), "", *lines]


def _entry_lines(entry: Entry) -> list[str]:
    tasks = [
        line for task in entry.did for line in textwrap.wrap(task, 76, initial_indent="  * ", subsequent_indent="    ")
    ]
    return [entry.when, f"{entry.what}, {entry.where}, {entry.place}", *tasks, ""]
