"""Makes a set of CVs with exact truth: our people in layouts by others, and in some of our own.

    .venv/bin/python benchmarks/layouts/make.py OUT [--tools DIR] [--only FAMILY ...]

Writes OUT/files and OUT/truth (JSON Resume plus meta.layout and meta.format). Needs Node with npm, Chromium, and for all
formats LibreOffice and pdflatex; what is missing is said and left out. The CV makers are installed into a folder of their own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import columns
import office
import plain
import typeset
import web
from shown import truth_of
from tools import HERE, Tools

Family = Callable[[Tools, list[Path], Path], Iterator[web.Made]]
FAMILIES: dict[str, Family] = {
    "columns": columns.pages,
    "themes": web.themes,
    "rendercv": typeset.rendercv,
    "latex": typeset.latex,
    "word": office.word,
    "hackmyresume": office.hackmyresume,
    "plain": plain.texts,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for files/ and truth/")
    parser.add_argument(
        "--tools", type=Path, default=Path(tempfile.gettempdir()) / "cv-layout-tools", help="where CV makers go"
    )
    parser.add_argument("--only", nargs="*", choices=FAMILIES, default=list(FAMILIES), help="families to make again")
    options = parser.parse_args()
    people = sorted((HERE / "people").glob("*.json"))
    for name in options.only:
        work = options.out / "work" / name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for folder in ("files", "truth"):
            (options.out / folder).mkdir(exist_ok=True)
        count = sum(_keep(made, options.out) for made in FAMILIES[name](Tools(options.tools), people, work))
        print(f"{name:<14}{count:>5} files", flush=True)


def _keep(made: web.Made, out: Path) -> bool:
    """Copies a file into the set with its truth; a page that shows no name is not one that its maker could render."""
    file, layout, name = made
    person = json.loads((HERE / "people" / f"{name}.json").read_text("utf-8"))
    truth = truth_of(person, file, layout=layout, format=file.suffix[1:])
    if "name" not in truth["basics"]:
        print(f"left out: {file.name} of {layout} shows no name")
        return False
    target = f"{layout}--{name}--{file.suffix[1:]}"
    shutil.copy(file, out / "files" / f"{target}{file.suffix}")
    (out / "truth" / f"{target}.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), "utf-8")
    return True


if __name__ == "__main__":
    main()
