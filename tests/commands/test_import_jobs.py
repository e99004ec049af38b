"""manage.py import_jobs: a file in, counts out, bad lines named."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_q.models import OrmQ

from jobs.models import Job
from manage import _needs_database
from matching.models import JobVector
from tests.support import work_until_idle

pytestmark = pytest.mark.django_db

NURSE = {"title": "Nurse", "identifier": "1", "description": "Wards."}
COOK = {"title": "Cook", "identifier": "2", "description": "Kitchen."}


@pytest.fixture
def jsonl(tmp_path):
    def written(*rows: object, name: str = "jobs.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
        return path

    return written


def test_a_file_is_imported_counted_and_on_its_way_to_vectors(jsonl, capsys) -> None:
    call_command("import_jobs", str(jsonl(NURSE, COOK)))
    assert capsys.readouterr().out == "created 2, updated 0, unchanged 0, failed 0\n"
    assert set(Job.objects.values_list("source", "external_id")) == {("jsonld", "1"), ("jsonld", "2")}
    work_until_idle()
    assert JobVector.objects.count() == 4


def test_the_same_file_again_changes_nothing_and_causes_no_work(jsonl, capsys) -> None:
    call_command("import_jobs", str(jsonl(NURSE, COOK)))
    work_until_idle()
    call_command("import_jobs", str(jsonl(NURSE, COOK)))
    assert capsys.readouterr().out.endswith("created 0, updated 0, unchanged 2, failed 0\n")
    assert OrmQ.objects.count() == 0


def test_a_changed_row_is_updated_under_its_id(jsonl, capsys) -> None:
    call_command("import_jobs", str(jsonl(NURSE)))
    call_command("import_jobs", str(jsonl({**NURSE, "title": "Head Nurse"})))
    assert capsys.readouterr().out.endswith("created 0, updated 1, unchanged 0, failed 0\n")
    assert Job.objects.get().title == "Head Nurse"


def test_bad_lines_are_reported_by_number_and_the_rest_is_imported(jsonl, capsys) -> None:
    path = jsonl(NURSE, "{not json", "", {"description": "No title."}, "[1, 2]", COOK)
    call_command("import_jobs", str(path))
    out, err = capsys.readouterr()
    assert out == "created 2, updated 0, unchanged 0, failed 3\n"
    assert err.splitlines() == [
        f"{path}:2: The line is not JSON.",
        f"{path}:4: The posting has no title.",
        f"{path}:5: The line is JSON, but not an object.",
    ]


def test_a_csv_is_imported_with_the_lines_of_its_bad_rows(tmp_path, capsys) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text('title;city;id;description\nNurse;Köln;1;"two\nlines"\n;Berlin;2;x\n\nCook;Bonn;3;y\n', "utf-8")
    call_command("import_jobs", str(path))
    out, err = capsys.readouterr()
    assert out == "created 2, updated 0, unchanged 0, failed 1\n"
    assert err == f"{path}:4: The posting has no title.\n"
    assert Job.objects.get(external_id="1").city == "Köln"
    assert Job.objects.get(external_id="1").source == "csv"


def test_a_name_keeps_the_jobs_of_two_files_apart(jsonl) -> None:
    call_command("import_jobs", str(jsonl(NURSE)), "--source", "board-a")
    call_command("import_jobs", str(jsonl(NURSE)), "--source", "board-b")
    assert set(Job.objects.values_list("source", flat=True)) == {"board-a", "board-b"}


def test_a_source_named_outright_reads_a_file_of_any_ending(jsonl, capsys) -> None:
    call_command("import_jobs", str(jsonl(NURSE, name="export.txt")), "--source", "jsonld")
    assert "created 1" in capsys.readouterr().out


def test_a_file_that_cannot_be_imported_is_refused_with_the_reason(tmp_path) -> None:
    odd = tmp_path / "jobs.xlsx"
    odd.write_bytes(b"x")
    with pytest.raises(CommandError, match="ending is not known"):
        call_command("import_jobs", str(odd))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_jobs", str(tmp_path / "gone.jsonl"))
    headless = tmp_path / "jobs.csv"
    headless.write_text("name,town\nNurse,Bonn\n")
    with pytest.raises(CommandError, match="no column named title"):
        call_command("import_jobs", str(headless))
    long_name = tmp_path / "jobs.jsonl"
    long_name.write_text(json.dumps(NURSE))
    with pytest.raises(CommandError, match="40"):
        call_command("import_jobs", str(long_name), "--source", "x" * 41)
    assert Job.objects.count() == 0


def test_a_compressed_file_is_read_as_what_it_holds(tmp_path, capsys) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(f"{json.dumps(NURSE)}\n{json.dumps(COOK)}\n".encode()))
    call_command("import_jobs", str(path))
    assert capsys.readouterr().out == "created 2, updated 0, unchanged 0, failed 0\n"


def test_a_damaged_archive_is_said_to_be_one(tmp_path) -> None:
    path = tmp_path / "jobs.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(NURSE).encode())[:-9])
    with pytest.raises(CommandError, match=r"jobs\.jsonl\.gz"):
        call_command("import_jobs", str(path))


# --- Without storing ------------------------------------------------------------------------------------------------
def test_a_dry_run_stores_nothing_and_says_what_is_in_the_file(jsonl, capsys) -> None:
    path = jsonl({**NURSE, "hiringOrganization": "Ward Ltd"}, COOK, {"description": "No title."})
    call_command("import_jobs", str(path), "--dry-run")
    out, err = capsys.readouterr()
    assert out == "postings 2, repaired 1, failed 1\n"
    assert err == f"{path}:3: The posting has no title.\n"
    assert (Job.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_json_prints_each_posting_as_a_line_of_schema_org(jsonl, capsys) -> None:
    call_command("import_jobs", str(jsonl(NURSE, {"description": "No title."}, COOK)), "--dry-run", "--json")
    out, err = capsys.readouterr()
    nurse, cook = map(json.loads, out.splitlines())
    assert (nurse["title"], nurse["identifier"], nurse["description"]) == ("Nurse", "1", "<p>Wards.</p>")
    assert (cook["@type"], cook["x-text"], cook["x-repairs"]) == ("JobPosting", "Kitchen.", ["company unknown"])
    assert err.endswith(":2: The posting has no title.\n")


def test_json_without_a_dry_run_is_refused(jsonl) -> None:
    with pytest.raises(CommandError, match="--json goes with --dry-run"):
        call_command("import_jobs", str(jsonl(NURSE)), "--json")
    assert Job.objects.count() == 0


def test_an_answer_recorded_from_a_service_is_read_by_its_source(tmp_path, capsys) -> None:
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps({"jobs": [{"id": 7, "title": "Cook", "location": {"name": "Lyon, France"}}]}), "utf-8")
    call_command("import_jobs", str(path), "--source", "greenhouse", "--dry-run", "--json")
    row = json.loads(capsys.readouterr().out)
    assert (row["identifier"], row["jobLocation"]["address"]["addressCountry"]) == ("7", "FR")


def test_a_payload_of_another_kind_is_refused_with_the_reason(tmp_path) -> None:
    path = tmp_path / "recorded.json"
    path.write_text("[1, 2", "utf-8")
    with pytest.raises(CommandError, match=r"recorded\.json: The file is not JSON"):
        call_command("import_jobs", str(path), "--source", "ashby", "--dry-run", "--json")


def test_a_dry_run_needs_neither_a_database_nor_secrets(jsonl, tmp_path) -> None:
    nowhere = {"DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/none", "CVMATCH_VAR_DIR": str(tmp_path / "var")}
    environment = {
        name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    }
    command = [sys.executable, "manage.py", "import_jobs", str(jsonl(COOK)), "--dry-run", "--json"]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={**environment, **nowhere},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["title"] == "Cook"


def test_the_embedded_database_stays_down_for_a_dry_run_only() -> None:
    assert not _needs_database(["import_jobs", "jobs.csv", "--dry-run"])
    assert _needs_database(["import_jobs", "jobs.csv"])
