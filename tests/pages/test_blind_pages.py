"""Reading blind: nothing that a recruiter opens tells who a candidate is, until the switch is off again."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching import deciding
from matching.models import Match, Prediction
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, work_until_idle

As = Callable[[str], Client]

SECRETS = (
    "Mara", "Lindqvist", "Owen", "Prichard", "@example.com", "1234567", "Uppsala", "Kastanienallee",
    "linkedin.com", "mara-lindqvist.pdf", "owen.txt",
)  # fmt: skip
TEXT = CV_TEXT.replace(
    "mara.lindqvist@example.com\n",
    "mara.lindqvist@example.com | +49 30 1234567 | linkedin.com/in/maralindqvist\nAddress: Kastanienallee 7, Berlin\n",
)


@pytest.fixture
def blind(as_: As, people: dict[str, User], job: Job) -> Client:
    """A recruiter who has switched Blind on, with two candidates who were decided about, noted and tagged."""
    for text, filename in ((TEXT, "mara-lindqvist.pdf"), (TEXT.replace("Mara Lindqvist", "Owen Prichard"), "owen.txt")):
        cv = make_cv(text)
        CV.objects.filter(pk=cv.pk).update(filename=filename)
    work_until_idle()
    request_matches(job=job, requested_by=None)
    work_until_idle()
    by = people["recruiter"]
    for cv in CV.objects.all():
        person, words = [cv.candidate_id], f"{cv.name} is in, write to mara@example.com"
        deciding.decide(job=job, candidates=person, stage="rejected", reason="pay", comment=words, by=by)
        deciding.write_note(job=job, candidate=person[0], text=words, by=by)
    client = as_("recruiter")
    client.post("/blind/", {"blind": "on"})
    return client


def addresses(job: Job) -> list[str]:
    """Every page about candidates that a recruiter can open."""
    lines = list(
        Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB).values_list("pk", flat=True)
    )
    own = list(Match.objects.filter(prediction__side=Prediction.Side.JOBS_FOR_CV).values_list("pk", flat=True))
    cvs = CV.objects.values_list("pk", flat=True)
    pages = [f"/jobs/{job.pk}/{page}" for page in ("candidates/", "shortlist/", "candidates.csv", "shortlist.csv")]
    pages += [f"/jobs/{job.pk}/candidates/?show=rejected&match={pk}" for pk in lines]
    pages += [f"/jobs/{job.pk}/compare/?match={lines[0]}&match={lines[1]}"]
    pages += [f"/matches/{pk}/" for pk in (*lines, *own)]
    pages += [f"/cvs/{pk}/{page}" for pk in cvs for page in ("", "progress/", "matches/")]
    pages += [f"/cvs/upload/?replaces={pk}" for pk in cvs]
    return [*pages, "/", "/cvs/", "/cvs/?q=Python"]


def test_the_same_pages_tell_all_of_it_to_everybody_else(blind: Client, job: Job, as_: As) -> None:
    told = "".join(words_of(as_("admin").get(address).content) for address in addresses(job))
    assert [secret for secret in SECRETS if secret not in told] == []


def words_of(page: bytes) -> str:
    """What a page says, with its attributes, without what is of its form only."""
    return html.unescape(re.sub(r"csrfmiddlewaretoken\S+ value=\S+", "", page.decode("utf-8-sig")))


def test_no_page_says_who_a_candidate_is(blind: Client, job: Job) -> None:
    found = {}
    for address in addresses(job):
        answer = blind.get(address)
        assert answer.status_code == 200, address
        words = words_of(answer.content)
        if told := [secret for secret in SECRETS if secret in words]:
            found[address] = told
    assert found == {}


def test_parts_of_pages_and_answers_to_what_is_sent_do_not_either(blind: Client, job: Job) -> None:
    match = Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB).select_related("cv")[0]
    form = {"candidate": match.cv.candidate_id, "stage": "shortlisted", "tag": "x"}
    answers = [blind.get(f"/jobs/{job.pk}/candidates/?match={match.pk}", headers=_htmx("people-detail"))]
    for path in ("decide", "tag"):
        answers += [blind.post(f"/jobs/{job.pk}/{path}/", form, headers=_htmx(part)) for part in ("people", "decision")]
    assert [[secret for secret in SECRETS if secret in words_of(answer.content)] for answer in answers] == [[]] * 5


def test_the_evidence_is_still_marked_at_its_place(blind: Client, job: Job) -> None:
    match = Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB)[0]
    page = blind.get(f"/matches/{match.pk}/").content.decode()
    assert re.search(r'<a class="hl hl-stated" id="cv-\d+"[^>]*>Python</a>', page)
    assert "░░░" in page
    assert "has changed since this was written" not in page


def test_the_file_its_facts_and_corrections_are_closed_with_the_reason(blind: Client) -> None:
    cv = CV.objects.all()[0]
    for answer in (blind.get(f"/cvs/{cv.pk}/file/"), blind.post(f"/cvs/{cv.pk}/corrections/", {"action": "confirm"})):
        assert answer.status_code == 403
        assert "You read blind" in answer.content.decode()
    assert "the file, its facts and its versions are closed" in blind.get(f"/cvs/{cv.pk}/").content.decode()


def test_names_are_not_found_by_searching_for_them(blind: Client) -> None:
    assert "No CV has these words" in blind.get("/cvs/?q=Prichard").content.decode()


def test_the_switch_holds_for_this_user_on_every_computer_until_it_is_off(
    blind: Client, job: Job, people: dict[str, User], as_: As
) -> None:
    address = f"/jobs/{job.pk}/candidates/?show=rejected"
    again = as_("recruiter")
    assert "Owen" not in again.get(address).content.decode()
    assert "Owen" in as_("admin").get(address).content.decode()
    assert again.post("/blind/", {"blind": "off", "next": address})["Location"] == address
    assert "Owen" in blind.get(address).content.decode()


def test_a_candidate_always_sees_themselves(blind: Client, people: dict[str, User], as_: As) -> None:
    User.objects.filter(pk=people["candidate"].pk).update(reads_blind=True)
    cv = make_cv(user=people["candidate"])
    work_until_idle()
    assert "Mara Lindqvist" in as_("candidate").get(f"/cvs/{cv.pk}/").content.decode()


def _htmx(target: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target}
