"""Layouts that are web pages: third-party themes and our columns, as HTML and printed to PDF by Chromium."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools import THEMES, Tools, run

Made = tuple[Path, str, str]  # the file, its layout, and the person's name


def themes(tools: Tools, people: list[Path], out: Path) -> Iterator[Made]:
    """Every theme with five people as PDF and two of them as HTML; which five goes round."""
    os.environ["TZ"] = "UTC"  # themes that read a month as a moment would show the one before, west of Greenwich
    for number, theme in enumerate(THEMES):
        package = f"jsonresume-theme-{theme}"
        home = tools.node(package)
        chosen = [people[(number + 3 * i) % len(people)] for i in range(5)]
        folder = out / package
        folder.mkdir(parents=True, exist_ok=True)
        if home is None or not run(["node", home / "themes.cjs", package, folder, *chosen], cwd=home):
            print(f"left out: {package}")
            continue
        for index, person in enumerate(chosen):
            page = folder / f"{person.stem}.html"
            if pdf := printed(tools, page):
                yield pdf, f"theme-{theme}", person.stem
            if index in (1, 3):
                yield page, f"theme-{theme}", person.stem


def printed(tools: Tools, page: Path) -> Path | None:
    """The page as PDF beside it; nothing is fetched from the web."""
    chromium = tools.system("chromium", "chromium-browser", "google-chrome")
    if chromium is None:
        return None
    target = page.with_suffix(".pdf")
    profile = tempfile.mkdtemp()
    options = "--headless --no-sandbox --disable-gpu --no-pdf-header-footer --virtual-time-budget=3000".split()
    try:
        run(
            [chromium, *options, "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}",
             f"--print-to-pdf={target}", page.resolve().as_uri()],
            timeout_s=60,
        )  # fmt: skip
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    return target if target.exists() else None
