"""evaluate_cvs prints figures by field, format and layout, and writes them as JSON."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

TRUTH = {"basics": {"name": "Ada Quill"}, "skills": [{"name": "Rye"}], "meta": {"format": "pdf", "layout": "plain"}}


@pytest.fixture
def folders(tmp_path):
    for folder, name, content in [
        ("truth", "right", TRUTH),
        ("truth", "missing", TRUTH),
        ("pred", "right", {"basics": {"name": "Ada Quill"}, "skills": [{"name": "Rye"}, {"name": "Oats"}]}),
    ]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


def test_figures_are_printed_and_written(folders, capsys):
    call_command("evaluate_cvs", str(folders / "pred"), str(folders / "truth"), "--json", str(folders / "figures.json"))
    printed = capsys.readouterr()
    assert "2 documents" in printed.out
    assert "plain" in printed.out
    assert printed.out.index("0.000  missing") < printed.out.index("  right")
    assert "missing, counted as empty" in printed.err
    figures = json.loads((folders / "figures.json").read_text())
    assert figures["overall"]["fields"]["name"] == {
        "precision": 1,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "given": 1,
        "expected": 2,
    }
    assert figures["by_format"]["pdf"]["fields"]["skills"]["precision"] == 0.5


def test_a_folder_without_truth_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="No truth"):
        call_command("evaluate_cvs", str(tmp_path), str(tmp_path))
