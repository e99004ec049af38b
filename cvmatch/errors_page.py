"""The page that the `type` of every problem leads to: what each kind means and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.http_api import KINDS


@require_safe
def errors_page(request: HttpRequest) -> HttpResponse:
    """One row a kind, for whoever follows the address in an answer; says nothing that needs an account."""
    return render(request, "errors.html", {"kinds": KINDS.values()})
