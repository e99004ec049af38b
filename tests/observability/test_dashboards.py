"""The dashboards for Grafana and the alert rules ask for what /metrics gives, in words that Prometheus understands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import cvmatch.core.metrics  # noqa: F401 - declares what is looked up below
from tests.repo.test_alert_rules import promtool, rules
from tests.repo.test_docs import PROJECT
from tests.running import Observed

FOLDER = PROJECT / "deploy" / "grafana"
DASHBOARDS = sorted((FOLDER / "dashboards").glob("*.json"))
# There from the first failure on, which the run that is looked at has none of.
WHEN_IT_HAPPENS = {"cvmatch_breaker_open"}
OF_PROMETHEUS = {"up"}
# What is no name of a metric: what is in quotes, braces and brackets and what is grouped by; then functions and operators.
LABELS = re.compile(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|without)\s*\([^)]*\)')
WORDS = re.compile(r"\b[a-z_]+\s*\(|\b(?:and|or|unless)\b")


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def expressions() -> Iterator[tuple[str, str]]:
    """(where, expression) of every panel."""
    for path in DASHBOARDS:
        for panel in read(path)["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"].replace("$__rate_interval", "5m")


def names(expression: str) -> set[str]:
    return set(re.findall(r"[a-zA-Z_:][\w:]*", WORDS.sub(" ", LABELS.sub(" ", expression))))


def test_there_is_a_dashboard_for_each_subject_with_a_name_of_its_own() -> None:
    assert {path.stem for path in DASHBOARDS} == {"overview", "pipeline", "matching", "caches", "database"}
    assert len({read(path)["uid"] for path in DASHBOARDS}) == len(DASHBOARDS)
    for path in DASHBOARDS:
        panels = read(path)["panels"]
        assert all(panel["title"] and panel["targets"] for panel in panels)
        places = [tuple(panel["gridPos"].values()) for panel in panels]
        assert len(set(places)) == len(places)


def test_every_dashboard_asks_the_source_of_data_that_is_provided() -> None:
    provided = yaml.safe_load((FOLDER / "provisioning" / "datasources" / "prometheus.yml").read_text(encoding="utf-8"))
    (uid,) = {source["uid"] for source in provided["datasources"]}
    for path in DASHBOARDS:
        asked = {part["datasource"]["uid"] for panel in read(path)["panels"] for part in (panel, *panel["targets"])}
        assert asked == {uid}


def test_prometheus_understands_every_expression(tmp_path: Path) -> None:
    recorded = [{"record": f"panel:{number}", "expr": expr} for number, (_, expr) in enumerate(expressions())]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}), encoding="utf-8")
    checked = promtool("check", "rules", str(file))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_prometheus_understands_its_configuration() -> None:
    checked = promtool("check", "config", "--syntax-only", "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_words_of_an_expression_that_are_names_are_found() -> None:
    assert names('max(sum by (instance) (a_b{c="d"})) / (rate(e:f[5m]) > 0) or vector(0) and on () g') == {
        "a_b",
        "e:f",
        "g",
    }


@pytest.mark.django_db
def test_every_panel_and_rule_asks_for_what_is_given(observed: Observed) -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    declared = {family.name for family in REGISTRY.collect()}
    assert declared >= WHEN_IT_HAPPENS
    given = observed.names | recorded | OF_PROMETHEUS | WHEN_IT_HAPPENS
    asked = [*expressions(), *((str(rule), rule["expr"]) for rule in rules())]
    unknown = {where: names(expr) - given for where, expr in asked if names(expr) - given}
    assert len(asked) > 60
    assert not unknown


@pytest.mark.django_db
def test_every_metric_of_ours_says_what_it_is_and_its_labels_are_few(observed: Observed) -> None:
    """A label whose values grow with the data would grow Prometheus without end."""
    labels = set(
        re.findall(r'[{,](\w+)="', "".join(re.findall(r"^cvmatch_\w+(\{.*\})", observed.metrics, re.MULTILINE)))
    )
    assert labels <= {
        *("le", "layer", "provider", "side", "stage", "state", "outcome", "queue", "status", "source", "service"),
        *("table", "index", "from"),
    }
    assert not re.findall(r"^# HELP (cvmatch_\w+)\s*$", observed.metrics, re.MULTILINE)
