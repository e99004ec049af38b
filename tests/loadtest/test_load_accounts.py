"""The load test's own arithmetic: what is counted as lost, doubled or open, and what a report says of locust's figures."""

from __future__ import annotations

import ast
import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.loadtest import counting, reporting
from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.services import receive_cv
from ingestion.stages import parse_cvs
from matching import asking
from matching.models import Prediction
from matching.stages import embed_cvs, explain_matches, match_cvs
from tests.support import make_job

SCENARIOS = Path(__file__).parents[2] / "deploy" / "locust" / "locustfile.py"
HEAD = "Type,Name,Timestamp,Requests/s,50%,95%\n"


def upload(number: int) -> CV:
    content = (
        f"Ann Other\nBaker\nann@example.org\n\nEXPERIENCE\nBaker, Elm Park\n2010 - present\n- Bread {number}\n".encode()
    )
    return receive_cv(content=content, filename=f"load-{number}.txt", uploaded_by=None, interactive=True)


def account_of(folder: Path, *rows: tuple[str, object]) -> counting.Account:
    accepted = folder / "accepted.jsonl"
    accepted.write_text(
        "".join(json.dumps({"kind": kind, "id": str(pk) if kind == "match" else pk}) + "\n" for kind, pk in rows)
    )
    return counting.reconcile(accepted, patience_s=-1, say=lambda text: None)


@pytest.mark.django_db
def test_accepted_work_is_open_until_it_is_finished_and_lost_when_it_is_gone(tmp_path: Path) -> None:
    make_job()
    cv, user = upload(1), User.objects.create_user("load", role="recruiter")
    for stage in (parse_cvs, embed_cvs):
        stage(limit=10)
    task = asking.ask_for_cv(user=user, cv=CV.objects.get(pk=cv.pk), filters={})
    rows = (("cv", cv.pk), ("match", task.pk))
    assert sorted(account_of(tmp_path, *rows).open) == [f"match {task.pk}", f"upload {cv.pk}"]
    for stage in (match_cvs, explain_matches):
        stage(limit=100)
    done = account_of(tmp_path, *rows)
    assert (done.is_clean, done.uploads, done.matches) == (True, Counter(completed=1), Counter(completed=1))
    cv.delete()
    assert account_of(tmp_path, *rows).lost == [f"upload {rows[0][1]}", f"match {task.pk}"]


@pytest.mark.django_db
def test_what_is_there_twice_or_was_stored_without_an_answer_is_counted(tmp_path: Path) -> None:
    first, second = upload(1), upload(2)
    assert account_of(tmp_path, ("cv", first.pk)).not_answered == 1
    CV.objects.filter(pk=second.pk).update(sha256=first.sha256)
    for status in ("completed", "pending"):
        Prediction.objects.create(side="jobs", cv=first, status=status)
    doubled = account_of(tmp_path, ("cv", first.pk), ("cv", first.pk), ("cv", second.pk)).doubled
    assert len(doubled) == 3, doubled


def test_hits_and_misses_are_read_by_layer_between_two_readings() -> None:
    def reading(hits: int, misses: int) -> Counter[tuple[str, str]]:
        lines = [
            f'cvmatch_cache_hits_total{{layer="response"}} {hits}.0',
            f'cvmatch_cache_misses_total{{layer="response"}} {misses}.0',
        ]
        return counting.lookups("# TYPE x counter\n" + "\n".join(lines) + "\nother_total 3.0\n")

    assert counting.hit_rates(reading(10, 5), reading(100, 15)) == {"response": (90, 100)}


def test_the_report_counts_requests_and_not_the_ways_that_hold_several(tmp_path: Path) -> None:
    rows = [
        {
            "method": "GET",
            "name": "/jobs",
            "num_requests": 100,
            "num_failures": 1,
            "response_times": {"10.0": 94, "300": 6},
        },
        {
            "method": "WAY",
            "name": "upload to explained",
            "num_requests": 1,
            "num_failures": 0,
            "response_times": {"9000": 1},
        },
    ]
    prefix = tmp_path / "mixed"
    prefix.with_suffix(".json").write_text(
        json.dumps([row | {"start_time": 50.0, "last_request_timestamp": 60.0} for row in rows])
    )
    Path(f"{prefix}_stats_history.csv").write_text(HEAD + ",Aggregated,50,N/A,N/A,N/A\n,Aggregated,60,10,10,300\n")
    phase = reporting.Phase("Mixed & more", prefix, {"response": (9, 10)})
    assert (phase.rate, phase.errors, phase.all.within_ms(0.5), phase.all.within_ms(0.95)) == (10.0, 1, 10, 300)
    account = counting.Account(uploads=Counter(completed=3))
    report = reporting.write_report(tmp_path / "out", about=["2 cores"], phases=[phase], account=account).read_text()
    assert "| Mixed & more | 10.0 | 100 | 10 | 300 | 300 | 1 |" in report
    assert "| WAY upload to explained | 1 | 9,000 | 9,000 | 9,000 | 0 |" in report
    assert "90.0 % of 10 lookups" in report
    assert "accepted and finished: 3 completed" in report
    picture = ElementTree.parse(tmp_path / "out" / f"{phase.file}.svg")
    assert len(picture.findall(".//{http://www.w3.org/2000/svg}polyline")) == 3


def test_a_scenario_in_which_nobody_came_to_ask_is_reported_as_well(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text("[]")
    (tmp_path / "none_stats_history.csv").write_text(HEAD)
    phase = reporting.Phase("None", tmp_path / "none", {})
    report = reporting.write_report(tmp_path, about=[], phases=[phase], account=counting.Account())
    assert "| None | 0.0 | 0 | 0 | 0 | 0 | 0 |" in report.read_text()
    assert "no lookups" in report.read_text()


def test_there_are_the_scenarios_that_the_load_test_asks_for() -> None:
    from benchmarks import load

    classes = {node.name for node in ast.parse(SCENARIOS.read_text()).body if isinstance(node, ast.ClassDef)}
    assert {scenario.user for scenario in (*load.FULL, *load.QUICK, load.WARM_UP)} <= classes
    assert {"Browse", "Upload", "Match", "Bulk", "Mixed"} <= classes
