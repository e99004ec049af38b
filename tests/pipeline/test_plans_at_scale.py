"""With 100,000 jobs, CVs and lists no page or call that people wait for reads a large table from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch.core.models import User
from jobs.models import Job
from matching.models import Match
from tests.pipeline.test_plans import CVS, JOBS, LIST, STAGED, plan_of, run
from tests.support import make_user

pytestmark = pytest.mark.django_db

ROWS = 100_000
LARGE = ("ingestion_candidate", "ingestion_cv", "jobs_job", "jobs_jobreading", "jobs_listing", "jobs_vacancy",
         "matching_match", "matching_prediction")  # fmt: skip
VARIED = {
    "'active', 'Job ' || n, '',": (
        "CASE WHEN mod(n, 4) = 0 THEN 'expired' ELSE 'active' END, 'Job ' || n, 'Company ' || mod(n, 900),"
    ),
    "'text ' || mod(n, 500)": "'text ' || mod(n, 500) || ' word' || mod(n, 5000)",
    "'', '', '', '', '', false, '', '', '', '',": (
        "'', 'Town ' || mod(n, 700), '', (ARRAY['DE', 'FR', 'AT', 'PL', 'NL', 'ES', 'IT', 'PT', 'SE', 'DK'])[1 + mod(n, 10)],"
        " '', false, '', '', '', '',"
    ),
}
REST = f"""
INSERT INTO jobs_vacancy (id, found_at) SELECT n, now() FROM generate_series(1, %(many)s) n;
INSERT INTO jobs_listing (job_id, vacancy_id, is_shown) SELECT n, n, true FROM generate_series(1, %(many)s) n;
INSERT INTO jobs_jobreading (job_id, {STAGED}) SELECT n, 'completed', false, 0, '' FROM generate_series(1, %(many)s) n;
INSERT INTO matching_prediction (id, {LIST}, {STAGED})
SELECT n, 'jobs', n, now(), '', '', '', 0, 'completed', false, 0, '' FROM generate_series(1, %(many)s) n;
INSERT INTO matching_match (id, prediction_id, rank, cv_id, job_id, score, low, high, band, parts_json, fits_json, signals_json,
    related_json, cv_snapshot, job_snapshot)
SELECT n, n, 1, n, n, 50, 40, 60, 'partial', '[]', '{{}}', '{{}}', '{{}}', '', '' FROM generate_series(1, %(many)s) n
"""
PAGES = {
    "home of a candidate": ("candidate", "/"),
    "CV": ("candidate", "/cvs/777/"),
    "progress": ("candidate", "/cvs/777/progress/"),
    "matches": ("candidate", "/cvs/777/matches/"),
    "match": ("candidate", "/matches/777/"),
    "CVs": ("recruiter", "/cvs/"),
    "jobs": ("recruiter", "/jobs/"),
    "words": ("recruiter", "/jobs/?q=word777"),
    "jobs of a country": ("recruiter", "/jobs/?country=DE"),
    "job": ("recruiter", "/jobs/777/"),
    "candidates of a job": ("recruiter", "/jobs/777/candidates/"),
    "pipeline": ("admin", "/operations/pipeline/"),
    "jobs by API": ("recruiter", "/api/v1/jobs"),
    "CVs by API": ("candidate", "/api/v1/cvs"),
    "recommendations by API": ("candidate", "/api/v1/cvs/777/recommendations"),
    "readiness": ("candidate", "/health/ready"),
}


@pytest.fixture(scope="module", autouse=True)
def large_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Made once, in a transaction that never commits; what it leaves in files and statistics is cleared away."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                jobs = JOBS
                for plain, varied in VARIED.items():
                    assert plain in jobs, plain
                    jobs = jobs.replace(plain, varied)
                run(f"{jobs};\n{CVS};\n{REST}", many=ROWS)
                run("SET CONSTRAINTS ALL IMMEDIATE;\nANALYZE " + ", ".join(LARGE))
                yield
                transaction.set_rollback(True)
        finally:
            run("VACUUM (ANALYZE) " + ", ".join(LARGE))


@pytest.fixture
def people() -> dict[str, User]:
    roles = {"candidate": User.Role.CANDIDATE, "recruiter": User.Role.RECRUITER, "admin": User.Role.ADMIN}
    made = {name: make_user(name, role) for name, role in roles.items()}
    run("UPDATE ingestion_candidate SET user_id = %(user)s WHERE id = 777", user=made["candidate"].pk)
    run(
        f"INSERT INTO matching_explanation (match_id, body_json, {STAGED}) VALUES (777, '{{}}', 'pending', false, 0, '');\n"
        "SELECT setval('matching_prediction_id_seq', %(many)s)",
        many=2 * ROWS,
    )
    return made


def read_from_end_to_end(sql: str) -> set[str]:
    """The large tables that the plan of this query scans without an index."""
    plan = plan_of(sql.replace("%", "%%"))
    return {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"} & set(LARGE)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_large_table_from_end_to_end(page: str, people: dict[str, User]) -> None:
    who, address = PAGES[page]
    client = Client()
    client.force_login(people[who])
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    queries = [query["sql"] for query in captured.captured_queries if re.match(r"\s*(SELECT|WITH|\()", query["sql"])]
    assert queries
    found = {sql: tables for sql in queries if (tables := read_from_end_to_end(sql))}
    assert found == {}


def test_a_sequential_scan_would_be_seen() -> None:
    assert read_from_end_to_end("SELECT count(*) FROM jobs_job WHERE description = 'x'") == {"jobs_job"}
    assert Job.objects.count() == Match.objects.count() == ROWS
