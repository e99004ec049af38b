"""An embedding endpoint is asked sparingly, within a bound on cost, and believed only what vectors look like."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
import pytest

from cvmatch.core.models import REQUEUED, Status
from matching.embedding import built, openai
from matching.embedding.endpoint import EndpointFailed
from matching.embedding.hashing import HashingProvider
from matching.embedding.openai import OpenAIProvider, TooExpensive
from matching.embedding.pacing import TokenBucket
from matching.linking import read_sure_linker
from matching.models import JobEmbedding
from matching.stages import embed_jobs
from tests.embedding_server import EmbeddingServer, Play, honest, rows_for, send, send_rows
from tests.support import make_job

KEY = "key-of-the-tests"
TEXTS = ["Nurse on a ward", "Data engineer with SQL", "Cook"]


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve() -> Iterator[Callable[..., EmbeddingServer]]:
    servers: list[EmbeddingServer] = []

    def start(*plays: Play) -> EmbeddingServer:
        servers.append(EmbeddingServer(*plays))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def provider_of(server: EmbeddingServer, clock: Clock, **options: Any) -> OpenAIProvider:
    return OpenAIProvider(url=server.url, model="small", key=KEY, clock=clock, sleep=clock.sleep, **options)


def answering(status: int, **headers: str) -> Play:
    return lambda handler, _: send(handler, b"{}", status, **headers)


def slow(handler: BaseHTTPRequestHandler, question: dict[str, Any]) -> None:
    """A byte now and then: no single wait is long."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" ")
            time.sleep(0.05)
    except OSError:
        pass


def test_vectors_come_in_the_order_of_the_texts_and_of_length_one(serve, clock) -> None:
    server = serve(honest)
    found = provider_of(server, clock).embed(TEXTS)
    for vector, expected in zip(found, HashingProvider().embed(TEXTS), strict=True):
        assert vector.dtype == np.float32
        assert np.allclose(vector, expected, atol=1e-6)
    assert server.asked == [{"model": "small", "input": TEXTS, "encoding_format": "float", "dimensions": 384}]
    assert (server.paths, server.keys) == (["/v1/embeddings"], [f"Bearer {KEY}"])


def test_a_server_whose_model_has_384_dimensions_need_not_be_asked_for_them(serve, clock) -> None:
    server = serve(honest)
    provider_of(server, clock, send_dimensions=False).embed(TEXTS)
    assert "dimensions" not in server.asked[0]


def test_empty_texts_are_not_sent(serve, clock) -> None:
    server = serve(honest)
    first, last, cook = provider_of(server, clock).embed(["", " \n\t", "Cook"])
    assert not first.any()
    assert not last.any()
    assert cook.any()
    assert provider_of(server, clock).embed(["", " "])[0].shape == (384,)
    assert [question["input"] for question in server.asked] == [["Cook"]]


def test_requests_are_bounded_by_texts_and_by_tokens(serve, clock, monkeypatch) -> None:
    monkeypatch.setattr(openai, "TEXTS_PER_REQUEST", 3)
    monkeypatch.setattr(openai, "TOKENS_PER_REQUEST", 10)
    server = serve(honest)
    texts = ["a", "b", "c", "d", "e" * 24, "f" * 9, "g" * 90]
    found = provider_of(server, clock).embed(texts)
    assert [len(question["input"]) for question in server.asked] == [3, 2, 1, 1]
    assert all(np.allclose(*pair, atol=1e-6) for pair in zip(found, HashingProvider().embed(texts), strict=True))


@pytest.mark.parametrize(("text", "sent"), [("x" * 100, "x" * 30), ("é" * 100, "é" * 15), ("职" * 100, "职" * 10)])
def test_a_text_is_cut_at_the_estimated_tokens_and_never_inside_a_letter(serve, clock, text: str, sent: str) -> None:
    server = serve(honest)
    provider_of(server, clock, max_tokens=10).embed([text])
    assert server.asked[0]["input"] == [sent]


def test_a_letter_that_utf_8_cannot_hold_is_replaced(serve, clock) -> None:
    server = serve(honest)
    assert provider_of(server, clock).embed(["Cook \ud800"])[0].any()
    assert server.asked[0]["input"] == ["Cook ?"]


def test_a_call_that_would_cost_too_much_is_refused_for_good_before_anything_is_sent(serve, clock) -> None:
    server = serve(honest)
    provider = provider_of(server, clock, price=2.0, max_cost=0.001)
    with pytest.raises(TooExpensive) as refused:
        provider.embed(["x" * 900] * 2)  # 600 tokens, 0.0012
    assert refused.value.permanent
    assert refused.value.details["estimated_tokens"] == 600
    assert server.asked == []
    assert provider.embed(["x" * 900])[0].any()


def test_an_unknown_price_refuses_nothing(serve, clock) -> None:
    assert provider_of(serve(honest), clock, max_cost=0.0).embed(["Cook"])[0].any()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again_after_a_while(serve, clock, status: int) -> None:
    server = serve(answering(status), answering(status), honest)
    assert len(provider_of(server, clock).embed(TEXTS)) == 3
    assert len(server.asked) == 3
    assert 2 <= clock.slept[0] <= 4
    assert 2 <= clock.slept[1] <= 8


def test_the_wait_that_the_server_asks_for_is_kept_up_to_a_bound(serve, clock) -> None:
    provider_of(serve(answering(429, Retry_After="13"), honest), clock).embed(TEXTS)
    provider_of(serve(answering(429, Retry_After="3600"), honest), clock).embed(TEXTS)
    assert clock.slept == [13, openai.MOST_RETRY_AFTER_S]
    due = format_datetime(datetime.now(UTC) + timedelta(seconds=15), usegmt=True)
    provider_of(serve(answering(503, Retry_After=due), honest), clock).embed(TEXTS)
    assert 12 < clock.slept[2] <= 15
    provider_of(serve(answering(503, Retry_After="later"), honest), clock).embed(TEXTS)
    assert 2 <= clock.slept[3] <= 4


def test_a_call_gives_up_after_three_attempts_and_can_be_repeated_later(serve, clock) -> None:
    server = serve(answering(500))
    with pytest.raises(EndpointFailed, match="500") as failed:
        provider_of(server, clock).embed(TEXTS)
    assert not failed.value.permanent
    assert len(server.asked) == 3


def test_all_waits_of_a_call_end_in_time_for_the_queue(serve, clock) -> None:
    server = serve(answering(429, Retry_After="20"))
    with pytest.raises(EndpointFailed):
        provider_of(server, clock).embed(TEXTS)
    assert sum(clock.slept) <= openai.PATIENCE_S
    assert len(server.asked) == 2


def test_an_answer_that_trickles_in_is_left_when_the_time_is_over(serve, clock) -> None:
    server = serve(slow, honest)
    begun = time.monotonic()
    assert provider_of(server, clock, timeout_s=0.3).embed(TEXTS)[0].any()
    assert time.monotonic() - begun < 1.5
    assert len(server.asked) == 2


def test_nothing_is_asked_for_a_minute_after_five_failures_in_a_row(serve, clock) -> None:
    server = serve(*[answering(500)] * 5, honest)
    provider = provider_of(server, clock)
    for _ in range(3):
        with pytest.raises(EndpointFailed):
            provider.embed(TEXTS)
    assert len(server.asked) == 5
    clock.now += 59
    with pytest.raises(EndpointFailed, match="left alone"):
        provider.embed(TEXTS)
    assert len(server.asked) == 5
    clock.now += 2
    assert provider.embed(TEXTS)[0].any()


def test_one_failure_after_the_rest_opens_the_breaker_again(serve, clock) -> None:
    server = serve(answering(401))
    provider = provider_of(server, clock)
    for _ in range(6):
        with pytest.raises(EndpointFailed):
            provider.embed(TEXTS)
    clock.now += 61
    for _ in range(3):
        with pytest.raises(EndpointFailed):
            provider.embed(TEXTS)
    assert len(server.asked) == 6


NUMBERS = rows_for(["Cook"])[0]["embedding"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"index": 1, "embedding": NUMBERS}],
        [{"index": 0, "embedding": NUMBERS}] * 2,
        [{"index": 0, "embedding": [*NUMBERS, 1.0]}],
        [{"index": 0, "embedding": [0.5] * 1536}],
        [{"index": 0, "embedding": [0.0] * 384}],
        [{"index": 0, "embedding": [float("nan")] * 384}],
        [{"index": 0, "embedding": [float("inf"), *[1.0] * 383]}],
        [{"index": 0, "embedding": [10**400] * 384}],
        [{"index": 0, "embedding": ["0.5"] * 384}],
        [{"index": 0, "embedding": "AAAA"}],
        [{"embedding": NUMBERS}],
        ["vector"],
        None,
    ],
)
def test_what_is_not_one_vector_a_text_is_an_error_and_not_asked_again(serve, clock, rows: Any) -> None:
    server = serve(lambda handler, _: send_rows(handler, rows))
    with pytest.raises(EndpointFailed):
        provider_of(server, clock).embed(["Cook"])
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"\xff\xfe", b"[" * 90_000, b'{"data": 1}', b" " * 300_000])
def test_an_answer_of_another_form_is_an_error(serve, clock, body: bytes) -> None:
    with pytest.raises(EndpointFailed):
        provider_of(serve(lambda handler, _: send(handler, body)), clock).embed(["Cook"])


def test_very_large_and_very_small_numbers_still_make_a_vector(serve, clock) -> None:
    for scale in (1e300, 1e-300):
        rows = [{"index": 0, "embedding": [scale * number for number in NUMBERS]}]
        vector = provider_of(serve(lambda handler, _, rows=rows: send_rows(handler, rows)), clock).embed(["Cook"])[0]
        assert np.allclose(vector, HashingProvider().embed(["Cook"])[0], atol=1e-6)


def test_redirects_are_not_followed(serve, clock) -> None:
    elsewhere = serve(honest)
    server = serve(answering(307, Location=f"{elsewhere.url}/embeddings"))
    with pytest.raises(EndpointFailed, match="307"):
        provider_of(server, clock).embed(TEXTS)
    assert (len(server.asked), elsewhere.asked) == (1, [])


@pytest.mark.parametrize("key", [KEY, f"{KEY}\n"])
def test_neither_key_nor_text_is_in_an_error_or_its_visible_cause(serve, clock, caplog, key: str) -> None:
    server = serve(lambda handler, question: send(handler, str(question).encode(), 400))
    provider = OpenAIProvider(url=server.url, model="small", key=key, clock=clock, sleep=clock.sleep)
    caplog.set_level("DEBUG", logger="matching")
    with pytest.raises(EndpointFailed) as failed:
        provider.embed(["Nurse of Uppsala"])
    told = f"{failed.value} {failed.value.details} {provider._endpoint} {caplog.text}"
    assert KEY not in told
    assert "Uppsala" not in told
    assert failed.value.__suppress_context__ or failed.value.__context__ is None


@pytest.mark.parametrize("per_minute", [1, 7, 100])
def test_no_minute_has_more_requests_than_allowed(clock, per_minute: int) -> None:
    bucket = TokenBucket(per_minute, clock)
    taken = []
    for _ in range(3 * per_minute):
        wait_s = bucket.take(within_s=1000)
        assert wait_s is not None
        clock.sleep(wait_s)
        taken.append(clock.now)
    most = max(sum(start <= at < start + 60 for at in taken) for start in taken)
    assert most <= per_minute
    assert taken[-1] - taken[0] < 3.5 * 60


def test_a_call_that_would_wait_too_long_for_its_turn_is_put_off(serve, clock) -> None:
    server = serve(honest)
    provider = provider_of(server, clock, per_minute=1)
    provider.embed(TEXTS)
    with pytest.raises(EndpointFailed, match="that often") as put_off:
        provider.embed(TEXTS)
    assert not put_off.value.permanent
    assert len(server.asked) == 1
    clock.now += 70
    assert provider.embed(TEXTS)[0].any()


def test_the_name_tells_model_and_cut_apart_and_fits_its_column() -> None:
    names = {
        OpenAIProvider(url="http://a.example/v1", model=model, max_tokens=tokens).name
        for model in ("small", "large", "organisation/" + "long-" * 20, "organisation/" + "long-" * 21)
        for tokens in (512, 8000)
    }
    assert len(names) == 8
    assert max(map(len, names)) <= 60
    assert "openai:small+8000" in names


@pytest.mark.django_db
def test_a_job_that_the_endpoint_failed_waits_and_is_embedded_later(serve, settings) -> None:
    server = serve(answering(401), honest)
    options = {**settings.EMBEDDING_ENDPOINT, "url": server.url, "model": "small", "key": KEY}
    settings.EMBEDDING_PROVIDERS = {"openai": {**settings.EMBEDDING_PROVIDERS["openai"], "OPTIONS": options}}
    settings.EMBEDDING_PROVIDER = "openai"
    job = make_job()
    built.cache_clear()
    try:
        embed_jobs(10)
        waiting = JobEmbedding.objects.get(job=job)
        assert (waiting.status, waiting.error) == (Status.FAILED, "The embedding endpoint answered 401.")
        assert waiting.retry_at is not None
        JobEmbedding.objects.update(**REQUEUED)
        embed_jobs(10)
        done = JobEmbedding.objects.get(job=job)
        assert (done.status, done.model) == (Status.COMPLETED, "openai:small+8000")
    finally:
        built.cache_clear()


def test_linking_by_meaning_is_off_with_vectors_it_was_not_fitted_on(serve, clock) -> None:
    server = serve(honest)
    provider = provider_of(server, clock)
    assert read_sure_linker(provider.name, provider.embed) is None
    assert server.asked == []
