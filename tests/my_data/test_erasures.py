"""An erasure holds whatever happens after it: a killed process, a file that will not go, a restore of an older backup."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cvmatch.backup import NAMED, delete_old_backups
from cvmatch.core.models import User
from cvmatch.my_data.erasing import erase_account, erase_again
from cvmatch.my_data.keeping import settle_erasures
from ingestion.erasing import erase_candidate, erase_cv
from ingestion.erasures import LEDGER, read_ledger, settle, write_ledger
from ingestion.models import CV, Candidate, Erasure
from ingestion.strays import sweep_strays
from tests.support import CV_TEXT, make_cv, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return tmp_path


def files(place: Path) -> list[str]:
    return sorted(path.name for path in (place / "media").rglob("*") if path.is_file())


def test_whoever_is_killed_right_after_the_rows_are_gone_leaves_the_rest_to_the_next(place: Path) -> None:
    cv = make_cv(user=make_user())
    erase_candidate(candidate=cv.candidate, by=None)  # what follows a commit never runs in this test
    assert files(place) != []
    assert not (place / LEDGER).exists()
    assert settle_erasures(limit=10).done == 2
    assert files(place) == []
    assert {entry.kind for entry in read_ledger(place / LEDGER).values()} == {"cv", "candidate"}
    assert settle_erasures(limit=10).done == 0
    assert set(Erasure.objects.values_list("file", flat=True)) == {""}


def test_the_file_goes_and_the_ledger_is_written_as_soon_as_the_rows_are_gone(
    place: Path, django_capture_on_commit_callbacks: Any
) -> None:
    cv = make_cv()
    with django_capture_on_commit_callbacks(execute=True):
        erase_cv(cv=cv, by=None)
    assert files(place) == []
    assert len(read_ledger(place / LEDGER)) == 2
    assert not Erasure.objects.filter(settled_at=None).exists()


def test_a_file_that_cannot_be_removed_is_tried_again_and_nothing_is_said_to_be_done(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_cv(cv=make_cv(), by=None)

    def refuse(name: str) -> None:
        raise PermissionError(name)

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "delete", refuse)
        with pytest.raises(PermissionError):
            settle()
    assert Erasure.objects.filter(settled_at=None).count() == 2
    assert settle() == 2
    assert files(place) == []


def test_a_line_that_was_cut_off_spoils_no_other(place: Path) -> None:
    erase_cv(cv=make_cv(), by=None)
    (place / LEDGER).write_text('{"id": "cut')
    settle()
    assert len(read_ledger(place / LEDGER)) == 2
    assert read_ledger(place / "none.jsonl") == {}


def test_a_ledger_beside_a_backup_gets_what_it_does_not_have(place: Path) -> None:
    erase_cv(cv=make_cv(), by=None)
    assert write_ledger(place / "beside.jsonl") == 2
    assert write_ledger(place / "beside.jsonl") == 0
    assert read_ledger(place / "beside.jsonl").keys() == {
        str(pk) for pk in Erasure.objects.values_list("pk", flat=True)
    }


def test_a_ledger_says_nothing_of_the_person(place: Path) -> None:
    user = make_user("mara.lindqvist")
    make_cv(user=user)
    erase_account(user=user)
    settle()
    said = (place / LEDGER).read_text()
    assert not any(word in said.lower() for word in ("mara", "lindqvist", "cvs/", ".txt", "@"))


def test_what_a_restore_brings_back_is_erased_again_and_others_stay(place: Path) -> None:
    mara, tom = make_user("mara"), make_user("tom")
    gone, kept = make_cv(user=mara), make_cv(CV_TEXT.replace("Mara", "Tom"), user=tom)
    restored = {"user": User.objects.get(pk=mara.pk), "candidate": gone.candidate, "cv": CV.objects.get(pk=gone.pk)}
    erase_account(user=mara)
    entries = list(read_ledger(_ledger(place)).values())
    Erasure.objects.all().delete()
    restored["user"].save(force_insert=True)
    restored["candidate"].save(force_insert=True)
    _insert(restored["cv"])
    assert erase_again(entries) == 1, "the account, and the rest with it"
    assert list(User.objects.values_list("username", flat=True)) == ["tom"]
    assert list(CV.objects.values_list("pk", flat=True)) == [kept.pk]
    assert Erasure.objects.filter(pk__in=[entry.id for entry in entries]).count() == len(entries), (
        "for the next restore"
    )


def test_another_row_that_got_the_number_of_an_erased_one_stays(place: Path) -> None:
    cv = make_cv()
    erase_cv(cv=cv, by=None)
    entries = list(read_ledger(_ledger(place)).values())
    Candidate.objects.create(pk=cv.candidate_id)
    assert erase_again(entries) == 0
    assert Candidate.objects.filter(pk=cv.candidate_id).exists()


def _ledger(place: Path) -> Path:
    write_ledger(place / LEDGER)
    return place / LEDGER


def _insert(cv: CV) -> None:
    """With the moment it was made, which a plain save would set anew."""
    made_at = cv.uploaded_at
    cv.save(force_insert=True)
    CV.objects.filter(pk=cv.pk).update(uploaded_at=made_at)


def test_deleting_in_the_admin_is_erasing_and_leaves_no_name_in_its_log(place: Path, client: Client) -> None:
    root = make_user("root")
    User.objects.filter(pk=root.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=root.pk))
    cv = make_cv()
    CV.objects.filter(pk=cv.pk).update(name="Mara Lindqvist")
    answer = client.post(reverse("admin:ingestion_cv_delete", args=[cv.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert not Candidate.objects.exists(), "without an account they go with their last CV"
    assert not LogEntry.objects.filter(object_repr__contains="Lindqvist").exists()
    other = make_cv()
    selected = {"action": "delete_selected", "_selected_action": [other.candidate_id], "post": "yes"}
    client.post(reverse("admin:ingestion_candidate_changelist"), selected)
    assert not CV.objects.exists()
    assert Erasure.objects.count() == 4


def test_files_that_no_cv_has_go_after_a_day_and_others_stay(place: Path) -> None:
    cv = make_cv()
    stray = default_storage.save("cvs/ab/abcd-stray", ContentFile(b"left by a killed process"))
    fresh = default_storage.save("cvs/ab/abcd-fresh", ContentFile(b"its row is being stored"))
    pictures = place / "media" / "cvs" / "ab" / "abcd-gone.pages"
    pictures.mkdir()
    old = time.time() - 2 * 24 * 3600
    for path in (place / "media" / stray, place / "media" / cv.file.name, pictures):
        os.utime(path, (old, old))
    assert sweep_strays(limit=10) == 2
    assert files(place) == sorted([Path(cv.file.name).name, Path(fresh).name])
    assert not pictures.exists()


def test_backups_older_than_the_days_go_and_other_files_stay(tmp_path: Path) -> None:
    now = timezone.now()
    names = [(now - timedelta(days=days)).strftime(NAMED) for days in (0, 29, 31, 400)]
    for name in (*names, "cvmatch-before-the-move.tar", "other.tar"):
        (tmp_path / name).touch()
    assert [path.name for path in delete_old_backups(tmp_path / names[0], days=30)] == [names[3], names[2]]
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".tar"} == {
        names[0], names[1], "cvmatch-before-the-move.tar", "other.tar",
    }  # fmt: skip
