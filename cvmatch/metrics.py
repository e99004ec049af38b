"""The metrics of the web server for Prometheus, summed over its processes; for admins and their keys only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from cvmatch.core.auth import find_user
from cvmatch.core.web import current_user

BEARER = "Bearer "


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format; the scraper sends an admin's key as ``Authorization: Bearer cvm_…``."""
    header = request.headers.get("Authorization", "")
    user = find_user(header.removeprefix(BEARER)) if header.startswith(BEARER) else current_user(request)
    if user is None or not user.is_authenticated or not user.is_operator:
        return HttpResponse("An admin's key is needed.\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    response: HttpResponse = ExportToDjangoView(request)
    return response
