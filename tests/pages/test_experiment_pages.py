"""The operations page of experiments: a new one with weights that sum to 1, started, judged, released and rolled back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from matching.experiments.judging import Judgement, Verdict
from matching.experiments.keeping import judgement_of
from matching.experiments.verdicts import Guard
from matching.learning.choices import shipped_weights
from matching.models import Experiment, RankingConfig, RankingRelease
from tests.stored_lists import by_skills, runs

pytestmark = pytest.mark.django_db
PAGE = "/operations/experiments/"


def html(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def form(**changed: str) -> dict[str, str]:
    weights = {f"weight_{part}": str(weight) for part, weight in shipped_weights().items()}
    return {
        "name": "Skills first", "side": "cvs", "method": "split", "share": "0.5", "share_of_treatment": "0.5",
        "max_hide_rate_rise": "0.25", "max_open_rate_fall": "0.1", "control": "", "treatment": "",
        "config_name": "skills", "note": "", **weights, **changed,
    }  # fmt: skip


def judge(row: Experiment, verdict: Verdict = Verdict.TREATMENT_WINS) -> None:
    users, rates = {"control": 412, "treatment": 398}, {"control": 0.11, "treatment": 0.14}
    guard = Guard("refused", 0.05, 0.06, 0.25, 1.0)
    judged = Judgement(
        verdict,
        "Treatment is better.",
        users,
        rates,
        effect=0.03,
        low=0.008,
        high=0.052,
        p_value=0.004,
        guards=(guard,),
    )
    Experiment.objects.filter(pk=row.pk).update(judgement_json=judged.to_json(), judged_at=row.created_at)


def test_one_is_made_started_judged_released_and_rolled_back(as_: Callable[[str], Client]) -> None:
    admin = as_("admin")
    assert "There was no experiment yet" in html(admin)
    assert "Roll back" not in html(admin)
    given = form(weight_skills="0.25", weight_title="0.2")
    assert admin.post(f"{PAGE}add/", given).status_code == 302
    row = Experiment.objects.get()
    assert row.treatment.weights_json["skills"] == pytest.approx(0.25)
    assert (row.state, row.share, row.created_by) == ("draft", 0.5, row.created_by)
    assert row.created_by is not None
    assert row.created_by.username == "admin"
    assert 'value="start"' in html(admin)
    act = f"{PAGE}{row.pk}/act/"
    admin.post(act, {"action": "start"})
    assert "the first figures come then" in html(admin)
    judge(row)
    page = html(admin)
    assert "412" in page
    assert "+3.00 percentage points, surely between +0.80 and +5.20" in page
    assert 'd="M113.8 7H190.0"' in page
    assert "Lines hidden or rejected" in page
    admin.post("/language/", {"language": "de"})
    assert 'd="M113.8 7H190.0"' in html(admin), "numbers of pictures have no commas"
    admin.post("/language/", {"language": "en"})
    admin.post(act, {"action": "release"})
    release = RankingRelease.objects.get()
    assert release.config == row.treatment
    page = html(admin)
    assert "skills 1" in page
    assert "Decided" in page
    admin.post(f"{PAGE}roll-back/", {"side": "cvs", "release": str(release.pk)})
    assert RankingRelease.objects.of("cvs")[0].config is None
    assert "Yes, roll back" not in html(admin)


def test_what_is_typed_in_wrong_is_said_and_kept(as_: Callable[[str], Client]) -> None:
    admin = as_("admin")
    for wrong, said in (
        (form(weight_skills="0.9"), "The weights sum to 1.700 and must sum to 1: take away 0.700."),
        (form(weight_skills="-1"), "greater than or equal to 0"),
        (form(config_name=""), "Give the weights a name"),
        (form(share="0"), "must lie above 0"),
        (form(name=""), "This field is required"),
    ):
        answer = admin.post(f"{PAGE}add/", wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not RankingConfig.objects.exists()
    config = by_skills()
    taken = form(treatment=str(config.pk), control=str(config.pk))
    assert admin.post(f"{PAGE}add/", taken).status_code == 302
    again = admin.post(f"{PAGE}add/", taken)
    assert "an experiment of this name already" in again.content.decode()
    assert RankingConfig.objects.count() == 1


def test_one_that_a_guard_rail_stopped_says_why(as_: Callable[[str], Client]) -> None:
    row = runs()
    judge(row, Verdict.GUARD_RAIL)
    Experiment.objects.update(state="stopped", ended_because="Surely more is hidden.", ended_at=row.started_at)
    page = html(as_("admin"))
    assert "Surely more is hidden." in page
    assert "Release the winner" not in page
    assert judgement_of(Experiment.objects.get()) is not None


def test_what_cannot_be_done_is_said(as_: Callable[[str], Client]) -> None:
    admin, row = as_("admin"), runs()
    assert admin.post(f"{PAGE}{row.pk}/act/", {"action": "start"}).status_code == 409
    assert admin.post(f"{PAGE}{row.pk}/act/", {"action": "x"}).status_code == 422
    assert admin.post(f"{PAGE}0/act/", {"action": "stop"}).status_code == 404
    assert admin.post(f"{PAGE}roll-back/", {"side": "jobs"}).status_code == 409
    assert admin.get(f"{PAGE}{row.pk}/act/").status_code == 405
    assert as_("recruiter").get(PAGE).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    assert strict.post(f"{PAGE}{row.pk}/act/", {"action": "stop"}).status_code == 403
    assert Experiment.objects.running().exists()
