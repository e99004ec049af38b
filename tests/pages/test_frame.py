"""What every page has in common: assets of our own, no inline code, errors that say what to do, words for values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.utils import timezone

from cvmatch.core.templatetags import show
from ingestion.models import CV
from jobs.models import Job
from jobs.templatetags.postings import pay, where

STATIC = Path(settings.PROJECT_DIR) / "static"
TEMPLATES = Path(settings.PROJECT_DIR) / "templates"


def test_vendored_files_are_the_ones_their_table_names() -> None:
    table = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", table, re.MULTILINE))
    found = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*.js")
    }
    assert named == found != {}


def test_no_template_has_inline_code_or_style_or_an_address_of_another_host() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|<style|hx-on|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), path


def test_pages_forbid_code_from_elsewhere_and_htmx_is_told_to_need_none(client: Client, db: None) -> None:
    response = client.get("/sign-in/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert '"allowEval": false' in response.content.decode()
    assert '"includeIndicatorStyles": false' in response.content.decode()


def test_signing_in_leads_home_and_a_wrong_password_says_so(client: Client, people: dict) -> None:
    wrong = client.post("/sign-in/", {"login": "candidate", "password": "no"})
    assert "not correct" in wrong.content.decode()
    assert client.post("/sign-in/", {"login": "candidate", "password": "pw"})["Location"] == "/"
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_an_address_that_does_not_exist_has_a_page(client: Client, db: None) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_htmx_gets_an_error_as_a_fragment(as_: Callable[[str], Client]) -> None:
    response = as_("candidate").get("/jobs/999999/", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert response.content.decode().startswith('<div class="note note-danger" role="alert">')


def test_a_part_that_is_asked_for_after_the_session_ended_reloads_the_page(client: Client, cv: CV) -> None:
    response = client.get(f"/cvs/{cv.pk}/progress/", headers={"HX-Request": "true"}, follow=True)
    assert response["HX-Refresh"] == "true"
    assert response.content == b""


def test_the_page_for_our_own_mistakes_needs_nothing_that_may_be_broken() -> None:
    assert "Something went wrong on our side" in render_to_string("500.html")
    assert "You cannot do this" in render_to_string("403.html")


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=30), "1 d ago"),
        (timedelta(days=70), "2 mo ago"),
        (-timedelta(hours=3, minutes=1), "in 3 h"),
    ],
)
def test_ages_are_one_number_and_one_unit(ago: timedelta, said: str) -> None:
    assert f">{said}</time>" in show.age(timezone.now() - ago)


def test_durations_and_points_are_short() -> None:
    assert [show.seconds(value) for value in (0.84, 12.4, 200, None)] == ["0.8 s", "12 s", "3 min", ""]
    assert [show.points(value) for value in (24.0, 13.7, None)] == ["24", "13.7", "–"]


def test_a_score_is_never_shown_higher_than_its_band() -> None:
    assert [show.whole(Decimal(score)) for score in ("64.9", "65.0", "100.0", "0.0")] == [64, 65, 100, 0]


def test_marks_have_a_shape_and_a_word() -> None:
    shapes = {state: show.mark(state) for state in ("stated", "implied", "missing")}
    assert len(set(shapes.values())) == 3
    assert '<span class="vh">not found</span>' in shapes["missing"]
    assert "vh" not in show.mark("stated", "")


@pytest.mark.parametrize(
    ("low", "high", "period", "said"),
    [
        (None, None, "", ""),
        (70000, 85000, "YEAR", "70\u202f000–85\u202f000 EUR a year"),
        (20, 20, "HOUR", "20 EUR an hour"),
        (3000, None, "MONTH", "from 3\u202f000 EUR a month"),
        (None, 400, "DAY", "up to 400 EUR a day"),
    ],
)
def test_pay_is_written_as_the_posting_gives_it(low: int | None, high: int | None, period: str, said: str) -> None:
    amounts = [None if bound is None else Decimal(bound) for bound in (low, high)]
    job = Job(salary_min=amounts[0], salary_max=amounts[1], salary_currency="EUR", salary_period=period)
    assert pay(job) == said


def test_places_are_written_in_a_few_words() -> None:
    assert where(Job(city="Berlin", country="DE")) == "Berlin, DE"
    assert where(Job(city="Berlin", country="DE", remote=True)) == "Remote (Berlin, DE)"
    assert where(Job(remote=True)) == "Remote"


def test_pages_stay_small(as_: Callable[[str], Client], cv: CV) -> None:
    client = as_("candidate")
    for address in ("/", f"/cvs/{cv.pk}/", f"/cvs/{cv.pk}/matches/"):
        assert len(client.get(address).content) < 60_000


def test_the_styleguide_is_there_for_those_who_build_and_for_nobody_else(client: Client, db: None) -> None:
    assert client.get("/styleguide/").status_code == 404
    with override_settings(DEBUG=True):
        page = client.get("/styleguide/").content.decode()
    assert all(f"<h2>{name}</h2>" in page for name in ("Buttons", "Marks", "Tags and bands", "Bars", "Forms"))
