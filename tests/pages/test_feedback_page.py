"""Pages count what they show once they are sent, whatever becomes of that; admins see the figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from structlog.testing import capture_logs

from cvmatch.core.afterwards import afterwards
from cvmatch.core.metrics import AFTERWARDS_FAILURES
from cvmatch.core.models import Purpose, User
from ingestion.models import CV
from jobs.models import Job
from matching import feedback, views
from matching.models import Interaction, Match
from matching.values import ShownLine
from tests.support import make_job, work_until_idle

pytestmark = pytest.mark.django_db

PAGE = "/operations/feedback/"


def shown() -> list[tuple[object, ...]]:
    rows = Interaction.objects.filter(kind="shown").order_by("surface", "position")
    return list(rows.values_list("surface", "position", "job", "cv"))


def test_the_shown_part_of_a_list_is_counted_from_where_it_stands(
    cv: CV, as_: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        make_job(f"more-{number}", title=f"Data Engineer {number}")
    client = as_("candidate")
    client.post(f"/cvs/{cv.pk}/matches/again/")
    work_until_idle()
    jobs = [match.job_id for match in Match.objects.filter(cv=cv).order_by("-prediction", "rank")[:3]]
    monkeypatch.setattr(views, "LINES", 2)
    client.get(f"/cvs/{cv.pk}/matches/?from=2")
    assert shown() == [("list", 3, jobs[2], cv.pk)]
    for _ in range(2):
        client.get(f"/cvs/{cv.pk}/matches/", headers={"HX-Request": "true", "HX-Target": "list", "HX-Trigger": "list"})
    assert shown() == [("list", place, job, cv.pk) for place, job in enumerate(jobs, start=1)]


@pytest.mark.parametrize(
    ("address", "surface"),
    [("/cvs/{cv}/", "preview"), ("/", "preview"), ("/cvs/{cv}/matches/?country=DE", "filtered")],
)
def test_each_place_says_what_it_is(address: str, surface: str, cv: CV, job: Job, as_: Callable[[str], Client]) -> None:
    as_("candidate").get(address.format(cv=cv.pk))
    assert shown() == [(surface, 1, job.pk, cv.pk)]


def test_parts_without_lines_count_nothing(cv: CV, as_: Callable[[str], Client]) -> None:
    for address in ("/?", f"/cvs/{cv.pk}/?part=head", f"/cvs/{cv.pk}/progress/", f"/cvs/{cv.pk}/matches/?country=FR"):
        as_("other" if address == "/?" else "candidate").get(address)
    assert shown() == []


def test_the_candidates_of_a_job_are_counted_and_those_who_are_opened(
    job_match: Match, as_: Callable[[str], Client]
) -> None:
    client, address = as_("recruiter"), f"/jobs/{job_match.job_id}/candidates/"
    client.get(address)
    assert shown() == [("list", 1, job_match.job_id, job_match.cv_id)]
    opens = Interaction.objects.filter(kind="open", cv__isnull=False)
    assert not opens.exists(), "the first one is beside the list by itself"
    client.get(f"{address}?match={job_match.pk}", headers={"HX-Request": "true", "HX-Target": "people-detail"})
    opened = opens.get()
    assert (opened.match, opened.position, opened.surface) == (job_match, 1, "list")


def test_those_who_refuse_statistics_are_not_counted(cv: CV, as_: Callable[[str], Client]) -> None:
    User.objects.filter(username="candidate").update(refused=[Purpose.STATISTICS.value])
    as_("candidate").get(f"/cvs/{cv.pk}/matches/")
    assert shown() == []


def test_a_page_is_as_it_is_where_counting_fails(cv: CV, as_: Callable[[str], Client]) -> None:
    client, failed = as_("candidate"), AFTERWARDS_FAILURES.labels(what="impressions")
    before = failed._value.get()

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'INSERT INTO "matching_interaction"' in sql:
            raise OperationalError("the connection is lost, mara@example.com")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse), capture_logs() as logs:
        response = client.get(f"/cvs/{cv.pk}/matches/")
    assert response.status_code == 200
    assert "Data Engineer" in response.content.decode()
    assert failed._value.get() == before + 1
    (log,) = [log for log in logs if log.get("what") == "impressions"]
    assert (log["error"], "mara" in str(log)) == ("OperationalError", False)


def test_what_follows_an_answer_waits_for_it_to_be_sent() -> None:
    done: list[str] = []
    response = HttpResponse("page")
    afterwards(response, lambda: done.append("written"), what="impressions")
    assert done == []
    response.close()
    assert done == ["written"]


def test_admins_see_the_figures_of_each_side(
    cv: CV, job: Job, people: dict[str, User], as_: Callable[[str], Client]
) -> None:
    for name in ("candidate", "recruiter"):
        line = [ShownLine(None, job.pk, cv.pk, 1, "5:treatment")]
        feedback.note_shown(user=people[name], lines=line, surface="list")
    feedback.note(user=people["recruiter"], job_id=job.pk, kind="shortlist", cv_id=cv.pk)
    told = {
        side: as_("admin").get(f"{PAGE}?side={side}&days=7").content.decode() for side in ("candidate", "recruiter")
    }
    for page in told.values():
        assert page.count("<figure data-plot") == 4
        assert "5:treatment" in page
        assert 'data-from="by-position" data-columns="3 4"' in page
    assert 'data-value="100.0">100.0 %' in told["recruiter"]
    assert 'data-value="100.0">' not in told["candidate"]


def test_an_empty_page_says_what_will_be_there_and_nonsense_is_taken_for_nothing(as_: Callable[[str], Client]) -> None:
    assert "Nothing was shown in the last 7 days" in as_("admin").get(f"{PAGE}?days=7&side=nobody").content.decode()
    assert as_("recruiter").get(PAGE).status_code == 403
