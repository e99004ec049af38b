"""Feedback on matches and jobs over HTTP, and the way to apply."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.models import User
from jobs.models import Job
from matching.models import Interaction, JobMark, Match
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_user("mara")


@pytest.fixture
def match(person: User) -> Match:
    make_job(url="https://jobs.example/1")
    make_cv(user=person)
    work_until_idle()
    return Match.objects.get(cv__candidate__user=person)


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def give(client: Client, **body: object) -> object:
    return client.post("/api/v1/feedback", body, content_type="application/json")


def test_feedback_says_what_the_caller_has_made_of_the_job_by_now(client: Client, match: Match) -> None:
    give(client, match_id=match.pk, kind="thumb_up")
    answer = give(client, match_id=match.pk, kind="hide", reason="pay")
    assert answer.json() == {  # type: ignore[attr-defined]
        "job_id": match.job_id, "kind": "hidden", "reason": "pay", "verdict": "up", "applied_at": None,
    }  # fmt: skip
    told = Interaction.objects.order_by("pk").values_list("kind", "reason", "position", "cv_id")
    assert list(told) == [("thumb_up", "", 1, match.cv_id), ("hide", "pay", 1, match.cv_id)]
    assert give(client, job_id=match.job_id, kind="clear").json()["kind"] == ""  # type: ignore[attr-defined]


def test_the_same_feedback_within_the_hour_counts_once(client: Client, match: Match) -> None:
    for _ in range(3):
        give(client, match_id=match.pk, kind="open")
        give(client, job_id=match.job_id, kind="open")
    assert Interaction.objects.filter(kind="open").count() == 2, "once from the list, once without"
    assert not JobMark.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "save"}, 422, "match_id"),
        ({"kind": "save", "job_id": 1, "match_id": 1}, 422, "match_id"),
        ({"kind": "hide", "job_id": 0, "reason": "weather"}, 422, "reason"),
        ({"kind": "save", "job_id": 0, "reason": "pay"}, 422, "reason"),
        ({"kind": "praise", "job_id": 0}, 422, "kind"),
        ({"kind": "save", "job_id": -1}, 404, None),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    client: Client, match: Match, body: dict, status: int, field: str | None
) -> None:
    if body.get("job_id") == 0:
        body = {**body, "job_id": match.job_id}
    answer = give(client, **body)
    assert answer.status_code == status  # type: ignore[attr-defined]
    told = answer.json()["errors"]  # type: ignore[attr-defined]
    assert ([error["field"].rpartition(".")[2] for error in told] == [field]) if field else told == []


def test_nobody_gives_feedback_on_the_list_of_another(match: Match) -> None:
    other = Client()
    other.force_login(make_user("owen"))
    assert give(other, match_id=match.pk, kind="save").status_code == 404  # type: ignore[attr-defined]
    assert other.get(f"/api/v1/jobs/{match.job_id}/apply?match_id={match.pk}").status_code == 404
    assert not JobMark.objects.exists()


def test_going_to_apply_redirects_and_is_counted(client: Client, match: Match) -> None:
    answer = client.get(f"/api/v1/jobs/{match.job_id}/apply?match_id={match.pk}")
    assert (answer.status_code, answer["Location"]) == (302, "https://jobs.example/1")
    assert Interaction.objects.get().kind == "apply"
    assert JobMark.objects.get().applied_at is not None


def test_a_posting_without_an_address_answers_404(client: Client, match: Match) -> None:
    Job.objects.update(url="javascript:alert(1)")
    answer = client.get(f"/api/v1/jobs/{match.job_id}/apply")
    assert answer.status_code == 404
    assert "no address to apply at" in answer.json()["detail"]
