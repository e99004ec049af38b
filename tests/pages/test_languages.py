"""Pages speak the language of the reader; programs and numbers inside pictures do not change with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.test import Client
from django.utils import timezone, translation

from cvmatch.core.models import User
from cvmatch.core.templatetags import show
from matching.models import Match
from tests.everywhere import NOBODY, furnish, pages

German = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_the_browser_says_which_language_and_the_page_says_which_it_has(client: Client, db: None) -> None:
    english, german = client.get("/sign-in/"), client.get("/sign-in/", headers=German)
    assert '<html lang="en">' in english.content.decode()
    assert '<html lang="de">' in german.content.decode()
    assert "Passwort vergessen?" in german.content.decode()
    assert "Accept-Language" in german["Vary"]


def test_the_choice_in_the_footer_goes_before_the_browser(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "de"}, headers={"Referer": "http://testserver/sign-in/"})
    assert answer["Location"] == "http://testserver/sign-in/"
    assert '<html lang="de">' in client.get("/sign-in/", headers={"Accept-Language": "en"}).content.decode()
    client.post("/language/", {"language": "en"})
    assert '<html lang="en">' in client.get("/sign-in/", headers=German).content.decode()


def test_the_api_is_english_for_everybody(as_: Callable[[str], Client]) -> None:
    client = as_("candidate")
    english, german = client.get("/api/v1/cvs/999"), client.get("/api/v1/cvs/999", headers=German)
    assert english.json()["detail"] == german.json()["detail"]
    assert "yours" in german.json()["detail"]


def test_a_reason_that_is_kept_in_english_is_said_in_the_readers_language(as_: Callable[[str], Client]) -> None:
    page = as_("candidate").get("/cvs/999/", headers=German).content.decode()
    assert "Diesen Lebenslauf gibt es nicht" in page


@pytest.mark.parametrize("address", ["/", "/cvs/", "/jobs/", "/matches/{}/", "/cvs/upload/"])
def test_pages_of_a_match_are_whole_in_german(as_: Callable[[str], Client], match: Match, address: str) -> None:
    client = as_("candidate")
    page = client.get(address.format(match.pk), headers=German, follow=True).content.decode()
    assert "</html>" in page
    shapes = re.findall(r'\s(?:width|height|x|y|x1|d|points|viewBox)="([^"]*)"', page)
    assert shapes
    assert not [shape for shape in shapes if re.search(r"\d,\d+\s", shape + " ") and " " not in shape]


def test_a_number_is_written_as_it_is_unless_a_filter_writes_it() -> None:
    template = engines["django"].from_string('{% load show %}<rect width="{{ share }}"/>{{ share|points }}')
    with translation.override("de"):
        assert template.render({"share": 12.5}) == '<rect width="12.5"/>12,5'


def test_ages_days_and_shares_are_written_in_german() -> None:
    with translation.override("de"):
        assert ">vor 5 Min.</time>" in show.age(timezone.now() - timedelta(minutes=5))
        assert show.day(datetime(2026, 3, 5, tzinfo=UTC)) == "5. März 2026"
        assert (show.percent(0.005), show.seconds(0.84), show.span(7200)) == ("0,5 %", "0,8 s", "2 Stunden")
        assert '<span class="vh">nicht gefunden</span>' in show.mark("missing")


# The second asks for the password first.
NOT_200 = {"not found": 404, "mfa_activate_totp": 302}


# A number with a comma in an attribute that pictures, charts and fields of numbers are drawn from.
COMMA = re.compile(r'<(?:svg|rect|path|circle|line|polyline|use|text|td|input)\b[^>]*?\s'
                   r'(?:width|height|x|y|[xy][12]|r|d|points|viewBox|value|data-value)="(-?\d+,\d+)"')  # fmt: skip


def test_every_page_opens_in_german_and_draws_numbers_without_a_comma(db: None) -> None:
    furnish()
    answers, drawn = {}, {}
    for name, (who, address) in pages().items():
        client = Client(headers=German)
        if who != NOBODY:
            client.force_login(User.objects.get(username=who))
        answer = client.get(address)
        answers[name] = answer.status_code
        if wrong := COMMA.findall(answer.content.decode()):
            drawn[name] = wrong
    assert drawn == {}
    assert {name: status for name, status in answers.items() if status != 200} == NOT_200
