"""What experiments and releases show to whom, who starts and stops them, and how what was released is taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.errors import Conflict, CvmatchError, InvalidInput, NotFound
from cvmatch.core.models import Purpose, User
from cvmatch.tasks import run_stage
from ingestion.consents import set_consent
from jobs.models import Job
from matching.experiments import keeping, running
from matching.experiments.assigning import arm_of
from matching.experiments.judging import Judgement, Verdict
from matching.experiments.keeping import Plan, add_config, create_experiment, release_winner, start, stop
from matching.experiments.releasing import newest_release, release, roll_back
from matching.experiments.serving import stamp_of
from matching.learning.choices import shipped_weights
from matching.learning.ordering import PLACES
from matching.models import Experiment, Interaction, Match, Prediction, RankingConfig, RankingRelease
from matching.selectors.candidates import list_candidates, list_order
from matching.selectors.explained import find_neighbours
from matching.selectors.lists import jobs_for_cv
from matching.selectors.tallies import list_best
from matching.values.narrowing import Narrowing
from tests.stored_lists import by_skills, list_of_candidates, list_of_jobs, runs
from tests.support import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(db: None) -> Prediction:
    return list_of_jobs(make_user())


def readers(experiment: Experiment) -> tuple[User, User]:
    """One recruiter of each arm."""
    found: dict[str | None, User] = {}
    for number in range(30):
        user = make_user(f"rita-{number}", User.Role.RECRUITER)
        drawn = {name: getattr(experiment, name) for name in ("salt", "share", "share_of_treatment")}
        found.setdefault(arm_of(user.pk, **drawn), user)
        if {"control", "treatment"} <= found.keys():
            return found["control"], found["treatment"]
    raise AssertionError("thirty users in one arm")


def shown(prediction: Prediction, user: User | None) -> list[tuple[int, str]]:
    assert prediction.cv is not None
    return [(line.match.rank, line.variant) for line in jobs_for_cv(prediction.cv, user).lines]


def ranks(prediction: Prediction, user: User | None) -> list[int]:
    return [rank for rank, _ in shown(prediction, user)]


STORED = list(range(1, 13))
# A share in which nobody is, as far as tests will ever see.
NOBODY = 1e-12


def judged(row: Experiment, verdict: Verdict = Verdict.TREATMENT_WINS, reason: str = "It is so.") -> None:
    users, rates = {"control": 50, "treatment": 50}, {"control": 0.1, "treatment": 0.2}
    body = Judgement(verdict, reason, users, rates).to_json()
    Experiment.objects.filter(pk=row.pk).update(judgement_json=body, judged_at=timezone.now())


# --- what is shown --------------------------------------------------------------------------------------------------


def test_each_arm_of_an_ab_experiment_shows_its_order_and_nothing_stored_changes(listed: Prediction) -> None:
    before = list(Match.objects.order_by("pk").values())
    experiment = runs()
    in_control, in_treatment = readers(experiment)
    assert shown(listed, in_control) == [(rank, f"{experiment.pk}:control") for rank in STORED]
    treated = shown(listed, in_treatment)
    assert {variant for _, variant in treated} == {f"{experiment.pk}:treatment"}
    order = [rank for rank, _ in treated]
    assert order != STORED
    assert sorted(order) == STORED
    assert max(abs(place - rank) for place, rank in enumerate(order, start=1)) == PLACES
    assert shown(listed, in_treatment) == treated
    assert ranks(listed, None) == STORED
    assert list(Match.objects.order_by("pk").values()) == before


def test_an_interleaved_list_is_stable_and_each_line_is_of_the_team_that_drafted_it(listed: Prediction) -> None:
    experiment = runs(method="interleaved")
    seen = {}
    for number in range(6):
        user = make_user(f"ina-{number}", User.Role.RECRUITER)
        lines = shown(listed, user)
        assert sorted(rank for rank, _ in lines) == STORED
        teams = [variant for _, variant in lines]
        assert teams.count(f"{experiment.pk}:control") == teams.count(f"{experiment.pk}:treatment") == 6
        assert shown(listed, user) == lines
        seen[user.pk] = tuple(lines)
    assert len(set(seen.values())) > 1, "not everybody's coins fall alike"


def test_who_refuses_statistics_is_in_no_experiment_and_sees_what_is_released(listed: Prediction) -> None:
    experiment = runs()
    _, user = readers(experiment)
    assert ranks(listed, user) != STORED
    set_consent(user=user, purpose=Purpose.STATISTICS, is_given=False, how="page")
    user = User.objects.get(pk=user.pk)
    assert shown(listed, user) == [(rank, "") for rank in STORED]
    release("jobs", by_skills(), by=None)
    released = shown(listed, user)
    assert [rank for rank, _ in released] != STORED
    assert {variant for _, variant in released} == {""}


def test_those_outside_see_what_is_released_and_no_variant(listed: Prediction) -> None:
    experiment = runs(share=NOBODY)
    release("jobs", by_skills(), by=None)
    user = make_user("rita", User.Role.RECRUITER)
    assert arm_of(user.pk, salt=experiment.salt, share=NOBODY, share_of_treatment=0.5) is None
    assert ranks(listed, user) != STORED
    assert {variant for _, variant in shown(listed, user)} == {""}


def test_with_nothing_to_order_by_lists_cost_no_statement_more_and_once_in_seconds_two(listed: Prediction) -> None:
    user = make_user("rita", User.Role.RECRUITER)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ranks(listed, user) == STORED
        return len(queries)

    usual = statements()
    running.forget()
    assert statements() == usual + 2
    assert statements() == usual
    assert stamp_of(user) == ()
    runs("cvs")
    statements()
    assert statements() == usual, "nor while one runs on the other side, or on this one"
    runs("jobs", share_of_treatment=NOBODY)
    statements()
    assert statements() == usual


def test_the_shipped_weights_show_lists_as_they_are_stored(listed: Prediction) -> None:
    same = add_config(name="same", weights=shipped_weights(), by=None)
    _, user = readers(runs(treatment=same.pk))
    assert ranks(listed, user) == STORED


def test_a_jobs_candidates_stand_in_one_order_on_page_in_narrowed_lists_and_on_the_way_through(db: None) -> None:
    listed = list_of_candidates()
    job = Job.objects.get(pk=listed.job_id)
    experiment = runs("cvs")
    for user in readers(experiment):
        rows = list_candidates(user, job, Narrowing()).rows
        order = [row.match.pk for row in rows]
        first = Match.objects.select_related("prediction", "job").get(pk=order[0])
        assert list_order(user, first, Narrowing()) == order
        narrow = Narrowing(band="strong")
        assert list_order(user, first, narrow) == order
        assert [match.pk for match in list_best(job, user, limit=3)] == order[:3]
        assert all(row.line.variant.startswith(f"{experiment.pk}:") for row in rows)
    assert order != [match.pk for match in listed.matches.order_by("rank")]


def test_the_way_through_a_list_of_jobs_follows_the_order_that_is_shown(listed: Prediction) -> None:
    _, user = readers(runs())
    order = [line.match for line in jobs_for_cv(listed.cv, user).lines]  # type: ignore[arg-type]
    for place, match in enumerate(order):
        row = Match.objects.select_related("prediction").get(pk=match.pk)
        before = order[place - 1].pk if place else None
        after = order[place + 1].pk if place + 1 < len(order) else None
        assert find_neighbours(user, row) == (before, after, place + 1)


def test_what_is_known_of_other_processes_is_a_few_seconds_old(
    listed: Prediction, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, user = readers(runs())
    assert ranks(listed, user) != STORED
    Experiment.objects.update(state="stopped")  # as another process would
    assert ranks(listed, user) != STORED
    later = running.time.monotonic() + 10
    monkeypatch.setattr(running.time, "monotonic", lambda: later)
    assert ranks(listed, user) == STORED


# --- configurations and experiments ---------------------------------------------------------------------------------


def test_a_configuration_is_never_changed_or_deleted() -> None:
    config = by_skills()
    config.note = "another"
    for act in (config.save, config.delete, RankingConfig.objects.all().delete):
        with pytest.raises(Conflict, match="never changed or deleted"):
            act()
    with pytest.raises(Conflict, match="never changed or deleted"):
        RankingConfig.objects.update(note="another")
    assert RankingConfig.objects.get().note == ""


def test_what_somebody_made_stays_when_their_account_goes() -> None:
    adam = make_user("adam", User.Role.ADMIN)
    config = add_config(name="theirs", weights={"skills": 1.0}, by=adam)
    experiment = create_experiment(Plan(name="theirs", side="jobs", treatment=config.pk), by=adam)
    release("jobs", config, by=adam)
    adam.delete()
    rows = (RankingConfig.objects.get(), RankingRelease.objects.get(), Experiment.objects.get(pk=experiment.pk))
    assert [getattr(row, "created_by", None) or getattr(row, "released_by", None) for row in rows] == [None] * 3


def test_versions_are_counted_by_name_and_the_same_weights_are_the_same_version() -> None:
    first = by_skills()
    assert by_skills() == first
    second = add_config(name="skills first", weights={"skills": 1.0}, by=None)
    other = add_config(name="titles first", weights={"title": 1.0}, by=None)
    assert [config.version for config in (first, second, other)] == [1, 2, 1]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"side": "both"}, "side"),
        ({"method": "coin"}, "method"),
        ({"share": 0.0}, "share"),
        ({"share": float("nan")}, "share"),
        ({"share_of_treatment": 1.0}, "share_of_treatment"),
        ({"max_hide_rate_rise": -0.1}, "max_hide_rate_rise"),
        ({"max_open_rate_fall": 1.1}, "max_open_rate_fall"),
    ],
)
def test_an_experiment_that_cannot_be_says_which_field_is_wrong(values: dict[str, Any], field: str) -> None:
    plan = Plan(**{"name": "x", "side": "jobs", "treatment": by_skills().pk, **values})
    with pytest.raises(InvalidInput) as found:
        create_experiment(plan, by=None)
    assert found.value.details == {"field": field}
    with pytest.raises(NotFound, match="no ranking configuration 0"):
        create_experiment(Plan(name="x", side="jobs", treatment=0), by=None)


def test_one_runs_on_a_side_at_a_time_and_only_a_draft_can_start() -> None:
    first = runs()
    second = create_experiment(Plan(name="second", side="jobs", treatment=first.treatment_id), by=None)
    with pytest.raises(Conflict, match="runs on the same lists"):
        start(second.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.filter(pk=second.pk).update(state="running")
    runs("cvs")
    stop(first.pk, because="Enough.")
    with pytest.raises(Conflict, match="only a draft can be started"):
        start(first.pk)
    assert start(second.pk).started_at is not None
    with pytest.raises(Conflict, match="does not run"):
        stop(first.pk, because="Again.")
    first.refresh_from_db()
    assert (first.state, first.ended_because) == ("stopped", "Enough.")


# --- judging and releasing ------------------------------------------------------------------------------------------


def act(experiment: Experiment, prediction: Prediction, *, refused: dict[str, int], users: int, lines: int = 4) -> None:
    """Each user of an arm is shown some lines, and hides so many of them, every other user one less."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    matches = list(prediction.matches.order_by("rank")[:lines])
    rows = []
    for arm, hidden in refused.items():
        people = User.objects.bulk_create([User(username=f"{arm}-{number}") for number in range(users)])
        for number, user in enumerate(people):
            for place, match in enumerate(matches, start=1):
                about = {"user": user, "job_id": match.job_id, "cv_id": match.cv_id, "match": match, "hour": hour}
                variant = experiment.variant(arm)
                rows.append(Interaction(kind="shown", variant=variant, position=place, surface="list", **about))
                if place <= 2:
                    rows.append(Interaction(kind="open", position=place, **about))
                if place <= hidden - number % 2:
                    rows.append(Interaction(kind="hide", position=place, **about))
    Interaction.objects.bulk_create(rows)


def test_a_guard_rail_stops_an_experiment_by_itself_and_everybody_sees_the_control_again(listed: Prediction) -> None:
    experiment = runs()
    _, user = readers(experiment)
    assert ranks(listed, user) != STORED
    act(experiment, listed, refused={"control": 1, "treatment": 3}, users=150)
    assert run_stage("judge_experiments") == "1 done, 0 failed"
    experiment.refresh_from_db()
    assert experiment.state == "stopped"
    assert "hidden or rejected" in experiment.ended_because
    assert keeping.judgement_of(experiment).verdict == Verdict.GUARD_RAIL  # type: ignore[union-attr]
    assert ranks(listed, user) == STORED
    assert run_stage("judge_experiments") == "0 done, 0 failed"


def test_an_experiment_without_harm_goes_on_and_its_judgement_is_kept(listed: Prediction) -> None:
    experiment = runs()
    act(experiment, listed, refused={"control": 1, "treatment": 1}, users=30)
    keeping.judge_running()
    experiment.refresh_from_db()
    assert (experiment.state, experiment.judged_at is not None) == ("running", True)
    assert keeping.judgement_of(experiment).users == {"control": 30, "treatment": 30}  # type: ignore[union-attr]


def test_a_wrong_ratio_of_users_stops_and_a_winner_is_only_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = runs()

    def says(verdict: Verdict) -> Callable[..., Judgement]:
        def judge(row: Experiment, *, now: datetime) -> Judgement:
            return Judgement(verdict, "Because.", {"control": 9, "treatment": 1}, {"control": None, "treatment": None})

        return judge

    monkeypatch.setattr(keeping.judging, "judge", says(Verdict.TREATMENT_WINS))
    keeping.judge_running()
    experiment.refresh_from_db()
    assert experiment.state == "running"
    assert RankingRelease.objects.count() == 0
    monkeypatch.setattr(keeping.judging, "judge", says(Verdict.SAMPLE_RATIO))
    keeping.judge_running()
    experiment.refresh_from_db()
    assert (experiment.state, experiment.ended_because) == ("stopped", "Because.")


def test_a_winner_is_released_for_everybody_and_a_roll_back_brings_back_what_was_before(listed: Prediction) -> None:
    experiment, user = runs(share=NOBODY), make_user("rita", User.Role.RECRUITER)
    with pytest.raises(Conflict, match="no winner"):
        release_winner(experiment.pk, by=None)
    judged(experiment)
    row = release_winner(experiment.pk, by=user)
    assert (row.config, row.experiment, row.released_by) == (experiment.treatment, experiment, user)
    assert Experiment.objects.get().state == "decided"
    assert ranks(listed, user) != STORED
    roll_back("jobs", by=user)
    assert ranks(listed, user) == STORED
    with pytest.raises(Conflict, match="no winner"):
        release_winner(experiment.pk, by=None)


def test_where_the_control_won_it_is_what_is_released() -> None:
    experiment = runs()
    judged(experiment, Verdict.CONTROL_WINS)
    stop(experiment.pk, because="Decided.")
    assert release_winner(experiment.pk, by=None).config is None
    assert Experiment.objects.get().ended_because == "Decided."


def test_roll_backs_lead_step_by_step_to_what_is_shipped() -> None:
    one, other = by_skills("one"), by_skills("other")
    for config in (one, other):
        release("jobs", config, by=None)
    release("cvs", one, by=None)
    assert roll_back("jobs", by=None).config == one
    assert roll_back("jobs", by=None).config is None
    with pytest.raises(Conflict, match="nothing to roll back to"):
        roll_back("jobs", by=None)
    assert RankingRelease.objects.of("jobs").count() == 4, "the ledger only grows"
    assert newest_release("cvs").config == one  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_back_one_release_and_start_one_experiment() -> None:
    one, other = by_skills("one"), by_skills("other")
    release("jobs", one, by=None)
    newest = release("jobs", other, by=None)
    at_once(lambda _: roll_back("jobs", by=None, instead_of=newest.pk))
    assert RankingRelease.objects.of("jobs").count() == 3
    assert newest_release("jobs").config == one  # type: ignore[union-attr]
    drafts = [create_experiment(Plan(name=name, side="jobs", treatment=one.pk), by=None).pk for name in ("a", "b")]
    assert sorted(at_once(lambda number: start(drafts[number]))) == ["", "Conflict"]
    assert Experiment.objects.running().count() == 1


def at_once(do: Callable[[int], object]) -> list[str]:
    """Both in threads of their own; the kinds of error that they end with."""
    barrier, ended = threading.Barrier(2), []

    def one(number: int) -> None:
        try:
            barrier.wait(5)
            do(number)
            ended.append("")
        except CvmatchError as error:
            ended.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return ended
