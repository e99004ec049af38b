"""Back-fills over HTTP: an admin's program starts one, compares old and new lists, switches and rolls back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ingestion.models import CV
from matching.backfills.beside import lists_beside
from matching.backfills.running import work_backfills
from matching.models import Backfill, BackfillItem, Match
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/admin/backfills"


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


@pytest.fixture
def listed() -> CV:
    for number in range(3):
        make_job(str(number))
    cv = make_cv()
    work_until_idle()
    return CV.objects.get(pk=cv.pk)


def test_one_is_started_watched_switched_to_and_rolled_back(as_user: Callable[..., Client], listed: CV) -> None:
    admin = as_user("admin")
    started = post(admin, ROOT, what="match", rate=50, everything=True)
    where = started["Location"]
    assert (started.status_code, started.json()["state"], started.json()["total"]) == (201, "running", 1)
    for action, state in (("pause", "paused"), ("resume", "running")):
        assert post(admin, f"{where}/{action}").json()["state"] == state
    assert post(admin, ROOT, what="match").status_code == 422, "one is on its way"
    assert post(admin, f"{where}/switch").status_code == 422, "it is not ready"
    work_backfills()
    work_backfills()
    assert [one["state"] for one in admin.get(ROOT).json()["items"]] == ["ready"]
    for action, state in (("switch", "switched"), ("roll_back", "rolled back")):
        assert post(admin, f"{where}/{action}").status_code == 200
        work_backfills()
        assert admin.get(where).json()["state"] == state
    assert post(admin, f"{where}/explode").status_code == 422
    assert admin.get(f"{ROOT}/0").status_code == 404
    assert as_user("recruiter").get(ROOT).status_code == 403


def test_old_and_new_lists_are_shown_side_by_side(as_user: Callable[..., Client], listed: CV) -> None:
    kept, gone, *_ = Match.objects.filter(prediction__side="jobs", cv=listed).order_by("rank")
    Match.objects.filter(pk=kept.pk).update(score=kept.score - 4)
    Match.objects.filter(pk=gone.pk).delete()
    admin = as_user("admin")
    where = post(admin, ROOT, what="match", everything=True)["Location"]
    assert admin.get(where).json()["beside"] is None, "no list is made yet"
    work_backfills()
    beside = admin.get(where).json()["beside"]
    (pair,) = beside["most_different"]
    assert (beside["lists"], beside["overlap_at_10"]) == (1, pytest.approx(2 / 3))
    assert beside["score_change"] == pytest.approx(2.0, abs=0.1)
    assert {line["job_id"] for line in pair["after"]} - {line["job_id"] for line in pair["before"]} == {gone.job_id}
    page = admin.get(f"/operations/backfills/{Backfill.objects.get().pk}/").content.decode()
    assert "67 % of the first ten jobs are in both" in page
    assert page.count("After the switch") == 1


def test_lists_of_before_the_scores_were_kept_and_jobs_that_are_gone_are_shown_too(listed: CV) -> None:
    backfill = Backfill.objects.create(what="match", rate=1, to_version="2")
    lists = {"jobs": [1, 2], "before": [2, 3]}
    BackfillItem.objects.create(backfill=backfill, cv=listed, new_json=lists)
    found = lists_beside(backfill)
    assert found is not None
    assert (found.overlap, found.change) == (0.5, None)
