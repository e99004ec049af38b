"""The page of a CV made for a job: asked for at a match, filling by itself, edits as a diff, gaps apart, files."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import Status, User
from ingestion.models import CVView
from matching.improving import folded
from matching.models import Match, Tailoring
from matching.tailoring import DiffLine
from tests.support import make_cv, work_until_idle

As = Callable[[str], Client]


def improved(client: Client, match: Match) -> str:
    """The address of its page, with the work done."""
    address = client.post(f"/matches/{match.pk}/improve/")["Location"]
    work_until_idle()
    return address


def test_a_match_leads_to_the_cv_for_its_job_which_fills_by_itself(as_: As, match: Match) -> None:
    client = as_("candidate")
    assert f'action="/matches/{match.pk}/improve/"' in client.get(f"/matches/{match.pk}/").content.decode()
    address = client.post(f"/matches/{match.pk}/improve/")["Location"]
    assert 'hx-trigger="every 1s"' in client.get(address).content.decode()
    work_until_idle()
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "improvement"}).content.decode()
    assert part.lstrip().startswith('<div id="improvement"')
    assert "every 1s" not in part
    row = Tailoring.objects.get()
    text = html.unescape(re.sub(r"<[^>]+>", "", part))
    for edit in row.body_json["edits"]:
        assert edit["reason"] in text
    gaps = text.partition("learn, don't claim")[2]
    assert all(gap["skill"] in gaps and gap["advice"] in gaps for gap in row.body_json["gaps"])
    assert part.count('class="meter"') == 2
    again = client.post(f"/matches/{match.pk}/improve/")["Location"]
    assert (again, Tailoring.objects.count()) == (address, 1)


def test_the_files_are_downloads_and_what_a_recruiter_opened_is_kept(as_: As, match: Match) -> None:
    client = as_("recruiter")
    address = improved(client, match)
    client.get(address)
    for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(f"{address}file/{kind}/")
        assert answer.content.startswith(begins)
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"{address}file/exe/").status_code == 404
    assert set(CVView.objects.values_list("how", flat=True)) == {CVView.How.MATCH, CVView.How.FILE}


def test_the_page_of_others_is_not_there(as_: As, match: Match) -> None:
    address = improved(as_("candidate"), match)
    stranger = as_("other")
    assert {stranger.get(address).status_code, stranger.get(f"{address}file/pdf/").status_code} == {404}
    assert stranger.post(f"{address}again/").status_code == stranger.post(f"/matches/{match.pk}/improve/").status_code
    assert stranger.post(f"{address}again/").status_code == 404


def test_who_reads_blind_sees_edits_but_neither_the_person_nor_the_files(as_: As, match: Match) -> None:
    User.objects.filter(username="recruiter").update(reads_blind=True)
    client = as_("recruiter")
    address = improved(client, match)
    page = client.get(address).content.decode()
    assert "Lindqvist" not in page
    assert "Switch Blind off" in page
    assert client.get(f"{address}file/docx/").status_code == 403


def test_a_failure_says_why_and_is_tried_again_by_hand(as_: As, match: Match) -> None:
    client = as_("candidate")
    address = client.post(f"/matches/{match.pk}/improve/")["Location"]
    Tailoring.objects.update(status=Status.FAILED, error="The disk was full.", retry_at=None)
    assert "The disk was full." in client.get(address).content.decode()
    assert client.get(f"{address}file/pdf/").status_code == 409
    client.post(f"{address}again/", {"by": "rules"})
    work_until_idle()
    assert Tailoring.objects.get().status == Status.COMPLETED


def test_a_replaced_cv_cannot_be_improved_and_the_page_says_so(as_: As, match: Match) -> None:
    make_cv("Mara Lindqvist\nData Engineer\nSkills\nSQL\n", user=match.cv.candidate.user)
    client = as_("candidate")
    assert "improve/" not in client.get(f"/matches/{match.pk}/").content.decode()
    answer = client.post(f"/matches/{match.pk}/improve/")
    assert (answer.status_code, "newer version" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("changed", "shown"), [([], [10]), ([0], ["0", "1", "2", 7]), ([5], [3, "3", "4", "5", "6", "7", 2])]
)
def test_of_a_difference_only_what_changed_and_stands_around_it_is_shown(
    changed: list[int], shown: list[object]
) -> None:
    diff = [DiffLine("added" if number in changed else "same", str(number)) for number in range(10)]
    assert [row.line.text if row.line else row.left_out for row in folded(diff)] == shown


def test_a_recruiter_has_those_who_are_ticked_improved_and_takes_the_rest_back(as_: As, job_match: Match) -> None:
    client = as_("recruiter")
    listed = f"/jobs/{job_match.job_id}/"
    assert 'name="improve"' in client.get(f"{listed}candidates/").content.decode()
    address = client.post(f"{listed}pick/", {"improve": "", "match": [job_match.pk]})["Location"]
    page = client.get(address).content.decode()
    assert "0 of 1 done" in page
    assert 'hx-trigger="every 2s"' in page
    assert as_("admin").get(address).status_code == 404
    client.post(f"{address}cancel/")
    page = client.get(address).content.decode()
    assert "cancelled" in page
    assert not Tailoring.objects.exists()
    address = client.post(f"{listed}pick/", {"improve": "", "match": [job_match.pk]})["Location"]
    work_until_idle()
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "improvements"}).content.decode()
    assert "1 of 1 done" in part
    assert f'href="/improvements/{Tailoring.objects.get().pk}/"' in part
    assert client.post(f"{listed}pick/", {"improve": ""}).status_code == 422
