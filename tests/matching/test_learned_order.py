"""What was learned orders the lists of one organisation while it serves, says so, leaves scores alone, and can be taken back."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from jobs.models import Job
from matching.deciding import decide
from matching.learning import keeping
from matching.learning.choices import Kind, shipped_weights
from matching.learning.reading import choices_of, organisations_to_train
from matching.models import LearnedRanker, Match, Prediction, Reason, Stage
from matching.reproducing import reproduce
from matching.selectors.lists import candidate_lists, needs_new_list
from matching.services import FRESH_FOR, request_matches
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

# The second has done other work for longer, the third is a beginner with all the skills.
CVS = (
    CV_TEXT,
    CV_TEXT.replace("Data Engineer", "Office Manager").replace("March 2019", "March 2003").replace("Python, SQL, ", ""),
    CV_TEXT.replace("March 2019", "October 2025").replace("Skills\n", "Skills\nKubernetes, Terraform, "),
)


@pytest.fixture
def job(db: None) -> Job:
    made = make_job(company="Acme GmbH")
    for text in CVS:
        make_cv(text, make_user(str(CVS.index(text))))
    work_until_idle()
    return made


def listed(job: Job) -> Prediction:
    request_matches(job=job, requested_by=None)
    work_until_idle()
    return Prediction.objects.filter(job=job, side="cvs").latest("pk")


def lines(prediction: Prediction) -> list[tuple[int, int, str]]:
    return list(prediction.matches.order_by("rank").values_list("rank", "cv_id", "score"))


def learned(part: str = "experience", obstacle: str = "") -> LearnedRanker:
    """A candidate that goes by one part nearly alone, so that the order changes for sure."""
    weights = {name: 0.9 if name == part else 0.1 * share for name, share in shipped_weights().items()}
    version = LearnedRanker.objects.count() + 1
    return LearnedRanker.objects.create(
        organisation="acme", version=version, weights_json=weights, wanted_json=weights, steepness=0.7, decisions=200,
        lists=50, people=5, obstacle=obstacle, judgement_json={"lists": 30, "learned": 0.8, "shown": 0.7, "gain": 0.1,
                                                               "low": 0.05, "high": 0.15},
    )  # fmt: skip


def test_while_nothing_serves_lists_are_what_they_were_to_the_byte(job: Job) -> None:
    before = listed(job)
    learned()  # a candidate serves nobody
    after = listed(job)
    same = ("rank", "rank_by_score", "cv_id", "score", "parts_json", "signals_json", "explanation__body_json")
    assert list(after.matches.values_list(*same)) == list(before.matches.values_list(*same))
    assert after.config_version == before.config_version
    assert {match.rank_by_score for match in after.matches.all()} == {None}


def test_what_serves_orders_lists_and_says_so_and_scores_stay(job: Job, client: Client) -> None:
    by_score = listed(job)
    ranker = keeping.serve(learned().pk, by=None)
    assert needs_new_list(job, candidate_lists(job), fresh_for=FRESH_FOR)
    ordered = listed(job)
    assert [line[1] for line in lines(ordered)] != [line[1] for line in lines(by_score)]
    assert {line[1:] for line in lines(ordered)} == {line[1:] for line in lines(by_score)}
    assert ordered.config_version == f"{by_score.config_version}-r{ranker.pk}"
    places = {match.cv_id: match.rank for match in by_score.matches.all()}
    assert {match.cv_id: match.rank_by_score for match in ordered.matches.all()} == places
    assert reproduce(ordered).is_exact
    first = ordered.matches.select_related("explanation").get(rank=1)
    said = first.explanation.body_json
    assert f"place 1 here, {first.rank_by_score} by score alone" in said["points"][-1]
    assert "experience counted more" in said["points"][-1]
    assert {option["rank"] for option in said["raises"]} <= {None}
    client.force_login(make_user("rita", User.Role.RECRUITER))
    assert "Re-ordered by what your team chose" in client.get(f"/jobs/{job.pk}/candidates/").content.decode()
    assert "Re-ordered by what your team chose" in client.get(f"/matches/{first.pk}/").content.decode()
    assert not needs_new_list(job, candidate_lists(job), fresh_for=FRESH_FOR)


def test_another_organisations_lists_stay_as_they_are_and_a_roll_back_brings_the_score_back(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(company="Other Ltd")
    before = lines(listed(job))
    keeping.serve(learned().pk, by=None)
    assert lines(listed(job)) == before
    Job.objects.filter(pk=job.pk).update(company="ACME")
    assert lines(listed(job)) != before
    assert keeping.roll_back("acme", by=None) is None
    assert needs_new_list(Job.objects.get(pk=job.pk), candidate_lists(job), fresh_for=FRESH_FOR)
    assert lines(listed(job)) == before


def test_one_serves_and_a_roll_back_leads_to_the_one_before() -> None:
    first = keeping.serve(learned().pk, by=None)
    second = keeping.serve(learned("words").pk, by=None)
    assert LearnedRanker.objects.serving().get() == second
    assert keeping.roll_back("acme", by=None) == first
    assert LearnedRanker.objects.serving().get() == first
    with pytest.raises(InvalidInput, match="only the newest candidate"):
        keeping.serve(second.pk, by=None)
    keeping.roll_back("acme", by=None)
    with pytest.raises(NotFound, match="by score alone"):
        keeping.roll_back("acme", by=None)
    with pytest.raises(InvalidInput, match="may not serve"):
        keeping.serve(learned(obstacle="Too few lists.").pk, by=None)


def test_decisions_become_choices_and_a_training_by_stage_and_command(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = make_user("rita", User.Role.RECRUITER)
    first, second, third = (match.cv.candidate_id for match in listed(job).matches.select_related("cv"))
    decide(job=job, candidates=[first], stage=Stage.INTERVIEW, by=rita)
    decide(job=job, candidates=[second], stage=Stage.REJECTED, reason=Reason.WITHDREW, by=rita)
    kinds = {choice.position: choice.kind for choice in choices_of("acme")}
    assert kinds == {1: Kind.CHOSEN}  # below it nobody is known to have looked, and who withdrew was not rejected
    decide(job=job, candidates=[third], stage=Stage.REJECTED, reason=Reason.MUST_HAVE, by=rita)
    kinds = {choice.position: choice.kind for choice in choices_of("acme")}
    assert kinds == {1: Kind.CHOSEN, 2: Kind.SHOWN, 3: Kind.REJECTED}

    monkeypatch.setattr(keeping, "DECISIONS_LEAST", 1)
    assert keeping.train_due(10) == 1
    assert organisations_to_train(least=1) == []  # nothing was chosen since
    out = StringIO()
    call_command("train_ranker", "Acme GmbH", stdout=out)
    assert "acme 2: candidate, 2 decisions in 1 lists" in out.getvalue()
    assert "are needed" in out.getvalue()
    with pytest.raises(CommandError, match="may not serve"):
        call_command("train_ranker", "Acme", "--serve")
    LearnedRanker.objects.update(obstacle="")
    call_command("train_ranker", "Acme", "--serve", stdout=out)
    call_command("train_ranker", "--list", stdout=out)
    call_command("train_ranker", "Acme", "--roll-back", stdout=out)
    assert "acme 2 serves." in out.getvalue()
    assert "acme 1: retired" in out.getvalue()
    assert "by score alone again" in out.getvalue()
    assert not Match.objects.exclude(rank_by_score=None).exists()


def test_an_admin_puts_into_service_and_takes_back(admin_client: Client) -> None:
    row = learned()
    address = "/admin/matching/learnedranker/"
    for action, serves in (("put_into_service", True), ("take_back", False)):
        answered = admin_client.post(address, {"action": action, "_selected_action": [row.pk]}, follow=True)
        assert answered.status_code == 200
        assert LearnedRanker.objects.serving().exists() is serves
    assert "experience counted more" in admin_client.get(f"{address}{row.pk}/change/").content.decode()
