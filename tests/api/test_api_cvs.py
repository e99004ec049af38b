"""From an upload over HTTP to its recommendations."""

from __future__ import annotations

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_q.models import OrmQ
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from cvmatch.core.models import Status
from ingestion.models import CV
from ingestion.viewings import list_views
from matching.models import Prediction
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

UPLOAD = "/api/v1/candidate/upload_and_parse"


def upload(client: Client, content: bytes, name: str = "cv.txt"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def pdf(*lines: str, password: str | None = None) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, encrypt=StandardEncryption(password) if password else None)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 16 * number, line)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def test_an_upload_answers_at_once_and_can_be_followed_to_its_matches(as_user, candidate) -> None:
    make_job()
    client = as_user(candidate)
    answer = upload(client, CV_TEXT.encode())
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    status = client.get(answer["Location"])
    assert (status.json()["status"], status["Retry-After"]) == ("pending", "1")

    work_until_idle()
    status = client.get(answer["Location"])
    assert (status.json()["status"], "Retry-After" in status) == ("completed", False)
    assert [step["status"] for step in status.json()["steps"]] == ["completed"] * 5
    assert (status.json()["matches"], status.json()["explained"]) == (1, 1)
    listed = client.get(f"/api/v1/cvs/{answer.json()['id']}/recommendations").json()
    (match,) = listed["matches"]
    assert match["title"] == "Data Engineer"
    assert match["explanation"]["findings"]


def test_a_pdf_and_a_docx_are_read(as_user, candidate) -> None:
    document = docx.Document()
    for line in CV_TEXT.splitlines():
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    for content, name in ((pdf(*CV_TEXT.splitlines()), "cv.pdf"), (target.getvalue(), "cv.docx")):
        pk = upload(as_user(candidate), content, name).json()["id"]
        work_until_idle()
        read = as_user(candidate).get(f"/api/v1/cvs/{pk}").json()
        assert (read["status"], read["name"], read["filename"]) == ("completed", "Mara Lindqvist", name)
        assert read["resume"]["basics"]["email"] == "mara.lindqvist@example.com"
        assert "Nordlicht" in read["text"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a" + b"\x00" * 50, "a picture"),
        (b"", "empty"),
        (b"  \n\t ", "empty"),
        (b"x" * 3_000_000, "limit"),
        (b"PK\x03\x04 not really an archive", "damaged"),
        (bytes(range(1, 9)) * 200, "type of the file is not known"),
    ],
)
def test_a_file_that_is_no_cv_is_refused_with_the_reason_and_nothing_stays(
    content: bytes, reason: str, as_user, candidate, settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 2_000_000
    answer = upload(as_user(candidate), content)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert reason in answer.json()["detail"]
    assert (CV.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_a_call_without_a_file_names_the_field(as_user, candidate) -> None:
    answer = as_user(candidate).post(UPLOAD)
    assert answer.status_code == 422
    assert any("file" in error["field"] for error in answer.json()["errors"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf("A secret CV", password="1234"), "password"),
        (b"%PDF-1.7\n1 0 obj\n<< torn off", ""),
        (pdf(), "text"),
    ],
    ids=["encrypted", "truncated", "without text"],
)
def test_a_pdf_that_cannot_be_read_is_parked_and_its_status_says_why(
    content: bytes, reason: str, as_user, candidate
) -> None:
    answer = upload(as_user(candidate), content, "cv.pdf")
    assert answer.status_code == 202
    work_until_idle()
    status = as_user(candidate).get(answer["Location"])
    assert status.json()["status"] == "failed"
    assert "Retry-After" not in status
    read = next(step for step in status.json()["steps"] if step["name"] == "read")
    assert (read["status"], read["retry_at"]) == ("failed", None)
    assert reason in read["error"].lower()
    assert as_user(candidate).get(f"/api/v1/cvs/{answer.json()['id']}").json()["error"] == read["error"]


def test_a_file_name_never_becomes_a_path(as_user, candidate) -> None:
    answer = upload(as_user(candidate), CV_TEXT.encode(), "../../etc/passwd")
    assert answer.json()["filename"] == "passwd"
    assert CV.objects.get().file.name.startswith("cvs/")


def test_recommendations_are_announced_then_being_made_then_there(as_user, candidate) -> None:
    make_job()
    cv = make_cv(user=candidate)
    address = f"/api/v1/cvs/{cv.pk}/recommendations"
    early = as_user(candidate).get(address)
    assert (early.status_code, early.json()["id"], early.json()["status"]) == (202, None, "pending")
    prediction = Prediction.objects.create(side="jobs", cv=cv)
    waiting = as_user(candidate).get(address)
    assert (waiting.status_code, waiting["Retry-After"], waiting.json()["matches"]) == (202, "1", [])
    work_until_idle()
    done = as_user(candidate).get(address)
    assert (done.status_code, done.json()["id"]) == (200, prediction.pk)
    assert len(done.json()["matches"]) == 1


def test_the_last_finished_list_is_shown_while_the_next_one_is_being_made(as_user, candidate) -> None:
    make_job()
    cv = make_cv(user=candidate)
    work_until_idle()
    Prediction.objects.create(side="jobs", cv=cv, status=Status.PENDING)
    answer = as_user(candidate).get(f"/api/v1/cvs/{cv.pk}/recommendations")
    assert (answer.status_code, len(answer.json()["matches"])) == (200, 1)


def test_the_list_shows_a_candidate_only_their_own_newest_cv_and_a_recruiter_all(
    as_user, candidate, other_candidate
) -> None:
    make_cv(user=candidate)
    newest = make_cv(CV_TEXT + "\nTerraform", user=candidate)
    foreign = make_cv("Tom Okafor\nNurse", user=other_candidate)
    listed = as_user(candidate).get("/api/v1/cvs").json()
    assert ([cv["id"] for cv in listed["items"]], listed["next"]) == ([newest.pk], None)
    assert listed["items"][0]["version"] == 2
    assert [cv["id"] for cv in as_user("recruiter").get("/api/v1/cvs").json()["items"]] == [foreign.pk, newest.pk]


def test_paging_through_cvs_visits_each_of_them_once(as_user) -> None:
    made = {make_cv(f"Person {number}\nSkills\nPython").pk for number in range(5)}
    client, address, seen = as_user("recruiter"), "/api/v1/cvs?limit=2", []
    while address:
        page = client.get(address).json()
        seen += [cv["id"] for cv in page["items"]]
        address = page["next"]
    assert (len(seen), set(seen)) == (5, made)


def test_those_who_read_blind_get_cvs_without_the_person(as_user) -> None:
    recruiter = make_user("rita", role="recruiter")
    cv = make_cv()
    work_until_idle()
    recruiter.reads_blind = True
    recruiter.save(update_fields=["reads_blind"])
    client = as_user(recruiter)
    for rows in (client.get("/api/v1/cvs").json()["items"], client.get(f"/api/v1/cvs/{cv.pk}/versions").json()):
        assert [(row["name"], row["filename"]) for row in rows] == [(f"Candidate {cv.candidate_id}", "")]
        assert "Mara" not in str(rows)
    for path in ("", "/corrections"):
        assert client.get(f"/api/v1/cvs/{cv.pk}{path}").status_code == 403


def test_a_cv_that_was_read_over_http_is_in_the_trail(as_user) -> None:
    cv = make_cv(user=make_user("mara"))
    as_user("recruiter").get(f"/api/v1/cvs/{cv.pk}")
    assert [(view.user_name, view.how) for view in list_views(cv.candidate)] == [("recruiter", "api")]
