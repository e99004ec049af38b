"""The way to other servers: every request of a source, with all that it takes until there is an answer or none to be had."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Self

import stamina
from django.db import connections

from cvmatch.core.fetching import Answer, BudgetSpent, FetchFailed, Request, Window
from cvmatch.core.http.breaker import Breaker
from cvmatch.core.http.budget import Budget
from cvmatch.core.http.clock import Clock, DatabaseClock
from cvmatch.core.http.exchange import Exchange
from cvmatch.core.http.failures import Passing, Refused
from cvmatch.core.http.keys import Key, keys_of
from cvmatch.core.http.validators import Validators

# Waits of 2 to 4 s, then 6 to 8 s: three times as long each time, and never over 10 s.
_ATTEMPTS = stamina.RetryingCaller(
    attempts=3, timeout=None, wait_initial=2.0, wait_max=10.0, wait_jitter=2.0, wait_exp_base=3
)
# How long a key rests that a server refuses without saying until when.
REFUSED_S = 10.0


class _Patience:
    """The seconds that one request may wait for keys and servers, over all its attempts."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds

    def spend(self, seconds: float) -> bool:
        """Whether there is so much left; it is gone then."""
        if seconds > self.left_s:
            return False
        self.left_s -= seconds
        return True

    def again(self, error: Exception) -> bool | float:
        """Whether to try again after an error, and after how many seconds where that is not for us to choose."""
        if isinstance(error, Refused):
            return 0.0  # its key is closed as long as it has to be
        if isinstance(error, Passing) and error.wait_s:
            return error.wait_s if self.spend(error.wait_s) else False
        return isinstance(error, Passing)


class HttpFetch:
    """Implements :class:`cvmatch.core.fetching.Fetch` for the source ``name``. Close it, or use it as a context.

    ``windows`` bound the requests under each key, over all processes. ``wait_s`` is how long one request may wait for a
    key, or for a server that says when to come again; where that is not enough it fails with ``details["wait_s"]``.
    ``timeout_s`` bounds one answer as a whole. ``allow_private`` lets it ask servers of its own network. Without
    ``conditional`` every answer is whole. Must not be used inside a transaction, except for :meth:`remember`.
    """

    def __init__(
        self,
        name: str,
        *,
        windows: Sequence[Window] = (),
        allow_private: bool = False,
        parallel: int = 4,
        timeout_s: float = 20.0,
        wait_s: float = 30.0,
        most_bytes: int = 32 * 1024 * 1024,
        agent: str = "cvmatch",
        conditional: bool = True,
        clock: Clock | None = None,
    ) -> None:
        if parallel < 1 or timeout_s <= 0 or most_bytes < 1:
            raise ValueError("parallel, timeout_s and most_bytes have to be more than nothing.")
        self._name, self._parallel, self._wait_s, self._conditional = name, parallel, wait_s, conditional
        self._clock = clock or DatabaseClock()
        self._budget = Budget(name, windows, self._clock)
        self._breaker = Breaker(name, self._clock, trial_s=timeout_s + 10)
        self._validators = Validators(name, self._clock)
        self._exchange = Exchange(
            timeout_s=timeout_s,
            most_bytes=most_bytes,
            agent=agent,
            allow_private=allow_private,
            connections=parallel,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._exchange.close()

    def __call__(self, request: Request) -> Answer:
        answer = self._fetch(request)
        self._validators.given(request, answer)
        return answer

    def each(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """The answers in the order of the requests. As many as ``parallel`` are asked for ahead, each in a thread."""
        if self._parallel == 1:
            yield from map(self, requests)
            return
        ended, rest = threading.Event(), iter(requests)
        # The first alone: after a rest only one is let through, and the others would fail.
        yield from map(self, islice(rest, 1))
        asked: deque[tuple[Request, Future[Answer]]] = deque()
        pool = ThreadPoolExecutor(self._parallel, thread_name_prefix="fetch")
        try:
            while True:
                for request in islice(rest, self._parallel - len(asked)):
                    asked.append((request, pool.submit(self._fetch_in_thread, request, ended)))
                if not asked:
                    return
                request, future = asked.popleft()
                answer = future.result()
                self._validators.given(request, answer)
                yield answer
        finally:
            ended.set()
            pool.shutdown(cancel_futures=True)

    def remember(self) -> None:
        """All that this object has answered so far is stored: next time, ask only for what is newer.

        Call it in the transaction that ends a run. A source may have read ahead of the page that it gave last, so it is
        too early before; and an answer that is remembered but not stored is never asked for again.
        """
        self._validators.remember()

    def _fetch_in_thread(self, request: Request, ended: threading.Event) -> Answer:
        try:
            return self._fetch(request, ended)
        finally:
            connections.close_all()  # those of this thread

    def _fetch(self, request: Request, ended: threading.Event | None = None) -> Answer:
        keys, patience = keys_of(request), _Patience(self._wait_s)
        conditions = self._validators.conditions(request) if self._conditional else {}

        def attempt() -> Answer:
            if ended and ended.is_set():
                raise FetchFailed("Nobody waits for this answer any more.")
            return self._attempt(request, keys, patience, conditions)

        try:
            answer = _ATTEMPTS(patience.again, attempt)
        except Refused as refused:
            raise self._spent(keys, refused.wait_s or REFUSED_S, refused.message) from None
        if conditions and not answer.unchanged:
            self._validators.forget(request)
        return answer

    def _attempt(
        self, request: Request, keys: Sequence[Key], patience: _Patience, conditions: Mapping[str, str]
    ) -> Answer:
        """Under any of the keys: one that is refused counts against itself, and the next is tried."""
        for number in range(1, len(keys) + 1):
            key = self._key(keys, patience)
            try:
                with self._breaker.guard():
                    return self._exchange.ask(request, key.credential, conditions)
            except Refused as refused:
                self._budget.close(key, refused.wait_s or REFUSED_S)
                if number == len(keys):
                    raise
        raise AssertionError("there is at least one key")

    def _key(self, keys: Sequence[Key], patience: _Patience) -> Key:
        while True:
            self._breaker.check()
            taken = self._budget.take(keys)
            if isinstance(taken, Key):
                return taken
            if not patience.spend(taken):
                raise self._spent(keys, taken, "It has been asked as often as it may be.")
            self._clock.sleep(taken)

    def _spent(self, keys: Sequence[Key], wait_s: float, reason: str) -> BudgetSpent:
        wait_s = math.ceil(wait_s)
        advice = " More keys would help." if keys[0].credential else ""
        said = f"“{self._name}” may be asked again in {wait_s} s. {reason}{advice}"
        return BudgetSpent(said, details={"wait_s": wait_s})
