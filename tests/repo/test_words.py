"""The habits that a reader relies on: modules say what they are for, little is long, errors are handled where agreed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("cvmatch", "jobs", "ingestion", "matching", "deploy", "benchmarks", "training")
LONGEST_FUNCTION, LONGEST_FILE = 60, 400
# Handles any error of a row, so that one cannot stop the others; the API's map is registered, not caught, and pages
# handle CvmatchError only.
MAY_CATCH_EVERYTHING = {"cvmatch/core/runner.py"}
# Speak to a person at a terminal: commands, what bin/up runs, and scripts that print figures.
MAY_PRINT = re.compile(r".*/management/commands/.*|cvmatch/(?:up|supervisor)\.py|(?:benchmarks|training)/.*")
TEXT_FILES = {".py", ".md", ".html", ".css", ".js", ".toml", ".yml", ".yaml", ".in", ".txt", ".sh", ".conf", ""}
# In two halves, so that this file does not name itself.
LEFT_FOR_LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def python_files() -> list[Path]:
    found = [PROJECT / "manage.py"]
    for package in PACKAGES:
        found += (PROJECT / package).rglob("*.py")
    return sorted(path for path in found if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    modules = [*python_files(), *sorted((PROJECT / "tests").rglob("*.py"))]
    assert [name_of(path) for path in modules if not opens_with_a_sentence(tree_of(path))] == []


def opens_with_a_sentence(tree: ast.Module) -> bool:
    first = (ast.get_docstring(tree) or "").split("\n\n")[0]
    return not tree.body or first.endswith((".", "?", ":"))


def long_functions(tree: ast.Module, limit: int) -> list[str]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f"{f.name} ({lines})" for f in functions if (lines := (f.end_lineno or 0) - f.lineno + 1) > limit]


def test_no_function_is_long() -> None:
    long = {name_of(path): long_functions(tree_of(path), LONGEST_FUNCTION) for path in python_files()}
    assert {name: functions for name, functions in long.items() if functions} == {}


def test_no_file_is_long() -> None:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def catches_everything(tree: ast.Module) -> Iterator[int]:
    """Lines of handlers for every error, unless all they do in the end is to raise it again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            names = {ast.unparse(kind) for kind in _kinds(node.type)}
            last = node.body[-1]
            raises_again = isinstance(last, ast.Raise) and last.exc is None
            if names & {"", "Exception", "BaseException"} and not raises_again:
                yield node.lineno


def _kinds(kind: ast.expr | None) -> list[ast.expr]:
    if kind is None:
        return [ast.Name("")]
    return list(kind.elts) if isinstance(kind, ast.Tuple) else [kind]


def test_every_error_is_caught_only_where_agreed() -> None:
    caught = {name_of(path): list(catches_everything(tree_of(path))) for path in python_files()}
    assert {name for name, lines in caught.items() if lines} == MAY_CATCH_EVERYTHING


def prints(tree: ast.Module) -> bool:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)


def test_only_what_speaks_to_a_terminal_prints() -> None:
    printing = [name_of(path) for path in python_files() if prints(tree_of(path))]
    assert [name for name in printing if not MAY_PRINT.fullmatch(name)] == []


def text_files() -> Iterator[Path]:
    folders = ("bin", ".ci", "docs", "templates", "static/css", "static/js", "tests", *PACKAGES)
    candidates = [path for path in PROJECT.iterdir() if path.is_file()]
    for folder in folders:
        candidates += (path for path in (PROJECT / folder).rglob("*") if path.is_file())
    for path in candidates:
        if path.suffix in TEXT_FILES and not path.name.startswith("requirements") and "__pycache__" not in path.parts:
            yield path


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in text_files()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if LEFT_FOR_LATER.search(line)
    ]
    assert found == []


def test_no_module_is_named_for_nothing_in_particular() -> None:
    assert [name_of(path) for path in python_files() if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_the_rules_notice_what_they_are_for() -> None:
    bad = ast.parse(
        "def f():\n"
        + " print()\n" * 60
        + "try:\n g()\nexcept (ValueError, Exception):\n pass\ntry:\n g()\nexcept:\n pass"
    )
    assert long_functions(bad, LONGEST_FUNCTION) == ["f (61)"]
    assert list(catches_everything(bad)) == [64, 68]
    assert prints(bad)
    assert not opens_with_a_sentence(bad)
    good = ast.parse(
        "'''Says it.'''\ntry:\n g()\nexcept BaseException:\n h()\n raise\ntry:\n g()\nexcept OSError:\n pass"
    )
    assert list(catches_everything(good)) == []
    assert not prints(good)
    assert opens_with_a_sentence(good)
