"""The metrics for Prometheus: requests summed over the web processes, and parsing; for admins and their keys only."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cvmatch.core.cache_counts import CacheCounts
from cvmatch.core.http.figures import list_breakers
from ingestion.parsing_figures import parsed_last_day
from ingestion.source_figures import failures_in_a_row, running_seconds, runs_last_day


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; the scraper sends an admin's key as ``Authorization: Bearer cvm_…``."""
    response: HttpResponse = ExportToDjangoView(request)
    response.content += generate_latest(_STORED)
    return response


class _Stored(Collector):
    """Gauges read from the database when asked for, so that every process says the same: take their max, never their sum."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        about = "Readings of CV files that ended in the last 24 hours, by how they ended."
        readings = GaugeMetricFamily("cvmatch_cvs_parsed", about, labels=["status"])
        for status, count in parsed_last_day().items():
            readings.add_metric([status], count)
        yield readings
        about = "1 for the state that a source's breaker is in: closed, open or half-open; sources that never failed have none."
        breakers = GaugeMetricFamily("cvmatch_source_breaker", about, labels=["source", "state"])
        for breaker in list_breakers():
            breakers.add_metric([breaker.source, breaker.state], 1)
        yield breakers
        yield from self._syncs()

    def _syncs(self) -> Iterator[GaugeMetricFamily]:
        about = "Runs of sources that ended in the last 24 hours, by how they ended."
        ended = GaugeMetricFamily("cvmatch_syncs", about, labels=["source", "status"])
        for (source, status), count in runs_last_day().items():
            ended.add_metric([source, status], count)
        yield ended
        about = "How long the run of a source has been going; none while it waits for its budget."
        going = GaugeMetricFamily("cvmatch_sync_running_seconds", about, labels=["source"])
        for source, seconds in running_seconds().items():
            going.add_metric([source], seconds)
        yield going
        about = "Attempts to read a source that failed since its last run that came to its end."
        failures = GaugeMetricFamily("cvmatch_sync_failures", about, labels=["source"])
        for source, count in failures_in_a_row().items():
            failures.add_metric([source], count)
        yield failures


_STORED = CollectorRegistry(auto_describe=False)
_STORED.register(_Stored())
_STORED.register(CacheCounts())
