"""Ranking and the writers of vectors and predictions: order, cost, fairness, and two workers at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import Status
from cvmatch.core.stages import requeue, retry_failed
from cvmatch.tasks import run_stage
from ingestion.identity import hide_identity
from ingestion.models import CV
from ingestion.source_facts import judge_sources
from ingestion.values import Basics, ParsedCV, Resume, Work
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Pay, Place
from matching.embedding.text import cv_text, cv_title_text
from matching.models import Corpus, CVEmbedding, CVVector, JobEmbedding, Lexeme, Match, Prediction, TextEmbedding
from matching.progress import cv_progress
from matching.ranking import rank
from matching.retrying import retry_cv
from matching.search import Side
from matching.services import (
    plan_cv_embeddings,
    plan_cv_predictions,
    plan_job_embeddings,
    refresh_words,
    request_matches,
)
from matching.vectors import embed_cached
from tests.support import CV_TEXT, JOB_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

TITLES = ("Data Engineer", "Nurse", "Python Developer", "Cook", "Data Analyst", "Database Administrator")


def test_the_best_line_does_not_depend_on_how_many_lines_are_asked_for() -> None:
    for number in range(12):
        make_job(str(number), TITLES[number % 6], JOB_TEXT if number % 2 else "Python and SQL, and much else besides.")
    cv = make_cv()
    work_until_idle()
    best = [rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=top)[cv.pk].lines[0].job_id for top in (1, 3, 12)]
    assert len(set(best)) == 1


def test_a_posting_in_several_places_is_one_line_of_the_place_that_suits_best() -> None:
    for number, place in enumerate(
        (Place("Madrid", country="ES"), Place("Berlin", country="DE"), Place("Oslo", country="NO"))
    ):
        make_job(f"1#{number}", place=place, group_key="1")
    make_job("2", "Data Analyst", place=Place("Rome", country="IT"))
    cv = make_cv()
    work_until_idle()
    lines = rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=10)[cv.pk].lines
    assert sorted(Job.objects.get(pk=line.job_id).city for line in lines) == ["Berlin", "Rome"]


def test_of_equal_scores_the_one_from_the_better_source_comes_first() -> None:
    place = {"poor": Place("Hamburg", country="DE"), "rich": Place("Munich", country="DE")}
    for source, pay in (("poor", None), ("rich", Pay(Decimal(60_000), None, "EUR"))):
        posting = JobPosting("1", "Data Engineer", JOB_TEXT, place=place[source], remote=True, pay=pay)
        upsert_jobs(source=source, postings=[posting])
    cv = make_cv()
    work_until_idle()
    judge_sources()
    lines = rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=10)[cv.pk].lines
    assert lines[0].score.mean == lines[1].score.mean
    assert [Job.objects.get(pk=line.job_id).source for line in lines] == ["rich", "poor"]


def test_a_list_is_ordered_by_score_and_cut_at_the_top() -> None:
    for number, title in enumerate(TITLES):
        make_job(str(number), title, JOB_TEXT if "Data" in title else "Other work entirely.")
    cv = make_cv()
    work_until_idle()
    lines = rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=4)[cv.pk].lines
    scores = [line.score.score for line in lines]
    assert len(lines) == 4
    assert scores == sorted(scores, reverse=True)
    assert Job.objects.get(pk=lines[0].job_id).title == "Data Engineer"


def test_a_score_is_the_same_from_both_sides_and_in_every_list() -> None:
    jobs = [make_job(str(number), title) for number, title in enumerate(TITLES)]
    cv, other = make_cv(), make_cv("Tom Okafor\nNurse\nSkills\nWound care")
    work_until_idle()
    now = timezone.now()
    alone = rank(Side.JOBS_FOR_CV, [cv.pk], now=now, top=10)[cv.pk].lines
    batch = rank(Side.JOBS_FOR_CV, [cv.pk, other.pk], now=now, top=10)[cv.pk].lines
    assert alone == batch
    for job in jobs:
        back = {line.cv_id: line.score for line in rank(Side.CVS_FOR_JOB, [job.pk], now=now, top=10)[job.pk].lines}
        forth = next(line.score for line in alone if line.job_id == job.pk)
        for ours, theirs in zip(back[cv.pk].parts, forth.parts, strict=True):
            if ours.name in {"experience", "place", "pay", "recency"}:  # the others weigh the words of either side
                assert ours == theirs


def test_ranking_costs_the_same_number_of_queries_for_one_cv_and_for_many() -> None:
    for number, title in enumerate(TITLES):
        make_job(str(number), title)
    pks = [make_cv(CV_TEXT.replace("Mara", f"Mara{number}")).pk for number in range(6)]
    work_until_idle()
    counts = []
    for batch in (pks[:1], pks):
        with CaptureQueriesContext(connection) as queries:
            assert set(rank(Side.JOBS_FOR_CV, batch, now=timezone.now(), top=5)) == set(batch)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize(
    ("stage", "prepare"),
    [
        ("embed_cvs", ("parse_cvs",)),
        ("embed_jobs", ()),
        ("match_cvs", ("parse_cvs", "embed_cvs", "embed_jobs")),
        ("explain_matches", ("parse_cvs", "embed_cvs", "embed_jobs", "match_cvs")),
    ],
)
def test_a_stage_reads_a_chunk_at_once_and_not_row_by_row(stage: str, prepare: tuple[str, ...]) -> None:
    def reads(rows: int) -> int:
        for number in range(rows):
            make_cv(CV_TEXT.replace("Mara", f"Mara {rows}{number}"))
            make_job(f"{rows}-{number}", TITLES[number])
        for earlier in prepare:
            run_stage(earlier)
        with CaptureQueriesContext(connection) as queries:
            run_stage(stage)
        Match.objects.all().delete()
        Prediction.objects.all().delete()
        return sum(query["sql"].lstrip().upper().startswith(("SELECT", "WITH")) for query in queries)

    few, many = reads(1), reads(5)
    writes_that_read = 3 * 5 * 6  # completing a row looks at its schedule and queue, never at other rows
    assert many <= few + writes_that_read


def test_another_name_gives_the_same_scores() -> None:
    for number, title in enumerate(TITLES):
        make_job(str(number), title)
    names = ("Mara Lindqvist", "Mohammed Al-Sayed", "Nguyễn Thị Hoa", "John Smith")
    for name in names:
        mail = name.split()[0].lower().encode("ascii", "ignore").decode()
        make_cv(CV_TEXT.replace("Mara Lindqvist", name).replace("mara.lindqvist@example.com", f"{mail}@example.com"))
    work_until_idle()
    lists = {
        cv.name: [(match.job.title, match.score, match.parts_json) for match in Match.objects.filter(cv=cv)]
        for cv in CV.objects.all()
    }
    assert set(lists) == set(names)
    first = lists["Mara Lindqvist"]
    assert len(first) == len(TITLES)
    assert all(listed == first for listed in lists.values())


def test_gender_birth_date_and_nationality_change_no_score() -> None:
    for number, title in enumerate(TITLES):
        make_job(str(number), title)
    head, rest = CV_TEXT.split("\nSummary", 1)
    make_cv(CV_TEXT)
    make_cv(
        f"{head}Date of birth: 3 May 1963\nNationality: German\nGender: female\nMarital status: married\n\nSummary{rest}"
    )
    work_until_idle()
    plain, personal = (
        [(match.job_id, match.score) for match in Match.objects.filter(cv=cv)] for cv in CV.objects.order_by("pk")
    )
    assert plain == personal


def test_a_text_is_given_to_the_model_once_ever() -> None:
    first = embed_cached(["one text", "another", "one text"])
    assert TextEmbedding.objects.count() == 2
    again = embed_cached(["another", "one text"])
    assert TextEmbedding.objects.count() == 2
    assert np.allclose(first[0], again[1], atol=1e-3)
    assert np.array_equal(first[0], first[2])


def test_vectors_from_the_cache_are_as_good_as_new_ones() -> None:
    (new,), (cached,) = embed_cached([CV_TEXT]), embed_cached([CV_TEXT])
    assert float(new @ cached) / float(np.linalg.norm(cached)) == pytest.approx(1, abs=1e-4)


def test_another_model_makes_all_vectors_anew(settings) -> None:
    make_job()
    make_cv()
    work_until_idle()
    CVEmbedding.objects.update(model="old-model")
    CVVector.objects.update(model="old-model")
    run_stage("embed_cvs")
    assert set(CVVector.objects.values_list("model", flat=True)) == {"hashing-1"}


def test_a_list_made_from_another_text_or_configuration_is_made_again() -> None:
    make_job()
    make_cv()
    work_until_idle()
    Prediction.objects.update(config_version="other weights")
    run_stage("match_cvs")
    assert Prediction.objects.count() == 2
    CV.objects.update(content_hash="other text")
    plan_cv_predictions(None)
    assert Prediction.objects.count() == 2, "its vectors are still those of the text before"
    CVEmbedding.objects.update(content_hash="other text")
    plan_cv_predictions(None)
    assert Prediction.objects.count() == 3


def test_only_the_newest_list_of_a_cv_is_retried_so_that_two_are_never_open() -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    older = Prediction.objects.get()
    newer = Prediction.objects.create(side="jobs", cv=cv)
    Prediction.objects.update(status=Status.FAILED, retry_at=timezone.now() - timedelta(minutes=1))
    assert retry_failed(limit=10).done == 1
    assert [older.pk] == list(Prediction.objects.filter(status=Status.FAILED).values_list("pk", flat=True))
    newer.refresh_from_db()
    assert newer.status == Status.PENDING
    assert requeue(Prediction, [older.pk], reset_attempts=True) == 0


def test_the_texts_for_the_model_do_not_say_who_the_person_is() -> None:
    said = CV_TEXT.replace("Data engineer who", "Mara Lindqvist (mara.lindqvist@example.com) is a data engineer who")
    make_cv(said)
    work_until_idle()
    cv = CV.objects.get()
    texts = (cv.matched_text, cv_text(cv.matched_text, cv.parsed), cv_title_text(cv.parsed, cv.matched_text))
    assert "Mara Lindqvist" in cv.parsed.resume.basics.summary
    for text in texts:
        assert "Lindqvist" not in text
        assert "example.com" not in text
    assert len(cv.matched_text) == len(cv.text)


def test_a_failed_list_waits_for_the_retry_and_is_not_made_behind_its_back() -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    Match.objects.all().delete()
    Prediction.objects.update(status=Status.FAILED, error="It broke.")
    plan_cv_predictions(None)
    assert Prediction.objects.count() == 1
    assert cv_progress(cv).status == "failed"
    assert retry_cv(cv) == 1
    work_until_idle()
    assert Prediction.objects.get().status == Status.COMPLETED


def test_the_steps_go_forward_one_by_one() -> None:
    make_job()
    cv = make_cv()

    def states() -> tuple[str, list[str]]:
        progress = cv_progress(CV.objects.get(pk=cv.pk))
        return progress.status, [step.status for step in progress.steps]

    seen = [states()]
    for stage in ("parse_cvs", "embed_jobs", "embed_cvs", "match_cvs", "explain_matches"):
        run_stage(stage)
        seen.append(states())
    overall = [status for status, _ in seen]
    done = [sum(step == "completed" for step in steps) for _, steps in seen]
    assert overall == ["pending", "processing", "processing", "processing", "processing", "completed"]
    assert done == [1, 2, 2, 3, 4, 5]


def test_progress_is_read_in_a_fixed_number_of_queries(django_assert_max_num_queries) -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    read = CV.objects.select_related("candidate").get(pk=cv.pk)
    with django_assert_max_num_queries(3):
        cv_progress(read)


def test_words_are_counted_once_until_a_text_changes() -> None:
    make_job("1", "Nurse", "Wards and wards.")
    make_job("2", "Cook", "Kitchen.")
    make_cv()
    work_until_idle()
    refresh_words()
    assert refresh_words() == 0
    assert {corpus.name: corpus.documents for corpus in Corpus.objects.all()} == {"jobs": 2, "cvs": 1}
    make_job("3", "Nurse", "More wards.")
    assert refresh_words() == 1
    assert Corpus.objects.get(name="jobs").documents == 3
    assert Lexeme.objects.get(corpus="jobs", lexeme="ward").documents == 2


def test_only_open_jobs_are_planned_and_an_expired_one_is_not() -> None:
    open_job = make_job("1")
    make_job("2", expires_at=timezone.now() - timedelta(days=1))
    plan_job_embeddings(None)
    assert [row.job_id for row in JobEmbedding.objects.all()] == [open_job.pk]


def at_once(*calls: Callable[[], object]) -> list[object]:
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_make_one_row_each() -> None:
    make_job()
    cv = make_cv()
    run_stage("parse_cvs")
    at_once(*[lambda: plan_cv_embeddings(None), lambda: plan_job_embeddings(None)] * 3)
    assert (CVEmbedding.objects.count(), JobEmbedding.objects.count()) == (1, 1)
    run_stage("embed_cvs")
    run_stage("embed_jobs")
    at_once(*[lambda: plan_cv_predictions(None)] * 4)
    assert Prediction.objects.count() == 1
    at_once(*[lambda: request_matches(cv=cv, requested_by=None)] * 4)
    assert Prediction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_planning_while_a_worker_has_the_row_does_not_take_it_away() -> None:
    make_job()
    plan_job_embeddings(None)
    (claimed,) = JobEmbedding.objects.all().claim(1)
    at_once(*[lambda: plan_job_embeddings(None)] * 2)
    claimed.refresh_from_db()
    assert claimed.status == Status.PROCESSING
    assert claimed.complete()


@pytest.mark.django_db(transaction=True)
def test_the_same_new_text_embedded_by_two_workers_at_once_is_stored_once() -> None:
    vectors = at_once(*[lambda: embed_cached(["a text that nobody knows yet"])] * 4)
    assert TextEmbedding.objects.count() == 1
    assert all(np.allclose(found[0], vectors[0][0], atol=1e-3) for found in vectors)


def test_a_job_title_on_top_of_an_anonymous_cv_is_not_hidden_as_a_name() -> None:
    title = "EXECUTIVE CHEF"
    parsed = ParsedCV(
        Resume(basics=Basics(name=title), work=(Work(position="Executive Chef", summary="Led a kitchen."),))
    )
    assert title in hide_identity(f"{title}\nLed a kitchen.", parsed)
    assert cv_title_text(parsed, "") == "Executive Chef"
