"""Confirmed CVs as truth in private files, and CVs put back to be read by a newer parser."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cvmatch.core.models import Status
from ingestion import correcting
from ingestion.models import CV
from ingestion.quality import Truth
from ingestion.values import ParsedCV
from tests.support import CV_TEXT, make_cv, make_user, work_until_idle

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def confirmed() -> CV:
    """A CV with one correction, confirmed, beside one that is corrected only."""
    user, other = make_user(), make_user("tom")
    cv, unconfirmed = make_cv(user=user), make_cv(CV_TEXT.replace("Mara", "Tom"), user=other)
    work_until_idle()
    correcting.correct(cv, path="work[0].position", value="Lead Data Engineer", by=user)
    correcting.correct(unconfirmed, path="work[0].position", value="Cook", by=other)
    correcting.confirm(cv, by=user)
    return cv


def test_only_what_a_person_confirmed_is_truth_and_only_its_owner_can_open_it(confirmed: CV, tmp_path: Path) -> None:
    said = run("export_truth", tmp_path / "out")
    assert "1 confirmed CVs written" in said
    assert "personal data" in said
    (file,) = (tmp_path / "out" / "files").iterdir()
    (truth,) = (tmp_path / "out" / "truth").iterdir()
    assert (file.name, truth.name) == (f"cv-{confirmed.pk}.txt", f"cv-{confirmed.pk}.json")
    assert file.read_bytes() == CV_TEXT.encode()
    for path in (tmp_path / "out").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    data = json.loads(truth.read_text())
    assert data["meta"] == {"format": "txt", "layout": "corrected"}
    assert data["work"][0]["position"] == "Lead Data Engineer"


def test_the_evaluation_reads_the_export_and_counts_what_the_parser_got_wrong(confirmed: CV, tmp_path: Path) -> None:
    run("export_truth", tmp_path / "out")
    truth = Truth.from_json(json.loads((tmp_path / "out" / "truth" / f"cv-{confirmed.pk}.json").read_text()))
    assert (truth.layout, truth.parsed.resume) == ("corrected", CV.objects.get(pk=confirmed.pk).parsed.resume)
    figures = tmp_path / "figures.json"
    run(
        "evaluate_parsing_quality", tmp_path / "out" / "files", "--truth", tmp_path / "out" / "truth", "--json", figures
    )
    assert "corrected" in figures.read_text()


def test_a_confirmation_that_was_overtaken_by_a_correction_is_not_exported(confirmed: CV, tmp_path: Path) -> None:
    correcting.correct(confirmed, path="basics.label", value="Cook", by=make_user("rita", role="recruiter"))
    assert "0 confirmed CVs" in run("export_truth", tmp_path / "out")


def test_nothing_is_exported_into_a_folder_that_has_something_in_it(confirmed: CV, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    with pytest.raises(CommandError, match="not empty"):
        run("export_truth", tmp_path)
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_truth", tmp_path / "old.json")
    with pytest.raises(CommandError, match="DIR"):
        run("export_truth")


def test_a_confirmed_cv_whose_file_is_gone_is_left_out_and_said(confirmed: CV, tmp_path: Path) -> None:
    confirmed.file.storage.delete(confirmed.file.name)
    assert "its file is not there" in run("export_truth", tmp_path / "out")


def test_rereading_takes_the_cvs_of_an_older_parser_and_with_all_every_one(confirmed: CV) -> None:
    assert "0 CVs" in run("reread_cvs")
    CV.objects.filter(pk=confirmed.pk).update(parser_version="0")
    assert "1 CVs" in run("reread_cvs")
    work_until_idle()
    assert "1 CVs" in run("reread_cvs", "--all", "--limit", 1)
    assert CV.objects.filter(status=Status.PENDING).count() == 1
    work_until_idle()
    after = CV.objects.get(pk=confirmed.pk)
    assert (after.status, after.parsed.resume.work[0].position) == (Status.COMPLETED, "Lead Data Engineer")
    assert after.read == ParsedCV.from_json(after.read_json)
    assert after.read.resume.work[0].position == "Data Engineer"
