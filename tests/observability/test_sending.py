"""What is sent to Sentry and OpenTelemetry: where something went wrong, and nothing of what a CV says."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings

from tests.support import database_url

pytestmark = pytest.mark.django_db(transaction=True)

WORDS_OF_A_CV = "Marianne Zwicky, geboren in Chur"
# Errors of a page, of the API and of a stage, each with words of a CV in its message, its variables and its request.
FAILING = f"""
import sys
import types
from unittest.mock import patch
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults
from cvmatch.wsgi import application
from cvmatch.core import runner
from cvmatch.core.queue import Stage

words = {WORDS_OF_A_CV!r}

class Broken(Exception):
    pass

def broken(*arguments, **named):
    text_of_cv = words
    raise Broken(f"cannot read {{text_of_cv}}")

sys.modules["broken"] = types.ModuleType("broken")
sys.modules["broken"].stage = broken

def ask(path):
    environ = {{"PATH_INFO": path, "QUERY_STRING": quote(words), "HTTP_X_REQUEST_ID": "request-of-the-test"}}
    environ |= {{"HTTP_HOST": "testserver", "HTTP_COOKIE": "seen=" + quote(words), "HTTP_REFERER": quote(words)}}
    setup_testing_defaults(environ)
    b"".join(application(environ, lambda status, headers: print(status[:3])))

with patch("cvmatch.dashboard.HttpResponse", broken):
    ask("/health/live")
with patch("cvmatch.core.http_api.throttling.take", broken):
    ask("/api/v1/jobs")
try:
    runner.run(Stage("broken", "broken.stage", batch=1), limit=1, trigger="command")
except Broken:
    print("raised")
"""
TRACED = """
import django
django.setup()
from django.test import Client
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from cvmatch.tasks import run_stage
print(Client().get("/health/ready", query_params={"q": "Marianne"}).status_code)
print(run_stage("retry_failed", request_id="request-of-the-test"))
from opentelemetry import trace
trace.get_tracer_provider().force_flush()
"""


@contextmanager
def listening() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server that takes all it is sent: its address, and (path, body) of each request."""
    got: list[tuple[str, bytes]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            got.append((self.path, gzip.decompress(body) if packed else body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments: Any) -> None:
            """Not into the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(code: str, **environment: str) -> list[str]:
    known = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "cvmatch.settings.test",
        "CVMATCH_VAR_DIR": str(settings.VAR_DIR),
        "ALLOWED_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.PROJECT_DIR,
        env=known | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def events(got: list[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """The events of Sentry's envelopes: a line for the envelope, then one for each item before its own."""
    lines = [line for path, body in got if path.endswith("/envelope/") for line in body.splitlines()]
    items = pairwise(lines)
    return [json.loads(content) for head, content in items if json.loads(head).get("type") == "event"]


def test_sentry_hears_where_something_broke_and_nothing_of_a_cv() -> None:
    pytest.importorskip("sentry_sdk")
    with listening() as (address, got):
        assert run(FAILING, SENTRY_DSN=f"http://key@{address}/1") == ["500", "500", "raised"]
    sent = events(got)
    assert [event["exception"]["values"][-1]["type"] for event in sent] == ["Broken"] * 3
    for event in sent:
        assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "broken"
    page, api, _stage = sent
    assert (page["request"], page["tags"]) == (
        {"method": "GET", "url": "/health/live"},
        {"request_id": "request-of-the-test"},
    )
    assert api["tags"] == {"request_id": "request-of-the-test"}
    everything = b"".join(body for _, body in got)
    for word in ("Marianne", "Zwicky", "geboren", "Chur"):
        assert word.encode() not in everything


def test_traces_have_requests_statements_and_stages_and_no_query() -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with listening() as (address, got):
        assert run(TRACED, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://{address}")[0] == "200"
    told = [ExportTraceServiceRequest.FromString(body) for path, body in got if path == "/v1/traces"]
    spans = [s for each in told for r in each.resource_spans for scope in r.scope_spans for s in scope.spans]
    assert any("health/ready" in span.name for span in spans)
    assert any(span.name.startswith("SELECT") for span in spans)
    (stage,) = [span for span in spans if span.name == "stage retry_failed"]
    attributes = {each.key: each.value.string_value for each in stage.attributes}
    assert attributes["cvmatch.request_id"] == "request-of-the-test"
    assert b"Marianne" not in b"".join(body for _, body in got)


def test_what_is_named_and_not_installed_is_said_at_start(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from cvmatch import observability

    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    settings.SENTRY_DSN = "http://key@127.0.0.1:1/1"
    with pytest.raises(ImproperlyConfigured, match=r"requirements-observability\.txt"):
        observability.start()
