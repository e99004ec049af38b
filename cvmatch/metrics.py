"""The metrics for Prometheus: what the processes counted, summed, and what the database knows; for admins and their keys."""

from __future__ import annotations

import os

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from cvmatch.stored_metrics import STORED

log = structlog.get_logger(__name__)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; the scraper sends an admin's key as ``Authorization: Bearer cvm_…``."""
    return HttpResponse(generate_latest(_counted()) + generate_latest(STORED), content_type=CONTENT_TYPE_LATEST)


def serve_counts() -> None:
    """Give what the workers counted on a port of its own, where the settings name one: the first of them that comes serves
    for all, and when it ends the one in its place does. Nothing of the database, so that no key is asked for."""
    if not settings.METRICS_PORT:
        return
    try:
        start_http_server(settings.METRICS_PORT, addr=settings.METRICS_HOST, registry=_counted())
    except OSError as error:
        log.info("metrics are served by another worker", reason=error.strerror)


def _counted() -> CollectorRegistry:
    """Of all processes with the same folder, or of this one alone where there is none."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
