"""The operations pages in a real browser: charts beside their tables, a stage stopped and let go on, a try of the queues."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from cvmatch.core.models import BacklogSample, StageRun, User
from jobs.models import Job
from matching import feedback
from matching.measuring import MEASURES
from matching.models import EvaluationRun, Match
from matching.values import ShownLine
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.browser

BOTH_SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


def a_day_of_work() -> None:
    now = timezone.now()
    for hours in range(24):
        moment = now - timedelta(hours=hours)
        StageRun.objects.create(stage="parse_cvs", started_at=moment, finished_at=moment, done=10 + hours, failed=2)
        BacklogSample.objects.create(
            stage="parse_cvs", taken_at=moment, waiting=5 * hours, failed=2, oldest_s=60 * hours
        )


def an_evaluation(days_ago: int) -> None:
    EvaluationRun.objects.create(
        run_at=timezone.now() - timedelta(days=days_ago), collection="titles", kind="title-to-title", ranker="default",
        queries=8, documents=24, measures_json=dict.fromkeys(MEASURES, 0.5), by_query_json={}, against_json={},
        model="hashing", config_version="c1", commit="abc", machine="x86_64", duration_s=1.0,
    )  # fmt: skip


def painted(figure: Locator) -> int:
    """How many pixels of a chart are painted."""
    return int(figure.locator("canvas").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length"
    ))  # fmt: skip


@BOTH_SIZES
def test_every_chart_is_drawn_from_a_table_beside_it(visit: Visit, jobs: list[Job], size: tuple[int, int]) -> None:
    a_day_of_work()
    an_evaluation(1)
    an_evaluation(2)
    make_cv()
    work_until_idle()
    visitor = visit(size)
    visitor.sign_in("adam")
    for line in Match.objects.all():
        shown = [ShownLine(line.pk, line.job_id, line.cv_id, line.rank)]
        feedback.note_shown(user=User.objects.get(username="adam"), lines=shown, surface="list")
    counted = ("/operations/feedback/?side=recruiter", 4)
    for path, charts in (("/operations/pipeline/", 3), ("/operations/ranking/", 2), counted):
        visitor.open(path)
        figures = visitor.page.locator("figure[data-plot]")
        expect(figures.locator("canvas")).to_have_count(charts)
        for figure in figures.all():
            assert painted(figure) > 300
            expect(visitor.page.locator(f"table#{figure.get_attribute('data-from')} tbody tr").first).to_be_attached()
        assert visitor.sideways() == 0, path
    for path in ("/operations/queue/", "/operations/system/"):
        visitor.open(path)
        assert visitor.sideways() == 0, path


def test_a_chart_follows_light_and_dark_and_says_a_figure_when_it_is_pointed_at(visit: Visit) -> None:
    a_day_of_work()
    visitor = visit()
    visitor.sign_in("adam")
    visitor.open("/operations/pipeline/?stage=parse_cvs")
    figure = visitor.page.locator("figure[data-plot]").first
    colour = "() => document.querySelector('figure[data-plot] .u-series:last-child .u-marker').style.background"
    light = visitor.page.evaluate(colour)
    visitor.page.emulate_media(color_scheme="dark")
    visitor.page.wait_for_function(f"light => ({colour})() !== light", arg=light)
    figure.locator(".u-over").hover()
    expect(figure.locator(".u-legend")).to_contain_text("Done")
    expect(figure.locator(".u-legend .u-value").last).not_to_have_text("–")


def test_what_is_drawn_anew_shows_new_figures_and_keeps_the_table_open(visit: Visit) -> None:
    a_day_of_work()
    visitor = visit()
    visitor.sign_in("adam")
    visitor.open("/operations/pipeline/")
    visitor.page.get_by_text("As a table").click()
    now = timezone.now()
    StageRun.objects.create(stage="parse_cvs", started_at=now, finished_at=now, done=990)
    visitor.page.evaluate("htmx.ajax('GET', '/operations/pipeline/', {target: '#trend', swap: 'outerHTML'})")
    expect(visitor.page.locator("#trend-table tbody tr").last).to_contain_text("1,000")
    expect(visitor.page.locator("#trend-table")).to_be_visible()
    expect(visitor.page.locator("#trend figure canvas")).to_have_count(3)


def test_without_javascript_the_table_says_it_all(visit: Visit) -> None:
    a_day_of_work()
    visitor = visit(javascript=False)
    visitor.sign_in("adam")
    visitor.open("/operations/pipeline/")
    expect(visitor.page.locator("figure[data-plot]").first).to_be_hidden()
    visitor.page.get_by_text("As a table").click()
    rows = visitor.page.get_by_role("table", name="The last 24 hours").locator("tbody tr")
    expect(rows).to_have_count(24)
    expect(rows.last).to_contain_text("10")


@BOTH_SIZES
def test_an_admin_stops_a_stage_and_lets_it_go_on(visit: Visit, size: tuple[int, int]) -> None:
    visitor = visit(size)
    visitor.sign_in("adam")
    visitor.open("/operations/pipeline/")
    visitor.page.get_by_role("button", name="Pause parse_cvs").click()
    expect(visitor.page.get_by_text("Paused by adam")).to_be_visible()
    visitor.page.get_by_role("button", name="Resume parse_cvs").click()
    expect(visitor.page.get_by_text("parse_cvs goes on")).to_be_visible()
    expect(visitor.page.get_by_text("Paused by adam")).to_have_count(0)


@BOTH_SIZES
def test_an_admin_tries_the_queues_and_sees_them_answer(visit: Visit, worker: None, size: tuple[int, int]) -> None:
    visitor = visit(size)
    visitor.sign_in("adam")
    visitor.open("/operations/queue/")
    visitor.page.get_by_role("button", name="Send a task").click()
    expect(visitor.page.get_by_text("there and back in")).to_have_count(2)
    assert visitor.sideways() == 0
