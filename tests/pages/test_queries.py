"""No page makes more than 12 queries, and none makes more for 20 rows than for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cvmatch.core.models import ApiKey, BacklogSample, StagePause, StageRun, Status, User, Webhook, WebhookDelivery
from ingestion.models import CV, Candidate, CVView, Source, SyncRun
from jobs.models import Job
from jobs.saving import save_search
from matching.experiments import running
from matching.experiments.keeping import Plan, add_config, create_experiment
from matching.experiments.releasing import release
from matching.models import (
    Backfill,
    BackfillItem,
    CandidateTag,
    Decision,
    DecisionEvent,
    Explanation,
    JobMark,
    Match,
    Note,
    Prediction,
    Tag,
    Tailoring,
    TailoringBatch,
)
from matching.optimising import request_batch, request_tailoring
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

LIMIT = 12


def fill(count: int, owner: User) -> None:
    """So many rows of everything, and failures among them."""
    for number in range(count):
        make_job(f"more-{number}", title=f"Data Engineer {number}", posted_at=timezone.now())
        make_cv(CV_TEXT.replace("Mara", f"Mara {number}"))
        failed = make_cv(f"Broken {number}\nSkills\nSQL")
        CV.objects.filter(pk=failed.pk).update(
            status=Status.FAILED, error=f"Cause {number}", finished_at=timezone.now(), retry_at=None
        )
        source, _ = Source.objects.get_or_create(name=f"more-{number}", defaults={"kind": "remotive"})
        SyncRun.objects.create(source=source, status=Status.FAILED, error="x", finished_at=timezone.now())
        now = timezone.now()
        CVView.objects.create(
            user=owner, user_name="x", cv=failed, candidate=failed.candidate, how="page", hour=now, at=now
        )
        hook = Webhook.objects.create(user=owner, url=f"https://example.com/{number}", events=[], secret="")
        WebhookDelivery.objects.create(webhook=hook, event="x", payload_json={}, status=Status.COMPLETED)
        decide_about(failed.candidate, Job.objects.get(external_id=f"more-{number}"), owner)
        BacklogSample.objects.create(
            stage="parse_cvs", taken_at=now + timedelta(minutes=number + count), waiting=1, failed=0
        )
        paused = ("check_links", "sync_talent", "clean_up")[number % 3]
        StagePause.objects.get_or_create(stage=paused, defaults={"paused_at": now, "paused_by": owner})
        shared = User.objects.get(username="recruiter")
        save_search(user=shared, name=f"search {number} of {count}", query="q=data", is_shared=True)
        ApiKey.objects.create(user=owner, name=f"key {number}", prefix="cvm_", key_hash=f"{number}-{count}")
        backfill, _ = Backfill.objects.get_or_create(what="parse", defaults={"rate": 1, "state": "paused"})
        BackfillItem.objects.create(backfill=backfill, cv=failed, differs=1, state=("made", "failed")[number % 2])
        Backfill.objects.create(what="read", to_version="9", rate=1, state="cancelled")
    work_until_idle(limit=2000)
    for job in Job.objects.all():
        request_matches(job=job, requested_by=None)
    request_matches(cv=CV.objects.get(candidate__user=owner), requested_by=None)
    work_until_idle(limit=2000)
    config = add_config(name=f"of {count}", weights={"skills": 1.0}, by=None)
    for number in range(count):
        name = f"experiment {number} of {count}"
        create_experiment(Plan(name=name, side="cvs", treatment=config.pk, control=config.pk), by=owner)
        release("jobs", config, by=owner)
    running.assume_nothing()  # the pages are counted as they are while nothing orders lists
    for kind in JobMark.Kind.values:
        listed = Job.objects.filter(marks=None).order_by("-pk")[: count // 4 + 1]
        JobMark.objects.bulk_create([JobMark(user=owner, job=job, kind=kind) for job in listed])
    Prediction.objects.update(created_at=timezone.now() + timedelta(seconds=1))
    Explanation.objects.filter(pk=Explanation.objects.order_by("-pk")[0].pk).update(status=Status.FAILED, error="x")
    StageRun.objects.create(stage="clean_up", started_at=timezone.now(), finished_at=timezone.now())


def decide_about(candidate: Candidate, job: Job, user: User) -> None:
    decision = Decision.objects.create(job=job, candidate=candidate, decided_by=user)
    first, second = (
        DecisionEvent.objects.create(decision=decision, batch=uuid4(), made_by=user, made_at=timezone.now())
        for _ in range(2)
    )
    DecisionEvent.objects.filter(pk=second.pk).update(undoes=first)
    Note.objects.create(job=job, candidate=candidate, text="Called.", author=user)
    tag = Tag.objects.create(name=f"tag {candidate.pk}")
    CandidateTag.objects.create(tag=tag, candidate=candidate, added_by=user)


def _improvement(owner: User, match: Match) -> Tailoring:
    row = request_tailoring(cv_id=match.cv_id, job_id=match.job_id, by=Tailoring.By.RULES, requested_by=owner)
    work_until_idle()
    return row


def _improvements(job: Job) -> TailoringBatch:
    """For a batch of all that there is, so that it grows with the rows."""
    user, cvs = User.objects.get(username="recruiter"), CV.objects.parsed().current().values_list("pk", flat=True)
    batch, _ = request_batch(user=user, cv_ids=list(cvs[:50]), job_ids=[job.pk])
    return batch


def pages(owner: User) -> dict[str, tuple[str, str]]:
    """Name → who opens it, and its address, with the ids of now."""
    cv = CV.objects.get(candidate__user=owner)
    newest = Prediction.objects.filter(cv=cv).order_by("-created_at", "-pk")[0]
    job = Job.objects.order_by("pk")[0]
    match = newest.matches.order_by("rank")[0]
    return {
        "home of a candidate": ("candidate", "/"),
        "home of a recruiter": ("recruiter", "/"),
        "home of an admin": ("admin", "/"),
        "account": ("candidate", "/account/"),
        "second step": ("candidate", "/account/two-step/"),
        "sign-in": ("anonymous", "/sign-in/"),
        "CVs": ("recruiter", "/cvs/"),
        "CV for a recruiter": ("recruiter", f"/cvs/{cv.pk}/"),
        "match for a recruiter": ("recruiter", f"/matches/{match.pk}/"),
        "upload": ("candidate", "/cvs/upload/"),
        "CV": ("candidate", f"/cvs/{cv.pk}/"),
        "progress": ("candidate", f"/cvs/{cv.pk}/progress/"),
        "matches": ("candidate", f"/cvs/{cv.pk}/matches/"),
        "match": ("candidate", f"/matches/{match.pk}/"),
        "improvement": ("candidate", f"/improvements/{_improvement(owner, match).pk}/"),
        "saved jobs": ("candidate", f"/cvs/{cv.pk}/saved/"),
        "hidden jobs": ("candidate", f"/cvs/{cv.pk}/hidden/"),
        "versions compared": ("candidate", f"/cvs/{cv.pk}/diff/{cv.pk}/"),
        "my data": ("candidate", "/account/data/"),
        "jobs": ("recruiter", "/jobs/"),
        "search": ("recruiter", "/jobs/?q=data&place=berlin"),
        "jobs by candidates": ("recruiter", "/jobs/?sort=-candidates"),
        "jobs that ended": ("recruiter", "/jobs/?show=ended"),
        "jobs as CSV": ("recruiter", "/jobs.csv"),
        "saved searches": ("recruiter", "/jobs/saved/"),
        "job": ("candidate", f"/jobs/{job.pk}/"),
        "job of a recruiter": ("recruiter", f"/jobs/{job.pk}/"),
        "candidates": ("recruiter", f"/jobs/{job.pk}/candidates/"),
        "shortlist": ("recruiter", f"/jobs/{job.pk}/shortlist/"),
        "candidates as CSV": ("recruiter", f"/jobs/{job.pk}/candidates.csv"),
        "shortlist as CSV": ("recruiter", f"/jobs/{job.pk}/shortlist.csv"),
        "improvements": ("recruiter", f"/improvements/several/{_improvements(job).pk}/"),
        "candidates compared": ("recruiter", f"/jobs/{job.pk}/compare/?{_two_of(job)}"),
        "API keys": ("candidate", "/account/keys/"),
        "webhooks": ("candidate", "/account/webhooks/"),
        "webhook": ("candidate", f"/account/webhooks/{Webhook.objects.filter(user=owner)[0].pk}/"),
        "errors of the API": ("candidate", "/docs/errors"),
        "insights": ("recruiter", "/insights/"),
        "insights of a candidate": ("candidate", "/insights/"),
        "pipeline": ("admin", "/operations/pipeline/"),
        "pipeline of one stage": ("admin", "/operations/pipeline/?stage=parse_cvs"),
        "queue": ("admin", "/operations/queue/"),
        "backfills": ("admin", "/operations/backfills/"),
        "backfill": ("admin", f"/operations/backfills/{Backfill.objects.get(what='parse').pk}/"),
        "experiments": ("admin", "/operations/experiments/"),
        "new experiment": ("admin", "/operations/experiments/add/"),
        "system": ("admin", "/operations/system/"),
        "parsing": ("admin", "/operations/parsing/"),
        "ranking": ("admin", "/operations/ranking/"),
        "feedback": ("admin", "/operations/feedback/"),
        "sources": ("admin", "/operations/sources/"),
        "source": ("admin", "/operations/sources/more-0/"),
        "kinds of sources": ("admin", "/operations/sources/add/"),
    }


def _two_of(job: Job) -> str:
    lines = job.matches.filter(prediction__job=job).order_by("-prediction_id", "rank")[:2]
    return "&".join(f"match={line.pk}" for line in lines)


def counts(owner: User, as_: Callable[[str], Client]) -> dict[str, int]:
    result = {}
    for name, (who, address) in pages(owner).items():
        client = as_(who)
        client.get("/health/ready")  # what it finds is kept for 30 s, and all pages together may take longer
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200, name
        result[name] = len(queries)
    return result


def test_no_page_makes_many_queries_and_none_makes_more_for_more_rows(
    people: dict[str, User], as_: Callable[[str], Client]
) -> None:
    owner = people["candidate"]
    make_cv(user=owner)
    fill(2, owner)  # one job to save and one to hide
    few = counts(owner, as_)
    fill(20, owner)
    many = counts(owner, as_)
    assert {name: count for name, count in many.items() if count > LIMIT} == {}
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def test_every_model_of_ours_is_in_the_admin_and_its_list_does_not_grow_with_its_rows(people: dict[str, User]) -> None:
    owner = people["candidate"]
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("root", password="pw"))
    make_cv(user=owner)
    fill(1, owner)
    few = admin_counts(client)
    fill(12, owner)
    many = admin_counts(client)
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}
    assert {name: count for name, count in many.items() if count > LIMIT} == {}


def admin_counts(client: Client) -> dict[str, int]:
    result = {}
    for model in ours():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, model
        result[model._meta.label] = len(queries)
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            change = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
            assert client.get(change).status_code == 200, model
    return result


def ours() -> list[type]:
    from django.apps import apps

    labels = {"core", "jobs", "ingestion", "matching"}
    models = [model for model in apps.get_models() if model._meta.app_label in labels]
    assert all(model in admin.site._registry for model in models)
    return models


def test_the_admin_never_writes_out_a_vector_or_the_text_of_a_list(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(make_root())
    make_job()
    make_cv(user=people["candidate"])
    work_until_idle()
    for model in ("jobvector", "cvvector", "textembedding"):
        address = reverse(f"admin:matching_{model}_changelist")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert not any('"embedding"' in query["sql"].split(" FROM ")[0] for query in queries)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:ingestion_cv_changelist"))
    assert not any('"ingestion_cv"."text"' in query["sql"].split(" FROM ")[0] for query in queries)


def test_the_admin_retries_failed_rows_and_revokes_keys(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(make_root())
    cv = make_cv()
    CV.objects.update(status=Status.FAILED, error="x", attempts=5)
    key = ApiKey.objects.create(user=people["admin"], name="old", prefix="cvm_", key_hash="h")
    client.post(reverse("admin:ingestion_cv_changelist"), {"action": "retry_selected", "_selected_action": [cv.pk]})
    client.post(reverse("admin:core_apikey_changelist"), {"action": "revoke_selected", "_selected_action": [key.pk]})
    cv.refresh_from_db()
    key.refresh_from_db()
    assert (cv.status, cv.attempts) == (Status.PENDING, 0)
    assert key.revoked_at is not None


def make_root() -> User:
    user = make_user("root")
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    user.refresh_from_db()
    return user
