"""CTR and conversion come out as they were planted, told apart by day, position, variant and source, without position bias."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching import feedback
from matching.engagement import Engagement, Figures, engagement, engagement_of, examination_from
from matching.models import Interaction
from matching.selectors.engagement import LAST, By, Cell, Side
from matching.values import ShownLine
from tests.support import make_cv, make_job, make_user

STEEPNESS, WORTH, SHOWN = 0.7, 0.5, 400


@pytest.fixture
def mara(db: None) -> User:
    return make_user("mara")


@pytest.fixture
def cv(mara: User) -> CV:
    return make_cv(user=mara)


def at(days_ago: float) -> datetime:
    """At that time of the day's noon, so that no hour of the test is of another day."""
    noon = timezone.now().astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon - timedelta(days=days_ago)


def of(side: Side, days: int = 30) -> Engagement:
    return {told.side: told for told in engagement(days)}[side]


def by(figures: Iterable[Figures]) -> dict[object, Figures]:
    return {row.of: row for row in figures}


def test_clicks_by_position_are_recovered_and_without_its_bias_all_positions_are_alike(mara: User, cv: CV) -> None:
    first, count = at(29), 12
    jobs = [make_job(str(number), title=f"Engineer {number}").pk for number in range(count)]
    rows: list[Interaction] = []
    for position, job in enumerate(jobs, start=1):
        opened = round(SHOWN * WORTH * position**-STEEPNESS)
        for number in range(SHOWN):
            when = first + timedelta(hours=number)
            kinds = ("shown", "open") if number * opened % SHOWN < opened else ("shown",)
            rows += [
                Interaction(user=mara, job_id=job, cv=cv, kind=kind, position=position, hour=when, created_at=when)
                for kind in kinds
            ]
    Interaction.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as queries:
        told = of(Side.CANDIDATE)
    assert len(queries) == 1
    assert told.total.impressions == SHOWN * count
    assert [row.of for row in told.by_position] == list(range(1, count + 1))
    planted = [WORTH * position**-STEEPNESS for position in range(1, count + 1)]
    assert [row.ctr.value for row in told.by_position] == pytest.approx(planted, abs=0.003)
    assert told.steepness == pytest.approx(STEEPNESS, abs=0.02)
    assert [row.ctr_corrected for row in told.by_position] == pytest.approx([WORTH] * count, abs=0.02)
    assert told.total.ctr_corrected == pytest.approx(WORTH, abs=0.01)
    assert all(row.ctr.low < row.ctr.value < row.ctr.high for row in told.by_position)


def test_figures_are_told_apart_by_day_variant_and_source(mara: User, cv: CV) -> None:
    jobs = [make_job(str(number), title=f"Engineer {number}") for number in range(4)]
    Job.objects.filter(pk=jobs[3].pk).update(source="board")
    for day, variant in ((2, "1:control"), (1, "1:treatment")):
        shown = [ShownLine(None, job.pk, cv.pk, place, variant) for place, job in enumerate(jobs, start=1)]
        feedback.note_shown(user=mara, lines=shown, surface="list", at=at(day))
    for job, kind, day in ((0, "open", 2), (0, "open", 1), (3, "open", 1), (3, "apply", 1)):
        feedback.note(user=mara, job_id=jobs[job].pk, kind=kind, cv_id=cv.pk, at=at(day) + timedelta(hours=2))
    told = of(Side.CANDIDATE, days=4)
    today = timezone.now().astimezone(UTC).date()
    days = [(row.of, row.impressions, row.opens, row.conversions) for row in told.by_day]
    assert days == [
        (today - timedelta(days=3), 0, 0, 0), (today - timedelta(days=2), 4, 1, 0),
        (today - timedelta(days=1), 4, 2, 1), (today, 0, 0, 0),
    ]  # fmt: skip
    assert (told.by_day[0].ctr.value, told.by_day[0].ctr_corrected, told.by_day[0].conversion.high) == (
        None,
        None,
        None,
    )
    assert {row.of: (row.ctr.value, row.conversion.value) for row in told.by_variant} == {
        "1:control": (0.25, 0.0), "1:treatment": (0.5, 0.25),
    }  # fmt: skip
    assert {row.of: (row.impressions, row.opens) for row in told.by_source} == {"test": (6, 2), "board": (2, 1)}
    assert (told.total.ctr.low, told.total.ctr.high) == (0.1368, 0.6943), "Wilson's interval of 3 of 8"
    assert told.steepness == 0.0, "three opens teach no habit"
    assert of(Side.RECRUITER).total.impressions == 0


def test_a_thing_done_belongs_to_the_impression_before_it_within_a_day(mara: User, cv: CV) -> None:
    job = make_job()
    line = [ShownLine(None, job.pk, cv.pk, 1)]
    feedback.note(user=mara, job_id=job.pk, kind="open", cv_id=cv.pk, at=at(5) - timedelta(hours=1))
    feedback.note_shown(user=mara, lines=line, surface="list", at=at(5))
    feedback.note_shown(user=mara, lines=line, surface="list", at=at(4))
    for hours in (3, 4):
        feedback.note(user=mara, job_id=job.pk, kind="open", cv_id=cv.pk, at=at(4) + timedelta(hours=hours))
    feedback.note(user=mara, job_id=job.pk, kind="apply", cv_id=cv.pk, at=at(2))
    told = of(Side.CANDIDATE)
    assert (told.total.impressions, told.total.opens, told.total.conversions) == (2, 1, 0)


def test_recruiters_convert_by_shortlisting_and_candidates_by_applying(mara: User, cv: CV) -> None:
    rita, job = make_user("rita", User.Role.RECRUITER), make_job()
    for user in (mara, rita):
        feedback.note_shown(user=user, lines=[ShownLine(None, job.pk, cv.pk, 1)], surface="list", at=at(1))
        feedback.note(user=user, job_id=job.pk, kind="shortlist", cv_id=cv.pk, at=at(1))
    assert [of(side).total.conversions for side in Side] == [0, 1]


def scored(share_at: Iterable[tuple[int, int, float]]) -> list[Cell]:
    return [
        Cell(Side.CANDIDATE, By.SCORE, score, position, 10_000, round(10_000 * share), 0)
        for position, score, share in share_at
    ]


def test_good_lines_at_the_top_do_not_pass_for_a_habit_of_looking_there() -> None:
    """The score falls with the position, and what is opened follows both; only the first is taken out of the figures."""
    places = [(position, score) for position in range(1, 21) for score in (18 - position // 2, 16 - position // 2)]
    cells = scored((place, score, 0.02 * 1.3 ** (score / 2) * place**-0.5) for place, score in places)
    assert examination_from(cells).steepness == pytest.approx(0.5, abs=0.05)
    without = [Cell(c.side, c.by, None, c.position, c.shown, c.opened, c.converted) for c in cells]
    assert examination_from(without).steepness > 0.6


def test_a_line_far_down_counts_for_ten_at_most_and_one_without_a_position_as_it_is() -> None:
    cells = scored((position, 5, 0.4 * position**-1.0) for position in (1, 2, 5, 50, LAST))
    told = engagement_of(Side.CANDIDATE, [*cells, *scored([(0, 5, 0.3)])], [date(2026, 3, 2)])
    rows = by(told.by_position)
    assert (rows[5].ctr_corrected, rows[50].ctr_corrected) == (pytest.approx(0.4, abs=0.01), 0.08)
    assert 0 not in rows
    assert told.total.impressions == 60_000
