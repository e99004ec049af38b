"""The pages of back-fills: an admin starts one, sees what would be otherwise, switches to it and rolls back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from ingestion.models import CV, CVView
from matching.backfills.running import work_backfills
from matching.models import Backfill, BackfillItem
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.django_db


def html(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_one_is_started_watched_switched_to_and_rolled_back(as_: Callable[[str], Client]) -> None:
    make_cv()
    work_until_idle()
    admin = as_("admin")
    assert "There was no back-fill yet" in html(admin, "/operations/backfills/")
    form = {"what": "parse", "rate": "50", "everything": "on"}
    assert admin.post("/operations/backfills/start/", form).status_code == 302
    address = f"/operations/backfills/{Backfill.objects.get().pk}/"
    assert "0 of 1 done" in html(admin, address)
    assert "every 3s" in html(admin, address)
    Backfill.objects.update(total=2, done=1)
    admin.post("/language/", {"language": "de"})
    for page in ("/operations/backfills/", address):
        assert '<rect width="0.5" height="1"/>' in html(admin, page)
    admin.post("/language/", {"language": "en"})
    Backfill.objects.update(total=1, done=0)
    for action, state in (("pause", "paused"), ("resume", "running")):
        admin.post(f"{address}act/", {"action": action})
        assert Backfill.objects.get().state == state
    admin.post(f"{address}act/", {"action": "rate", "rate": "7"})
    assert Backfill.objects.get().rate == 7
    work_backfills()
    work_backfills()
    assert "ready to switch" in html(admin, address)
    for action, state in (("switch", "switched"), ("roll-back", "rolled back")):
        admin.post(f"{address}act/", {"action": action})
        work_backfills()
        assert Backfill.objects.get().state == state
    assert "rolled back" in html(admin, "/operations/backfills/")


def test_an_example_shows_what_differs_and_opening_it_is_noted(as_: Callable[[str], Client]) -> None:
    make_cv()
    work_until_idle()
    cv = CV.objects.get()
    parsed = {**cv.parsed_json, "basics": {**cv.parsed_json["basics"], "label": "Plumber"}}
    CV.objects.update(parsed_json=parsed)
    admin = as_("admin")
    admin.post("/operations/backfills/start/", {"what": "parse", "rate": "50", "everything": "on"})
    work_backfills()
    item = BackfillItem.objects.get()
    page = html(admin, f"/operations/backfills/{item.backfill_id}/")
    assert "Person · Title · changed" in page
    address = f"/operations/backfills/{item.backfill_id}/{item.pk}/"
    assert address in page
    shown = html(admin, address)
    assert "Plumber</del>" in shown
    assert "Data Engineer</ins>" in shown
    assert CVView.objects.get().user_name == "admin"


def test_what_cannot_be_done_is_said(as_: Callable[[str], Client]) -> None:
    admin = as_("admin")
    assert admin.post("/operations/backfills/start/", {"what": "parse", "rate": "many"}).status_code == 422
    assert admin.get("/operations/backfills/0/").status_code == 404
    assert admin.get("/operations/backfills/0/0/").status_code == 404
    backfill = Backfill.objects.create(what="read", to_version="9", rate=1)
    answer = admin.post(f"/operations/backfills/{backfill.pk}/act/", {"action": "switch"})
    assert (answer.status_code, Backfill.objects.get().state) == (422, "running")
