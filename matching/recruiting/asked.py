"""What the address of a job's candidates asks for, and addresses that ask the same."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from cvmatch.core.pages import number, typed
from matching.values.narrowing import Narrowing, Show


def narrowing_from(query: QueryDict) -> Narrowing:
    """What cannot be meant narrows nothing."""
    show = query.get("show", "")
    return Narrowing(
        show=Show(show) if show in set(Show) else Show.ALL,
        band=typed(query.get("band", "")),
        must=typed(query.get("must", "")),
        tag=number(query.get("tag", "")),
        words=typed(query.get("q", "")),
        prediction=number(query.get("list", "")),
    )


def query_of(only: Narrowing, **more: object) -> str:
    """The same as part of an address; values that narrow nothing are left out. ``more`` comes on top, and wins."""
    parts: dict[str, object] = {
        "show": "" if only.show == Show.ALL else only.show.value,
        "band": only.band,
        "must": only.must,
        "tag": only.tag,
        "q": only.words,
        "list": only.prediction,
        **more,
    }
    return urlencode({name: value for name, value in parts.items() if value not in (None, "")})


def address_of(job: int, only: Narrowing, **more: object) -> str:
    """The page of a job's candidates that shows just this."""
    query = query_of(only, **more)
    return reverse("job-candidates", kwargs={"pk": job}) + (f"?{query}" if query else "")


def page_query(request: HttpRequest) -> QueryDict:
    """What the page in the browser was asked for, also when it asks for itself anew or something is sent from it."""
    if request.headers.get("HX-Request") and not request.GET:
        return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    return request.GET


def way_back(request: HttpRequest, otherwise: str) -> str:
    """Where a form wants to lead after it was sent; never to another host."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else otherwise
