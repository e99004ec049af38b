"""What several tests need: CVs and jobs made through the services, and a worker that runs what is queued."""

from __future__ import annotations

import os
import pydoc
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django_q.models import OrmQ

from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.services import receive_cv
from jobs.models import DifferentJobs, Job
from jobs.services import upsert_jobs
from jobs.stages import read_jobs
from jobs.values import JobPosting, Place

CV_TEXT = """Mara Lindqvist
Data Engineer
mara.lindqvist@example.com
Berlin, Germany

Summary
Data engineer who builds pipelines in Python and SQL.

Experience
Data Engineer, Nordlicht Analytics, Berlin
March 2019 - Present
- Built the ingestion service in Python on PostgreSQL and Kafka.
- Moved nightly jobs to Apache Airflow.

Education
Uppsala University
BSc Computer Science, 2014 - 2017

Skills
Python, SQL, PostgreSQL, Docker, Apache Airflow
"""

JOB_TEXT = """We build a data platform for hospitals.
Requirements:
- 3+ years of experience with Python and SQL
- PostgreSQL and Kubernetes
Nice to have:
- Terraform"""


def make_user(name: str = "mara", role: str = User.Role.CANDIDATE) -> User:
    return User.objects.create_user(username=name, password="pw", role=role)


def make_cv(text: str = CV_TEXT, user: User | None = None) -> CV:
    """A CV that has just been received: pending, its parsing enqueued."""
    return receive_cv(content=text.encode(), filename="cv.txt", uploaded_by=user, interactive=True)


def make_job(
    external_id: str = "1", title: str = "Data Engineer", text: str = JOB_TEXT, *, alike: bool = False, **values: object
) -> Job:
    """An open job that has been read, its embedding enqueued. Unless they may be ``alike``, such jobs are
    said to be different: most tests make several of much the same text and mean several."""
    values.setdefault("place", Place(city="Berlin", country="DE"))
    posting = JobPosting(external_id=external_id, title=title, description=text, **values)  # type: ignore[arg-type]
    upsert_jobs(source="test", postings=[posting])
    read_jobs(limit=100)
    job = Job.objects.get(source="test", external_id=external_id)
    others = [] if alike else Job.objects.filter(source="test").exclude(pk=job.pk)
    DifferentJobs.objects.bulk_create(
        [DifferentJobs(job_id=min(job.pk, other.pk), other_id=max(job.pk, other.pk)) for other in others],
        ignore_conflicts=True,
    )
    return job


def work_until_idle(limit: int = 200) -> int:
    """Run every queued task, and those they enqueue, the way a worker would; returns how many."""
    for done in range(limit):
        waiting = OrmQ.objects.order_by("pk").first()
        if waiting is None:
            return done
        task = waiting.task
        pydoc.locate(task["func"])(*task["args"], **task["kwargs"])
        waiting.delete()
    raise AssertionError(f"still not idle after {limit} tasks")


def database_url() -> str:
    """The address of the test database, for a process of its own; what that commits no test's rollback takes back."""
    assert not connection.in_atomic_block, "mark the test with django_db(transaction=True)"
    known = connection.settings_dict
    user = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    options = {name: value for name, value in known["OPTIONS"].items() if name != "application_name"}
    host, port = known["HOST"], known["PORT"]
    if host.startswith("/"):
        options, host = {**options, "host": host}, ""
    return f"postgresql://{user}@{host}{f':{port}' if host and port else ''}/{known['NAME']}?{urlencode(options)}"


def start_manage(*arguments: str) -> subprocess.Popen[str]:
    """``manage.py`` as a process of its own on the test database and the test's files."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "cvmatch.settings.test",
        "CVMATCH_VAR_DIR": str(settings.VAR_DIR),
    }
    manage = Path(settings.PROJECT_DIR) / "manage.py"
    return subprocess.Popen(
        [sys.executable, str(manage), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
