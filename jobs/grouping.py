"""The only writer of vacancies: compares new and changed postings with those that are there and puts the same together."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product
from typing import Any

from django.db import connection, transaction

from cvmatch.core.models import User
from jobs.identity import Fingerprint, Seen, Vacancies, fingerprint, standing
from jobs.identity.candidates import COMMON_FROM, candidates, lookup
from jobs.models import DifferentJobs, Job, JobFingerprint, Listing, Vacancy
from jobs.values import JobPosting

# So many are compared under one lock: about a second's work.
CHUNK = 200

_WAITING = """
SELECT j.id FROM jobs_job j
  JOIN jobs_jobreading r ON r.job_id = j.id AND r.status = 'completed'
  LEFT JOIN jobs_jobfingerprint f ON f.job_id = j.id
 WHERE (f.job_id IS NULL OR f.made_from <> j.changed_at) AND (%(only)s::bigint[] IS NULL OR j.id = ANY(%(only)s))
 ORDER BY j.id LIMIT %(limit)s
"""
_HAVING = """
SELECT k.key, f.job_id FROM unnest(%(keys)s::bigint[]) AS k(key)
 CROSS JOIN LATERAL (SELECT job_id FROM jobs_fingerprintkey WHERE key = k.key ORDER BY job_id LIMIT %(limit)s) f
"""
_STORE_KEYS = """
WITH made AS (SELECT * FROM unnest(%(of)s::bigint[], %(keys)s::bigint[]) AS made(job_id, key)),
  old AS (DELETE FROM jobs_fingerprintkey k
           WHERE k.job_id = ANY(%(jobs)s) AND NOT EXISTS (SELECT 1 FROM made WHERE (made.job_id, made.key) = (k.job_id, k.key)))
INSERT INTO jobs_fingerprintkey (job_id, key) SELECT job_id, key FROM made ON CONFLICT DO NOTHING
"""
# A chunk asks for thousands of ids: as one array they are read in a tenth of the time of a list of parameters.
# When a posting was to be seen goes along: gone is also what a full run of its source has missed, before it is closed.
_STORED = """
SELECT f.job_id, f.facts, f.words, f.runs, j.first_seen_at, least(j.ended_at, j.expires_at, s.missed_since)
  FROM jobs_jobfingerprint f JOIN jobs_job j ON j.id = f.job_id LEFT JOIN jobs_sighting s ON s.job_id = f.job_id
 WHERE f.job_id = ANY(%s)
"""
_PARTED = "SELECT job_id, other_id FROM jobs_differentjobs WHERE job_id = ANY(%(jobs)s) AND other_id = ANY(%(jobs)s)"
_TOGETHER = """
SELECT job_id, vacancy_id FROM jobs_listing
 WHERE vacancy_id IN (SELECT vacancy_id FROM jobs_listing WHERE job_id = ANY(%s))
"""
# Normally the database elects at once; this heals what two transactions did that could not see each other.
_UNELECTED = """
SELECT jobs_elect(l.vacancy_id) FROM jobs_listing l JOIN jobs_job j ON j.id = l.job_id
 GROUP BY l.vacancy_id
HAVING count(*) FILTER (WHERE l.is_shown) <> 1
    OR (bool_or(j.status = 'active') AND NOT bool_or(l.is_shown AND j.status = 'active'))
"""
_COMPARED = (
    "source", "title", "company", "description", "url", "city", "region", "country", "postal_code", "latitude", "longitude",
    "employment_type", "is_snippet", "group_key", "salary_min", "salary_max", "salary_currency", "salary_period",
    "salary_estimated", "changed_at",
)  # fmt: skip


def waiting_jobs(*, limit: int, only: Sequence[int] | None = None) -> list[int]:
    """Postings that were read and are not compared yet as they are now, the oldest first."""
    return [pk for (pk,) in _rows(_WAITING, {"only": None if only is None else list(only), "limit": limit})]


def group_jobs(ids: Sequence[int]) -> int:
    """Compare these postings with all others and put each where it belongs; returns how many were still waiting."""
    jobs = Job.objects.only(*_COMPARED).in_bulk(ids)
    made = {pk: fingerprint(job.source, _as_posting(job)) for pk, job in sorted(jobs.items())}
    with transaction.atomic():
        _lock()
        # Another worker may have done some of them meanwhile, and some may be gone.
        still = waiting_jobs(limit=len(ids), only=ids)
        _store([(jobs[pk], made[pk]) for pk in still if pk in jobs])
        _place({pk: made[pk] for pk in still if pk in jobs})
    return len(still)


def heal() -> None:
    """Elect a posting to show wherever none that is open is shown, and forget vacancies without postings."""
    with transaction.atomic(), connection.cursor() as cursor:
        _lock()
        cursor.execute(_UNELECTED)
        Vacancy.objects.filter(listings=None).delete()


def keep_apart(*, jobs: Collection[int], made_by: User | None) -> int:
    """These postings are another vacancy than the others that they are put together with; returns how many they were.

    Where all of a vacancy are named, each is one of its own. It holds for good: they are never put together again.
    """
    with transaction.atomic():
        _lock()
        vacancies = Listing.objects.filter(job__in=jobs).values("vacancy")
        together: dict[int, set[int]] = {}
        for vacancy, job in Listing.objects.filter(vacancy__in=vacancies).values_list("vacancy_id", "job_id"):
            together.setdefault(vacancy, set()).add(job)
        pairs = {pair for members in together.values() for pair in _to_part(members & set(jobs), members)}
        DifferentJobs.objects.bulk_create(
            [DifferentJobs(job_id=min(pair), other_id=max(pair), made_by=made_by) for pair in sorted(pairs)],
            ignore_conflicts=True,
        )
        chosen = sorted(set(jobs) & set().union(*together.values()))
        _place(_stored(chosen)[0])
    return len(chosen)


def forget_difference(pair: DifferentJobs) -> None:
    """Take back that two postings are different; they are compared again at once."""
    with transaction.atomic():
        _lock()
        pair.delete()
        _place(_stored([pair.job_id, pair.other_id])[0])


def _to_part(chosen: set[int], members: set[int]) -> Iterable[tuple[int, int]]:
    return combinations(sorted(chosen), 2) if chosen == members else product(chosen, members - chosen)


def _lock() -> None:
    """One decides at a time: two that each saw only one of two new copies would not put them together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('cvmatch.vacancies', 0))")


def _as_posting(job: Job) -> JobPosting:
    return JobPosting(
        external_id="",
        title=job.title,
        description=job.description,
        company=job.company,
        place=job.place,
        employment_type=job.employment_type,
        group_key=job.group_key,
        pay=job.pay,
    )


def _store(made: Sequence[tuple[Job, Fingerprint]]) -> None:
    rows = [
        JobFingerprint(
            job=job,
            made_from=job.changed_at,
            facts=mine.facts(),
            words=mine.words.tobytes(),
            runs=mine.runs.tobytes(),
            standing=standing(url=job.url, company=job.company, is_snippet=job.is_snippet),
        )
        for job, mine in made
    ]
    JobFingerprint.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=["made_from", "facts", "words", "runs", "standing"],
    )
    keys = [(job.pk, key) for job, mine in made for key in sorted(mine.lookup_keys())]
    of_jobs = {"jobs": [job.pk for job, _ in made], "of": [job for job, _ in keys], "keys": [key for _, key in keys]}
    with connection.cursor() as cursor:
        cursor.execute(_STORE_KEYS, of_jobs)


def _stored(jobs: Collection[int]) -> tuple[dict[int, Fingerprint], dict[int, Seen]]:
    known, seen = {}, {}
    for job, facts, words, runs, since, until in _rows(_STORED, [list(jobs)]):
        known[job] = Fingerprint.from_facts(json.loads(facts), bytes(words), bytes(runs))
        seen[job] = (since, until)
    return known, seen


def _place(made: dict[int, Fingerprint]) -> None:
    """Put each posting where it belongs; their fingerprints are stored, and the lock is held."""
    near = _candidates(made)
    around = {*made, *(job for jobs in near.values() for job in jobs)}
    before: dict[int, int] = dict(_rows(_TOGETHER, [list(around)]))
    known, seen = _stored(around | before.keys())
    apart = set(_rows(_PARTED, {"jobs": list(known)}))
    vacancies = Vacancies(known, {job: vacancy for job, vacancy in before.items() if job in known}, apart, seen)
    for job in sorted(made):
        vacancies.place(job, near[job])
    _store_vacancies(before, vacancies.vacancy_of, touched=set(made))


def _candidates(made: dict[int, Fingerprint]) -> dict[int, list[int]]:
    keys = {key for mine in made.values() for key in mine.lookup_keys()}
    having = lookup(_rows(_HAVING, {"keys": list(keys), "limit": COMMON_FROM}))
    return {job: candidates(job, mine, having) for job, mine in made.items()}


def _store_vacancies(before: dict[int, int], after: dict[int, int], *, touched: Collection[int]) -> None:
    """Write what has changed, and elect anew where it has or where a posting that was placed now stands otherwise."""
    numbers = sorted({number for number in after.values() if number < 0})
    made = Vacancy.objects.bulk_create([Vacancy() for _ in numbers])
    real = dict(zip(numbers, (vacancy.pk for vacancy in made), strict=True))
    moved = {job: real.get(number, number) for job, number in after.items() if before.get(job) != number}
    alone = before.keys() - after.keys()
    if alone:
        Listing.objects.filter(job__in=alone).delete()
    Listing.objects.bulk_create(
        [Listing(job_id=job, vacancy_id=number) for job, number in sorted(moved.items())],
        update_conflicts=True,
        unique_fields=["job"],
        update_fields=["vacancy"],
    )
    left = {before[job] for job in before if before[job] != after.get(job)}
    _elect(left | set(moved.values()) | {after[job] for job in touched if after.get(job, 0) > 0})


def _elect(vacancies: Collection[int]) -> None:
    if vacancies:
        _rows("SELECT jobs_elect(number) FROM unnest(%s::bigint[]) AS number", [sorted(vacancies)])


def _rows(statement: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
