"""manage.py run_stage and sync_schedules."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import Schedule

from cvmatch.core.models import StageRun, Status
from cvmatch.core.queue import stages
from ingestion.models import CV
from tests.support import make_cv

pytestmark = pytest.mark.django_db


def test_one_run_works_on_one_batch(settings, capsys) -> None:
    settings.STAGE_BATCH = {"parse_cvs": 2}
    for number in range(3):
        make_cv(f"Person {number}\nSkills\nPython")
    call_command("run_stage", "parse_cvs")
    assert capsys.readouterr().out == "parse_cvs: 2 done, 0 failed, 0 lost\n"
    assert CV.objects.filter(status=Status.PENDING).count() == 1
    assert StageRun.objects.get().trigger == "command"


def test_until_empty_works_on_everything_that_waits(settings, capsys) -> None:
    settings.STAGE_BATCH = {"parse_cvs": 2}
    for number in range(5):
        make_cv(f"Person {number}\nSkills\nPython")
    call_command("run_stage", "parse_cvs", "--until-empty")
    assert capsys.readouterr().out == "parse_cvs: 5 done, 0 failed, 0 lost\n"
    assert set(CV.objects.values_list("status", flat=True)) == {Status.COMPLETED}


def test_until_empty_ends_although_a_row_fails(capsys) -> None:
    cv = make_cv()
    cv.file.storage.delete(cv.file.name)
    call_command("run_stage", "parse_cvs", "--until-empty")
    assert "0 done, 1 failed" in capsys.readouterr().out


def test_a_stage_that_does_not_exist_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(CommandError, match="parse_cvs"):
        call_command("run_stage", "parse_everything")


@pytest.mark.parametrize("name", [stage.name for stage in stages()])
def test_every_stage_of_the_table_runs_on_an_empty_database(name: str, capsys) -> None:
    call_command("run_stage", name, "--until-empty")
    assert capsys.readouterr().out.startswith(f"{name}: 0 done, 0 failed")


def test_schedules_are_written_once_however_often_it_runs(capsys) -> None:
    for _ in range(2):
        call_command("sync_schedules")
    names = list(Schedule.objects.values_list("name", flat=True))
    assert len(names) == len(set(names)) == len(stages()) + 2
    assert {f"cvmatch:{stage.name}" for stage in stages()} < set(names)
    assert "0 removed" in capsys.readouterr().out


def test_a_schedule_names_its_stage_its_interval_and_the_bulk_queue(settings) -> None:
    settings.STAGE_MINUTES = {"embed_jobs": 7}
    call_command("sync_schedules")
    row = Schedule.objects.get(name="cvmatch:embed_jobs")
    assert (row.func, row.args, row.minutes, row.cluster) == ("cvmatch.tasks.run_stage", "('embed_jobs',)", 7, "bulk")
    nightly = Schedule.objects.get(name="cvmatch:clean_up")
    assert (nightly.schedule_type, nightly.next_run.hour, nightly.next_run > timezone.now()) == ("D", 2, True)


def test_what_an_admin_changed_stays_until_reset() -> None:
    call_command("sync_schedules")
    Schedule.objects.filter(name="cvmatch:embed_jobs").update(minutes=3)
    call_command("sync_schedules")
    assert Schedule.objects.get(name="cvmatch:embed_jobs").minutes == 3
    call_command("sync_schedules", "--reset")
    assert Schedule.objects.get(name="cvmatch:embed_jobs").minutes == 15


def test_the_schedule_of_a_stage_that_is_gone_is_removed_and_those_of_others_stay(capsys) -> None:
    Schedule.objects.create(name="cvmatch:old_stage", func="x")
    Schedule.objects.create(name="backup", func="x")
    call_command("sync_schedules")
    assert "1 removed" in capsys.readouterr().out
    assert not Schedule.objects.filter(name="cvmatch:old_stage").exists()
    assert Schedule.objects.filter(name="backup").exists()
