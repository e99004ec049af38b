"""A list that moves while it is read: no row that is there all the time is missed, and one that stands still costs nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from cvmatch.core.fetching import Answer, BudgetSpent, Request
from ingestion.sources import Item, Page
from ingestion.sources.adzuna import AdzunaSource
from tests.contracts.sources.scripted import ScriptedFetch

ROWS = 1000


@dataclass
class Moving(ScriptedFetch):
    """Adzuna with a list that ``move`` changes before each answer; several requests at once are answered in any order."""

    script: Callable[[Request], Any] = field(init=False)
    move: Callable[[list[str]], None] = lambda rows: None
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    rows: list[str] = field(default_factory=lambda: [str(number) for number in range(ROWS)])
    fails_at: int = 0

    def __post_init__(self) -> None:
        self.script = self._answer

    def each(self, requests: Sequence[Request]) -> Iterator[Answer]:
        for begin in range(0, len(requests), 4):
            together = list(enumerate(requests[begin : begin + 4]))
            self.chance.shuffle(together)
            answers = {place: self(request) for place, request in together}
            yield from (answers[place] for place in range(len(answers)))

    def _answer(self, request: Request) -> Any:
        if self.fails_at and len(self.asked) >= self.fails_at:
            return BudgetSpent("Spent.", details={"wait_s": 60})
        self.move(self.rows)
        first = (page_of(request) - 1) * 50
        results = [{"id": row, "title": f"Job {row}"} for row in self.rows[first : first + 50]]
        return {"count": len(self.rows), "results": results}


def page_of(request: Request) -> int:
    return int(request.url.rpartition("/")[2])


def pages_asked(fetch: Moving) -> list[int]:
    return [page_of(request) for request in fetch.asked]


def read(fetch: Moving, after: str = "") -> list[Page]:
    return list(AdzunaSource().pages(fetch, after))


def ids(pages: Sequence[Page]) -> set[str]:
    return {row.raw["id"] for page in pages for row in page.rows if isinstance(row, Item)}


def comes(chance: random.Random, share: float) -> Callable[[list[str]], None]:
    def move(rows: list[str]) -> None:
        if chance.random() < share:
            rows.insert(0, f"new {len(rows)}")

    return move


def goes(chance: random.Random, share: float) -> Callable[[list[str]], None]:
    def move(rows: list[str]) -> None:
        if chance.random() < share:
            del rows[chance.randrange(len(rows))]

    return move


def test_a_list_that_stands_still_is_asked_for_each_page_once() -> None:
    fetch = Moving()
    assert len(ids(read(fetch))) == ROWS
    assert sorted(pages_asked(fetch)) == list(range(1, 21))


@pytest.mark.parametrize(("kind", "share"), [(comes, 0.2), (comes, 0.6), (goes, 0.1)])
@pytest.mark.parametrize("seed", range(25))
def test_what_is_there_all_the_time_is_read(kind: Any, share: float, seed: int) -> None:
    chance = random.Random(seed)
    fetch = Moving(move=kind(chance, share), chance=chance)
    before = set(fetch.rows)
    found = ids(read(fetch))
    assert before & set(fetch.rows) <= found
    assert len(fetch.asked) <= 20 + 20 + 20 // 4 + 1


def test_rows_that_come_and_go_at_once_are_all_but_all_read() -> None:
    """Their number may stay while they move: what that hides is left to the next run."""
    lost = 0
    for seed in range(50):
        chance = random.Random(seed)
        new, gone = comes(chance, 0.2), goes(chance, 0.2)
        fetch = Moving(move=lambda rows, new=new, gone=gone: (new(rows), gone(rows))[0], chance=chance)  # type: ignore[misc]
        before = set(fetch.rows)
        found = ids(read(fetch))
        lost += len(before & set(fetch.rows) - found)
    assert lost <= 50


def test_a_list_that_never_stands_still_does_not_use_up_the_keys() -> None:
    """Sixty new ones with each answer: no two views ever meet."""

    def storm(rows: list[str]) -> None:
        rows[:0] = [f"new {len(rows) + number}" for number in range(60)]

    fetch = Moving(move=storm)
    pages = AdzunaSource().pages(fetch)
    for _ in range(100):
        next(pages)
    assert len(fetch.asked) <= 100 + 20 + 100 // 4 + 10


def test_a_page_asked_again_adds_only_what_is_not_there_yet() -> None:
    fetch = Moving()
    pages = read(fetch)
    moved = Moving(move=comes(random.Random(3), 0.5), chance=random.Random(3))
    seams = read(moved)
    assert [len(page.rows) for page in pages] == [50] * 20
    assert len(moved.asked) > len(seams)
    assert sum(len(page.rows) for page in seams) < ROWS + 200
    for page in seams:
        assert [row.position for row in page.rows] == list(range(1, len(page.rows) + 1))


def test_a_budget_that_ends_at_a_seam_leaves_the_page_for_the_next_turn() -> None:
    chance = random.Random(5)
    whole = Moving(move=comes(chance, 0.5), chance=chance)
    asked = len(whole.asked) if read(whole) else 0
    for fails_at in range(2, asked):
        chance = random.Random(5)
        fetch = Moving(move=comes(chance, 0.5), chance=chance, fails_at=fails_at)
        before, stored = set(fetch.rows), list[Page]()
        with pytest.raises(BudgetSpent):
            stored.extend(iter_until_spent(fetch, stored))
        fetch.fails_at = 0
        rest = read(fetch, stored[-1].cursor) if stored else read(fetch)
        assert before <= ids([*stored, *rest]), fails_at


def iter_until_spent(fetch: Moving, stored: list[Page]) -> Iterator[Page]:
    for page in AdzunaSource().pages(fetch):
        stored.append(page)
    return
    yield


def test_a_run_that_goes_on_looks_back_for_what_moved_over_its_place() -> None:
    fetch = Moving()
    first = [page for page, _ in zip(AdzunaSource().pages(fetch), range(10), strict=False)]
    del fetch.rows[100:160]  # sixty that were read are gone: as many moved from page 11 to pages 9 and 10
    fetch.asked.clear()
    rest = read(fetch, first[-1].cursor)
    assert set(fetch.rows) <= ids([*first, *rest])
    assert pages_asked(fetch)[:3] == [11, 10, 9]


def test_a_cursor_of_an_earlier_release_still_says_where_to_go_on() -> None:
    fetch = Moving()
    assert len(ids(read(fetch, "18"))) == 100
    assert sorted(pages_asked(fetch)) == [19, 20]
