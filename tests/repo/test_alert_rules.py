"""The alert rules: Prometheus' own checker accepts them, every alert is tested, and says what to do in a place that exists."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repo.test_docs import PROJECT, anchors

FOLDER = PROJECT / "deploy" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
TESTS = sorted((FOLDER / "tests").glob("*.yml"))

THRESHOLDS = {
    "APISlow": "> 0.5",
    "HTTPErrors": "> 0.01",
    "CacheMisses": "< 0.80",
    "QueueLong": "> 1000",
    "EmbeddingSlow": "> 2",
    "MatchingSlow": "> 0.1",
    "CVParsingFailures": "> 0.10",
    "EmbeddingFailures": "> 0.05",
    "SourceReadsTooLong": "> 1800",
    "SourceFailsAgain": ">= 2",
    "DatabaseConnections": "> 0.80",
}


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


def test_every_alert_is_tested_to_fire_and_not_to_fire() -> None:
    tests = [
        each
        for path in TESTS
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        for each in test.get("alert_rule_test", ())
    ]
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    assert {each["alertname"] for each in tests if each["exp_alerts"]} == alerts
    assert {each["alertname"] for each in tests if not each["exp_alerts"]} == alerts


def test_every_threshold_that_operations_asks_for_has_its_alert() -> None:
    thresholds = {rule["alert"]: " ".join(rule["expr"].split()) for rule in rules() if "alert" in rule}
    for alert, threshold in THRESHOLDS.items():
        assert threshold in thresholds[alert], alert


def test_every_alert_says_what_to_do_in_a_place_that_exists() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert alerts
    for alert in alerts:
        page, _, anchor = alert["annotations"]["runbook"].partition("#")
        assert anchor in anchors(PROJECT / page), alert["alert"]
        assert {"summary", "description"} <= set(alert["annotations"])
        assert alert["for"]
