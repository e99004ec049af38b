"""manage.py match_cv: a file against the jobs in the database, leaving nothing behind."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from matching.models import Match
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def cv_file(tmp_path):
    path = tmp_path / "mara.txt"
    path.write_text(CV_TEXT, encoding="utf-8")
    return path


@pytest.fixture
def jobs() -> None:
    make_job("1", "Data Engineer", company="Nordlicht")
    make_job("2", "Nurse", "Wards.\nRequirements:\n- Wound care")
    work_until_idle()


def counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_the_best_jobs_come_first_with_the_reasons(cv_file, jobs, capsys) -> None:
    call_command("match_cv", str(cv_file))
    out = capsys.readouterr().out
    assert out.index("Data Engineer") < out.index("Nurse")
    assert "Nordlicht · Berlin, DE" in out
    assert "● Python" in out
    assert "The CV shows" in out


def test_json_has_the_scores_the_parts_and_the_findings(cv_file, jobs, capsys) -> None:
    call_command("match_cv", str(cv_file), "--json", "--top", "1")
    (match,) = json.loads(capsys.readouterr().out)
    assert (match["rank"], match["title"]) == (1, "Data Engineer")
    assert match["score"]["low"] <= match["score"]["score"] <= match["score"]["high"]
    finding = next(f for f in match["account"]["findings"] if f["name"] == "Python")
    assert finding["in_cv"]["text"] == "Python"


def test_nothing_is_stored_not_even_a_task(cv_file, jobs) -> None:
    before = counts()
    call_command("match_cv", str(cv_file))
    assert counts() == before


def test_it_says_the_same_as_the_pipeline(cv_file, jobs, capsys) -> None:
    make_cv()
    work_until_idle()
    call_command("match_cv", str(cv_file), "--json")
    told = [(match["job_id"], match["score"]["score"]) for match in json.loads(capsys.readouterr().out)]
    assert told == [(match.job_id, float(match.score)) for match in Match.objects.order_by("rank")]


def test_without_jobs_it_says_what_to_do(cv_file, capsys) -> None:
    call_command("match_cv", str(cv_file))
    assert "run_stage embed_jobs" in capsys.readouterr().out
    call_command("match_cv", str(cv_file), "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tmp_path) -> None:
    picture = tmp_path / "cv.gif"
    picture.write_bytes(b"GIF89a" + b"\x00" * 99)
    with pytest.raises(CommandError, match="a picture"):
        call_command("match_cv", str(picture))
    with pytest.raises(CommandError, match="No such file"):
        call_command("match_cv", str(tmp_path / "gone.pdf"))


def test_a_top_below_one_is_refused(cv_file) -> None:
    with pytest.raises(CommandError, match="--top"):
        call_command("match_cv", str(cv_file), "--top", "0")
