"""Saving, hiding, judging and applying, from the pages of a candidate."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching.models import Explanation, Interaction, JobMark, Match
from tests.support import make_job, work_until_idle

HTMX = {"HX-Request": "true"}


def press(client: Client, action: str, match: Match, reason: str = "", **more: str) -> object:
    return client.post("/jobs/mark/", {action: f"{match.job_id}.{match.pk}.{reason}".rstrip("."), **more})


def listed(client: Client, cv: CV, tab: str = "matches") -> str:
    return client.get(f"/cvs/{cv.pk}/{tab}/").content.decode()


def test_a_saved_job_is_on_the_saved_tab_with_its_score_and_stays_in_the_list(
    as_: Callable[[str], Client], match: Match
) -> None:
    client = as_("candidate")
    response = press(client, "save", match, next=f"/cvs/{match.cv_id}/matches/")
    assert response["Location"] == f"/cvs/{match.cv_id}/matches/"  # type: ignore[index]
    assert match.job.title in listed(client, match.cv)
    saved = listed(client, match.cv, "saved")
    assert match.job.title in saved
    assert f"{int(match.score)}</div>" in saved
    assert '<span class="muted" id="saved-count">1</span>' in saved


def test_a_hidden_job_goes_out_of_the_list_and_can_be_brought_back(as_: Callable[[str], Client], match: Match) -> None:
    client = as_("candidate")
    press(client, "hide", match, "place")
    assert "You have hidden all of these" in listed(client, match.cv)
    hidden = listed(client, match.cv, "hidden")
    assert "hidden: Too far away" in hidden
    assert f'name="clear" value="{match.job_id}.{match.pk}"' in hidden
    press(client, "clear", match)
    assert f'id="match-{match.pk}"' in listed(client, match.cv)
    assert "No hidden jobs" in listed(client, match.cv, "hidden")


def test_a_hidden_job_goes_out_of_a_filtered_list_too(as_: Callable[[str], Client], match: Match) -> None:
    client = as_("candidate")
    address = f"/cvs/{match.cv_id}/matches/?country=DE"
    assert f'id="match-{match.job_id}"' in client.get(address).content.decode()
    press(client, "hide", match)
    assert f'id="match-{match.job_id}"' not in client.get(address).content.decode()


def test_htmx_gets_the_buttons_of_the_job_with_an_undo_and_the_counts_of_the_tabs(
    as_: Callable[[str], Client], match: Match
) -> None:
    response = as_("candidate").post("/jobs/mark/", {"hide": f"{match.job_id}.{match.pk}", "tabs": "1"}, headers=HTMX)
    part = response.content.decode()
    assert response["HX-Retarget"] == f"#actions-{match.job_id}"
    assert part.strip().startswith(f'<div class="match-actions match-hidden" id="actions-{match.job_id}"')
    assert "Undo" in part
    assert 'id="hidden-count" hx-swap-oob="true">1<' in part
    reasons = re.findall(r'name="hide" value="\d+\.\d+\.(\w+)"', part)
    assert reasons == JobMark.Reason.values


def test_a_job_is_kept_or_hidden_and_never_both(as_: Callable[[str], Client], match: Match) -> None:
    client = as_("candidate")
    press(client, "hide", match, "pay")
    press(client, "save", match)
    mark = JobMark.objects.get()
    assert (mark.kind, mark.reason) == ("saved", "")


def test_a_verdict_is_kept_beside_the_mark_and_can_be_taken_back(as_: Callable[[str], Client], match: Match) -> None:
    client = as_("candidate")
    press(client, "save", match)
    press(client, "down", match)
    assert JobMark.objects.get().verdict == "down"
    assert JobMark.objects.get().kind == "saved"
    press(client, "unjudge", match)
    assert JobMark.objects.get().verdict == ""


@pytest.mark.parametrize(("value", "status"), [("0.0", 404), ("x", 404), ("{job}..nothing", 422)])
def test_what_cannot_be_marked_is_refused(as_: Callable[[str], Client], match: Match, value: str, status: int) -> None:
    response = as_("candidate").post("/jobs/mark/", {"hide": value.format(job=match.job_id)})
    assert response.status_code == status
    assert not JobMark.objects.exists()


def test_a_mark_never_leads_to_another_site(as_: Callable[[str], Client], match: Match) -> None:
    response = press(as_("candidate"), "save", match, next="https://elsewhere.example/")
    assert response["Location"] == "/"  # type: ignore[index]


def test_going_to_apply_is_counted_with_the_place_in_the_list_and_leads_out(
    as_: Callable[[str], Client], match: Match
) -> None:
    Job.objects.update(url="https://jobs.example/1")
    client = as_("candidate")
    for _ in range(2):  # a double click
        response = client.get(f"/jobs/{match.job_id}/apply/?match={match.pk}")
        assert (response.status_code, response["Location"]) == (302, "https://jobs.example/1")
    told = Interaction.objects.get(kind=Interaction.Kind.APPLY)
    assert (told.user.username, told.cv_id, told.match_id, told.position) == ("candidate", match.cv_id, match.pk, 1)
    assert "went to apply" in listed(client, match.cv)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://jobs.example/1", "//jobs.example/1"])
def test_a_posting_without_an_address_of_the_web_says_so(as_: Callable[[str], Client], match: Match, url: str) -> None:
    Job.objects.update(url=url)
    client = as_("candidate")
    assert "no link to apply" in listed(client, match.cv)
    page = client.get(f"/jobs/{match.job_id}/apply/", follow=True)
    assert page.redirect_chain == [(f"/jobs/{match.job_id}/", 302)]
    assert "The posting gives no address to apply at." in page.content.decode()
    assert not Interaction.objects.filter(kind=Interaction.Kind.APPLY).exists()


def test_others_neither_see_nor_change_what_somebody_marked(
    as_: Callable[[str], Client], match: Match, people: dict[str, User]
) -> None:
    press(as_("candidate"), "hide", match)
    press(as_("other"), "save", match)
    assert JobMark.objects.get(user=people["candidate"]).kind == "hidden"
    assert Interaction.objects.get(user=people["other"]).match is None, "the list is not theirs"
    assert as_("recruiter").get(f"/cvs/{match.cv_id}/hidden/").status_code in {403, 404}
    recruiters = listed(as_("recruiter"), match.cv)
    assert f'id="match-{match.pk}"' in recruiters
    assert "match-actions" not in recruiters


def test_a_saved_job_that_left_the_list_is_still_there(as_: Callable[[str], Client], cv: CV) -> None:
    job = make_job("far", title="Nurse")
    work_until_idle()
    as_("candidate").post("/jobs/mark/", {"save": f"{job.pk}."})
    saved = listed(as_("candidate"), cv, "saved")
    assert "Nurse" in saved
    assert "not in the newest list" in saved


def test_a_long_list_is_shown_in_light_pages(as_: Callable[[str], Client], match: Match) -> None:
    lines = [
        Match(
            prediction=match.prediction, rank=rank, cv=match.cv, job=match.job, score=50, low=40, high=60, band="partial",
            parts_json=match.parts_json,
        )
        for rank in range(2, 51)
    ]  # fmt: skip
    Explanation.objects.bulk_create(
        [
            Explanation(match=line, status="completed", body_json=match.explanation.body_json)
            for line in Match.objects.bulk_create(lines)
        ]
    )
    client, address = as_("candidate"), f"/cvs/{match.cv_id}/matches/"
    first = client.get(address).content.decode()
    assert first.count('class="score"') == 20
    assert len(first) < 60_000
    assert "?from=20" in first
    last = client.get(f"{address}?from=40").content.decode()
    assert last.count('class="score"') == 10
    assert "Next jobs" not in last
    assert "These are all" in client.get(f"{address}?from=60").content.decode()
