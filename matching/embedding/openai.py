"""Vectors from any OpenAI-compatible endpoint: in batches, at a bounded rate and cost, with patience that ends."""

from __future__ import annotations

import hashlib
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence

import httpx
import numpy as np

from cvmatch.core.errors import CvmatchError
from matching.embedding import Vector
from matching.embedding.endpoint import DIMENSIONS, EmbeddingEndpoint, EndpointFailed
from matching.embedding.pacing import Breaker, Clock, TokenBucket

# The tokens of an unknown model cannot be counted. Three bytes of UTF-8 a token is on the safe side for the common
# vocabularies: English has four or more, other alphabets two to three, and a Chinese character is three bytes.
BYTES_PER_TOKEN = 3
TEXTS_PER_REQUEST, TOKENS_PER_REQUEST = 256, 100_000
ATTEMPTS = 3
LEAST_WAIT_S, MOST_WAIT_S, MOST_RETRY_AFTER_S = 2.0, 10.0, 20.0
# No wait goes beyond this in one call: a worker has to be done before the queue takes its task for lost.
PATIENCE_S = 30.0
NAME_LENGTH = 60


class TooExpensive(CvmatchError):
    """What a call would cost, as estimated, is over the bound; nothing was sent."""

    title = "The embedding would cost too much"


class OpenAIProvider:
    """384 dimensions of ``model`` behind ``url``. A text over ``max_tokens``, as estimated, is cut there.

    ``price`` is that of a million tokens, 0 for unknown or free; ``max_cost`` bounds one call of ``embed`` in the same
    currency. ``per_minute`` holds for this provider, of which a process has one.
    """

    def __init__(
        self,
        *,
        url: str,
        model: str,
        key: str = "",
        per_minute: int = 100,
        max_tokens: int = 8000,
        price: float = 0.0,
        max_cost: float = 1.0,
        timeout_s: float = 10.0,
        send_dimensions: bool = True,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = _name(model, max_tokens)
        self._endpoint = EmbeddingEndpoint(url, model, key, timeout_s, send_dimensions)
        self._most_bytes = max_tokens * BYTES_PER_TOKEN
        self._price, self._max_cost = price, max_cost
        self._clock, self._sleep = clock, sleep
        self._bucket, self._breaker = TokenBucket(per_minute, clock), Breaker(clock=clock)

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """Raises TooExpensive before anything is sent, EndpointFailed where the endpoint does not give vectors."""
        told = [(number, self._cut(text)) for number, text in enumerate(texts) if text.strip()]
        self._check_cost(sum(estimated_tokens(text) for _, text in told))
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        until = self._clock() + PATIENCE_S
        if told:
            with httpx.Client() as client:
                for batch in _batches(told):
                    vectors[[number for number, _ in batch]] = self._ask(client, [text for _, text in batch], until)
        return list(vectors)

    def warm_up(self) -> None:
        """Nothing to load, and nothing is asked that costs."""

    def check(self) -> None:
        """Whether it answers is seen when it is asked: a server that is ready must not depend on another's."""
        if not (self._endpoint.url and self._endpoint.model):
            raise EndpointFailed("CVMATCH_EMBEDDING_URL and CVMATCH_EMBEDDING_MODEL name no endpoint.")

    def _cut(self, text: str) -> str:
        return text.encode("utf-8", "replace")[: self._most_bytes].decode("utf-8", "ignore")

    def _check_cost(self, tokens: int) -> None:
        cost = tokens * self._price / 1_000_000
        if cost > self._max_cost:
            raise TooExpensive(
                f"Embedding would cost about {cost:.4f}, and a call may cost {self._max_cost:.4f}.",
                permanent=True,
                details={"estimated_tokens": tokens, "estimated_cost": cost, "max_cost": self._max_cost},
            )

    def _ask(self, client: httpx.Client, texts: Sequence[str], until: float) -> Vector:
        for attempt in range(1, ATTEMPTS + 1):
            self._wait_for_turn(until)
            try:
                vectors = self._endpoint.ask(client, texts)
            except EndpointFailed as error:
                given_up = self._breaker.failed() or not error.passing or attempt == ATTEMPTS
                wait_s = _pause(attempt, error.retry_after_s)
                if given_up or self._clock() + wait_s > until:
                    raise
                self._sleep(wait_s)
            else:
                self._breaker.succeeded()
                return vectors
        raise AssertionError("the last attempt returns or raises")

    def _wait_for_turn(self, until: float) -> None:
        if not self._breaker.lets_through():
            raise EndpointFailed(
                "The embedding endpoint has failed several times in a row and is left alone for a while."
            )
        wait_s = self._bucket.take(within_s=until - self._clock())
        if wait_s is None:
            raise EndpointFailed("The embedding endpoint may not be asked that often (CVMATCH_EMBEDDING_PER_MINUTE).")
        if wait_s:
            self._sleep(wait_s)


def estimated_tokens(text: str) -> int:
    return math.ceil(len(text.encode("utf-8")) / BYTES_PER_TOKEN)


def _batches(told: Sequence[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Texts in their order, up to TEXTS_PER_REQUEST and, unless one alone is longer, TOKENS_PER_REQUEST together."""
    batch: list[tuple[int, str]] = []
    tokens = 0
    for number, text in told:
        more = estimated_tokens(text)
        if batch and (len(batch) == TEXTS_PER_REQUEST or tokens + more > TOKENS_PER_REQUEST):
            yield batch
            batch, tokens = [], 0
        batch.append((number, text))
        tokens += more
    if batch:
        yield batch


def _pause(attempt: int, retry_after_s: float) -> float:
    """Seconds before the next attempt: up to twice as long each time, by chance so that workers do not come back together."""
    longest = min(MOST_WAIT_S, LEAST_WAIT_S * 2**attempt)
    wait_s = random.uniform(LEAST_WAIT_S, longest)  # noqa: S311 - spreads load, protects nothing
    return max(wait_s, min(retry_after_s, MOST_RETRY_AFTER_S))


def _name(model: str, max_tokens: int) -> str:
    """Model and cut, since both change vectors; the address does not: it is taken to serve the model that it names."""
    name = f"openai:{model}+{max_tokens}"
    if len(name) <= NAME_LENGTH:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: NAME_LENGTH - len(digest) - 1]}~{digest}"
