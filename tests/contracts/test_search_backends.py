"""What every search backend promises, against distances computed here one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import Status
from ingestion.models import CV, Candidate
from jobs.models import Job
from jobs.values import JobFilter, Place
from matching.embedding.hashing import HashingProvider
from matching.models import CVVector, JobVector
from matching.search import SearchBackend, Side
from matching.search.exact import ExactSearch
from matching.search.pgvector import PgvectorSearch
from matching.services import refresh_words
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

MODEL = "hashing-1"
BACKENDS = [PgvectorSearch(), ExactSearch()]
WORDS = [f"word{number}" for number in range(400)]
JOBS, CVS, SUBJECTS, TOP = 2000, 600, 40, 10
# How much the filters keep, down to a single job.
SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0005)
both = pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: type(backend).__name__)
ways = pytest.mark.parametrize("side", list(Side))


def texts(count: int, seed: int) -> list[str]:
    """Clustered, as professions are: each text takes most of its words from one of twenty fields."""
    random = np.random.default_rng(seed)
    fields = [random.choice(WORDS, 40, replace=False) for _ in range(20)]
    return [" ".join([*random.choice(fields[random.integers(20)], 25), *random.choice(WORDS, 8)]) for _ in range(count)]


def fill() -> None:
    """Every tenth job is closed and every third CV is an old version; their vectors are still there.

    A job's country has nothing to do with its text: the countries from one on are one of SHARES of all jobs. Its pay has:
    texts of the same words follow each other, so that a bound on pay keeps some fields of work and not others.
    """
    now = timezone.now()
    written = texts(JOBS, 1)
    codes = [f"A{sum(number * 7919 % JOBS < share * JOBS for share in SHARES)}" for number in range(JOBS)]
    pays = {number: 1000 * place for place, number in enumerate(sorted(range(JOBS), key=lambda each: written[each]))}
    jobs = Job.objects.bulk_create(
        Job(
            source="test",
            external_id=str(number),
            title=" ".join(text.split()[:3]),
            description=text,
            status="expired" if number % 10 == 0 else "active",
            country=codes[number],
            salary_currency="EUR",
            salary_year_max=pays[number],
            changed_at=now,
        )
        for number, text in enumerate(written)
    )
    people = Candidate.objects.bulk_create(Candidate() for _ in range(CVS))
    cvs = CV.objects.bulk_create(
        CV(
            candidate=people[number // 3 * 3 if number % 3 else number],
            version=number % 3 + 1,
            is_latest=number % 3 == 2,
            size=1,
            text=text,
            status=Status.COMPLETED,
        )
        for number, text in enumerate(texts(CVS, 2))
    )
    embed = HashingProvider().embed
    for kind, text_of_job, text_of_cv in (
        ("text", lambda job: job.description, lambda cv: cv.text),
        ("title", lambda job: job.title, lambda cv: " ".join(cv.text.split()[:3])),
    ):
        vectors = embed([text_of_job(job) for job in jobs])
        JobVector.objects.bulk_create(
            JobVector(job=job, kind=kind, model=MODEL, embedding=vector)
            for job, vector in zip(jobs, vectors, strict=True)
        )
        vectors = embed([text_of_cv(cv) for cv in cvs])
        CVVector.objects.bulk_create(
            CVVector(cv=cv, kind=kind, model=MODEL, embedding=vector) for cv, vector in zip(cvs, vectors, strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE matching_jobvector, matching_cvvector, jobs_job, ingestion_cv")


@contextmanager
def only_indexes() -> Iterator[None]:
    """The planner takes the HNSW index although the table is small, so that its recall is what is measured."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        yield
        cursor.execute("RESET enable_seqscan; RESET enable_sort; RESET enable_bitmapscan")


def matrix(model: type, key: str, kind: str) -> tuple[list[int], np.ndarray]:
    rows = list(model.objects.filter(kind=kind, model=MODEL).order_by(key).values_list(key, "embedding"))
    vectors = np.array([vector for _, vector in rows], dtype=np.float64)
    return [pk for pk, _ in rows], vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def truth(side: Side, kind: str) -> tuple[list[int], np.ndarray, set[int]]:
    """Subjects, their cosines to every open target, and the open targets in the order of the columns."""
    jobs, cvs = matrix(JobVector, "job_id", kind), matrix(CVVector, "cv_id", kind)
    open_jobs = set(Job.objects.active().values_list("pk", flat=True))
    open_cvs = set(CV.objects.current().values_list("pk", flat=True))
    (ids, subjects), (target_ids, targets), open_ids = (
        (cvs, jobs, open_jobs) if side is Side.JOBS_FOR_CV else (jobs, cvs, open_cvs)
    )
    keep = [number for number, pk in enumerate(target_ids) if pk in open_ids]
    return ids, subjects @ targets[keep].T, [target_ids[number] for number in keep]


def test_every_backend_finds_the_nearest_open_targets_and_nothing_closed() -> None:
    fill()
    for side in Side:
        ids, cosines, targets = truth(side, "text")
        subjects = ids[:: len(ids) // SUBJECTS][:SUBJECTS]
        for backend in BACKENDS:
            recalls = [recall_of(backend, side, subjects, ids, cosines, targets)]
            if isinstance(backend, PgvectorSearch):
                with only_indexes():
                    recalls.append(recall_of(backend, side, subjects, ids, cosines, targets))
            assert min(recalls) >= 0.98, (side, backend, recalls)


def filters() -> Iterator[JobFilter]:
    for number, share in enumerate(SHARES, start=1):
        yield JobFilter(countries=tuple(f"A{later}" for later in range(number, len(SHARES) + 1)))
        yield JobFilter(pay_from=Decimal(1000 * round(JOBS * (1 - share))), currency="EUR")


def test_under_a_filter_every_backend_finds_the_nearest_of_what_it_keeps_whatever_its_plan() -> None:
    fill()
    ids, cosines, targets = truth(Side.JOBS_FOR_CV, "text")
    subjects = ids[:: len(ids) // SUBJECTS][:SUBJECTS]
    for only in filters():
        kept = set(Job.objects.active().filtered(only).values_list("pk", flat=True))
        columns = [number for number, pk in enumerate(targets) if pk in kept]
        rest = subjects, ids, cosines[:, columns], [targets[number] for number in columns]
        if not columns:  # the one job that is left may be closed
            for backend in BACKENDS:
                assert not any(backend.find(Side.JOBS_FOR_CV, subjects, model=MODEL, limit=TOP, only=only).values())
            continue
        recalls = {
            "exact": recall_of(ExactSearch(), Side.JOBS_FOR_CV, *rest, only=only),
            "planned": recall_of(PgvectorSearch(), Side.JOBS_FOR_CV, *rest, only=only),
            "compared": recall_of(PgvectorSearch(exact_rows=JOBS), Side.JOBS_FOR_CV, *rest, only=only),
        }
        with only_indexes():
            recalls["walked"] = recall_of(PgvectorSearch(exact_rows=0), Side.JOBS_FOR_CV, *rest, only=only)
        assert min(recalls.values()) >= 0.98, (only, recalls)


def test_the_plan_follows_how_many_rows_the_filter_is_expected_to_keep() -> None:
    fill()
    few, many = JobFilter(countries=("A7", "A8")), JobFilter(countries=("A1", "A2", "A3"))
    cv_id = CVVector.objects.values_list("cv", flat=True)[0]
    for only, exact in ((few, True), (many, False)):
        with CaptureQueriesContext(connection) as queries:
            PgvectorSearch(exact_rows=100).find(Side.JOBS_FOR_CV, [cv_id], model=MODEL, limit=TOP, only=only)
        (search,) = (query["sql"] for query in queries if query["sql"].lstrip().startswith("WITH"))
        assert ("kept AS MATERIALIZED" in search) == exact


def test_words_find_only_what_the_filter_keeps() -> None:
    near = make_job("1", "Zoo keeper", "Feeding the okapi.", place=Place(country="DE"))
    make_job("2", "Zoo keeper", "Feeding the okapi.", place=Place(country="FR"))
    work_until_idle()
    refresh_words()
    cv = make_cv("Tom Okafor\nKeeper\n\nSummary\nI looked after an okapi.\n\nSkills\nPatience")
    work_until_idle()
    CVVector.objects.all().delete()
    for exact_rows in (0, 10):
        search = PgvectorSearch(exact_rows=exact_rows)
        found = search.find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=5, only=JobFilter(countries=("DE",)))
        assert [candidate.target_id for candidate in found[cv.pk]] == [near.pk]


@both
def test_a_filter_of_jobs_cannot_choose_among_cvs(backend) -> None:
    job = make_job()
    with pytest.raises(ValueError, match="cannot choose"):
        backend.find(Side.CVS_FOR_JOB, [job.pk], model=MODEL, limit=5, only=JobFilter(countries=("DE",)))


def recall_of(
    backend: SearchBackend, side: Side, subjects, ids, cosines, targets, only: JobFilter | None = None
) -> float:
    found = backend.find(side, subjects, model=MODEL, limit=TOP, only=only)
    column, hits, top = {pk: number for number, pk in enumerate(targets)}, 0, min(TOP, len(targets))
    for subject in subjects:
        row = cosines[ids.index(subject)]
        least = np.sort(row)[-top] - 1e-3  # of equally near ones, any will do
        candidates = found[subject]
        assert {candidate.target_id for candidate in candidates} <= set(targets)
        for candidate in candidates:
            assert candidate.text_cosine == pytest.approx(row[column[candidate.target_id]], abs=2e-3)
        hits += min(top, sum(row[column[candidate.target_id]] >= least for candidate in candidates))
    return hits / (top * len(subjects))


@both
@ways
def test_a_subject_without_vectors_or_targets_is_found_nothing_and_hurts_nobody(backend, side) -> None:
    job, cv = make_job(), make_cv()
    work_until_idle()
    known = cv.pk if side is Side.JOBS_FOR_CV else job.pk
    found = backend.find(side, [known, 10**9], model=MODEL, limit=5)
    assert [candidate.target_id for candidate in found[known]] == [job.pk if side is Side.JOBS_FOR_CV else cv.pk]
    assert not found.get(10**9)
    assert not backend.find(side, [known], model="another model", limit=5).get(known)
    assert not backend.find(side, [], model=MODEL, limit=5)


@both
def test_both_vectors_are_compared_for_a_target_that_either_of_them_found(backend) -> None:
    make_job("same-title", "Data Engineer", "Entirely other words about gardening and flowers.")
    make_job("same-text", "Gardener", "Built pipelines in Python on PostgreSQL, Kafka and Airflow.")
    cv = make_cv()
    work_until_idle()
    for candidate in backend.find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=1)[cv.pk]:
        assert candidate.text_cosine is not None
        assert candidate.title_cosine is not None


def test_words_find_what_vectors_do_not() -> None:
    for number in range(30):
        make_job(str(number), "Clerk", f"Letters, files and phone calls, part {number}.")
    rare = make_job("rare", "Zoo keeper", "Feeding the okapi and cleaning after it all day long.")
    work_until_idle()
    refresh_words()
    cv = make_cv("Tom Okafor\nKeeper\n\nSummary\nI looked after an okapi.\n\nSkills\nPatience")
    work_until_idle()
    found = PgvectorSearch().find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=1)[cv.pk]
    words = {candidate.target_id: candidate.words for candidate in found}
    assert rare.pk in words
    assert words[rare.pk] == max(value or 0 for value in words.values())
    assert all(value is None or 0 <= value <= 1 for value in words.values())


@ways
def test_a_batch_is_one_statement_however_many_subjects(side, django_assert_num_queries) -> None:
    pks = {Side.JOBS_FOR_CV: [], Side.CVS_FOR_JOB: []}
    for number in range(6):
        pks[Side.CVS_FOR_JOB].append(make_job(str(number)).pk)
        pks[Side.JOBS_FOR_CV].append(make_cv(f"Person {number}\nSkills\nPython, SQL").pk)
    work_until_idle()
    for batch in (pks[side][:1], pks[side]):
        with django_assert_num_queries(4):  # savepoint, settings of the index, the statement, release
            found = PgvectorSearch().find(side, batch, model=MODEL, limit=5)
        assert set(found) == set(batch)


@pytest.mark.parametrize("text", ["it's \\ \"odd\" | & ! ( ) <-> :* '' \\' words", "C:\\new\\table 100% %s %(id)s"])
def test_odd_characters_in_a_text_are_only_words(text: str) -> None:
    make_job("1", "Quoting", text)
    cv = make_cv(f"Tom Okafor\nClerk\n\nSummary\n{text}\n")
    work_until_idle()
    assert PgvectorSearch().find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=5)[cv.pk]
