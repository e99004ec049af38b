"""Alerts: what is new is told once, to those who may see it, by e-mail, page and webhook, and ends when they say so."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail, signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import Purpose, Status, User, Webhook, WebhookDelivery
from cvmatch.maintenance import clean_up
from ingestion.consents import set_consent
from ingestion.models import CV, Candidate
from jobs.models import Job
from jobs.saving import save_search
from matching.alerts.forgetting import forget_told
from matching.alerts.subscribing import (
    Cadence,
    Kind,
    change_subscription,
    mark_read,
    stop_emails,
    stop_token,
    subscribe,
)
from matching.models import Alert, AlertDigest, AlertSubscription, JobMark, Match, Prediction
from matching.selectors.alerts import count_unread
from matching.stages import send_alerts
from tests.support import make_job, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> User:
    user = make_user("mara")
    User.objects.filter(pk=user.pk).update(email="mara@example.com")
    user.refresh_from_db()
    return user


@pytest.fixture
def rita() -> User:
    user = make_user("rita", User.Role.RECRUITER)
    User.objects.filter(pk=user.pk).update(email="rita@example.com")
    user.refresh_from_db()
    return user


def read_cv(user: User | None = None, name: str = "Mara Secretname") -> CV:
    """A CV as if it had been read: alerts ask nothing of its text."""
    candidate = Candidate.objects.create(user=user)
    return CV.objects.create(
        candidate=candidate,
        version=1,
        filename="cv.txt",
        size=1,
        status=Status.COMPLETED,
        name=name,
        text="Secret text",
    )


def listed(cv: CV, *pairs: tuple[Job, str]) -> Prediction:
    """A new finished list of jobs for a CV, with these scores."""
    made = Prediction.objects.create(side=Prediction.Side.JOBS_FOR_CV, cv=cv, status=Status.COMPLETED)
    for rank, (job, score) in enumerate(pairs, 1):
        value = Decimal(score)
        Match.objects.create(
            prediction=made, rank=rank, cv=cv, job=job, score=value, low=value, high=value, band="good"
        )
    return made


def told(user: User) -> list[str]:
    rows = Alert.objects.filter(user=user, digest__isnull=False).order_by("pk")
    return list(rows.values_list("job__title", flat=True))


def fall_due() -> None:
    AlertSubscription.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_new_matches_above_the_score_are_told_once_and_what_was_there_before_is_not(mara: User) -> None:
    cv, old, good, weak = (
        read_cv(mara),
        make_job("1", title="Old"),
        make_job("2", title="Good"),
        make_job("3", title="Weak"),
    )
    listed(cv, (old, "90"))
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, min_score=70, cadence=Cadence.AT_ONCE)
    made = listed(cv, (old, "90"), (good, "70"), (weak, "69.9"))
    send_alerts(10, [made.pk])
    assert told(mara) == ["Good"]
    fall_due()
    send_alerts(10, [made.pk])
    send_alerts(10)
    send_alerts(10, [listed(cv, (good, "95"), (old, "90")).pk])
    assert (told(mara), len(mail.outbox), count_unread(mara)) == (["Good"], 1, 1)
    mark_read(user=mara)
    assert count_unread(mara) == 0


def test_the_e_mail_names_jobs_and_links_nothing_of_the_cv_and_one_click_ends_it(mara: User, settings: Any) -> None:
    settings.PUBLIC_URL = "https://jobs.example.com"
    cv, job = read_cv(mara), make_job(title="Data <b>Engineer</b>\nBcc: x@example.com")
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    send_alerts(10, [listed(cv, (job, "80")).pk])
    [message] = mail.outbox
    html = message.alternatives[0][0]
    everything = str(message.message()) + message.body + html
    assert message.to == ["mara@example.com"]
    assert f"https://jobs.example.com{reverse('job', args=[job.pk])}" in message.body
    assert "Data &lt;b&gt;Engineer" in html
    assert "Secret" not in everything
    headers = message.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>\n ").replace("\n", "").removeprefix("https://jobs.example.com")
    client = Client(enforce_csrf_checks=True)
    assert client.get(address).status_code == 200
    subscription.refresh_from_db()
    assert subscription.by_email, "programs follow links: only a form ends it"
    answer = client.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    send_alerts(10, [listed(cv, (make_job("2", title="Later"), "80")).pk])
    assert len(mail.outbox) == 1
    assert told(mara)[-1] == "Later", "the page still tells of it"
    assert client.post(address[:-3] + "xx/").status_code == 404


def test_an_e_mail_that_waits_is_not_sent_after_the_unsubscribing(mara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cv = read_cv(mara)
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    digest = AlertDigest.objects.create(subscription=subscription)
    Alert.objects.create(user=mara, subscription=subscription, digest=digest, job=make_job(), score=80)
    stop_emails(stop_token(subscription))
    send_alerts(10)
    digest.refresh_from_db()
    assert (digest.status, mail.outbox) == (Status.COMPLETED, [])


def test_a_mail_server_that_is_down_loses_nothing_and_a_second_attempt_has_the_same_id(
    mara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv, job = read_cv(mara), make_job()
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)

    def refuse(self: object, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("secret words of the server")

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        send_alerts(10, [listed(cv, (job, "80")).pk])
    digest = AlertDigest.objects.get()
    assert (digest.status, mail.outbox) == (Status.FAILED, [])
    assert "secret" not in digest.error
    AlertDigest.objects.update(status=Status.PENDING, retry_at=None)
    send_alerts(10)
    send_alerts(10)
    [message] = mail.outbox
    assert digest.message_id.hex in message.extra_headers["Message-ID"]


def test_a_process_that_dies_before_the_mail_server_took_it_leaves_it_to_the_next(
    mara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv, job = read_cv(mara), make_job()
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    made = listed(cv, (job, "80"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("matching.stages.mailing.send", die)
        with pytest.raises(KeyboardInterrupt):
            send_alerts(10, [made.pk])
    assert AlertDigest.objects.get().status == Status.PROCESSING
    AlertDigest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    send_alerts(10)
    assert (len(mail.outbox), told(mara)) == (1, [job.title])


def test_what_is_handed_over_is_whole_or_not_at_all(mara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cv = read_cv(mara)
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    made = listed(cv, (make_job(), "80"))

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("matching.alerts.digesting.tell", die)
        with pytest.raises(KeyboardInterrupt):
            send_alerts(10, [made.pk])
    assert (Alert.objects.count(), AlertDigest.objects.count()) == (0, 0)
    send_alerts(10, [made.pk])
    assert len(mail.outbox) == 1


def test_the_database_itself_refuses_to_tell_the_same_twice(mara: User) -> None:
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=read_cv(mara).pk)
    job = make_job()
    Alert.objects.create(user=mara, subscription=subscription, job=job)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(user=mara, subscription=subscription, job=job)


@pytest.mark.parametrize(("cadence", "days"), [(Cadence.DAILY, 1), (Cadence.WEEKLY, 7)])
def test_a_digest_waits_for_its_day_and_has_all_that_came_in(cadence: Cadence, days: int, mara: User) -> None:
    cv = read_cv(mara)
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=cadence)
    due = subscription.due_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < due <= timedelta(days=days)
    first = listed(cv, (make_job("1", title="One"), "80"))
    send_alerts(10, [first.pk])
    listed(cv, (Job.objects.get(), "80"), (make_job("2", title="Two"), "70"))
    send_alerts(10)
    assert told(mara) == []
    fall_due()
    send_alerts(10)
    assert (sorted(told(mara)), len(mail.outbox)) == (["One", "Two"], 1)


def test_recruiters_are_told_of_new_people_for_a_job_by_number_and_only_while_they_are_recruiters(rita: User) -> None:
    job, known, new = make_job(title="Baker"), read_cv(name="Known"), read_cv(name="Secret Newcomer")
    listed(known, (job, "90"))
    subscribe(user=rita, kind=Kind.CVS_FOR_JOB, subject=job.pk, cadence=Cadence.AT_ONCE)
    made = listed(new, (job, "75"))
    send_alerts(10, [made.pk])
    [alert] = Alert.objects.filter(user=rita, digest__isnull=False)
    assert alert.candidate_id == new.candidate_id
    assert reverse("job-candidates", args=[job.pk]) in mail.outbox[0].body
    client = Client()
    client.force_login(rita)
    for page in (mail.outbox[0].body, client.get("/alerts/").content.decode()):
        assert "Baker" in page
        assert "Newcomer" not in page
    User.objects.filter(pk=rita.pk).update(role=User.Role.CANDIDATE)
    send_alerts(10, [listed(read_cv(), (job, "99")).pk])
    assert len(mail.outbox) == 1
    assert count_unread(User.objects.get(pk=rita.pk)) == 0


def test_new_jobs_of_a_saved_search_are_told_and_a_search_of_others_only_while_it_is_shared(
    mara: User, rita: User
) -> None:
    make_job("old", title="Data before")
    search = save_search(user=rita, name="Data", query="q=data", is_shared=True)
    ruth = make_user("ruth", User.Role.RECRUITER)
    for user in (rita, ruth):
        subscribe(user=user, kind=Kind.NEW_JOBS, subject=search.pk, cadence=Cadence.AT_ONCE)
    with pytest.raises(NotFound):
        subscribe(user=mara, kind=Kind.NEW_JOBS, subject=search.pk)
    make_job("new", title="Data after")
    fall_due()
    send_alerts(10)
    assert told(rita) == told(ruth) == ["Data after"]
    search.is_shared = False
    search.save()
    make_job("newer", title="Data later")
    fall_due()
    send_alerts(10)
    assert (told(rita), told(ruth)) == (["Data after", "Data later"], ["Data after"])
    assert [message.to for message in mail.outbox] == [["rita@example.com"]] * 2, "ruth gave no address"


def test_a_webhook_is_told_of_ids_in_the_same_transaction(mara: User) -> None:
    cv, job = read_cv(mara), make_job(title="Secret title")
    Webhook.objects.create(user=mara, url="https://example.com/x", events=["alert.matches"], secret="")
    Webhook.objects.create(user=make_user("other"), url="https://example.com/y", events=["alert.matches"], secret="")
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE, by_email=False)
    send_alerts(10, [listed(cv, (job, "80.5")).pk])
    delivery = WebhookDelivery.objects.get()
    assert (delivery.webhook.user, delivery.event) == (mara, "alert.matches")
    assert delivery.payload_json["data"]["matches"] == [{"job_id": job.pk, "score": 80.5}]
    assert "Secret" not in str(delivery.payload_json)
    assert mail.outbox == []


def test_nobody_follows_what_is_not_there_for_them(mara: User, rita: User) -> None:
    cv, job = read_cv(mara), make_job()
    for user, kind, subject in (
        (rita, Kind.JOBS_FOR_CV, cv.pk),
        (mara, Kind.CVS_FOR_JOB, job.pk),
        (mara, Kind.NEW_JOBS, 0),
    ):
        with pytest.raises(NotFound):
            subscribe(user=user, kind=kind, subject=subject)
    own = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk)
    with pytest.raises(NotFound):
        change_subscription(user=rita, pk=own.pk, by_email=False)
    with pytest.raises(InvalidInput):
        change_subscription(user=mara, pk=own.pk, min_score=101)
    again = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, min_score=80)
    assert (again.pk, again.min_score) == (own.pk, 80)


def test_hidden_and_closed_jobs_and_people_who_left_are_not_told_of(mara: User) -> None:
    cv = read_cv(mara)
    hidden, closed, fine = (make_job(name, title=name) for name in ("hidden", "closed", "fine"))
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    JobMark.objects.create(user=mara, job=hidden, kind=JobMark.Kind.HIDDEN)
    Job.objects.filter(pk=closed.pk).update(status=Job.Status.EXPIRED)
    made = listed(cv, (hidden, "99"), (closed, "98"), (fine, "97"))
    User.objects.filter(pk=mara.pk).update(is_active=False)
    send_alerts(10, [made.pk])
    assert told(mara) == []
    User.objects.filter(pk=mara.pk).update(is_active=True)
    send_alerts(10, [made.pk])
    assert told(mara) == ["fine"]


def test_a_lower_score_lets_in_what_comes_and_not_what_was_there(mara: User) -> None:
    cv, low = read_cv(mara), make_job("1", title="Low")
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, min_score=90, cadence=Cadence.AT_ONCE)
    listed(cv, (low, "70"))
    change_subscription(user=mara, pk=subscription.pk, min_score=60)
    send_alerts(10, [listed(cv, (low, "70"), (make_job("2", title="Next"), "60")).pk])
    assert told(mara) == ["Next"]


def test_an_address_that_nobody_confirmed_gets_no_e_mail_where_they_are_confirmed(mara: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    cv = read_cv(mara)
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    send_alerts(10, [listed(cv, (make_job("1"), "80")).pk])
    assert (mail.outbox, len(told(mara))) == ([], 1)
    mara.emailaddress_set.create(email="mara@example.com", verified=True)
    send_alerts(10, [listed(cv, (make_job("2"), "80")).pk])
    assert len(mail.outbox) == 1


def test_the_page_follows_changes_and_ends_alerts_and_the_bell_counts(mara: User) -> None:
    cv, client = read_cv(mara), Client()
    client.force_login(mara)
    sent = {"kind": "cv", "subject": cv.pk, "by_email": "on"}
    answer = client.post("/alerts/follow/", sent | {"next": "https://evil.example.com/"})
    assert answer.url == "/alerts/"
    own = AlertSubscription.objects.get(user=mara)
    client.post(f"/alerts/{own.pk}/", {"cadence": "now", "min_score": "70"})
    own.refresh_from_db()
    assert (own.cadence, own.min_score, own.by_email) == ("now", 70, False)
    assert client.post(f"/alerts/{own.pk}/", {"cadence": "hourly"}).status_code == 422
    send_alerts(10, [listed(cv, (make_job(title="Baker"), "80")).pk])
    page = client.get("/alerts/").content.decode()
    assert "Baker" in page
    assert "unread" in client.get("/alerts/?bell=1").content.decode()
    client.post("/alerts/")
    assert "unread" not in client.get("/alerts/?bell=1").content.decode()
    client.post(f"/alerts/{own.pk}/", {"delete": ""})
    assert not Alert.objects.exists()


def test_the_api_follows_and_lists_what_was_told(mara: User) -> None:
    cv, client = read_cv(mara), Client()
    client.force_login(mara)
    made = client.post("/api/v1/alerts/subscriptions", {"cv_id": cv.pk, "cadence": "now"}, "application/json")
    assert made.status_code == 201
    own = made.json()["id"]
    both = client.post("/api/v1/alerts/subscriptions", {"cv_id": cv.pk, "job_id": 1}, "application/json")
    assert both.status_code == 422
    send_alerts(10, [listed(cv, (make_job(title="Baker"), "80")).pk])
    [alert] = client.get("/api/v1/alerts?unread=true").json()["items"]
    assert (alert["title"], alert["score"], alert["kind"], alert["subscription_id"]) == ("Baker", 80.0, "cv", own)
    assert client.post("/api/v1/alerts/read").json() == {"read": 1}
    assert client.get("/api/v1/alerts?unread=true").json()["items"] == []
    assert client.delete(f"/api/v1/alerts/subscriptions/{own}").status_code == 204
    assert client.get("/api/v1/alerts/subscriptions").json()["items"] == []


def test_whoever_takes_back_the_consent_to_alerts_is_told_nothing_until_it_is_given_again(mara: User) -> None:
    cv = read_cv(mara)
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, min_score=70, cadence=Cadence.AT_ONCE)
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=False, how="page")
    made = listed(cv, (make_job("1", title="Meanwhile"), "90"))
    send_alerts(10, [made.pk])
    assert (told(mara), mail.outbox) == ([], [])
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=True, how="page")
    fall_due()
    send_alerts(10)
    assert told(mara) == ["Meanwhile"]


def test_what_was_told_long_ago_leaves_the_page_and_is_not_told_again(mara: User, settings: Any) -> None:
    settings.ALERT_DAYS = 30
    cv, job = read_cv(mara), make_job("1", title="Old")
    subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=cv.pk, cadence=Cadence.AT_ONCE)
    send_alerts(10, [listed(cv, (job, "80")).pk])
    AlertDigest.objects.update(created_at=timezone.now() - timedelta(days=31))
    made = listed(cv, (job, "90"), (make_job("2", title="New"), "80"))
    send_alerts(10, [made.pk])
    assert clean_up(limit=5000).done >= 1
    assert told(mara) == ["New"]
    assert AlertDigest.objects.count() == 1
    send_alerts(10, [listed(cv, (job, "95")).pk])
    assert (told(mara), len(mail.outbox)) == (["New"], 2)
    job.delete()
    assert Alert.objects.count() == 1, "what can be told of nothing any more is forgotten as a whole"


def test_old_digests_are_forgotten_some_at_a_time_the_oldest_first(mara: User) -> None:
    subscription = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=read_cv(mara).pk)
    *_older, newest = [AlertDigest.objects.create(subscription=subscription) for _ in range(3)]
    now = timezone.now()
    assert forget_told(before=now - timedelta(days=1), limit=2) == 0
    assert forget_told(before=now + timedelta(seconds=1), limit=2) == 2
    assert list(AlertDigest.objects.all()) == [newest]


def test_the_link_of_one_person_stops_nothing_of_another(mara: User, rita: User) -> None:
    own = subscribe(user=mara, kind=Kind.JOBS_FOR_CV, subject=read_cv(mara).pk)
    other = subscribe(user=rita, kind=Kind.CVS_FOR_JOB, subject=make_job().pk)
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    assert client.post(reverse("alerts-stop", args=[stop_token(own)])).status_code == 200, "signed in as whoever"
    assert list(AlertSubscription.objects.filter(by_email=False)) == [own]
    signed = stop_token(own).partition(":")[2]
    for forged in (
        f"{other.pk}",
        f"{other.pk}:{signed}",
        signing.dumps(other.pk),
        signing.dumps(other.pk, salt="other"),
    ):
        assert client.post(reverse("alerts-stop", args=[forged])).status_code == 404
    assert list(AlertSubscription.objects.filter(by_email=True)) == [other]
