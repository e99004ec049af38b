"""evaluate_parsing_quality reads a folder, or what is stored, and says how good the parses are."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ingestion.models import CV, Confirmation
from tests.support import CV_TEXT, make_cv, work_until_idle

TRUTH = {
    "basics": {"name": "Mara Lindqvist", "email": "mara.lindqvist@example.com"},
    "work": [{"name": "Nordlicht Analytics", "position": "Data Engineer", "startDate": "2019-03"}],
    "skills": [{"name": name} for name in ("Python", "SQL", "PostgreSQL", "Docker", "Apache Airflow")],
    "meta": {"format": "txt", "layout": "lines"},
}


@pytest.fixture
def folders(tmp_path):
    for folder in ("cvs", "truth"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cvs" / "mara.txt").write_text(CV_TEXT)
    (tmp_path / "cvs" / "poor.txt").write_text("Quarterly report\n\nThe weather was mild.\n")
    (tmp_path / "cvs" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    for name in ("mara", "poor", "broken", "gone"):
        truth = {**TRUTH, "meta": {**TRUTH["meta"], "layout": name}}
        (tmp_path / "truth" / f"{name}.json").write_text(json.dumps(truth))
    return tmp_path


def evaluate(*arguments):
    call_command("evaluate_parsing_quality", *map(str, arguments))


def test_a_folder_alone_shows_how_the_parses_look(folders, capsys):
    evaluate(folders / "cvs")
    printed = capsys.readouterr().out
    assert "3 documents, 1 could not be read" in printed
    assert printed.index("poor.txt") < printed.index("mara.txt")  # worst first
    assert "No e-mail address was found" in printed
    assert "The PDF is damaged" in printed
    assert "(broken.pdf)" in printed
    assert "F1" not in printed


def test_with_truth_fields_formats_layouts_and_confidence_are_measured(folders, capsys):
    evaluate(folders / "cvs", "--truth", folders / "truth", "--json", folders / "figures.json")
    printed = capsys.readouterr()
    assert "against the truth of 4 documents" in printed.out
    assert printed.out.index("0.000  broken.pdf") < printed.out.rindex("mara.txt")
    assert "expected calibration error" in printed.out
    assert "gone: there is truth and no file" in printed.err
    figures = json.loads((folders / "figures.json").read_text())
    assert (figures["overall"]["documents"], figures["overall"]["failed"]) == (3, 1)
    assert figures["by_format"]["txt"]["documents"] == 2
    assert list(figures["failures"].values()) == [1]
    truth = figures["truth"]
    assert truth["fields"]["e-mail"] == {"precision": 1, "recall": 0.25, "f1": 0.4, "given": 1, "expected": 4}
    assert truth["by_layout"]["mara"]["fields"]["name"]["f1"] == 1
    assert truth["by_layout"]["gone"]["macro_f1"] == 0
    assert list(truth["by_layout"])[-1] == "mara"  # worst first
    assert 0 <= truth["calibration"]["ece"] <= 1
    assert truth["calibration"]["by_field"]["basics.email"]["right"] == 1
    assert sum(row[2] for row in truth["calibration"]["bins"]) == truth["calibration"]["values"]


def test_what_cannot_be_evaluated_is_a_clear_error(folders, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CommandError, match="has no files"):
        evaluate(empty)
    with pytest.raises(CommandError, match="is not a folder"):
        evaluate(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="No truth files"):
        evaluate(folders / "cvs", "--truth", empty)
    with pytest.raises(CommandError, match="--truth needs DIR"):
        evaluate("--truth", folders / "truth")
    with pytest.raises(CommandError, match="cannot be written"):
        evaluate(folders / "cvs", "--json", tmp_path / "nowhere" / "f.json")
    (empty / "other.json").write_text("{}")
    with pytest.raises(CommandError, match="No file in DIR has its truth"):
        evaluate(folders / "cvs", "--truth", empty)
    (empty / "other.json").write_text("[]")
    with pytest.raises(CommandError, match="not a JSON Resume"):
        evaluate(folders / "cvs", "--truth", empty)


@pytest.mark.django_db
def test_without_a_folder_the_newest_stored_cvs_are_evaluated_against_what_was_confirmed(capsys, tmp_path):
    with pytest.raises(CommandError, match="No CV has been read yet"):
        evaluate()
    cv = make_cv()
    make_cv("%PDF-1.4 nothing")
    work_until_idle()
    cv.refresh_from_db()
    evaluate()
    printed = capsys.readouterr().out
    assert "2 documents, 1 could not be read" in printed
    assert f"CV {cv.pk}" in printed
    assert "against the truth" not in printed
    Confirmation.objects.create(cv=cv, resume_json=cv.parsed_json)
    evaluate("--json", tmp_path / "figures.json")
    assert "against the truth of 1 documents: macro F1 1.000" in capsys.readouterr().out
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["truth"]["calibration"]["right"] == 1
    assert CV.objects.count() == 2


def test_only_the_stored_cvs_need_the_database():
    needs = runpy.run_path(str(Path(settings.PROJECT_DIR) / "manage.py"))["_needs_database"]
    assert needs(["evaluate_parsing_quality"])
    assert needs(["evaluate_parsing_quality", "--json", "x.json"])
    assert not needs(["evaluate_parsing_quality", "cvs", "--truth", "truth"])
    assert not needs(["evaluate_parsing_quality", "--help"])
    assert not needs(["parse_cv", "x.pdf"])
    assert not needs([])
    assert needs(["migrate"])
