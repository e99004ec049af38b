"""What people agree to is kept with its time and the words they had, and taking it back has its effect at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.models import Purpose, User
from ingestion.consents import TEXT_VERSION, list_standings, set_consent
from ingestion.models import CV, Candidate, Consent
from jobs.models import Job
from matching import feedback
from matching.models import CVVector, Interaction, Match, Prediction, TextEmbedding
from matching.optimising import request_batch
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    return make_job()


@pytest.fixture
def mara(job: Job) -> User:
    """With a CV that has been matched both ways."""
    user = make_user("mara")
    make_cv(user=user)
    work_until_idle()
    look_for_candidates(job)
    return user


def recruiter() -> Client:
    client = Client()
    client.force_login(User.objects.filter(username="rita").first() or make_user("rita", User.Role.RECRUITER))
    return client


def look_for_candidates(job: Job) -> str:
    client = recruiter()
    client.post(f"/jobs/{job.pk}/candidates/again/")
    work_until_idle()
    return client.get(f"/jobs/{job.pk}/candidates/").content.decode()


def status_of(client: Client, address: str) -> int:
    response = client.get(address)
    b"".join(response)
    return response.status_code


def refuse(user: User, purpose: Purpose) -> None:
    set_consent(user=user, purpose=purpose, is_given=False, how="page")


def test_uploading_is_kept_as_asking_to_be_matched_once(mara: User) -> None:
    make_cv(CV_TEXT + "\nTerraform\n", user=mara)
    (consent,) = mara.consents.all()
    assert (consent.purpose, consent.is_given, consent.how, consent.text_version) == (
        "matching", True, "upload", TEXT_VERSION,
    )  # fmt: skip


def test_without_matching_no_list_vector_or_line_is_left_and_none_is_made(mara: User, job: Job) -> None:
    cv = CV.objects.get()
    others = make_cv(CV_TEXT.replace("Mara Lindqvist", "Tom Okafor").replace("Kafka", "Spark"))
    work_until_idle()
    look_for_candidates(job)
    texts = TextEmbedding.objects.count()
    refuse(mara, Purpose.MATCHING)
    work_until_idle()
    assert not Match.objects.filter(cv=cv).exists()
    assert not CVVector.objects.filter(cv=cv).exists()
    assert TextEmbedding.objects.count() < texts
    make_cv(CV_TEXT + "\nTerraform\n", user=mara)
    work_until_idle()
    assert "Lindqvist" not in look_for_candidates(job)
    assert not Prediction.objects.filter(cv__candidate__user=mara).exists()
    assert Match.objects.filter(cv=others).exists()


def test_without_matching_recruiters_do_not_see_the_cv_and_the_person_does(mara: User, job: Job) -> None:
    cv, reader, own = CV.objects.get(), recruiter(), Client()
    own.force_login(mara)
    rita = User.objects.get(username="rita")
    batch, _ = request_batch(user=rita, cv_ids=[cv.pk], job_ids=[job.pk])
    work_until_idle()
    (tailored,) = batch.tailorings
    addresses = (
        f"/improvements/{tailored}/",
        f"/improvements/{tailored}/file/pdf/",
        f"/api/v1/optimise/{tailored}",
        f"/cvs/{cv.pk}/",
        f"/cvs/{cv.pk}/file/",
        f"/api/v1/cvs/{cv.pk}",
        f"/api/v1/cvs/{cv.pk}/recommendations",
    )
    assert {status_of(reader, address) for address in addresses} == {200}
    refuse(mara, Purpose.MATCHING)
    assert {status_of(reader, address) for address in addresses} == {404}
    assert "Lindqvist" not in reader.get("/cvs/").content.decode()
    assert "Lindqvist" not in reader.get(f"/improvements/several/{batch.pk}/").content.decode()
    assert status_of(own, f"/improvements/{tailored}/") == 200
    assert own.get(f"/api/v1/cvs/{cv.pk}/status").json()["status"] == "withheld"
    assert "matching is off, as you asked" in own.get(f"/cvs/{cv.pk}/").content.decode()
    assert "Matching is off" in own.get("/").content.decode()
    asked = own.post("/api/v1/match", {"cv_id": cv.pk}, "application/json")
    assert asked.status_code == 422
    assert "switch it on again" in asked.json()["detail"]


def test_agreeing_again_brings_the_lists_back(mara: User, job: Job) -> None:
    refuse(mara, Purpose.MATCHING)
    work_until_idle()
    set_consent(user=mara, purpose=Purpose.MATCHING, is_given=True, how="page")
    work_until_idle()
    assert Prediction.objects.filter(cv__candidate__user=mara, status="completed").exists()
    assert "Lindqvist" in look_for_candidates(job)


def test_a_cv_that_comes_after_matching_was_refused_is_read_and_not_matched(job: Job) -> None:
    tom = make_user("tom")
    refuse(tom, Purpose.MATCHING)
    cv = make_cv(user=tom)
    work_until_idle()
    cv.refresh_from_db()
    assert cv.is_read
    assert Candidate.objects.get().is_withheld
    assert not Prediction.objects.exists()


def test_without_statistics_nothing_more_is_counted_and_what_was_is_gone(mara: User, job: Job) -> None:
    match = Match.objects.filter(prediction__side="jobs").latest("pk")
    feedback.save_job(user=mara, job=job, match=match)
    feedback.note(user=User.objects.get(username="rita"), job_id=job.pk, kind="shortlist", cv_id=match.cv_id)
    assert Interaction.objects.count() >= 2
    refuse(mara, Purpose.STATISTICS)
    feedback.judge_fit(user=User.objects.get(pk=mara.pk), job=job, verdict="up")
    assert not Interaction.objects.exclude(cv=None, user__username="rita").exists()
    assert mara.job_marks.get().verdict == "up", "their own list is theirs"


def test_without_statistics_nothing_is_kept_of_what_recruiters_do_with_the_cv_and_others_are_counted(
    mara: User, job: Job
) -> None:
    theirs, others = CV.objects.get(), make_cv(CV_TEXT.replace("Mara Lindqvist", "Tom Okafor"), user=make_user("tom"))
    work_until_idle()
    look_for_candidates(job)
    refuse(mara, Purpose.STATISTICS)
    rita = User.objects.get(username="rita")
    for cv in (theirs, others):
        recruiter().get(f"/matches/{Match.objects.filter(cv=cv).latest('pk').pk}/")
        feedback.note(user=rita, job_id=job.pk, kind="shortlist", cv_id=cv.pk)
    rows = [Interaction(user=rita, job=job, cv=cv, kind="shown", hour=timezone.now()) for cv in (theirs, others)]
    Interaction.objects.bulk_create(rows, ignore_conflicts=True)
    noted = Interaction.objects.exclude(cv=None).values_list("cv", "kind")
    assert set(noted) == {(others.pk, kind) for kind in ("open", "shortlist", "shown")}
    set_consent(user=mara, purpose=Purpose.STATISTICS, is_given=True, how="page")
    feedback.note(user=rita, job_id=job.pk, kind="reject", cv_id=theirs.pk)
    assert Interaction.objects.filter(cv=theirs).exists()


def test_what_was_said_stays_and_the_newest_holds(mara: User) -> None:
    refuse(mara, Purpose.ALERTS)
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=True, how="api")
    refuse(mara, Purpose.ALERTS)
    said = mara.consents.filter(purpose="alerts").order_by("pk").values_list("is_given", "how")
    assert list(said) == [(False, "page"), (True, "api"), (False, "page")]
    holds = {standing.purpose: standing for standing in list_standings(mara)}
    assert not holds[Purpose.ALERTS].is_given
    assert holds[Purpose.ALERTS].since is not None
    assert holds[Purpose.STATISTICS].is_given
    assert holds[Purpose.STATISTICS].since is None
    assert User.objects.get(pk=mara.pk).refuses(Purpose.ALERTS)


def test_people_agree_and_take_it_back_on_their_page_and_over_the_api(mara: User) -> None:
    client = Client()
    client.force_login(mara)
    page = client.post("/account/data/consent/", {"purpose": "statistics", "given": "no"}, follow=True)
    assert "Taken back. It holds from now on." in page.content.decode()
    answer = client.put("/api/v1/me/consents/alerts", {"is_given": False}, "application/json")
    assert {row["purpose"]: row["is_given"] for row in answer.json()} == {
        "matching": True, "alerts": False, "statistics": False,
    }  # fmt: skip
    assert client.get("/api/v1/me/consents").json() == answer.json()
    assert client.post("/account/data/consent/", {"purpose": "selling", "given": "yes"}).status_code == 422
    assert client.put("/api/v1/me/consents/selling", {"is_given": True}, "application/json").status_code == 404
    assert Consent.objects.filter(user=mara).count() == 3
