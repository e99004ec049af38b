"""Layouts that are typeset: the themes of RenderCV, and classes of LaTeX for CVs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from columns import spoken, when
from tools import Tools, run
from web import Made

Resume = dict[str, Any]
RENDERCV_THEMES = "classic sb2nov moderncv engineeringresumes engineeringclassic ink ember harvard opal".split()
MODERNCV_STYLES = "casual classic banking oldstyle fancy".split()
ICONS = {"envelope": 0xF0E0, "phone": 0xF095, "link": 0xF0C1, "location-dot": 0xF3C5, "external-link": 0xF08E,
         "linkedin": 0xF08C, "github": 0xF09B, "instagram": 0xF16D}  # fmt: skip
NETWORKS = {"LinkedIn", "GitHub", "Instagram"}


def rendercv(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Every theme with four people."""
    python = tools.python("rendercv", version=">=3.12", extras="[full]")
    cache = _with_icons(tools.folder / "typst-cache")
    for number, theme in enumerate(RENDERCV_THEMES if python else []):
        for i in range(4):
            person = people[(2 * number + 4 * i) % len(people)]
            resume = json.loads(person.read_text("utf-8"))
            target = out / f"{theme}-{person.stem}.pdf"
            for phone in (resume["basics"].get("phone"), None):  # it refuses numbers that nobody can have
                source = target.with_suffix(".yaml")
                source.write_text(json.dumps({"cv": _rendercv(resume, phone), "design": {"theme": theme}}), "utf-8")
                render = [
                    python,
                    "-m",
                    "rendercv",
                    "render",
                    source,
                    "--pdf-path",
                    target,
                    "-nomd",
                    "-nohtml",
                    "-nopng",
                ]
                if run(render, cwd=out, environment={"XDG_CACHE_HOME": str(cache)}) and target.exists():
                    yield target, f"rendercv-{theme}", person.stem
                    break


def _with_icons(cache: Path) -> Path:
    """A package cache for Typst with a stand-in for its icon package, which names glyphs of a font that RenderCV brings."""
    package = cache / "typst" / "packages" / "preview" / "fontawesome" / "0.6.0"
    package.mkdir(parents=True, exist_ok=True)
    (package / "typst.toml").write_text(
        '[package]\nname = "fontawesome"\nversion = "0.6.0"\nentrypoint = "lib.typ"\n', "utf-8"
    )
    glyphs = ", ".join(f'"{name}": "\\u{{{code:x}}}"' for name, code in ICONS.items())
    fonts = '("Font Awesome 7 Free Solid", "Font Awesome 7 Free", "Font Awesome 7 Brands")'
    drawn = f'text(font: {fonts}, weight: 900, ..rest, glyphs.at(name, default: "\\u{{f111}}"))'
    (package / "lib.typ").write_text(f"#let glyphs = ({glyphs})\n#let fa-icon(name, ..rest) = {drawn}\n", "utf-8")
    return cache


def _rendercv(resume: Resume, phone: str | None) -> Resume:
    basics = resume["basics"]
    networks = [
        {"network": p["network"], "username": p["username"]}
        for p in basics.get("profiles", [])
        if p["network"] in NETWORKS
    ]
    fields = {
        "name": basics["name"], "headline": basics.get("label"), "email": basics["email"], "phone": phone,
        "location": basics.get("location", {}).get("city"), "website": basics.get("url"), "social_networks": networks,
    }  # fmt: skip
    sections = {title: rows for title, rows in _rendercv_sections(resume).items() if rows}
    return {**{key: value for key, value in fields.items() if value}, "sections": sections}


def _rendercv_sections(resume: Resume) -> dict[str, list[Any]]:
    summary = resume["basics"].get("summary")
    skills = resume.get("skills", [])
    grouped = [{"label": s["name"], "details": ", ".join(s["keywords"])} for s in skills if s.get("keywords")]
    return {
        "Summary": [summary] if summary else [],
        "Experience": [
            _kept({"company": w["name"], "position": w["position"], "location": w.get("location"), **_dates(w),
                   "highlights": w.get("highlights")})
            for w in resume.get("work", [])
        ],
        "Education": [
            {"institution": e["institution"], "area": e["area"], "degree": e["studyType"], **_dates(e)}
            for e in resume.get("education", [])
        ],
        "Skills": grouped or [{"bullet": s["name"]} for s in skills],
        "Languages": [{"label": x["language"], "details": x["fluency"]} for x in resume.get("languages", [])],
        "Certificates": [
            {"label": c["name"], "details": f"{c['issuer']}, {spoken(c['date'])}"} for c in resume.get("certificates", [])
        ],
        "Publications": [
            {"title": p["name"], "authors": [resume["basics"]["name"]], "journal": p["publisher"], "date": p["releaseDate"]}
            for p in resume.get("publications", [])
        ],
        "Projects": [
            _kept({"name": p["name"], "summary": p["description"], **_dates(p), "highlights": p["highlights"]})
            for p in resume.get("projects", [])
        ],
    }  # fmt: skip


def _dates(entry: Resume) -> Resume:
    """RenderCV takes months as YYYY-MM and years as numbers."""
    dates = {"start_date": entry.get("startDate"), "end_date": entry.get("endDate", "present")}
    return {key: int(value) if re.fullmatch(r"\d{4}", value) else value for key, value in dates.items() if value}


def _kept(fields: Resume) -> Resume:
    return {key: value for key, value in fields.items() if value}


def latex(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """moderncv in its styles, five people each."""
    compiler = tools.system("pdflatex")
    for number, style in enumerate(MODERNCV_STYLES if compiler else []):
        for i in range(5):
            person = people[(3 * number + 3 * i) % len(people)]
            source = out / f"{style}-{person.stem}.tex"
            source.write_text(_moderncv(json.loads(person.read_text("utf-8")), style), "utf-8")
            run([str(compiler), "-interaction=nonstopmode", source.name], cwd=out, timeout_s=120)
            log = source.with_suffix(".log")
            if log.exists() and "Output written" in log.read_text("utf-8", "replace"):
                yield source.with_suffix(".pdf"), f"moderncv-{style}", person.stem


def _moderncv(resume: Resume, style: str) -> str:
    basics = resume["basics"]
    place = basics.get("location", {})
    first, _, last = basics["name"].rpartition(" ")
    lines = [
        r"\documentclass[10pt,a4paper,sans]{moderncv}", rf"\moderncvstyle{{{style}}}", r"\moderncvcolor{blue}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[scale=0.78]{geometry}", _command("name", first, last), _command("title", basics.get("label", "")),
        _command("address", place.get("address", place.get("city", "")), place.get("city", "") if "address" in place else ""),
        _command("email", basics["email"]),
    ]  # fmt: skip
    lines += [_command("phone", basics["phone"])] if "phone" in basics else []
    lines += [_command("homepage", basics["url"].removeprefix("https://"))] if "url" in basics else []
    for profile in basics.get("profiles", []):
        if profile["network"] in ("LinkedIn", "GitHub"):
            lines.append(rf"\social[{profile['network'].lower()}]{{{_tex(profile['username'])}}}")
    return "\n".join([*lines, r"\begin{document}", r"\makecvtitle", *_moderncv_body(resume), r"\end{document}"])


def _moderncv_body(resume: Resume) -> Iterator[str]:
    if summary := resume["basics"].get("summary"):
        yield _command("section", "Profile") + _command("cvitem", "", summary)
    yield from _moderncv_entries("Experience", resume.get("work", []), ("position", "name", "location"))
    yield from _moderncv_entries(
        "Education", resume.get("education", []), ("studyType", "institution", "", "score", "area")
    )
    if skills := resume.get("skills", []):
        yield _command("section", "Skills")
        grouped = [s for s in skills if s.get("keywords")]
        yield from (_command("cvitem", s["name"], ", ".join(s["keywords"])) for s in grouped)
        names = [s["name"] for s in skills if not s.get("keywords")]
        yield from (
            _command("cvdoubleitem", "", a, "", b) for a, b in zip(names[::2], [*names[1::2], ""], strict=False)
        )
    if languages := resume.get("languages", []):
        yield _command("section", "Languages")
        yield from (_command("cvitemwithcomment", x["language"], x["fluency"], "") for x in languages)
    yield from _moderncv_entries("Certificates", resume.get("certificates", []), ("name", "issuer"))
    yield from _moderncv_entries("Projects", resume.get("projects", []), ("name", "description"))
    yield from _moderncv_entries("Publications", resume.get("publications", []), ("name", "publisher"))


def _moderncv_entries(title: str, entries: list[Resume], keys: tuple[str, ...]) -> Iterator[str]:
    if entries:
        yield _command("section", title)
    for entry in entries:
        cells = [entry.get(key, "") for key in (*keys, "", "", "", "")[:5]]
        items = "".join(rf"\item {_tex(text)}" + "\n" for text in entry.get("highlights", []))
        body = rf"\begin{{itemize}}{items}\end{{itemize}}" if items else _tex(cells.pop())
        yield _command("cventry", when(entry, "--"), *cells[:4]) + "{" + body + "}"


def _command(name: str, *arguments: str) -> str:
    return rf"\{name}" + "".join("{" + _tex(a) + "}" for a in arguments)


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)
