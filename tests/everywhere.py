"""Every page there is with something on it: who opens it, and where; for tests that go through all of them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cvmatch.core.models import BacklogSample, StageRun, Status, User, Webhook, WebhookDelivery
from cvmatch.guarding import page_names
from ingestion.models import CV, Source, SyncRun
from jobs.models import Job
from jobs.saving import save_search
from matching.alerts.subscribing import stop_token, subscribe
from matching.backfills.running import work_backfills
from matching.backfills.services import start_backfill
from matching.deciding import decide
from matching.experiments.judging import Judgement, Verdict
from matching.experiments.keeping import Plan, add_config, create_experiment
from matching.feedback import note_shown
from matching.models import (
    AlertSubscription,
    BackfillItem,
    Experiment,
    JobMark,
    Match,
    Prediction,
    Stage,
    Tailoring,
    TailoringBatch,
)
from matching.optimising import request_batch, request_tailoring
from matching.services import request_matches
from matching.values import ShownLine
from tests.market import tell_insights
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

NOBODY, CANDIDATE, RECRUITER, ADMIN = "", "mara", "rita", "adam"
# Names of addresses that answer a form, send a file or a part of a page, lead elsewhere, or are for programs.
NO_PAGES = {
    *(
        "language",
        "cv-file",
        "cv-picture",
        "cv-progress",
        "cv-retry",
        "cv-correct",
        "cv-match-again",
        "match-improve",
        "improvement-again",
        "improvement-file",
        "improvements-cancel",
        "job-mark",
        "job-apply",
    ),
    *(
        "my-data-download",
        "my-data-delete",
        "my-data-consent",
        "my-data-keep",
        "jobs-csv",
        "job-bulk",
        "saved-search",
        "alert-subscribe",
        "alert-change",
        "saved-search-change",
        "job-search-again",
        "job-close",
        "job-open",
    ),
    *("job-candidates-csv", "job-shortlist-csv", "job-pick", "job-decide", "job-undo", "job-tag", "job-note", "blind"),
    *("key-revoke", "webhook-act", "pipeline-retry", "pipeline-pause", "queue-try", "source-act", "styleguide"),
    *("backfill-start", "backfill-act", "experiment-act", "ranking-roll-back"),
    *(
        "health-live",
        "health-ready",
        "health-detail",
        "metrics",
        "admin-login",
        "mfa_download_recovery_codes",
        "mfa_deactivate_totp",
    ),
    # Only on the way between two others: with a link of an e-mail, or between the password and the code.
    *("account_confirm_email", "account_reset_password_from_key", "mfa_authenticate", "mfa_reauthenticate"),
    *(
        "account_set_password",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "account_email_verification_sent",
    ),
}


def furnish(rows: int = 3) -> None:
    """People of the three roles, and some of everything that they work with."""
    roles = {CANDIDATE: User.Role.CANDIDATE, RECRUITER: User.Role.RECRUITER, ADMIN: User.Role.ADMIN}
    mara, rita, _adam = (make_user(name, role) for name, role in roles.items())
    make_cv(user=mara)
    for number in range(rows):
        make_job(f"{number}", title=f"Data Engineer {number}", posted_at=timezone.now(), company="Nordlicht Analytics")
        make_cv(CV_TEXT.replace("Mara", f"Ada {number}"))
    work_until_idle(limit=2000)
    make_cv(CV_TEXT.replace("Docker", "Docker, Kubernetes"), user=mara)
    failed = make_cv("Broken\nSkills\nSQL")
    work_until_idle(limit=2000)
    CV.objects.filter(pk=failed.pk).update(status=Status.FAILED, error="The file has no text.", retry_at=None)
    tell_insights(*(job for job in Job.objects.all() if job.pay is None))
    _decide(rita)
    _fill_lists(mara, rows)
    cv = CV.objects.current().get(candidate__user=mara)
    request_tailoring(cv_id=cv.pk, job_id=_job().pk, by=Tailoring.By.RULES, requested_by=mara)
    request_batch(user=rita, cv_ids=[cv.pk], job_ids=[_job().pk])
    work_until_idle()
    _fill_operations(mara)


def _decide(rita: User) -> None:
    for job in Job.objects.order_by("pk")[:3]:
        request_matches(job=job, requested_by=rita)
    work_until_idle(limit=2000)
    match = Match.objects.filter(prediction__side=Prediction.Side.CVS_FOR_JOB, job=_job()).order_by("rank")[0]
    note_shown(user=rita, lines=[ShownLine(match.pk, match.job_id, match.cv_id, 1, "1:treatment")], surface="list")
    decide(by=rita, job=match.job, candidates=[match.cv.candidate_id], stage=Stage.SHORTLISTED)


def _fill_lists(mara: User, rows: int) -> None:
    jobs = list(Job.objects.order_by("-pk")[: min(rows, 2)])
    JobMark.objects.bulk_create(
        [JobMark(user=mara, job=job, kind=kind) for job, kind in zip(jobs, JobMark.Kind.values, strict=False)]
    )
    save_search(user=mara, name="data in Berlin", query="q=data", is_shared=False)
    subscribe(
        user=mara,
        kind=AlertSubscription.Kind.JOBS_FOR_CV,
        subject=CV.objects.get(candidate__user=mara, is_latest=True).pk,
    )


def _fill_operations(mara: User) -> None:
    now = timezone.now()
    source = Source.objects.create(name="board", kind="remotive")
    for status in (Status.FAILED, Status.COMPLETED):
        SyncRun.objects.create(source=source, status=status, error="", finished_at=now, created=3, unchanged=5)
    backfill = start_backfill(what="parse", everything=True)
    work_backfills()
    BackfillItem.objects.filter(backfill=backfill).update(differs=3)
    _fill_experiments()
    hook = Webhook.objects.create(user=mara, url="https://example.com/told", events=["match.ready"], secret="")
    WebhookDelivery.objects.create(webhook=hook, event="match.ready", payload_json={}, status=Status.COMPLETED)
    for hour in range(3):
        BacklogSample.objects.create(stage="parse_cvs", taken_at=now - timedelta(hours=hour), waiting=hour, failed=0)
        started = now - timedelta(hours=hour)
        StageRun.objects.create(stage="parse_cvs", started_at=started, finished_at=started, done=4)


def _fill_experiments() -> None:
    """One that has won and one that has not begun; neither runs, so that lists stay as they are."""
    config = add_config(name="skills first", weights={"skills": 0.6, "title": 0.4}, by=None)
    won = create_experiment(Plan(name="Skills first", side="cvs", treatment=config.pk), by=None)
    create_experiment(Plan(name="Mixed", side="jobs", treatment=config.pk, method="interleaved"), by=None)
    users, rates = {"control": 412, "treatment": 398}, {"control": 0.11, "treatment": 0.14}
    judged = Judgement(
        Verdict.TREATMENT_WINS, "Treatment is better.", users, rates, effect=0.03, low=0.008, high=0.052, p_value=0.004
    )
    now = timezone.now()
    Experiment.objects.filter(pk=won.pk).update(
        state="stopped", started_at=now, ended_at=now, judged_at=now, judgement_json=judged.to_json()
    )


def _job() -> Job:
    return Job.objects.order_by("pk")[0]


def pages() -> dict[str, tuple[str, str]]:
    """By the name of the address; a page that two roles see differently has one more row."""
    return {**_of_nobody(), **_of_candidates(), **_of_recruiters(), **_of_admins()}


def _of_nobody() -> dict[str, tuple[str, str]]:
    return {
        "account_login": (NOBODY, "/sign-in/"),
        "account_signup": (NOBODY, "/sign-up/"),
        "account_reset_password": (NOBODY, "/account/password/reset/"),
        "account_reset_password_done": (NOBODY, "/account/password/reset/sent/"),
        "account_reset_password_from_key_done": (NOBODY, "/account/password/reset/done/"),
        "account_inactive": (NOBODY, "/account/inactive/"),
        "errors": (NOBODY, "/docs/errors"),
        "alerts-stop": (NOBODY, f"/alerts/stop/{stop_token(AlertSubscription.objects.order_by('pk')[0])}/"),
    }


def _of_candidates() -> dict[str, tuple[str, str]]:
    own = CV.objects.filter(candidate__user__username=CANDIDATE).order_by("version")
    cv, old = own[len(own) - 1], own[0]
    match = Match.objects.filter(cv=cv).order_by("rank")[0]
    job, hook = _job(), Webhook.objects.order_by("pk")[0]
    return {
        "not found": (CANDIDATE, "/nowhere/"),
        "home": (CANDIDATE, "/"),
        "account": (CANDIDATE, "/account/"),
        "account_logout": (CANDIDATE, "/sign-out/"),
        "account_email": (CANDIDATE, "/account/email/"),
        "account_change_password": (CANDIDATE, "/account/password/"),
        "account_reauthenticate": (CANDIDATE, "/account/confirm/"),
        "mfa_index": (CANDIDATE, "/account/two-step/"),
        "mfa_activate_totp": (CANDIDATE, "/account/two-step/on/"),
        "alerts": (CANDIDATE, "/alerts/"),
        "keys": (CANDIDATE, "/account/keys/"),
        "webhooks": (CANDIDATE, "/account/webhooks/"),
        "webhook": (CANDIDATE, f"/account/webhooks/{hook.pk}/"),
        "my-data": (CANDIDATE, "/account/data/"),
        "cv-upload": (CANDIDATE, "/cvs/upload/"),
        "cv": (CANDIDATE, f"/cvs/{cv.pk}/"),
        "cv-diff": (CANDIDATE, f"/cvs/{old.pk}/diff/{cv.pk}/"),
        "cv-matches": (CANDIDATE, f"/cvs/{cv.pk}/matches/"),
        "cv-saved": (CANDIDATE, f"/cvs/{cv.pk}/saved/"),
        "cv-hidden": (CANDIDATE, f"/cvs/{cv.pk}/hidden/"),
        "match": (CANDIDATE, f"/matches/{match.pk}/"),
        "improvement": (CANDIDATE, f"/improvements/{Tailoring.objects.order_by('pk')[0].pk}/"),
        "saved-searches": (CANDIDATE, "/jobs/saved/"),
        "job of a candidate": (CANDIDATE, f"/jobs/{job.pk}/"),
        "insights of a candidate": (CANDIDATE, "/insights/"),
    }


def _of_recruiters() -> dict[str, tuple[str, str]]:
    job = _job()
    pairs = Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB).order_by("rank")[:2]
    compared = "&".join(f"match={pair.pk}" for pair in pairs)
    return {
        "home of a recruiter": (RECRUITER, "/"),
        "cv-list": (RECRUITER, "/cvs/"),
        "job-list": (RECRUITER, "/jobs/"),
        "job": (RECRUITER, f"/jobs/{job.pk}/"),
        "job-candidates": (RECRUITER, f"/jobs/{job.pk}/candidates/"),
        "job-shortlist": (RECRUITER, f"/jobs/{job.pk}/shortlist/"),
        "job-compare": (RECRUITER, f"/jobs/{job.pk}/compare/?{compared}"),
        "match of a recruiter": (RECRUITER, f"/matches/{pairs[0].pk}/"),
        "insights": (RECRUITER, "/insights/"),
        "improvements": (RECRUITER, f"/improvements/several/{TailoringBatch.objects.get().pk}/"),
    }


def _of_admins() -> dict[str, tuple[str, str]]:
    example = BackfillItem.objects.order_by("pk")[0]
    return {
        "home of an admin": (ADMIN, "/"),
        "pipeline": (ADMIN, "/operations/pipeline/"),
        "queue": (ADMIN, "/operations/queue/"),
        "backfills": (ADMIN, "/operations/backfills/"),
        "backfill": (ADMIN, f"/operations/backfills/{example.backfill_id}/"),
        "backfill-example": (ADMIN, f"/operations/backfills/{example.backfill_id}/{example.pk}/"),
        "experiments": (ADMIN, "/operations/experiments/"),
        "experiment-add": (ADMIN, "/operations/experiments/add/"),
        "system": (ADMIN, "/operations/system/"),
        "parsing": (ADMIN, "/operations/parsing/"),
        "ranking": (ADMIN, "/operations/ranking/"),
        "feedback": (ADMIN, "/operations/feedback/?side=recruiter"),
        "sources": (ADMIN, "/operations/sources/"),
        "source": (ADMIN, "/operations/sources/board/"),
        "source-add": (ADMIN, "/operations/sources/add/"),
        "source-connect": (ADMIN, "/operations/sources/add/greenhouse/"),
        "source-change": (ADMIN, "/operations/sources/board/change/"),
        "source-disconnect": (ADMIN, "/operations/sources/board/disconnect/"),
    }


def forgotten(shown: dict[str, tuple[str, str]]) -> set[str]:
    """Addresses that are neither in the table nor said to be no page."""
    ours = {name for name in page_names() if ":" not in name}
    return ours - set(shown) - NO_PAGES
