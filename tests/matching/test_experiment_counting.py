"""What users did is counted for the line as it was last shown to them, by the experiment's arms alone, and judged as stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from benchmarks.readers import World, simulate
from benchmarks.stored_readers import SIDE, START, config, run, salt_of, store
from benchmarks.taste import taste
from cvmatch.core.models import User
from ingestion.models import CV, Candidate
from jobs.models import Job
from matching.experiments import keeping
from matching.experiments.assigning import CONTROL, TREATMENT
from matching.experiments.counting import tallies_of
from matching.experiments.judging import judge, terms_of
from matching.experiments.keeping import Plan
from matching.experiments.running import Trial
from matching.experiments.verdicts import Tally, Verdict
from matching.models import Experiment, Interaction
from tests.support import make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def experiment() -> Experiment:
    plan = Plan(name="ours", side=SIDE, treatment=config("skills", {"skills": 1.0}).pk)
    row = keeping.start(keeping.create_experiment(plan, by=None).pk)
    row.started_at = NOON - timedelta(hours=1)
    row.save()
    return row


@pytest.fixture
def mara() -> User:
    return make_user("mara")


@pytest.fixture
def cv(mara: User) -> CV:
    return CV.objects.create(candidate=Candidate.objects.create(user=mara), version=1, size=1)


def a_job() -> Job:
    number = Job.objects.count()
    return Job.objects.create(source="test", external_id=str(number), changed_at=NOON, row_hash="", content_hash="")


def did(kind: str, user: User, job: Job, cv: CV | None, *, hours: int = 0, **values: object) -> Interaction:
    at = NOON + timedelta(hours=hours)
    row = Interaction.objects.create(user=user, job=job, cv=cv, kind=kind, hour=at, **values)  # type: ignore[misc]
    Interaction.objects.filter(pk=row.pk).update(created_at=at)
    return row


def shown(experiment: Experiment, user: User, job: Job, cv: CV | None, *, arm: str = CONTROL, **values: object) -> None:
    did("shown", user, job, cv, **({"variant": experiment.variant(arm), "position": 1} | values))  # type: ignore[arg-type]


def counted(experiment: Experiment) -> list[Tally]:
    return tallies_of(experiment, until=LATER)


def test_a_line_that_was_opened_and_kept_was_chosen_once(experiment: Experiment, mara: User, cv: CV) -> None:
    job, other = a_job(), a_job()
    shown(experiment, mara, job, cv)
    shown(experiment, mara, other, cv, position=7)
    for kind in ("open", "apply", "save"):
        did(kind, mara, job, cv)
    did("hide", mara, other, cv, hours=2)
    did("thumb_down", mara, job, cv)
    assert counted(experiment) == [
        Tally(mara.pk, CONTROL, 1, 1, 1, 1, 0),
        Tally(mara.pk, CONTROL, 5, 1, 0, 0, 1),
    ]


def test_an_act_is_of_the_line_as_it_was_last_shown(experiment: Experiment, mara: User, cv: CV) -> None:
    job = a_job()
    shown(experiment, mara, job, cv, arm=CONTROL, hours=0, position=3)
    shown(experiment, mara, job, cv, arm=TREATMENT, hours=5, position=2)
    did("open", mara, job, cv, hours=6)
    did("hide", mara, job, cv, hours=5 + 24)
    assert tallies_of(experiment, until=LATER + timedelta(days=1)) == [
        Tally(mara.pk, CONTROL, 3, 1, 0, 0, 0),
        Tally(mara.pk, TREATMENT, 2, 1, 1, 1, 0),
    ], "and not of one that was shown a day ago or more"


def test_what_others_did_or_was_done_before_or_elsewhere_does_not_count(
    experiment: Experiment, mara: User, cv: CV
) -> None:
    job, elsewhere, somebody = a_job(), a_job(), make_user("else")
    shown(experiment, mara, job, cv, hours=3)
    did("open", mara, job, cv, hours=2)
    did("open", mara, elsewhere, cv, hours=4)
    did("open", somebody, job, cv, hours=4)
    did("open", mara, job, None, hours=4)
    did("shown", mara, elsewhere, cv, hours=4, variant=f"{experiment.pk + 1}:control", position=1)
    did("shown", mara, a_job(), cv, hours=4, position=1)
    assert counted(experiment) == [Tally(mara.pk, CONTROL, 1, 1, 0, 0, 0)]


def test_only_the_time_from_the_start_until_now_counts(experiment: Experiment, mara: User, cv: CV) -> None:
    shown(experiment, mara, a_job(), cv, hours=-5)
    shown(experiment, mara, a_job(), cv, hours=48)
    assert counted(experiment) == []
    experiment.started_at = None
    assert tallies_of(experiment, until=LATER + timedelta(days=9)) == []


def test_a_line_without_a_place_has_a_band_of_its_own(experiment: Experiment, mara: User, cv: CV) -> None:
    shown(experiment, mara, a_job(), cv, position=None)
    shown(experiment, mara, a_job(), cv, position=400)
    assert [tally.band for tally in counted(experiment)] == [0, 7]


def test_counting_takes_one_statement(
    experiment: Experiment, mara: User, cv: CV, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    shown(experiment, mara, a_job(), cv)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = judge(experiment, now=timezone.now())
    assert (found.verdict, found.users) == (Verdict.RUNNING, {CONTROL: 1, TREATMENT: 0})


def test_what_readers_are_shown_and_do_is_judged_as_if_it_had_been_counted_by_hand() -> None:
    """The whole way: lists in the order of an arm, written by what pages call, and judged each night."""
    world = World(24, 2, taste("experience first"))
    site = store(world, "reader")
    weights = config("their taste", dict(world.taste))
    judgements = run(site, Plan(name="the whole way", side=SIDE, treatment=weights.pk))
    experiment = Experiment.objects.get()
    trial = Trial(experiment.pk, False, None, weights.weights_json, 1.0, 0.5, salt_of(world))
    by_hand = simulate(world, trial, terms_of(experiment), [user.pk for user in site.users])
    assert judgements == by_hand[: len(judgements)]
    assert min(judgements[-1].users.values()) > 3
    assert sum(planted.shown for planted in site.planted.values()) == Interaction.objects.filter(kind="shown").count()
    assert START + timedelta(days=1) > Interaction.objects.earliest("hour").hour
