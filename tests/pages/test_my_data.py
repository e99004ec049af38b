"""A candidate's own data: what is shown, what is taken along, and erasing it with a word and a password."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import User, Webhook
from ingestion import correcting
from ingestion.models import CV, CVView
from ingestion.viewings import note_view
from jobs.saving import save_search
from matching.models import Match
from tests.support import CV_TEXT


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
