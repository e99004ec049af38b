"""Layouts of plain text and Markdown: by ANCV, and as people type them."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from columns import when
from tools import Tools
from web import Made

Resume = dict[str, Any]
ENTRIES = (("Experience", "work", "name", "position"), ("Education", "education", "institution", "studyType"),
           ("Projects", "projects", "description", "name"), ("Certificates", "certificates", "issuer", "name"))  # fmt: skip


def texts(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Every way of writing with five people, and ANCV with four."""
    for number, (layout, (write, format)) in enumerate(WAYS.items()):
        for i in range(5):
            person = people[(number + 3 * i) % len(people)]
            file = out / f"{layout}-{person.stem}.{format}"
            file.write_text(write(json.loads(person.read_text("utf-8"))), "utf-8")
            yield file, f"plain-{layout}", person.stem
    python = tools.python("ancv")
    for person in people[1::4] if python else []:
        file = out / f"ancv-{person.stem}.txt"
        source = file.with_suffix(".json")
        source.write_text(with_days(person.read_text("utf-8")), "utf-8")
        done = subprocess.run([python, "-m", "ancv", "render", source], capture_output=True, check=False)
        file.write_bytes(
            b"\n".join(row for row in done.stdout.splitlines() if not row.startswith(b'{"event"'))
        )  # its log
        if done.returncode == 0:
            yield file, "plain-ancv", person.stem


def with_days(resume: str) -> str:
    """Dates to the day, for programs that read no others."""
    return re.sub(r'(Date|date)": "(\d{4})(-\d\d)?"', lambda m: f'{m[1]}": "{m[2]}{m[3] or "-01"}-01"', resume)


def _contact(basics: Resume) -> list[str]:
    place = basics.get("location", {})
    rows = [basics["email"], basics.get("phone"), ", ".join(v for v in (place.get("city"), place.get("region")) if v)]
    return [v for v in [*rows, basics.get("url"), *(p["url"] for p in basics.get("profiles", []))] if v]


def _skills(resume: Resume) -> list[str]:
    skills = resume.get("skills", [])
    groups = [f"{s['name']}: {', '.join(s['keywords'])}" for s in skills if s.get("keywords")]
    return groups or [", ".join(s["name"] for s in skills)]


def _area(entry: Resume) -> str:
    return f" in {entry['area']}" if entry.get("area") else ""


def ruled(resume: Resume) -> str:
    """Headings in capitals over a rule, dates in a column of their own on the left, lines wrapped at 78 characters."""
    basics = resume["basics"]
    lines = [basics["name"].upper(), basics.get("label", ""), "", *_contact(basics), ""]
    lines += _ruled("Profile", textwrap.wrap(basics.get("summary", ""), 78))
    for title, section, first, second in ENTRIES:
        rows = []
        for entry in resume.get(section, []):
            rows += [f"{when(entry, ' - '):<22}{entry.get(second, '')}{_area(entry)}", f"{'':<22}{entry[first]}"]
            for text in entry.get("highlights", []):
                rows += textwrap.wrap(text, initial_indent=f"{'':<22}- ", subsequent_indent=f"{'':<24}", width=78)
            rows.append("")
        lines += _ruled(title, rows)
    lines += _ruled("Skills", _skills(resume))
    lines += _ruled("Languages", [f"{x['language']:<20}{x['fluency']}" for x in resume.get("languages", [])])
    return "\n".join(lines) + "\n"


def _ruled(title: str, rows: list[str]) -> list[str]:
    return [title.upper(), "=" * len(title), *rows, ""] if any(rows) else []


def wrapped(resume: Resume) -> str:
    """As a mail program sends it: short lines, headings with a colon, stars for lists, labels before contact details."""
    basics = resume["basics"]
    lines = [basics["name"], ""]
    lines += [
        f"{'E-mail' if '@' in row else 'Web' if '//' in row else 'Phone' if row[-1].isdigit() else 'Address'}: {row}"
        for row in _contact(basics)
    ]
    lines += ["", *textwrap.wrap(basics.get("summary", ""), 60), ""]
    for title, section, first, second in ENTRIES:
        lines += [f"{title}:", ""] if resume.get(section) else []
        for entry in resume.get(section, []):
            lines += textwrap.wrap(f"{entry.get(second, '')}{_area(entry)}, {entry[first]} ({when(entry, ' to ')})", 70)
            for text in entry.get("highlights", []):
                lines += textwrap.wrap(text, 60, initial_indent=" * ", subsequent_indent="   ")
            lines.append("")
    lines += ["Skills:", "", *(part for row in _skills(resume) for part in textwrap.wrap(row, 60)), ""]
    lines += ["Languages:", "", ", ".join(f"{x['language']} ({x['fluency']})" for x in resume.get("languages", [])), ""]
    return "\n".join(lines)


def side_by_side(resume: Resume) -> str:
    """Two columns of plain text: contact, skills and languages at the left of everything else."""
    basics = resume["basics"]
    left = ["CONTACT", *_contact(basics), "", "SKILLS"]
    left += [name for s in resume.get("skills", []) for name in (s.get("keywords") or [s["name"]])]
    left += ["", "LANGUAGES", *(f"{x['language']} ({x['fluency']})" for x in resume.get("languages", []))]
    right: list[str] = ["PROFILE", *textwrap.wrap(basics.get("summary", ""), 56), ""]
    for title, section, first, second in ENTRIES:
        right += [title.upper()] if resume.get(section) else []
        for entry in resume.get(section, []):
            right += [*textwrap.wrap(f"{entry.get(second, '')}{_area(entry)}", 56), entry[first], when(entry)]
            for text in entry.get("highlights", []):
                right += textwrap.wrap(text, 56, initial_indent="- ", subsequent_indent="  ")
            right.append("")
    width = max(len(row) for row in left) + 6
    height = max(len(left), len(right))
    pairs = zip(left + [""] * (height - len(left)), right + [""] * (height - len(right)), strict=True)
    return (
        "\n".join([basics["name"], basics.get("label", ""), "", *(f"{a:<{width}}{b}".rstrip() for a, b in pairs)])
        + "\n"
    )


def markdown(resume: Resume) -> str:
    """Headings by hashes, bold titles, links with words, lists by dashes."""
    basics = resume["basics"]
    contact = [
        f"[{row}](mailto:{row})" if "@" in row else f"<{row}>" if "//" in row else row for row in _contact(basics)
    ]
    lines = [
        f"# {basics['name']}",
        "",
        f"*{basics.get('label', '')}*",
        "",
        " | ".join(contact),
        "",
        basics.get("summary", ""),
        "",
    ]
    for title, section, first, second in ENTRIES:
        lines += [f"## {title}", ""] if resume.get(section) else []
        for entry in resume.get(section, []):
            lines += [f"### {entry.get(second, '')}{_area(entry)}", f"**{entry[first]}** · _{when(entry)}_", ""]
            lines += [f"- {text}" for text in entry.get("highlights", [])] + [""]
    lines += [
        "## Skills",
        "",
        *(
            f"- **{row.partition(': ')[0]}**: {row.partition(': ')[2]}" if ": " in row else row
            for row in _skills(resume)
        ),
        "",
    ]
    lines += [
        "## Languages",
        "",
        *(f"* {x['language']} &ndash; {x['fluency']}" for x in resume.get("languages", [])),
        "",
    ]
    return "\n".join(lines)


def markdown_tables(resume: Resume) -> str:
    """Underlined headings; jobs, schools, skills and languages in tables."""
    basics = resume["basics"]
    lines = [
        basics["name"],
        "=" * len(basics["name"]),
        "",
        "  \n".join([f"**{basics.get('label', '')}**", *_contact(basics)]),
        "",
    ]
    for title, section, first, second in ENTRIES[:2]:
        lines += [title, "-" * len(title), "", f"| Period | {second.title()} | {first.title()} |", "|:---|---|---|"]
        lines += [f"| {when(e)} | {e.get(second, '')}{_area(e)} | {e[first]} |" for e in resume.get(section, [])] + [""]
    lines += ["Skills", "------", "", "| Skill |", "|---|"]
    lines += [f"| {name} |" for s in resume.get("skills", []) for name in (s.get("keywords") or [s["name"]])] + [""]
    lines += ["Languages", "---------", "", "| Language | Level |", "|---|---|"]
    lines += [f"| {x['language']} | {x['fluency']} |" for x in resume.get("languages", [])]
    return "\n".join(lines) + "\n"


WAYS: dict[str, tuple[Callable[[Resume], str], str]] = {
    "ruled": (ruled, "txt"), "wrapped": (wrapped, "txt"), "side-by-side": (side_by_side, "txt"),
    "markdown": (markdown, "md"), "markdown-tables": (markdown_tables, "md"),
}  # fmt: skip
