"""The pages of sources: connect, try, run, pause, change, disconnect; and what they never show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.models import FetchBreaker, FetchGrant, FetchKey, Status, User
from cvmatch.sources_page import trying
from cvmatch.sources_page.form import suggested_name
from cvmatch.sources_page.kinds import hint, list_kinds
from ingestion.models import Source, SyncRun
from ingestion.stages import judge_sources, sync_sources
from ingestion.syncing import connect_source, pause
from ingestion.syncing.secrets import unseal
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Pay
from matching.models import Match
from tests.board import SPEC, Board, row
from tests.source_server import SourceServer, hangs
from tests.support import make_user

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/operations/sources/"
SECRET = "s3cret-k3y"
FORM = {"every": "6", "unit": "hours", "grace_days": "2"}


@pytest.fixture
def board(settings: Any) -> Iterator[Board]:
    """Served at ``board.url``; the kind ``board`` reads it."""
    settings.JOB_SOURCES = {**settings.JOB_SOURCES, "board": SPEC}
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    made = Board([row(1, salary="x"), row(2)])
    server = SourceServer(made)
    made.url = server.url  # type: ignore[attr-defined]
    yield made
    server.close()


@pytest.fixture
def admin(as_: Callable[[str], Client]) -> Client:
    return as_("admin")


def connect(board: Board, name: str = "acme", **values: Any) -> Source:
    options = {"url": board.url}  # type: ignore[attr-defined]
    return connect_source(name=name, kind="board", options=options, secrets={"key": SECRET}, **values)


def read(source: Source) -> SyncRun:
    sync_sources(limit=1)
    return source.runs.latest("pk")


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_without_a_source_the_page_says_what_to_do(admin: Client) -> None:
    page = text_of(admin, LIST)
    assert "No source is connected yet" in page
    assert f'href="{LIST}add/"' in page


def test_kinds_are_found_by_words_and_those_that_read_files_cannot_be_connected(admin: Client) -> None:
    assert [choice.kind for choice in list_kinds("Greenhouse")] == ["greenhouse"]
    page = text_of(admin, f"{LIST}add/?q=greenhouse")
    assert "Greenhouse" in page
    assert "Personio" not in page
    assert "No kind of that name" in text_of(admin, f"{LIST}add/?q=nowhere")
    assert admin.get(f"{LIST}add/csv/").status_code == 404
    assert admin.get(f"{LIST}add/nothing/").status_code == 404


def test_every_kind_that_can_be_connected_has_a_form_with_its_parameters(admin: Client) -> None:
    for choice in list_kinds():
        if choice.is_fetched:
            page = text_of(admin, f"{LIST}add/{choice.kind}/")
            for parameter in choice.about.parameters:
                assert f'name="{parameter.name}"' in page, (choice.kind, parameter.name)
                assert parameter.name not in {"source_name", "every", "unit", "grace_days", "action"}


def test_a_preview_shows_the_jobs_and_stores_nothing(admin: Client, board: Board) -> None:
    board.pages = [[row(number) for number in range(1, 13)], [{"identifier": "x"}]]
    answer = admin.post(f"{LIST}add/board/", {**FORM, "url": board.url, "action": "preview"})  # type: ignore[attr-defined]
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The first 10 jobs" in page
    assert "Nurse 10" in page
    assert "Nurse 11" not in page
    assert "mended: company unknown" in page
    assert not Source.objects.exists()
    assert not Job.objects.exists()


def test_a_preview_that_htmx_asks_for_is_the_part_alone(admin: Client, board: Board) -> None:
    values = {**FORM, "url": board.url, "action": "preview"}  # type: ignore[attr-defined]
    part = admin.post(f"{LIST}add/board/", values, headers={"HX-Request": "true"}).content.decode()
    assert "The first 2 jobs" in part
    assert "<html" not in part
    wrong = admin.post(f"{LIST}add/board/", {**values, "url": ""}, headers={"HX-Request": "true"}).content.decode()
    assert 'href="#id_url"' in wrong
    assert "Address is needed." in wrong


def test_a_preview_says_why_it_failed_and_private_addresses_are_refused(
    admin: Client, board: Board, settings: Any
) -> None:
    settings.FETCH = {**settings.FETCH, "allow_private": False}
    values = {**FORM, "url": board.url, "action": "preview"}  # type: ignore[attr-defined]
    page = admin.post(f"{LIST}add/board/", values).content.decode()
    assert "is an address inside a network and is not asked" in page
    assert "Nothing was stored." in page


def test_a_preview_ends_after_its_time(admin: Client, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvmatch.sources_page.connecting.WAIT_S", 0.3)
    board.plays = [hangs(1.5)]
    values = {**FORM, "url": board.url, "action": "preview"}  # type: ignore[attr-defined]
    page = admin.post(f"{LIST}add/board/", values).content.decode()
    assert "There was no answer within 0.3 s." in page
    for _ in range(2):  # both places are free again once the server has answered
        assert trying._PLACES.acquire(timeout=30)
    trying._PLACES.release(2)


def test_connecting_starts_the_first_run(admin: Client, board: Board) -> None:
    values = {**FORM, "url": board.url, "key": SECRET, "tags": "a\n b \n", "action": "connect"}  # type: ignore[attr-defined]
    answer = admin.post(f"{LIST}add/board/", values, follow=True)
    source = Source.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{source.name}/", 302)]
    assert source.name.startswith("board-127.0.0.1")
    assert (source.every_minutes, source.grace_days, source.options["tags"]) == (360, 2, ["a", "b"])
    assert unseal(source.sealed) == {"key": SECRET}
    assert SyncRun.objects.get().status == Status.PENDING
    assert "being read" in answer.content.decode()
    read(source)
    assert board.keys == [SECRET]
    assert Job.objects.active().count() == 2


def test_each_error_stands_at_its_field_and_says_what_would_be_right(admin: Client, board: Board) -> None:
    connect(board)
    values = {"url": "acme", "source_name": "acme", "every": "2", "unit": "minutes", "grace_days": "-1"}
    answer = admin.post(f"{LIST}add/board/", {**values, "action": "connect"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not of the form that it must have." in page
    assert "There is a source of this name already." in page
    assert "Between 5 minutes and 31 days." in page
    assert "greater than or equal to 0" in page
    assert page.count('aria-invalid="true"') == 4
    assert Source.objects.count() == 1


@pytest.mark.parametrize("name", ["add", "..", "a/b", "a b"])
def test_a_name_that_no_page_could_have_is_refused(admin: Client, board: Board, name: str) -> None:
    values = {**FORM, "url": board.url, "source_name": name, "action": "connect"}  # type: ignore[attr-defined]
    assert "Letters, digits, dots and dashes" in admin.post(f"{LIST}add/board/", values).content.decode()


def test_a_secret_is_never_written_out_and_need_not_be_typed_twice(admin: Client, board: Board) -> None:
    values = {**FORM, "url": "", "key": SECRET, "action": "connect"}
    page = admin.post(f"{LIST}add/board/", values).content.decode()
    assert SECRET not in page
    assert "Kept, not shown" in page
    assert SECRET not in str(admin.session.items())
    values = {**FORM, "url": board.url, "key": "", "action": "connect"}  # type: ignore[attr-defined]
    admin.post(f"{LIST}add/board/", values)
    source = Source.objects.get()
    assert unseal(source.sealed) == {"key": SECRET}
    read(source)
    for address in (LIST, f"{LIST}{source.name}/", f"{LIST}{source.name}/change/"):
        assert SECRET not in text_of(admin, address)
    assert "kept, not shown" in text_of(admin, f"{LIST}{source.name}/")


def test_a_secret_may_be_the_name_of_a_variable_that_has_to_be_set(
    admin: Client, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {**FORM, "url": board.url, "key": "env:BOARD_KEY", "action": "preview"}  # type: ignore[attr-defined]
    page = admin.post(f"{LIST}add/board/", values).content.decode()
    assert "The environment variable BOARD_KEY is not set, or empty." in page
    monkeypatch.setenv("BOARD_KEY", SECRET)
    admin.post(f"{LIST}add/board/", values)
    assert board.keys == [SECRET]


def test_changing_keeps_the_secret_that_is_left_empty(admin: Client, board: Board) -> None:
    source = connect(board)
    page = text_of(admin, f"{LIST}acme/change/")
    assert board.url in page  # type: ignore[attr-defined]
    values = {"url": board.url, "key": "", "tags": "x", "every": "1", "unit": "days", "grace_days": "5"}  # type: ignore[attr-defined]
    assert admin.post(f"{LIST}acme/change/", {**values, "action": "connect"}).status_code == 302
    source.refresh_from_db()
    assert (source.every_minutes, source.grace_days, source.options["tags"]) == (1440, 5, ["x"])
    assert unseal(source.sealed) == {"key": SECRET}


def test_run_pause_and_resume_are_buttons(admin: Client, board: Board) -> None:
    source = connect(board)
    for action, said in (("run", "is read now"), ("pause", "is paused"), ("resume", "acme is read as planned again")):
        page = admin.post(f"{LIST}acme/act/", {"action": action}, follow=True).content.decode()
        assert said in page
        source.refresh_from_db()
        assert source.is_paused == (action == "pause")
    assert SyncRun.objects.count() == 1
    assert admin.post(f"{LIST}acme/act/", {"action": "explode"}).status_code == 422
    assert admin.post(f"{LIST}nothing/act/", {"action": "run"}).status_code == 404


def test_disconnecting_asks_first_and_closes_the_jobs(admin: Client, board: Board) -> None:
    source = connect(board)
    admin.post(f"{LIST}acme/act/", {"action": "run"})
    read(source)
    assert "Its 2 open jobs close at once" in text_of(admin, f"{LIST}acme/disconnect/")
    assert Job.objects.active().count() == 2
    page = admin.post(f"{LIST}acme/disconnect/", follow=True).content.decode()
    assert "acme is disconnected; 2 of its jobs were closed." in page
    assert not Source.objects.exists()
    assert list(Job.objects.values_list("status", flat=True)) == ["expired", "expired"]
    again = connect(board)
    admin.post(f"{LIST}acme/act/", {"action": "run"})
    read(again)
    assert Job.objects.active().count() == 2


def test_the_list_has_failing_sources_first_and_shows_what_each_is_doing(admin: Client, board: Board) -> None:
    names = ("a-fresh", "b-paused", "c-failed", "d-resting", "e-waiting", "f-new")
    sources = {name: connect(board, name) for name in names}
    now = timezone.now()
    done = {"started_at": now - timedelta(seconds=20), "finished_at": now, "is_read": True}
    SyncRun.objects.create(
        source=sources["a-fresh"], status=Status.COMPLETED, fetched=80, created=60, updated=9, expired=4, **done
    )
    pause(sources["b-paused"])
    SyncRun.objects.create(source=sources["c-failed"], status=Status.FAILED, error="It answered 404.", **done)
    SyncRun.objects.create(source=sources["d-resting"], status=Status.COMPLETED, **done)
    FetchBreaker.objects.create(source="d-resting", failures=8, open_until=now + timedelta(minutes=1), reason="503")
    SyncRun.objects.create(source=sources["e-waiting"], wait_until=now + timedelta(hours=1))
    page = text_of(admin, LIST)
    order = [name for _, name in sorted((page.index(f">{name}<"), name) for name in names)]
    assert order == ["c-failed", "d-resting", "e-waiting", "f-new", "b-paused", "a-fresh"]
    for said in ("It answered 404.", "failed 8 times in a row", "+60", "~9", "−4", "4 jobs/s", "paused", "waits"):
        assert said in page
    assert 'hx-trigger="every' not in page
    home = text_of(admin, "/")
    assert "c-failed" in home
    assert "a-fresh" not in home


def test_the_list_asks_for_itself_only_while_a_run_is_going(admin: Client, board: Board) -> None:
    source = connect(board)
    admin.post(f"{LIST}acme/act/", {"action": "run"})
    assert 'hx-trigger="every 3s"' in text_of(admin, LIST)
    read(source)
    part = admin.get(LIST, headers={"HX-Request": "true", "HX-Target": "sources"}).content.decode()
    assert part.strip().startswith('<div id="sources"')
    assert "hx-trigger" not in part


def test_a_source_shows_its_runs_with_what_was_mended_and_why_items_were_rejected(admin: Client, board: Board) -> None:
    board.pages = [[row(1), {"identifier": "2"}]]
    source = connect(board)
    admin.post(f"{LIST}acme/act/", {"action": "run"})
    read(source)
    judge_sources(limit=1)
    page = text_of(admin, f"{LIST}acme/")
    for said in ("page 1, item 2: The posting has no title.", "company unknown", "No duplicates", "/jobs/?source=acme"):
        assert said in page
    assert '<rect class="chart-read"' in page


def test_jobs_that_are_doubted_can_be_confirmed_to_have_ended(admin: Client, board: Board) -> None:
    board.pages = [[row(1), row(2), row(3)]]
    source = connect(board)
    for pages in (board.pages, [[row(1)]]):
        board.pages = pages
        admin.post(f"{LIST}acme/act/", {"action": "run"})
        read(source)
    assert "They have really ended" in text_of(admin, f"{LIST}acme/")
    page = admin.post(f"{LIST}acme/act/", {"action": "confirm"}, follow=True).content.decode()
    assert "2 jobs that were not there any more close after 2 days of grace." in page


def test_a_kind_that_is_gone_says_so(admin: Client, board: Board, settings: Any) -> None:
    connect(board)
    settings.JOB_SOURCES = {name: spec for name, spec in settings.JOB_SOURCES.items() if name != "board"}
    for address in (LIST, f"{LIST}acme/"):
        assert "There is no kind “board” any more." in text_of(admin, address)
    assert admin.get(f"{LIST}acme/change/").status_code == 404


def test_pages_make_as_many_queries_for_twenty_sources_as_for_one(
    admin: Client, board: Board, django_assert_max_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        for number in range(Source.objects.count(), count):
            source = connect(board, f"acme-{number}")
            SyncRun.objects.create(source=source, status=Status.COMPLETED, finished_at=timezone.now())

    def counted(address: str) -> int:
        with django_assert_max_num_queries(14) as queries:
            admin.get(address)
        return len(queries)

    fill(1)
    few = [counted(address) for address in (LIST, f"{LIST}acme-0/", f"{LIST}add/", f"{LIST}add/board/")]
    fill(20)
    assert [counted(address) for address in (LIST, f"{LIST}acme-0/", f"{LIST}add/", f"{LIST}add/board/")] == few


def test_hints_say_what_a_parameter_takes() -> None:
    parameters = {(choice.kind, one.name): one for choice in list_kinds() for one in choice.about.parameters}
    assert hint(parameters["adzuna", "max_days_old"]) == "For example 30."
    assert "https://example.com/jobs" in hint(parameters["feed", "url"])
    without = [key for key, one in parameters.items() if one.pattern and not hint(one)]
    assert without == []


def test_names_are_made_of_the_kind_and_what_tells_its_sources_apart(board: Board) -> None:
    asked = {choice.kind: choice.about.parameters for choice in list_kinds()}
    assert suggested_name("greenhouse", {"board": "Acme"}, asked["greenhouse"]) == "greenhouse-acme"
    connect(board, "remoteok")
    assert suggested_name("remoteok", {}, asked["remoteok"]) == "remoteok-2"
    assert suggested_name("feed", {"url": "https://www.acme.example/jobs.rss"}, asked["feed"]) == (
        "feed-acme.example-jobs.rss"
    )


def test_what_a_source_demands_stands_beside_its_jobs(admin: Client) -> None:
    connect_source(name="european", kind="arbeitnow", options={}, secrets={})
    values: dict[str, Any] = {"description": "Text", "is_snippet": True, "url": "https://example.com/1", "hybrid": True}
    pay = Pay(Decimal(40000), Decimal(50000), "EUR", estimated=True)
    posting = JobPosting(external_id="1", title="Nurse", pay=pay, categories=("health care",), **values)
    upsert_jobs(source="european", postings=[posting])
    upsert_jobs(source="own", postings=[JobPosting(external_id="1", title="Cook", description="Text")])
    theirs, ours = Job.objects.order_by("source")
    sentence = '<a href="https://www.arbeitnow.com" rel="noopener noreferrer">Jobs by Arbeitnow</a>'
    page = text_of(admin, f"/jobs/{theirs.pk}/")
    for said in (
        sentence,
        "only the beginning of the text",
        "Read the whole posting",
        "(estimate)",
        "Hybrid",
        "health care",
    ):
        assert said in page
    page = text_of(admin, f"/jobs/{ours.pk}/")
    assert "Jobs by" not in page
    assert "only the beginning" not in page
    assert text_of(admin, "/jobs/").count(sentence) == 1


def test_the_admin_shows_sources_without_secrets_and_has_the_actions(board: Board) -> None:
    root = make_user("root")
    User.objects.filter(pk=root.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(root)
    source = connect(board)
    pages = [text_of(client, f"/admin/ingestion/source/{address}") for address in ("", f"{source.pk}/change/")]
    assert not any(SECRET in page or source.sealed in page for page in pages)
    assert f'href="/admin/ingestion/syncrun/?source__id__exact={source.pk}"' in pages[1]
    for action, paused in (("pause_selected", True), ("resume_selected", False), ("run_now", False)):
        client.post("/admin/ingestion/source/", {"action": action, "_selected_action": [source.pk]})
        source.refresh_from_db()
        assert source.is_paused == paused
    run = read(source)
    assert "acme" in text_of(client, f"/admin/ingestion/syncrun/?source__id__exact={source.pk}")
    assert "company unknown" in text_of(client, f"/admin/ingestion/syncrun/{run.pk}/change/")
    assert client.get(f"/admin/ingestion/source/{source.pk}/delete/").status_code == 403


def test_the_metrics_say_how_sources_are_read(admin: Client, board: Board) -> None:
    now = timezone.now()
    names = ("good", "bad", "going", "waiting", "paused")
    good, bad, going, waiting, paused = (connect(board, name) for name in names)
    SyncRun.objects.create(source=paused, status=Status.FAILED, attempts=3, finished_at=now)
    pause(paused)
    SyncRun.objects.create(source=good, status=Status.FAILED, attempts=3, finished_at=now)
    SyncRun.objects.create(source=good, status=Status.COMPLETED, finished_at=now)
    for attempts in (1, 2):
        SyncRun.objects.create(source=bad, status=Status.FAILED, attempts=attempts, finished_at=now)
    SyncRun.objects.create(source=going, status=Status.PROCESSING, started_at=now - timedelta(minutes=40))
    SyncRun.objects.create(source=waiting, started_at=now, wait_until=now + timedelta(hours=1))
    lines = text_of(admin, "/metrics").splitlines()
    assert 'cvmatch_sync_failures{source="bad"} 3.0' in lines
    assert 'cvmatch_syncs{source="good",status="completed"} 1.0' in lines
    assert 'cvmatch_syncs{source="bad",status="failed"} 2.0' in lines
    assert sum(line.startswith("cvmatch_sync_failures{") for line in lines) == 1
    seconds = [line for line in lines if line.startswith("cvmatch_sync_running_seconds{")]
    assert len(seconds) == 1
    assert float(seconds[0].split()[-1]) == pytest.approx(2400, abs=60)


def test_the_budget_of_a_source_is_shown_with_its_forecast(admin: Client) -> None:
    connect_source(name="ads", kind="adzuna", options={"country": "gb"}, secrets={"keys": ["id:key"]})
    key = FetchKey.objects.create(fingerprint="f", name="id", sources=["ads"])
    now = timezone.now()
    FetchGrant.objects.bulk_create(FetchGrant(key=key, at=now - timedelta(minutes=5 * n)) for n in range(200))
    page = text_of(admin, LIST)
    assert "used up before the month ends" in page or "left at the end of the month" in page
    page = text_of(admin, f"{LIST}ads/")
    assert "200 of 250" in page
    assert "200 of 2,500" in page
    assert "United Kingdom" in page
    assert "id:key" not in page


def test_what_a_source_demands_stands_wherever_a_ranked_list_shows_its_jobs(
    match: Match, as_: Callable[[str], Client]
) -> None:
    Job.objects.update(source="arbeitnow")  # as a file of that kind is imported
    candidate = as_("candidate")
    for address in ("/", f"/matches/{match.pk}/", f"/cvs/{match.cv_id}/matches/", f"/jobs/{match.job_id}/"):
        assert text_of(candidate, address).count("Jobs by Arbeitnow") == 1, address
