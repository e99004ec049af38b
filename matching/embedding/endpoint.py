"""One request to an OpenAI-compatible ``/embeddings`` and what may be believed of its answer."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from cvmatch.core.errors import CvmatchError
from cvmatch.core.http.failures import retry_after_s
from matching.embedding import Vector

DIMENSIONS = 384
# Far more than 384 numbers take, so that an answer with too many of them is told as that; a bound on memory all the same.
MOST_BYTES_PER_TEXT = 100_000


class EndpointFailed(CvmatchError):
    """The endpoint did not answer, or with something else than vectors. Rows that need it are tried again later."""

    title = "The embedding endpoint failed"

    def __init__(self, message: str, *, passing: bool = False, retry_after_s: float = 0.0) -> None:
        """``passing`` says that the same request may well succeed in some seconds, ``retry_after_s`` not before when."""
        super().__init__(message)
        self.passing = passing
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class EmbeddingEndpoint:
    """``url`` is the base, such as ``https://api.example.com/v1``; ``timeout_s`` bounds one answer as a whole.

    ``send_dimensions`` off is for servers that refuse the parameter because their model has 384 dimensions anyway.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 10.0
    send_dimensions: bool = True

    def ask(self, client: httpx.Client, texts: Sequence[str]) -> Vector:
        """(texts, 384) float32, rows of length 1. Raises EndpointFailed, whose text and cause hold neither texts nor key."""
        question: dict[str, Any] = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        if self.send_dimensions:
            question["dimensions"] = DIMENSIONS
        try:
            body = self._answer(client, question, MOST_BYTES_PER_TEXT * (len(texts) + 1))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Without its cause: a message about a header would show the key.
            name = type(error).__name__
            raise EndpointFailed(f"The embedding endpoint did not answer ({name}).", passing=True) from None
        return read_vectors(body, len(texts))

    def _answer(self, client: httpx.Client, question: dict[str, Any], most_bytes: int) -> bytes:
        """All of it before the time is over: the client's own time-outs start anew with every piece."""
        until = time.monotonic() + self.timeout_s
        # Not compressed: a small answer must not become a large one.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = f"{self.url.rstrip('/')}/embeddings"
        # Redirects are not followed: texts and key are for the address in the settings and for no other.
        with client.stream(
            "POST", address, json=question, headers=headers, timeout=self.timeout_s, follow_redirects=False
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise _refusal(response)
            body = bytearray()
            for piece in response.iter_raw():
                body += piece
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("")
                if len(body) > most_bytes:
                    raise EndpointFailed("The embedding endpoint's answer is too long.")
            return bytes(body)


def read_vectors(body: bytes, count: int) -> Vector:
    """The vectors of an answer by their ``index``, (count, 384), each of length 1. Raises EndpointFailed."""
    try:
        data = json.loads(body)["data"]
        rows = {row["index"]: row["embedding"] for row in data}
        if len(data) != count or sorted(rows) != list(range(count)):
            raise EndpointFailed(f"The embedding endpoint gave other than {count} vectors for {count} texts.")
        return np.array([_unit(rows[number]) for number in range(count)], dtype=np.float32)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        name = type(error).__name__
        raise EndpointFailed(f"The embedding endpoint's answer has another form ({name}).") from None


def _unit(numbers: Any) -> Vector:
    if not isinstance(numbers, list) or len(numbers) != DIMENSIONS:
        raise EndpointFailed(f"The embedding endpoint gave a vector that has not {DIMENSIONS} dimensions.")
    if not all(type(number) in (int, float) for number in numbers):
        raise TypeError
    vector = np.array(numbers, dtype=np.float64)
    largest = float(np.max(np.abs(vector)))
    if not (np.isfinite(largest) and largest > 0):
        raise EndpointFailed("The embedding endpoint gave a vector that is not finite or without length.")
    vector /= largest  # so that the squares of very large or small numbers are numbers too
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def _refusal(response: httpx.Response) -> EndpointFailed:
    """By status alone: the body may repeat texts."""
    status = response.status_code
    passing = status in (408, 429) or status >= 500
    wait_s = retry_after_s(response) if passing else 0.0
    return EndpointFailed(f"The embedding endpoint answered {status}.", passing=passing, retry_after_s=wait_s)
