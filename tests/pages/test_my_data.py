"""A candidate's own data: what is shown, what is taken along, and that erasing leaves nothing."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client

from cvmatch.core.models import User, Webhook
from ingestion import correcting
from ingestion.models import CV, CVView
from ingestion.viewings import note_view
from jobs.saving import save_search
from matching.models import Match
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

RARE = "Nordlicht"  # stands in the CV and nowhere else


def erase(client: Client, what: str, word: str = "delete", password: str = "pw") -> object:
    return client.post("/account/data/delete/", {"what": what, "word": word, "password": password})


def archive_of(client: Client) -> zipfile.ZipFile:
    response = client.get("/account/data/download/")
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]


def test_the_page_shows_versions_who_looked_and_what_else_is_kept(
    as_: Callable[[str], Client], match: Match, people: dict[str, User]
) -> None:
    note_view(user=people["recruiter"], cv=match.cv, how=CVView.How.PAGE)
    client = as_("candidate")
    client.post("/jobs/mark/", {"save": f"{match.job_id}.{match.pk}"})
    page = client.get("/account/data/").content.decode()
    assert "Version 1" in page
    assert "recruiter" in page.partition("Who looked")[2].partition("Also kept")[0]
    assert 'href="/account/data/download/"' in page


def test_the_page_of_somebody_without_a_cv_says_what_to_do(as_: Callable[[str], Client]) -> None:
    page = as_("other").get("/account/data/").content.decode()
    assert "There is no CV of yours here." in page
    assert "Nobody but you has opened your CV yet." in page
    assert "Erase my CV" not in page
    assert "Erase everything and my account" in page


def test_the_page_is_for_candidates(as_: Callable[[str], Client]) -> None:
    assert as_("recruiter").get("/account/data/").status_code == 403
    assert as_("anonymous").get("/account/data/").status_code == 302


def test_the_download_holds_files_readings_corrections_lists_marks_and_views(
    as_: Callable[[str], Client], match: Match, people: dict[str, User]
) -> None:
    correcting.correct(match.cv, path="basics.name", value="Mara Lind", by=people["candidate"])
    note_view(user=people["recruiter"], cv=match.cv, how=CVView.How.PAGE)
    client = as_("candidate")
    client.post("/jobs/mark/", {"hide": f"{match.job_id}.{match.pk}.pay"})
    save_search(user=people["candidate"], name="Near", query="near=Berlin")
    Webhook.objects.create(
        user=people["candidate"], url="https://example.com/told", events=["cv.read"], secret="sealed"
    )
    archive = archive_of(client)
    assert archive.testzip() is None
    assert archive.read("cvs/version-1/file/cv.txt").decode() == CV_TEXT
    told = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}
    assert told["account.json"]["username"] == "candidate"
    assert told["cvs/version-1/resume.json"]["basics"]["name"] == "Mara Lind"
    assert [row["made_by"] for row in told["cvs/version-1/corrections.json"]] == ["candidate"]
    (line,) = told["cvs/version-1/matches.json"]
    assert (line["title"], line["score"]) == (match.job.title, str(match.score))
    assert line["explanation"]["findings"]
    assert [(row["kind"], row["reason"]) for row in told["marked_jobs.json"]] == [("hidden", "pay")]
    assert [row["kind"] for row in told["actions.json"] if row["kind"] == "hide"] == ["hide"]
    assert [row["user_name"] for row in told["views.json"]] == ["recruiter"]
    assert [(row["name"], row["query"]) for row in told["searches.json"]] == [("Near", "near=Berlin")]
    assert [row["url"] for row in told["webhooks.json"]] == ["https://example.com/told"]
    assert "sealed" not in str(told["webhooks.json"])
    assert all(name in archive.read("README.txt").decode() for name in ("resume.json", "views.json", "actions.json"))


def test_the_download_holds_nothing_of_others_and_survives_a_missing_file(
    as_: Callable[[str], Client], other_cv: CV, cv: CV
) -> None:
    cv.file.storage.delete(cv.file.name)
    archive = archive_of(as_("candidate"))
    assert "cvs/version-1/file/missing.txt" in archive.namelist()
    assert not any(b"Prichard" in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(("word", "password", "said"), [("yes", "pw", "type the word"), ("delete", "no", "password")])
def test_nothing_is_erased_without_the_word_and_the_password(
    as_: Callable[[str], Client], cv: CV, word: str, password: str, said: str
) -> None:
    response = erase(as_("candidate"), "account", word, password)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert said in response.content.decode()  # type: ignore[attr-defined]
    assert CV.objects.filter(pk=cv.pk).exists()


def test_the_cv_goes_and_the_account_stays(as_: Callable[[str], Client], match: Match) -> None:
    client = as_("candidate")
    client.post("/jobs/mark/", {"save": f"{match.job_id}.{match.pk}"})
    assert erase(client, "cv")["Location"] == "/"  # type: ignore[index]
    assert not CV.objects.exists()
    page = client.get("/").content.decode()
    assert "Your CV is erased" in page
    assert "Upload your CV" in page


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_person_is_left_in_any_table_or_file(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    person = User.objects.create_user(
        "mara.l", email="mara.lindqvist@example.com", password="pw", last_name="Lindqvist"
    )
    recruiter = User.objects.create_user("rita", password="pw", role=User.Role.RECRUITER)
    job = make_job()
    assert client.login(username="mara.l", password="pw")
    make_cv(CV_TEXT.replace("Docker", "Podman"), user=person)
    cv = make_cv(user=person)
    work_until_idle()
    cv.refresh_from_db()
    match = Match.objects.filter(cv=cv).latest("pk")
    correcting.correct(cv, path="basics.label", value=f"{RARE} Engineer", by=person)
    client.post("/jobs/mark/", {"save": f"{job.pk}.{match.pk}"})
    client.get(f"/matches/{match.pk}/")
    reader = Client()
    reader.force_login(recruiter)
    for page in (f"/cvs/{cv.pk}/", f"/jobs/{job.pk}/candidates/"):
        reader.get(page)
    note_view(user=recruiter, cv=cv, how=CVView.How.FILE)
    LogEntry.objects.create(
        user=recruiter, content_type=ContentType.objects.get_for_model(CV), object_id=str(cv.pk),
        object_repr=str(cv), action_flag=CHANGE, change_message="",
    )  # fmt: skip
    work_until_idle()
    make_cv(CV_TEXT.replace("Docker", "Buildah"), user=person)  # its tasks still wait
    user_id = person.pk
    before = found(user_id)
    tables = {"ingestion_cv", "core_user", "django_admin_log", "django_session", "a file"}
    assert tables <= {hit.partition(":")[0] for hit in before}, "the search would prove nothing where it finds nothing"
    assert CVView.objects.exists()
    erase(client, "account")
    assert client.get("/account/data/").status_code == 302
    call_command("run_stage", "clean_up")
    assert found(user_id) == []
    assert not CVView.objects.exists()


def found(user_id: int) -> list[str]:
    """Every table and stored file in which the person's name, address or a rare word of the CV stands, or their session."""
    words = ("Lindqvist", "mara.l", RARE, f'"_auth_user_id":"{user_id}"')
    hits = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = "\n".join(row[0] for row in cursor.fetchall())
            shown = "\n".join([rows, *unpacked(rows)]).casefold()
            hits += [f"{table}: {word}" for word in words if word.casefold() in shown]
    files = [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return hits + ["a file:" for path in files if any(word.encode() in path.read_bytes() for word in words)]


def unpacked(text: str) -> Iterator[str]:
    """What is written in hexadecimal or base64, as by sessions, caches and queues, compressed or not."""
    for token in re.findall(r"[\w+/-]{16,}={0,2}", text):
        for decode in (bytes.fromhex, lambda packed: base64.urlsafe_b64decode(packed.rstrip("=") + "==")):
            with suppress(ValueError):
                data = decode(token.replace("+", "-").replace("/", "_"))
                yield data.decode(errors="ignore")
                with suppress(zlib.error):
                    yield zlib.decompress(data).decode(errors="ignore")
