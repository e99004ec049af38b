"""Errors to Sentry and traces to OpenTelemetry where the environment names a place for them; else neither is imported.

Both need ``requirements-observability.txt``. What leaves the machine is chosen piece by piece: no message of an error, no value
of a variable, nothing of a request but its method and path, since any of them may quote a CV.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cvmatch.core.reporting import on_unexpected

EVENT = (
    *("event_id", "timestamp", "level", "platform", "release", "environment", "server_name", "sdk"),
    *("transaction", "transaction_info", "contexts"),
)
CONTEXTS = ("runtime", "trace")
FRAME = (
    *("filename", "abs_path", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)
# Attributes of spans that hold the address of a request with what was searched for.
ADDRESSES = ("http.url", "http.target", "url.full", "url.query")


def start() -> None:
    """Begin to send, in each process. Raises ImproperlyConfigured where what it takes is not installed."""
    try:
        if settings.SENTRY_DSN:
            _send_errors(settings.SENTRY_DSN)
        if settings.OTLP_ENDPOINT:
            _send_traces()
    except ImportError as error:
        raise ImproperlyConfigured(
            f"{error.name} is not installed: SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT need requirements-observability.txt."
        ) from error


@contextmanager
def traced_stage(name: str) -> Iterator[None]:
    """A span around one run of a stage, under the request id that it came with; nothing where traces are not sent."""
    if not settings.OTLP_ENDPOINT:
        yield
        return
    from opentelemetry import trace

    attributes = {"cvmatch.stage": name, "cvmatch.request_id": _request_id()}
    with trace.get_tracer("cvmatch").start_as_current_span(
        f"stage {name}", attributes=attributes, record_exception=False
    ):
        yield


def _send_errors(dsn: str) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.django import DjangoIntegration

    sentry_sdk.init(
        dsn=dsn,
        # Only these: others would send arguments of the command line, breadcrumbs and log lines.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(signals_spans=False), AtexitIntegration(), DedupeIntegration()],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=scrubbed,
    )

    def capture(error: Exception) -> None:
        sentry_sdk.capture_exception(error)

    on_unexpected(capture)


def scrubbed(event: Any, hint: Any = None) -> Any:
    """What of an event is sent: where in the code an error of which type was raised, and in which request."""
    kept = {key: event[key] for key in EVENT if key in event}
    kept["contexts"] = {key: value for key, value in kept.get("contexts", {}).items() if key in CONTEXTS}
    kept["tags"] = {"request_id": _request_id()}
    if request := event.get("request"):
        kept["request"] = {"method": request.get("method"), "url": _path(request.get("url"))}
    raised = event.get("exception", {}).get("values", ())
    kept["exception"] = {"values": [_without_message(error) for error in raised]}
    return kept


def _without_message(error: Any) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", ())
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "value": "",
        "stacktrace": {"frames": [{key: frame[key] for key in FRAME if key in frame} for frame in frames]},
    }


def _send_traces() -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    os.environ.setdefault("OTEL_SERVICE_NAME", "cvmatch")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(request_hook=_name_request)
    PsycopgInstrumentor().instrument(skip_dep_check=True)  # statements without their values


def _name_request(span: Any, request: Any) -> None:
    for name in ADDRESSES:
        if value := (span.attributes or {}).get(name):
            span.set_attribute(name, "" if name == "url.query" else _path(value))
    span.set_attribute("cvmatch.request_id", _request_id())


def _path(address: Any) -> str:
    return urlsplit(str(address or "")).path


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
