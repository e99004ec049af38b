"""Receiving CVs: whose they are, which version, what is refused, and two uploads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from cvmatch.core.errors import UnreadableDocument
from cvmatch.core.models import Status
from cvmatch.tasks import run_stage
from ingestion.models import CV, Candidate
from ingestion.services import delete_superseded, receive_cv
from tests.support import CV_TEXT, make_cv, make_user, work_until_idle

pytestmark = pytest.mark.django_db


def test_a_candidates_upload_is_their_own_and_a_recruiters_makes_a_new_candidate() -> None:
    user, recruiter = make_user(), make_user("rita", role="recruiter")
    own, foreign = make_cv(user=user), make_cv("Tom Okafor\nNurse", user=recruiter)
    assert own.candidate.user == user
    assert (foreign.candidate.user, foreign.uploaded_by) == (None, recruiter)


def test_a_recruiter_can_add_a_version_to_a_known_candidate() -> None:
    first = make_cv()
    second = receive_cv(
        content=b"Another text", filename="b.txt", uploaded_by=None, candidate=first.candidate, interactive=False
    )
    assert (second.candidate_id, second.version, second.interactive) == (first.candidate_id, 2, False)
    assert list(first.candidate.cvs.current()) == [second]


def test_the_same_file_of_two_people_is_two_cvs() -> None:
    one, two = make_cv(user=make_user("a")), make_cv(user=make_user("b"))
    assert one.pk != two.pk


def test_the_file_of_one_goes_without_that_of_another_who_sent_the_same(django_capture_on_commit_callbacks) -> None:
    one, two = make_cv(user=make_user("a")), make_cv(user=make_user("b"))
    with django_capture_on_commit_callbacks(execute=True):
        one.delete()
    assert not one.file.storage.exists(one.file.name)
    assert two.file.storage.exists(two.file.name)


def test_a_file_that_two_rows_share_stays_until_the_last_of_them_goes(django_capture_on_commit_callbacks) -> None:
    one, two = make_cv(user=make_user("a")), make_cv(user=make_user("b"))
    storage, name = one.file.storage, one.file.name
    CV.objects.filter(pk=two.pk).update(file=name)
    two.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        one.delete()
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        two.delete()
    assert not storage.exists(name)


def test_an_upload_that_fails_half_way_leaves_no_file_behind(monkeypatch) -> None:
    shared = make_cv("Ada Example\nSkills\nBaking")

    def fail(*args: object, **options: object) -> None:
        raise OSError("the queue is gone")

    monkeypatch.setattr("ingestion.services.announce", fail)
    before = {path for path in Path(shared.file.path).parents[1].rglob("*") if path.is_file()}
    for text in (b"Tom Okafor\nNurse, never stored before", b"Ada Example\nSkills\nBaking"):
        with pytest.raises(OSError, match="queue"):
            receive_cv(content=text, filename="cv.txt", uploaded_by=None, interactive=False)
    assert {path for path in Path(shared.file.path).parents[1].rglob("*") if path.is_file()} == before
    assert shared.file.storage.exists(shared.file.name)
    assert CV.objects.count() == 1


def test_going_back_to_an_earlier_file_is_a_new_version() -> None:
    user = make_user()
    make_cv(user=user)
    make_cv("Another text", user=user)
    assert make_cv(user=user).version == 3


@pytest.mark.parametrize("content", [b"", b"\n \x00", b"GIF89a123", b"x" * 2000])
def test_what_cannot_be_read_leaves_no_row_no_candidate_and_no_task(content: bytes, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    with pytest.raises(UnreadableDocument):
        receive_cv(content=content, filename="cv", uploaded_by=make_user(), interactive=True)
    assert (CV.objects.count(), Candidate.objects.count(), OrmQ.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("", "cv"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("Ünï cödé.txt", "Ünï cödé.txt"),
    ],
)
def test_a_file_name_is_kept_short_and_without_folders(given: str, kept: str) -> None:
    assert receive_cv(content=b"text", filename=given, uploaded_by=None, interactive=True).filename == kept


def test_what_was_read_is_stored_with_its_places_and_announced() -> None:
    cv = make_cv()
    OrmQ.objects.all().delete()
    run_stage("parse_cvs", [cv.pk])
    cv.refresh_from_db()
    assert cv.status == Status.COMPLETED
    assert 0 < cv.completeness <= 1
    assert {"Python", "SQL", "PostgreSQL"} <= {cv.text[mention.start : mention.end] for mention in cv.skills}
    assert [task.task["args"] for task in OrmQ.objects.all()] == [("embed_cvs",)]
    assert cv.parsed.resume.basics.email == "mara.lindqvist@example.com"


def test_a_nul_in_a_text_moves_no_place() -> None:
    cv = make_cv(CV_TEXT.replace("Mara Lind", "Mara\x00Lind"))
    work_until_idle()
    cv.refresh_from_db()
    assert cv.status == Status.COMPLETED
    assert "\x00" not in cv.text
    assert {"Python", "SQL"} <= {cv.text[mention.start : mention.end] for mention in cv.skills}


def test_replaced_versions_go_after_their_time_with_their_files(django_capture_on_commit_callbacks) -> None:
    user = make_user()
    old, new = make_cv(user=user), make_cv("Another text", user=user)
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_superseded(before=timezone.now() + timedelta(days=1), limit=5) == 0, "the new one is not read yet"
        work_until_idle()
        assert delete_superseded(before=timezone.now() - timedelta(days=1), limit=5) == 0
        assert delete_superseded(before=timezone.now() + timedelta(days=1), limit=5) == 1
    assert list(CV.objects.all()) == [new]
    assert (old.file.storage.exists(old.file.name), new.file.storage.exists(new.file.name)) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_uploads_of_one_person_at_once_become_versions_one_after_the_other() -> None:
    user = make_user()
    Candidate.objects.create(user=user)
    start = Barrier(4)

    def upload(number: int) -> int:
        start.wait()
        try:
            return make_cv(f"{CV_TEXT}\n{number}", user=user).version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        versions = sorted(pool.map(upload, range(4)))
    assert versions == [1, 2, 3, 4]
    assert CV.objects.current().count() == 1
    assert Candidate.objects.count() == 1
