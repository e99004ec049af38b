"""Corrections over HTTP: made, listed, undone, refused with the field, and only by those who may see the CV."""

from __future__ import annotations

import pytest
from django.test import Client

from ingestion.models import CV, Correction
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def cv(candidate) -> CV:
    cv = make_cv(user=candidate)
    work_until_idle()
    return cv


def post(client: Client, cv: CV, **body: object):
    return client.post(f"/api/v1/cvs/{cv.pk}/corrections", body, content_type="application/json")


def test_a_correction_is_made_shown_and_undone(as_user, candidate, cv: CV) -> None:
    client = as_user(candidate)
    answer = post(client, cv, path="work[0].position", value="Lead Data Engineer")
    made = answer.json()
    assert (answer.status_code, made["was"], made["value"]) == (201, "Data Engineer", "Lead Data Engineer")
    assert (made["kind"], made["made_by"], made["undone_at"]) == ("change", "mara", None)

    shown = client.get(f"/api/v1/cvs/{cv.pk}").json()
    assert shown["resume"]["work"][0]["position"] == "Lead Data Engineer"
    assert shown["resume"]["meta"]["corrected"] == {"work[0].position": "Data Engineer"}
    assert "work[0].position" not in shown["resume"]["meta"]["fields"]
    assert shown["corrections"] == [made]

    by_key = post(client, cv, path=made["path"], value="Data Lead").json()
    assert (by_key["path"], by_key["was"]) == (made["path"], "Lead Data Engineer")
    undone = client.delete(f"/api/v1/cvs/{cv.pk}/corrections/{by_key['id']}").json()
    assert (undone["undone_by"], undone["undone_at"] is None) == ("mara", False)
    listed = client.get(f"/api/v1/cvs/{cv.pk}/corrections").json()
    assert [row["id"] for row in listed] == [made["id"], by_key["id"]]
    assert client.get(f"/api/v1/cvs/{cv.pk}").json()["corrections"] == [made]
    assert client.delete(f"/api/v1/cvs/{cv.pk}/corrections/{by_key['id']}").status_code == 404


def test_entries_and_texts_are_added_and_removed(as_user, candidate, cv: CV) -> None:
    client = as_user(candidate)
    job = {"position": "Cook", "name": "Bistro", "startDate": "2010", "endDate": "2012-06"}
    added = post(client, cv, kind="add", path="work", value=job).json()
    assert added["path"] == f"work[a{added['id']}]"
    text = post(client, cv, kind="add", path=f"{added['path']}.highlights", value="Fed forty guests.").json()
    shown = client.get(f"/api/v1/cvs/{cv.pk}").json()["resume"]
    assert shown["work"][1] == {**job, "highlights": ["Fed forty guests."]}
    removed = post(client, cv, kind="remove", path=text["path"]).json()
    assert (removed["was"], removed["value"]) == ("Fed forty guests.", "")
    whole = post(client, cv, kind="remove", path="work[1]").json()
    assert whole["was"] == job


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"path": "work[0].startDate", "value": "spring"}, 422, "startDate"),
        ({"path": "work[0].position", "value": "Data Engineer"}, 422, "value"),
        ({"path": "work[0].position", "value": {"position": "x"}}, 422, "value"),
        ({"path": "work[0].position", "kind": "delete"}, 422, "kind"),
        ({"path": "skills", "kind": "add", "value": {"name": "Python"}}, 422, "name"),
        ({"value": "x"}, 422, "body.path"),
        ({"path": "work[5].position", "value": "x"}, 404, None),
        ({"path": "basics", "kind": "remove"}, 422, None),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    body: dict[str, object], status: int, field: str | None, as_user, candidate, cv: CV
) -> None:
    answer = post(as_user(candidate), cv, **body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])
    assert not Correction.objects.exists()


def test_only_those_who_may_see_a_cv_may_correct_it(as_user, candidate, other_candidate, cv: CV) -> None:
    made = post(as_user(candidate), cv, path="basics.label", value="Cook").json()
    stranger = as_user(other_candidate)
    assert post(stranger, cv, path="basics.label", value="Chef").status_code == 404
    assert stranger.get(f"/api/v1/cvs/{cv.pk}/corrections").status_code == 404
    assert stranger.delete(f"/api/v1/cvs/{cv.pk}/corrections/{made['id']}").status_code == 404
    assert Client().get(f"/api/v1/cvs/{cv.pk}/corrections").status_code == 401
    by_recruiter = post(as_user("recruiter"), cv, path="basics.label", value="Chef")
    assert (by_recruiter.status_code, by_recruiter.json()["made_by"]) == (201, "recruiter")


def test_a_correction_of_another_cv_cannot_be_undone_through_ones_own(
    as_user, candidate, other_candidate, cv: CV
) -> None:
    foreign = make_cv("Tom Okafor\nNurse\n\nSkills\nSQL", user=other_candidate)
    work_until_idle()
    made = post(as_user(other_candidate), foreign, path="basics.label", value="Cook").json()
    assert as_user(candidate).delete(f"/api/v1/cvs/{cv.pk}/corrections/{made['id']}").status_code == 404
    assert Correction.objects.get().undone_at is None


def test_what_was_added_is_explained_without_a_place(as_user, candidate, cv: CV) -> None:
    make_job()
    work_until_idle()
    client = as_user(candidate)
    post(client, cv, kind="add", path="skills", value={"name": "Kubernetes"})
    work_until_idle()
    (match,) = client.get(f"/api/v1/cvs/{cv.pk}/recommendations").json()["matches"]
    found = {finding["name"]: finding for finding in match["explanation"]["findings"]}
    assert [found["Kubernetes"][name] for name in ("state", "in_cv", "added")] == ["stated", None, True]
    assert [found["Python"][name] for name in ("state", "added")] == ["stated", False]
    assert "Kubernetes (added by hand)" in match["explanation"]["sentences"][0]
