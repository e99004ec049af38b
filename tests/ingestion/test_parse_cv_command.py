"""parse_cv writes one JSON per file and one line per failure."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from ingestion.management.commands import parse_cv
from ingestion.parse import parse_document


def test_each_file_becomes_a_json_resume_without_a_database(tmp_path):
    (tmp_path / "ada.txt").write_text("Ada Quill\nada@example.org\n\nSKILLS\nBaking, Rye Bread\n")
    call_command("parse_cv", str(tmp_path / "ada.txt"), "--out", str(tmp_path / "out"))
    written = json.loads((tmp_path / "out" / "ada.json").read_text())
    assert written["basics"] == {"name": "Ada Quill", "email": "ada@example.org"}
    assert written["meta"]["format"] == "txt"
    assert written["meta"]["fields"]["basics.email"]["start"] == len("Ada Quill\n")


def test_a_bad_file_gets_one_line_and_no_output_while_the_others_go_on(tmp_path, capsys):
    (tmp_path / "good.txt").write_text("Ada Quill\n")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    names = [str(tmp_path / n) for n in ("bad.pdf", "gone.docx", "good.txt")]
    with pytest.raises(SystemExit) as ended:
        call_command("parse_cv", *names, "--out", str(tmp_path / "out"))
    assert ended.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{names[0]}: The PDF is damaged")
    assert lines[1].startswith(f"{names[1]}: No such file")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["good.json"]


def test_a_file_over_the_limit_is_refused(tmp_path, capsys):
    (tmp_path / "long.txt").write_text("Ada Quill\n" * 50)
    with pytest.raises(SystemExit):
        call_command("parse_cv", str(tmp_path / "long.txt"), "--out", str(tmp_path), "--max-bytes", "100")
    assert "limit" in capsys.readouterr().err


def test_a_fault_in_the_parser_costs_only_the_file_that_caused_it(tmp_path, capsys, monkeypatch):
    def faulty(document):
        if "Ada" in document.text:
            raise ZeroDivisionError("no such case")
        return parse_document(document)

    monkeypatch.setattr(parse_cv, "parse_document", faulty)
    (tmp_path / "ada.txt").write_text("Ada Quill\n")
    (tmp_path / "bea.txt").write_text("Bea Quill\n")
    with pytest.raises(SystemExit):
        call_command("parse_cv", *(str(tmp_path / f"{n}.txt") for n in ("ada", "bea")), "--out", str(tmp_path / "out"))
    assert "ada.txt: The file led to a fault in the parser" in capsys.readouterr().err
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["bea.json"]
