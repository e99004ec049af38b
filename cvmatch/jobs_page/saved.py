"""The searches that somebody keeps: save the present one, open, rename, share and delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cvmatch.core.web import current_user
from jobs import saving
from jobs.models import SavedSearch
from jobs.searches import list_searches


@require_http_methods(["GET", "HEAD", "POST"])
def saved_searches(request: HttpRequest) -> HttpResponse:
    """All of them to look after; a form that is sent here keeps one more."""
    user = current_user(request)
    if request.method == "POST":
        search = saving.save_search(
            user=user,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            is_shared="shared" in request.POST,
        )
        messages.success(request, _("Saved as “%(name)s”.") % {"name": search.name})
        return redirect(_address(search))
    return render(request, "jobs/saved.html", {"searches": list_searches(user)})


@require_safe
def saved_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Its jobs in the table; from now on none of them is new to this person."""
    return redirect(_address(saving.look_at_search(user=current_user(request), pk=pk)))


@require_POST
def saved_search_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, shared or not, or gone."""
    user = current_user(request)
    if "delete" in request.POST:
        saving.delete_search(user=user, pk=pk)
        messages.success(request, _("Deleted."))
    else:
        saving.change_search(user=user, pk=pk, name=request.POST.get("name", ""), is_shared="shared" in request.POST)
        messages.success(request, _("Changed."))
    return redirect("saved-searches")


def _address(search: SavedSearch) -> str:
    return f"{reverse('job-list')}?{search.query}{'&' if search.query else ''}saved={search.pk}"
