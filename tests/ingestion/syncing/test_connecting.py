"""People connect sources: what they say is checked, secrets are kept sealed, and a look at ten postings stores nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cvmatch.core.errors import CvmatchError, InvalidInput
from cvmatch.core.fetching import FetchFailed
from ingestion.models import Source, SyncRun
from ingestion.stages import sync_sources
from ingestion.syncing import change_source, delete_old_runs, mapper_of, preview, request_sync
from ingestion.syncing.disconnecting import disconnect
from ingestion.syncing.secrets import resolve, seal, seal_again, unseal
from jobs.models import Job, Sighting
from tests.board import Board, row
from tests.source_server import answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "a b"}, "letters, digits"),
        ({"name": ""}, "letters, digits"),
        ({"kind": "nonsense"}, "no kind of source"),
        ({"kind": "csv", "options": {}}, "reads files"),
        ({"options": {}}, "Address is needed"),
        ({"options": {"url": "ftp://x"}}, "Address is not of the form"),
        ({"options": {"url": "http://x", "other": "1"}}, "“other” is not an open parameter"),
        ({"options": {"url": "http://x", "key": "s3cret"}}, "“key” is not an open parameter"),
        ({"secrets": {"url": "http://x"}}, "“url” is not a secret parameter"),
        ({"options": {"url": ["http://x", "http://y"]}}, "Address takes one value"),
        ({"every_minutes": 1}, "every 5 minutes"),
    ],
)
def test_what_is_wrong_about_a_source_is_said_and_nothing_is_kept(board: Board, connect, wrong, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        connect(**wrong)
    assert "s3cret" not in str(refused.value)
    assert not Source.objects.exists()


def test_a_name_is_taken_once(board: Board, connect) -> None:
    connect()
    with pytest.raises(InvalidInput, match="already"):
        connect()


def test_secrets_reach_the_server_and_nothing_else(board: Board, connect) -> None:
    board.pages = [[row(1)]]
    source = connect(secrets={"key": "s3cret"})
    request_sync(source)
    sync_sources(limit=1)
    assert board.keys == ["s3cret"]
    kept = [
        repr(source),
        str(source),
        *map(str, Source.objects.values_list()),
        *map(str, SyncRun.objects.values_list()),
    ]
    assert not [text for text in kept if "s3cret" in text]
    assert unseal(source.sealed) == {"key": "s3cret"}


def test_a_secret_can_stay_in_the_environment(board: Board, connect, monkeypatch) -> None:
    source = connect(secrets={"key": "env:BOARD_KEY"})
    with pytest.raises(InvalidInput, match="BOARD_KEY is not set"):
        mapper_of(source)
    monkeypatch.setenv("BOARD_KEY", "from outside")
    assert mapper_of(source).key == "from outside"  # type: ignore[attr-defined]
    assert unseal(source.sealed) == {"key": "env:BOARD_KEY"}
    assert resolve({"many": ["env:BOARD_KEY", "b"]}) == {"many": ["from outside", "b"]}


def test_a_new_key_takes_the_place_of_an_old_one(settings) -> None:
    settings.SECRETS_KEYS = ["old"]
    sealed = seal({"key": "s3cret"})
    settings.SECRETS_KEYS = ["new", "old"]
    again = seal_again(sealed)
    settings.SECRETS_KEYS = ["new"]
    assert unseal(again) == {"key": "s3cret"}
    with pytest.raises(CvmatchError, match="another key") as refused:
        unseal(sealed)
    assert refused.value.permanent
    assert (seal({}), unseal("")) == ("", {})


def test_without_a_key_of_their_own_secrets_hang_on_the_secret_key(settings) -> None:
    sealed = seal({"key": "s3cret"})
    assert unseal(sealed) == {"key": "s3cret"}
    settings.SECRET_KEY = "another"
    with pytest.raises(CvmatchError):
        unseal(sealed)


def test_changing_a_source_keeps_the_secrets_that_are_not_named(board: Board, connect) -> None:
    source = connect(secrets={"key": "s3cret"})
    values = {"options": {**source.options, "tags": ["a", "b"]}, "every_minutes": 30, "grace_days": 1}
    change_source(source, secrets={}, **values)
    source.refresh_from_db()
    assert unseal(source.sealed) == {"key": "s3cret"}
    assert mapper_of(source).tags == ("a", "b")  # type: ignore[attr-defined]
    assert (source.every_minutes, source.grace_days) == (30, 1)
    change_source(source, secrets={"key": ""}, **values)
    assert source.sealed == ""


def test_a_preview_shows_ten_postings_and_stores_nothing(board: Board) -> None:
    board.pages = [
        [row(number) for number in range(8)] + [{"identifier": "x"}],
        [row(number) for number in range(8, 20)],
    ]
    shown = preview(kind="board", options={"url": board.url}, secrets={})  # type: ignore[attr-defined]
    assert [posting.external_id for posting in shown.postings] == [*map(str, range(9))]
    assert [rejected.position for rejected in shown.rejected] == [9]
    assert (Job.objects.count(), Source.objects.count(), SyncRun.objects.count(), Sighting.objects.count()) == (
        0,
        0,
        0,
        0,
    )


def test_a_preview_says_why_there_is_none(board: Board) -> None:
    board.plays = [answers(b"", 404)]
    with pytest.raises(FetchFailed):
        preview(kind="board", options={"url": board.url}, secrets={})  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match="reads files"):
        preview(kind="csv", options={}, secrets={})


def test_a_disconnected_source_closes_its_postings_and_connected_again_they_open(board: Board, connect) -> None:
    board.pages = [[row(1), row(2)]]
    source = connect()
    request_sync(source)
    sync_sources(limit=1)
    assert disconnect(source) == 2
    assert (Source.objects.count(), SyncRun.objects.count(), Job.objects.active().count()) == (0, 0, 0)
    request_sync(connect())
    sync_sources(limit=1)
    assert SyncRun.objects.get().updated == 2
    assert Job.objects.active().count() == 2


def test_old_runs_go_but_the_newest_of_a_source_stays(board: Board, connect) -> None:
    source = connect()
    for _ in range(3):
        request_sync(source)
        sync_sources(limit=1)
    assert delete_old_runs(before=timezone.now() - timedelta(days=1), limit=10) == 0
    assert delete_old_runs(before=timezone.now() + timedelta(days=1), limit=10) == 2
    assert SyncRun.objects.count() == 1
