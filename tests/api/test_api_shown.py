"""Programs say over HTTP what they showed, and recruiters' programs what was decided; figures come back by breakdown."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching.experiments.keeping import Plan, add_config, create_experiment, start
from matching.experiments.serving import ordering_for
from matching.models import Decision, Interaction, JobMark, Match
from matching.services import request_matches
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def matches() -> list[Match]:
    for number in range(2):
        make_job(str(number), title=f"Data Engineer {number}")
    make_cv(user=make_user("mara"))
    work_until_idle()
    return list(Match.objects.filter(prediction__side="jobs").order_by("rank"))


def arm_of(name: str) -> str:
    """The arm that this user is in, of an experiment that begins now."""
    config = add_config(name="titles", weights={"title": 1.0}, by=None)
    start(create_experiment(Plan(name="Titles", side="jobs", treatment=config.pk), by=None).pk)
    ordering = ordering_for(User.objects.get(username=name), "jobs")
    assert ordering is not None
    return ordering.variant


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def post(client: Client, path: str, **body: object) -> tuple[int, dict]:
    answer = client.post(f"/api/v1/feedback{path}", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_what_a_program_showed_is_counted_with_its_positions(matches: list[Match]) -> None:
    arm = arm_of("mara")
    lines = [{"match_id": match.pk, "position": 10 + match.rank, "variant": arm} for match in matches]
    assert post(signed_in("mara"), "/shown", lines=[*lines, {"match_id": 0, "position": 1}]) == (202, {"lines": 2})
    told = Interaction.objects.order_by("position").values_list("kind", "position", "surface", "variant", "match", "cv")
    assert list(told) == [("shown", 10 + m.rank, "api", arm, m.pk, m.cv_id) for m in matches]
    post(signed_in("mara"), "", match_id=matches[1].pk, kind="open")
    assert Interaction.objects.get(kind="open").position == 12


def test_nobody_counts_for_an_arm_that_they_are_not_in(matches: list[Match]) -> None:
    experiment, _, own = arm_of("mara").partition(":")
    other = {"control": "treatment", "treatment": "control"}[own]
    for match, claimed in zip(matches, (f"{experiment}:{other}", f"{int(experiment) + 1}:{own}"), strict=True):
        post(signed_in("mara"), "/shown", lines=[{"match_id": match.pk, "position": 1, "variant": claimed}])
    assert list(Interaction.objects.values_list("variant", flat=True)) == ["", ""]


def test_nobody_counts_lines_of_others_and_nothing_that_cannot_be(matches: list[Match]) -> None:
    make_user("owen")
    line = {"match_id": matches[0].pk, "position": 1}
    assert post(signed_in("owen"), "/shown", lines=[line])[0] == 404
    for wrong in ([], [line] * 101, [line | {"position": 0}], [line | {"variant": "the good one"}]):
        assert post(signed_in("mara"), "/shown", lines=wrong)[0] == 422
    assert not Interaction.objects.exists()


def test_recruiters_decide_and_judge_candidates_and_mark_no_job_by_it(matches: list[Match]) -> None:
    rita = make_user("rita", User.Role.RECRUITER)
    request_matches(job=Job.objects.get(pk=matches[0].job_id), requested_by=rita)
    work_until_idle()
    line = Match.objects.get(prediction__side="cvs")
    client = signed_in("rita")
    assert post(client, "", match_id=line.pk, kind="thumb_up")[1]["verdict"] == "up"
    assert post(client, "", match_id=line.pk, kind="reject", reason="place")[1]["kind"] == "rejected"
    assert post(client, "", match_id=line.pk, kind="shortlist")[1]["kind"] == "shortlisted"
    assert (Decision.objects.get().stage, Decision.objects.get().decided_by) == ("shortlisted", rita)
    told = Interaction.objects.order_by("pk").values_list("kind", "reason", "cv")
    cv = CV.objects.get().pk
    assert list(told) == [("thumb_up", "", cv), ("reject", "place", cv), ("shortlist", "", cv)]
    assert post(client, "", match_id=line.pk, kind="save")[0] == 422
    assert post(client, "", match_id=line.pk, kind="reject", reason="weather")[0] == 422
    assert post(client, "", job_id=line.job_id, kind="shortlist")[0] == 422
    assert post(signed_in("mara"), "", match_id=matches[0].pk, kind="shortlist")[0] == 422
    assert not JobMark.objects.exists()


def test_figures_come_by_day_position_variant_and_source(matches: list[Match]) -> None:
    make_user("admin", User.Role.ADMIN)
    mara = signed_in("mara")
    arm = arm_of("mara")
    lines = [{"match_id": match.pk, "position": match.rank, "variant": arm} for match in matches]
    post(mara, "/shown", lines=lines)
    post(mara, "", match_id=matches[0].pk, kind="open")
    told = signed_in("admin").get("/api/v1/admin/evaluation_metrics?days=7").json()
    assert told["interactions"]["shown"] == 2
    candidate = told["candidate"]
    expected = {
        "impressions": 2, "opens": 1, "conversions": 0, "ctr": 0.5, "ctr_low": 0.0945, "ctr_high": 0.9055,
        "ctr_corrected": 0.5, "conversion": 0.0, "conversion_low": 0.0, "conversion_high": 0.6576,
    }  # fmt: skip
    assert candidate["total"] == expected
    assert candidate["by_variant"] == [{**expected, "variant": arm}]
    assert candidate["by_source"] == [{**expected, "source": "test"}]
    assert [(row["position"], row["opens"]) for row in candidate["by_position"]] == [(1, 1), (2, 0)]
    assert [row["impressions"] for row in candidate["by_day"]] == [0] * 6 + [2]
    assert (candidate["by_day"][0]["ctr"], told["recruiter"]["total"]["ctr"]) == (None, None)
