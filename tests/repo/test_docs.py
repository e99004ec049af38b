"""The documentation agrees with the code: settings, commands and their options, links, stages, libraries."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, get_commands, load_command_class
from django.utils import timezone

from cvmatch import demo
from cvmatch.core.queue import Stage
from cvmatch.pipeline import STAGES
from cvmatch.settings.base import ENVIRONMENT
from ingestion.sources.jsonld import read_posting
from matching.scoring import ScoringConfig
from matching.values import BANDS

PROJECT = Path(__file__).resolve().parent.parent.parent
# What people read; folders that tools make are left out.
MARKDOWN = sorted(
    path
    for folder in (".", "docs", "docs/decisions", "benchmarks", "static/vendor", "deploy")
    for path in (PROJECT / folder).glob("*.md")
)
# Places where our own variables are documented though others read them.
READ_BY_OTHERS = {
    "GOOGLE_APPLICATION_CREDENTIALS",
    "Q_CLUSTER_NAME",
    "PYTHON",
    "POSTGRES_PASSWORD",
    "GRAFANA_PASSWORD",
    "CVMATCH_IMAGE",
    "OTEL_SERVICE_NAME",
    "SENTRY_ENVIRONMENT",
}
READERS = {"str", "int", "bool", "list", "dict", "float", "url", "path", "json", "tuple", "db", "db_url", "cache_url"}
# Stands for what a reader fills in: an option or argument that a placeholder like NAME follows must only be known.
A_STAGE = STAGES[0].name

names = pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(PROJECT)))


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row of a Markdown text."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


# Settings


def documented_settings() -> set[str]:
    return {name for row in rows(read("docs/settings.md")) for name in re.findall(r"^`([A-Z][A-Z0-9_]+)`$", row[0])}


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert documented_settings() == set(ENVIRONMENT)


def test_every_setting_has_a_meaning_a_default_and_an_example() -> None:
    incomplete = [
        row[0] for row in rows(read("docs/settings.md")) if row[0].startswith("`") and (len(row) != 4 or not all(row))
    ]
    assert incomplete == []


def test_what_the_settings_page_names_besides_is_read_by_others() -> None:
    named = {
        name for text in quoted(read("docs/settings.md")) for name in re.findall(r"^[A-Z][A-Z0-9]*_[A-Z0-9_]+$", text)
    }
    assert named <= set(ENVIRONMENT) | READ_BY_OTHERS | {"ENVIRONMENT"}


def variables_read(source: str) -> set[str]:
    """The first argument of every reading of the environment: ``env.int("X")``, ``os.environ["X"]``, ``os.getenv("X")``."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner, method, first = ast.unparse(node.func.value), node.func.attr, node.args[0]
            reads = (owner == "env" and method in READERS) or (owner, method) in {
                ("os.environ", "get"),
                ("os", "getenv"),
            }
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            reads, first = isinstance(node.ctx, ast.Load), node.slice
        else:
            continue
        if reads:
            assert isinstance(first, ast.Constant), f"line {node.lineno}: the name of a variable must be written out"
            found.add(str(first.value))
    return found


def test_the_settings_read_what_is_listed_and_nothing_else() -> None:
    modules = sorted((PROJECT / "cvmatch" / "settings").glob("*.py"))
    found = {name for path in modules if path.name != "test.py" for name in variables_read(path.read_text())}
    assert found == set(ENVIRONMENT)


def test_reading_the_environment_is_noticed_in_every_form() -> None:
    source = 'env.int("A", default=1)\nos.environ["B"]\nos.getenv("C")\nos.environ.get("D")\nother.str("E")'
    assert variables_read(source) == {"A", "B", "C", "D"}


# Commands


def blocks(text: str) -> Iterator[str]:
    """The shell lines of fenced blocks, with continued lines joined."""
    for block in re.findall(r"```(?:bash|sh|console)\n(.*?)```", text, re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()


def calls(text: str) -> Iterator[str]:
    """Every call of ours: in shell blocks, and in code spans that begin with one."""
    for line in blocks(text):
        for part in re.split(r"\$\(|\)$|[|;&]+|\s#\s", line):
            found = re.search(r"(?:^|[\s/])(manage\.py .*|bin/(?:up|test|setup)\b.*)", part)
            if found and ".venv/bin/" not in found[1]:
                yield found[1].strip()
    for span in quoted(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        found = re.fullmatch(r"(?:\w+=\S+ )*(?:\.venv/bin/python )?(manage\.py [a-z_]+.*|bin/\w+.*)", span)
        if found:
            yield found[1]


def all_calls() -> list[str]:
    return sorted({call for path in MARKDOWN for call in calls(path.read_text(encoding="utf-8"))})


@cache
def parser_of(command: str) -> Any:
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    return loaded.create_parser("manage.py", command)


def check_manage(name: str, arguments: list[str], *, whole: bool) -> None:
    """The command exists and knows the options; a call with arguments parses as it stands."""
    parser = parser_of(name)
    unknown = [a for a in arguments if a.startswith("-") and a.split("=")[0] not in parser._option_string_actions]
    assert unknown == [], f"{name} does not know {unknown}"
    if whole:
        parser.parse_args([A_STAGE if (name, a) == ("run_stage", "NAME") else a for a in arguments])


def check_script(script: Path, arguments: list[str]) -> None:
    assert script.exists()
    if script.name == "test":  # passes everything on to pytest
        arguments = [a for a in arguments if a.startswith("tests/")]
        assert [a for a in arguments if not (PROJECT / a).exists()] == []
    else:
        text = script.read_text(encoding="utf-8")
        assert [a for a in arguments if f"  {a})" not in text] == []


@pytest.mark.parametrize("call", all_calls())
def test_every_command_that_is_shown_exists_and_knows_its_options(call: str) -> None:
    program, *arguments = shlex.split(call)
    if "…" in call:
        arguments = arguments[: arguments.index("…")] if "…" in arguments else []
    if program != "manage.py":
        check_script(PROJECT / program, arguments)
    elif arguments:
        # In running text a command is often named without its arguments, or with one option.
        check_manage(arguments[0], arguments[1:], whole=len(arguments) > 2)


def test_commands_are_found_in_the_documentation() -> None:
    shown = all_calls()
    assert len(shown) > 15
    assert any(call.startswith("manage.py rank --queries") for call in shown)


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("no_such_command", [], KeyError),
        ("run_stage", [A_STAGE, "--no-such-option"], AssertionError),
        ("run_stage", ["no_such_stage", "--until-empty"], CommandError),
        ("run_stage", ["NAME", "--until-empty"], None),
    ],
)
def test_a_wrong_command_would_be_noticed(name: str, arguments: list[str], error: type[Exception] | None) -> None:
    if error is None:
        check_manage(name, arguments, whole=True)
    else:
        with pytest.raises(error):
            check_manage(name, arguments, whole=True)


def test_the_readme_lists_every_command_of_ours() -> None:
    ours = {
        name
        for name, app in get_commands().items()
        if app in {"cvmatch", "cvmatch.core", "jobs", "ingestion", "matching"}
    }
    listed = {quoted(row[0])[0].split()[1] for row in rows(read("README.md")) if row[0].startswith("`manage.py ")}
    assert listed == ours


def test_the_readme_says_how_much_the_demo_has() -> None:
    jobs = sum(1 for row in demo.load_jobs(timezone.now()) for _ in read_posting(1, row))
    assert f"{jobs} fictional jobs and {len(demo.cv_files())} CVs" in read("README.md")


# Links


def anchors(path: Path) -> set[str]:
    """The anchors that headings get: lower case, no punctuation, hyphens for spaces."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        found = path if not target else path.parent / target
        if re.match(r"\w+:", link):
            continue
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(link)
    return broken


@names
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    assert broken_links(path) == []


def test_a_broken_link_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title, long\n[a](gone.md) [b](page.md#a-title-long) [c](#nowhere) [d](https://example.com/x)")
    assert broken_links(page) == ["gone.md", "#nowhere"]


def paths_named(text: str) -> Iterator[str]:
    """Files and folders of ours in code spans; patterns and placeholders are not looked for."""
    for span in quoted(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.fullmatch(r"(?:cvmatch|jobs|ingestion|matching|tests|templates|static|bin|docs|deploy)/[\w./-]*", span):
            yield span


@names
def test_every_file_that_is_named_exists(path: Path) -> None:
    made_up = {"ingestion/sources/rss.py"}  # the worked example
    missing = {name for name in paths_named(path.read_text(encoding="utf-8")) if not (PROJECT / name).exists()}
    assert {name for name in missing - made_up if not any(part.isupper() for part in re.split(r"[/.]", name))} == set()


# Stages


def schedule_of(stage: Stage) -> str:
    return f"{stage.minutes} min" if stage.minutes else f"daily {stage.daily_at:%H:%M} UTC"


def test_the_table_of_stages_is_the_pipeline() -> None:
    known = {stage.name for stage in STAGES}
    shown = [
        (quoted(row[0])[0], row[1], int(row[2]), tuple(quoted(row[3])))
        for row in rows(read("docs/operations.md"))
        if len(row) == 5 and quoted(row[0]) and row[2].isdecimal()
    ]
    assert shown == [(stage.name, schedule_of(stage), stage.batch, stage.on) for stage in STAGES]
    assert {name for name, *_ in shown} == known


# Scores


def test_the_weights_and_bands_that_are_shown_are_those_of_the_scorer() -> None:
    shown = read("docs/architecture.md").partition("## How a match is made")[2].partition("\n## ")[0]
    weights = {name: float(weight) for name, weight in re.findall(r"\b([a-z]+)\s+(0\.\d+)", shown)}
    assert weights == {name: weight.whole for name, weight in ScoringConfig().weights.items() if weight.whole}
    bands = {name: float(least) for name, least in re.findall(r"\b([a-z]+) from (\d+)", shown)}
    assert bands == {name: least for least, name in BANDS if least}


# Libraries


def required(name: str) -> set[str]:
    lines = (re.sub(r"\s+#.*", "", line).strip() for line in read(name).splitlines())
    return {re.split(r"[~=<>!\[; ]", line)[0].lower() for line in lines if line and not line.startswith(("#", "-"))}


def test_every_library_has_a_line_in_the_record_and_no_line_is_left_over() -> None:
    explained = {row[0].lower() for row in rows(read("docs/decisions/0007-libraries.md"))} - {"library"}
    explained = {name for name in explained if not set(name) <= set("- ")}
    needed = ("requirements.in", "requirements-dev.in", "requirements-load.in")
    assert explained == set().union(*map(required, needed))


def test_every_library_that_runs_is_in_the_notice() -> None:
    notice = read("NOTICE").lower()
    assert [
        name for name in sorted(required("requirements.in")) if not re.search(rf"\b{re.escape(name)}\b", notice)
    ] == []


def test_the_locks_hold_what_is_required_and_not_torch() -> None:
    for name in ("requirements", "requirements-dev", "requirements-load"):
        locked = set(re.findall(r"^([a-z0-9][\w.-]*)==", read(f"{name}.txt"), re.MULTILINE))
        assert required(f"{name}.in") <= {package.lower() for package in locked}
        assert "torch" not in locked


# Decisions


def test_every_decision_has_its_number_and_its_line_in_the_list() -> None:
    records = sorted((PROJECT / "docs" / "decisions").glob("0*.md"))
    listed = re.findall(r"\]\((0\d{3}-[\w-]+\.md)\)", read("docs/decisions/README.md"))
    assert listed == [record.name for record in records]
    for record in records:
        title = record.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(rf"# {int(record.name[:4])}\b|# {record.name[:4]}\b", title), title


# Keys


def test_the_page_for_recruiters_has_the_keys_that_the_pages_have() -> None:
    said = re.findall(r'<dt>(.*?)</dt><dd>\{% translate "(.*?)" %\}', read("templates/matching/keys.html"))
    shown = {" ".join(re.findall(r"<kbd>(.*?)</kbd>", keys)): does for keys, does in said}
    table = {" ".join(quoted(row[0])): row[1] for row in rows(read("docs/recruiters.md")) if quoted(row[0])}
    assert table == shown
