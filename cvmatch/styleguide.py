"""The page that shows every component with its states, light and dark; only where DEBUG is on."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

BANDS = ("strong", "good", "partial", "weak", "no data")
MARKS = ("stated", "implied", "uncertain", "missing")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    shown = {
        "bands": [{"band": band} for band in BANDS],
        "marks": MARKS,
        "now": timezone.now(),
        "schemes": ("light", "dark"),
    }
    return render(request, "styleguide.html", shown)
