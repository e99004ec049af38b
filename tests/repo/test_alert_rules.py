"""The alert rules: Prometheus' own checker accepts them, their tests pass, and what they ask for exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cvmatch.metrics import _STORED
from tests.repo.test_docs import PROJECT, anchors

FOLDER = PROJECT / "deploy" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
TESTS = sorted((FOLDER / "tests").glob("*.yml"))


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool") or shutil.which("promtool", path=str(PROJECT / "var" / "tools"))
    if program is None:
        pytest.skip("NO TESTS OF ALERT RULES: promtool is missing; bin/test fetches it")
    return subprocess.run([program, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)


def rules() -> list[dict[str, Any]]:
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def test_every_file_of_rules_is_valid_and_has_a_file_of_tests() -> None:
    assert RULES
    assert [path.name for path in TESTS] == [path.name.replace(".yml", "_test.yml") for path in RULES]
    checked = promtool("check", "rules", *map(str, RULES))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_alerts_fire_when_they_should_and_not_before(path: Path) -> None:
    tested = promtool("test", "rules", str(path))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_rule_that_fires_too_early_would_be_noticed(tmp_path: Path) -> None:
    for folder in ("rules", "tests"):
        (tmp_path / folder).mkdir()
        shutil.copytree(FOLDER / folder, tmp_path / folder, dirs_exist_ok=True)
    early = tmp_path / "rules" / "parsing.yml"
    early.write_text(early.read_text(encoding="utf-8").replace("> 0.10", "> 0.05"), encoding="utf-8")
    assert promtool("test", "rules", str(tmp_path / "tests" / "parsing_test.yml")).returncode != 0


@pytest.mark.django_db
def test_every_metric_of_ours_that_a_rule_asks_for_is_one_that_we_give() -> None:
    given = {family.name for family in _STORED.collect()} | {rule["record"] for rule in rules() if "record" in rule}
    asked = {name for rule in rules() for name in re.findall(r"\bcvmatch[\w:]+", rule["expr"])}
    assert asked
    assert asked <= given


def test_every_alert_says_what_to_do_in_a_place_that_exists() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert alerts
    for alert in alerts:
        page, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert anchor in anchors(PROJECT / page), alert["alert"]
        assert {"summary", "description"} <= set(alert["annotations"])
        assert alert["for"]
