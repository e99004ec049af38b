"""What is kept in layers: found again, made once however many ask, and never a reason to fail."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections, transaction

from cvmatch.core import cache_counts
from cvmatch.core.cache import ANSWERS, MATCHES, SEARCHES, VECTORS, Layer, Made, lasting, near, remember, store
from cvmatch.core.cache.breaker import REDIS, Breaker
from cvmatch.core.cache.sealing import pack, seal, unseal
from tests.support import start_manage

SHORT = Layer("l1", 60)


def counted(layer: str = "l1") -> tuple[int, int]:
    found = next(one for one in cache_counts.cache_counts() if one.layer == layer)
    return found.hits, found.misses


def test_the_lives_of_the_layers_are_those_of_the_table() -> None:
    hour = 3600
    lives = [(layer.name, layer.life_s) for layer in (ANSWERS, MATCHES, SEARCHES, VECTORS)]
    assert lives == [("l1", 300), ("l2", hour), ("l2", 24 * hour), ("l3", 24 * hour)]


def test_what_was_made_is_found_by_every_process_and_counted(shared: str) -> None:
    hits, misses = counted()
    made: list[int] = []

    def make() -> Made:
        made.append(1)
        return Made(b"value " * 1000)

    first = remember(SHORT, ("a", 1), make)
    near.clear()  # as another process
    assert (remember(SHORT, ("a", 1), make), remember(SHORT, ("a", 1), make)) == (first, first)
    assert remember(SHORT, ("a", 2), make) == first
    assert len(made) == 2
    assert counted() == (hits + 2, misses + 2)


def test_what_is_kept_ends_by_itself_and_sooner_where_there_was_nothing(shared: str) -> None:
    assert remember(Layer("l1", 1), "a", lambda: Made(b"1")) == b"1"
    assert remember(SHORT, "b", lambda: Made(b"", life_s=1)) == b""
    assert remember(SHORT, "c", lambda: Made(b"1", life_s=0)) == b"1"
    assert remember(SHORT, "c", lambda: Made(b"2")) == b"2"
    time.sleep(1.1)
    assert remember(Layer("l1", 1), "a", lambda: Made(b"2")) == b"2"
    assert remember(SHORT, "b", lambda: Made(b"2")) == b"2"


def test_lives_differ_so_that_not_all_ends_at_once() -> None:
    lives = [lasting(1000) for _ in range(200)]
    assert 900 <= min(lives) < 950 < max(lives) <= 1000


def test_a_stampede_of_threads_makes_it_once(shared: str) -> None:
    made: list[int] = []
    start = Barrier(16)

    def make() -> Made:
        made.append(1)
        time.sleep(0.2)
        return Made(b"x")

    def ask(_: int) -> bytes:
        start.wait()
        try:
            return remember(SHORT, "stampede", make)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == [b"x"] * 16
    assert len(made) == 1


# Both places one after the other, since starting a process takes longest.
ASK = """
import os, time
from pathlib import Path
from django.conf import settings
from django.test import override_settings
from cvmatch.core.cache import Layer, Made, remember
folder, table = Path({folder!r}), "django.core.cache.backends.db.DatabaseCache"
def ask(place):
    def make():
        with (folder / f"made-{{place}}").open("a") as file: file.write("1")
        time.sleep(0.5)
        return Made(b"x")
    (folder / f"ready-{{place}}-{{os.getpid()}}").touch()
    while len(list(folder.glob(f"ready-{{place}}-*"))) < 2: time.sleep(0.01)
    assert remember(Layer("l1", 60), place, make) == b"x"
ask("redis")
layers = {{"BACKEND": table, "LOCATION": "cvmatch_layers"}}
with override_settings(REDIS_URL="", CACHES={{**settings.CACHES, "layers": layers}}):
    ask("database")
"""


def test_a_stampede_of_processes_makes_it_once(
    redis: str, transactional_db: None, tmp_path: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("REDIS_URL", redis)
    asking = [start_manage("shell", "-v", "0", "-c", ASK.format(folder=str(tmp_path))) for _ in range(2)]
    said = [one.communicate(timeout=90) for one in asking]
    assert [one.returncode for one in asking] == [0, 0], said
    assert [(tmp_path / f"made-{place}").read_text() for place in ("redis", "database")] == ["1", "1"]


def test_who_makes_it_and_fails_is_told_and_the_others_make_it_themselves(shared: str) -> None:
    tries: list[int] = []
    start = Barrier(3)

    def make() -> Made:
        tries.append(1)
        time.sleep(0.1)
        if len(tries) == 1:
            raise ValueError("once")
        return Made(b"x")

    def ask(_: int) -> bytes | str:
        start.wait()
        try:
            return remember(SHORT, "fails", make)
        except ValueError as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(ask, range(3)), key=str) == [b"x", b"x", "once"]


def test_inside_a_transaction_nothing_is_kept_since_it_may_be_undone(shared: str) -> None:
    with transaction.atomic():
        assert remember(SHORT, "t", lambda: Made(b"undone")) == b"undone"
    assert remember(SHORT, "t", lambda: Made(b"done")) == b"done"
    with transaction.atomic():
        assert remember(SHORT, "t", lambda: Made(b"new")) == b"new"


def test_long_values_are_compressed_where_it_pays() -> None:
    assert len(pack(b"word " * 2000)) < 500
    noise = os.urandom(5000)
    assert pack(noise) == b"\x00" + noise


def test_what_is_shared_can_be_read_by_nobody_who_does_not_know_what_it_was_made_from() -> None:
    sealed = seal(b"Mara Lindqvist", "CV 17 in version 3")
    assert b"Mara" not in sealed
    assert unseal(sealed, "CV 17 in version 3") == b"Mara Lindqvist"
    assert unseal(sealed, "CV 17 in version 4") is None
    assert unseal(b"short", "CV 17 in version 3") is None


@pytest.mark.django_db
@pytest.mark.parametrize("value", [b"", b"12", b"\x00\x01", b"text " * 1000])
def test_bytes_come_back_as_they_were(redis: str, value: bytes) -> None:
    store.put({"k": value}, 60)
    assert store.get("k") == value
    store.delete(["k"])
    assert store.get("k") is None


@pytest.mark.django_db(transaction=True)
def test_with_redis_gone_everything_is_made_and_it_recovers_by_itself(
    redis: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = redis.replace(redis.rsplit(":", 1)[1], "1/0")
    there, settings.CACHES = (
        settings.CACHES,
        {
            name: {**one, "LOCATION": gone} if one.get("LOCATION") == redis else one
            for name, one in settings.CACHES.items()
        },
    )
    assert remember(SHORT, "gone", lambda: Made(b"1", life_s=1)) == b"1"
    assert REDIS.state == "open"
    near.clear()
    assert remember(SHORT, "gone", lambda: Made(b"2")) == b"2"
    assert cache.add("counter", 1, 60)
    assert not cache.add("counter", 1, 60), "wrong passwords are counted on, in the table"
    settings.CACHES = there
    monkeypatch.setattr(REDIS, "_rest_until", time.monotonic())  # its rest is over
    assert REDIS.state == "half-open"
    near.clear()
    assert remember(SHORT, "back", lambda: Made(b"3")) == b"3"
    assert REDIS.state == "closed"
    near.clear()
    assert remember(SHORT, "back", lambda: Made(b"4")) == b"3", "Redis has it"


def test_while_half_open_one_asks_and_the_others_do_not_wait_for_it() -> None:
    breaker = Breaker()
    asked: list[int] = []

    def fail() -> str:
        asked.append(1)
        raise OSError

    assert breaker.call(fail, lambda: "made") == "made"
    assert breaker.state == "open"
    assert breaker.call(fail, lambda: "made") == "made"
    assert len(asked) == 1
    breaker._rest_until = time.monotonic()

    def slow() -> str:
        asked.append(1)
        assert breaker.call(fail, lambda: "made meanwhile") == "made meanwhile"
        return "kept"

    assert breaker.call(slow, lambda: "made") == "kept"
    assert (len(asked), breaker.state) == (2, "closed")


def test_memory_of_a_process_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    near.clear()
    monkeypatch.setattr(near, "MOST_BYTES", 100)
    for number in range(20):
        near.set(str(number), b"x" * 10, 60)
    assert [near.get(str(number)) is not None for number in (0, 9, 10, 19)] == [False, False, True, True]
    near.set("19", b"y", 0.0)
    assert near.get("19") is None
    near.clear()


@pytest.mark.django_db
def test_counts_that_could_not_be_written_are_written_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = counted()
    cache_counts.count("l1", hits=3, misses=1)
    with monkeypatch.context() as broken, transaction.atomic():
        broken.setattr(
            cache_counts, "_ADD", "SELECT 1/0 WHERE %s::text[] IS NOT NULL AND %s IS NOT NULL AND %s IS NOT NULL"
        )
        point = transaction.savepoint()
        cache_counts.write()
        transaction.savepoint_rollback(point)
    assert counted() == (before[0] + 3, before[1] + 1)
