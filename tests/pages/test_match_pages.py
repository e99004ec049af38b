"""Jobs for a CV, one match explained, a job's candidates."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.models import Status
from cvmatch.core.templatetags import show
from ingestion.models import CV
from jobs.models import Job
from matching.models import CVEmbedding, Explanation, JobEmbedding, Match, Prediction
from matching.values import Account
from tests.support import make_cv, work_until_idle


def texts_of(page: str) -> list[str]:
    """What the two panes of a match show, without its markup."""
    panes = re.findall(r'<div class="doc pane" tabindex="0">(.*?)</div>\s*</section>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", pane)) for pane in panes]


def test_a_list_shows_score_why_place_and_pay(as_: Callable[[str], Client], match: Match) -> None:
    page = as_("candidate").get(f"/cvs/{match.cv_id}/matches/").content.decode()
    account = Account.from_json(match.explanation.body_json)
    assert f"{int(match.score)}</div>" in page
    assert html.escape(account.sentences[0]) in page
    assert "Berlin, DE" in page
    assert "pay not stated" in page
    assert len(page) < 60_000
    assert 'hx-trigger="every' not in page


def test_a_list_that_is_partly_explained_says_how_far_it_is_and_goes_on_asking(
    as_: Callable[[str], Client], match: Match
) -> None:
    Explanation.objects.update(status=Status.PENDING)
    page = as_("candidate").get(f"/cvs/{match.cv_id}/matches/").content.decode()
    assert "0 of 1 explained, more in a minute." in page
    assert "The reasons are being written" in page
    assert 'hx-trigger="every 3s"' in page


def test_a_list_that_is_being_made_is_pending_and_never_zero(as_: Callable[[str], Client], cv: CV) -> None:
    Prediction.objects.all().delete()
    page = as_("candidate").get(f"/cvs/{cv.pk}/matches/").content.decode()
    assert "Pending" in page
    assert 'class="score"' not in page


def test_without_any_job_the_list_is_empty_and_says_what_happens_next(
    as_: Callable[[str], Client], people: dict
) -> None:
    cv = make_cv(user=people["candidate"])
    work_until_idle()
    page = as_("candidate").get(f"/cvs/{cv.pk}/matches/").content.decode()
    assert "No job comes near this CV yet" in page


def test_an_older_list_stays_while_a_newer_one_is_made_or_failed(as_: Callable[[str], Client], match: Match) -> None:
    client, address = as_("candidate"), f"/cvs/{match.cv_id}/matches/"
    client.post(f"{address}again/")
    page = client.get(address).content.decode()
    assert "A new list is being made." in page
    assert match.job.title in page
    Prediction.objects.filter(status=Status.PENDING).update(status=Status.FAILED, error="The database was busy.")
    page = client.get(address).content.decode()
    assert "The database was busy." in page
    assert match.job.title in page


def test_asking_twice_at_once_makes_one_list(as_: Callable[[str], Client], cv: CV) -> None:
    client = as_("candidate")
    for _ in range(2):
        client.post(f"/cvs/{cv.pk}/matches/again/")
    assert Prediction.objects.filter(cv=cv, status=Status.PENDING).count() == 1


def test_a_match_shows_both_texts_exactly_with_evidence_linked_both_ways(
    as_: Callable[[str], Client], match: Match
) -> None:
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    assert texts_of(page) == [match.cv.text, match.job.description]
    account = Account.from_json(match.explanation.body_json)
    ids = set(re.findall(r'id="([^"]+)"', page))
    for number, finding in enumerate(account.findings):
        assert f"finding-{number}" in ids
        anchors = {f"cv-{number}", *(f"cv-{number}-{nth}" for nth in range(1, len(finding.evidence)))}
        assert anchors <= ids if finding.evidence else not anchors & ids
        assert (f"job-{number}" in ids) == (finding.in_job is not None)
    targets = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert targets <= ids
    assert any(target.startswith("job-") for target in targets)
    assert "not found in the CV" in page


def test_every_part_shows_its_points_and_its_weight(as_: Callable[[str], Client], match: Match) -> None:
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    skills = next(part for part in match.parts_json if part["name"] == "skills")
    assert re.search(rf"Skills</span>.*?/ {show.points(100 * skills['weight'])}<", page, re.DOTALL)
    account = Account.from_json(match.explanation.body_json)
    assert all(html.escape(reason.words) in page for reason in account.reasons)
    assert "not known" in page  # nobody said what they want to be paid
    assert match.prediction.config_version in page


def test_what_would_raise_the_score_is_shown_with_the_score_and_the_rank_before_and_after(
    as_: Callable[[str], Client], match: Match
) -> None:
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    best = Account.from_json(match.explanation.body_json).raises[0]
    shown = re.sub(r"<[^>]+>|\s+", " ", page.partition("Would raise it")[2])
    assert f"{best.name} stated in the CV" in shown
    assert re.search(rf"{show.points(best.before)} → {show.points(best.score)} rank 1 → 1", re.sub(" +", " ", shown))


def test_the_fit_is_shown_in_both_directions(as_: Callable[[str], Client], match: Match) -> None:
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    assert "for the job" in page
    assert show.points(match.for_job) in page
    assert "for the person" in page


def test_a_recruiter_reads_talking_points_and_a_candidate_sentences(as_: Callable[[str], Client], match: Match) -> None:
    account = Account.from_json(match.explanation.body_json)
    for name, own, others in (
        ("recruiter", account.points, account.sentences),
        ("candidate", account.sentences, account.points),
    ):
        page = as_(name).get(f"/matches/{match.pk}/").content.decode()
        assert all(html.escape(words) in page for words in own)
        assert html.escape(others[0]) not in page


def test_sentences_of_a_language_model_are_shown_with_links_to_what_they_cite(
    as_: Callable[[str], Client], match: Match
) -> None:
    told = {**match.explanation.body_json, "written": [{"text": "The CV shows <b>Python</b>.", "cites": [0]}]}
    Explanation.objects.update(body_json=told)
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    assert "The CV shows &lt;b&gt;Python&lt;/b&gt;." in page
    assert 'href="#finding-0"' in page
    assert "every sentence was checked" in page


def test_marks_are_left_out_where_a_text_changed_since(as_: Callable[[str], Client], match: Match) -> None:
    Job.objects.filter(pk=match.job_id).update(description="Something else entirely.")
    page = as_("candidate").get(f"/matches/{match.pk}/").content.decode()
    assert "has changed since this was written" in page
    assert texts_of(page)[1] == "Something else entirely."
    assert 'id="job-0"' not in page


def test_reasons_that_are_not_written_yet_come_by_themselves(as_: Callable[[str], Client], match: Match) -> None:
    Explanation.objects.update(status=Status.PENDING)
    client = as_("candidate")
    assert "The reasons are being written." in client.get(f"/matches/{match.pk}/").content.decode()
    work = client.get(f"/matches/{match.pk}/", headers={"HX-Request": "true", "HX-Target": "account"}).content.decode()
    assert work.strip().startswith('<div id="account"')


def test_opening_a_jobs_candidates_starts_the_search_and_shows_them_when_they_are_there(
    as_: Callable[[str], Client], cv: CV, job: Job
) -> None:
    client, address = as_("recruiter"), f"/jobs/{job.pk}/candidates/"
    first = client.get(address).content.decode()
    assert "Looking through the CVs" in first
    assert 'hx-trigger="every 2s"' in first
    work_until_idle()
    polled = client.get(address, headers={"HX-Request": "true", "HX-Target": "people"}).content.decode()
    assert polled.strip().startswith('<div id="people"')
    assert "Mara Lindqvist" in polled
    assert "<strong>1</strong> CV searched" in polled
    assert 'hx-trigger="every' not in polled


@pytest.mark.parametrize(
    ("age", "newer_cv", "starts"),
    [(timedelta(hours=1), False, False), (timedelta(hours=25), False, True), (timedelta(hours=1), True, True)],
)
def test_the_search_is_made_again_when_it_is_old_or_a_cv_has_come_in_since(
    as_: Callable[[str], Client], job_match: Match, age: timedelta, newer_cv: bool, starts: bool
) -> None:
    Prediction.objects.filter(job=job_match.job).update(created_at=timezone.now() - age)
    embedded_at = timezone.now() - (timedelta() if newer_cv else timedelta(days=2))
    CVEmbedding.objects.update(finished_at=embedded_at)
    page = as_("recruiter").get(f"/jobs/{job_match.job_id}/candidates/").content.decode()
    assert ("looking again" in page) == starts
    assert Prediction.objects.filter(job=job_match.job).count() == (2 if starts else 1)


def test_polling_never_starts_a_search(as_: Callable[[str], Client], cv: CV, job: Job) -> None:
    as_("recruiter").get(f"/jobs/{job.pk}/candidates/", headers={"HX-Request": "true", "HX-Target": "people"})
    assert not Prediction.objects.filter(job=job).exists()


def test_a_search_that_failed_is_left_alone_until_somebody_tries_again(
    as_: Callable[[str], Client], job_match: Match
) -> None:
    client, address = as_("recruiter"), f"/jobs/{job_match.job_id}/candidates/"
    Prediction.objects.filter(job=job_match.job).update(
        status=Status.FAILED, error="The search ended early.", created_at=timezone.now() - timedelta(days=3)
    )
    assert "The search ended early." in client.get(address).content.decode()
    assert Prediction.objects.filter(job=job_match.job).count() == 1
    client.post(f"{address}again/")
    assert Prediction.objects.get(job=job_match.job).status == Status.PENDING


def test_a_job_that_has_just_come_in_says_that_it_is_being_prepared(as_: Callable[[str], Client], job: Job) -> None:
    JobEmbedding.objects.all().delete()
    assert "The job is being prepared" in as_("recruiter").get(f"/jobs/{job.pk}/candidates/").content.decode()


def test_the_detail_beside_the_list_is_the_chosen_candidate(as_: Callable[[str], Client], job_match: Match) -> None:
    client = as_("recruiter")
    address = f"/jobs/{job_match.job_id}/candidates/"
    assert 'aria-current="true"' in client.get(f"{address}?match={job_match.pk}").content.decode()
    htmx = {"HX-Request": "true", "HX-Target": "people-detail"}
    panel = client.get(f"{address}?match={job_match.pk}", headers=htmx).content.decode()
    assert "Side by side" in panel
    assert "<html" not in panel


def test_home_of_a_candidate_invites_or_shows_the_newest_matches(as_: Callable[[str], Client], match: Match) -> None:
    assert "Upload your CV" in as_("other").get("/").content.decode()
    assert match.job.title in as_("candidate").get("/").content.decode()


def test_home_of_a_recruiter_shows_strong_candidates_and_files_that_failed(
    as_: Callable[[str], Client], match: Match
) -> None:
    Match.objects.update(band="strong")
    CV.objects.update(status=Status.FAILED, error="Two columns too many.", content_hash="")
    page = as_("recruiter").get("/").content.decode()
    assert "1 strong" in page
    assert "Two columns too many." in page
    assert "Pipeline" not in page
    assert "Pipeline" in as_("admin").get("/").content.decode()


def test_a_recruiter_sees_candidates_without_a_name_by_their_number(
    as_: Callable[[str], Client], job_match: Match
) -> None:
    CV.objects.update(name="")
    page = as_("recruiter").get(f"/jobs/{job_match.job_id}/candidates/").content.decode()
    assert f"Candidate {job_match.cv.candidate_id}" in page


def test_marks_stand_for_each_must_have_or_for_their_numbers_when_there_are_many(
    as_: Callable[[str], Client], job_match: Match
) -> None:
    page = as_("recruiter").get(f"/jobs/{job_match.job_id}/candidates/").content.decode()
    assert page.count('class="marks"') == 1 + 5  # and one for each must-have above the list
    assert "<title>not found: Kubernetes</title>" in page


def test_under_a_filter_the_jobs_of_a_cv_are_ranked_and_explained_at_once(
    as_: Callable[[str], Client], match: Match
) -> None:
    address = f"/cvs/{match.cv_id}/matches/"
    page = as_("candidate").get(f"{address}?country=DE").content.decode()
    assert "ranked just now" in page
    assert match.job.title in page
    assert html.escape(Account.from_json(match.explanation.body_json).sentences[0]) in page
    assert f'href="/jobs/{match.job_id}/"' in page
    page = as_("candidate").get(f"{address}?country=FR").content.decode()
    assert "No open job passes these filters" in page
    assert as_("other").get(f"{address}?country=DE").status_code == 404


def test_htmx_gets_the_list_and_the_counts_when_a_filter_changes_and_the_list_alone_when_it_asks_again(
    as_: Callable[[str], Client], match: Match
) -> None:
    address, htmx = f"/cvs/{match.cv_id}/matches/", {"HX-Request": "true", "HX-Target": "list"}
    changed = as_("candidate").get(f"{address}?country=DE", headers={**htmx, "HX-Trigger": "filters"}).content.decode()
    polled = as_("candidate").get(address, headers={**htmx, "HX-Trigger": "list"}).content.decode()
    assert "<html" not in changed + polled
    assert 'id="facets"' in changed
    assert 'id="facets"' not in polled
