"""The operations page on the system itself: health, queues, caches, database, versions, settings."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cvmatch import system_state
from cvmatch.core.cache.breaker import REDIS
from cvmatch.dashboard import OK, cache_check
from cvmatch.pipeline_state import list_workers


@require_safe
def system_page(request: HttpRequest) -> HttpResponse:
    """Everything on one page; that it comes at all says that the database answers."""
    workers = list_workers()
    database, sizes = system_state.database(), system_state.sizes()
    checks = [(_("Database"), OK), (_("Cache"), cache_check()), (_("Queue"), OK)]
    if settings.REDIS_URL:  # without it all works, slower
        checks.append(("Redis", OK if REDIS.state == "closed" else _("does not answer")))
    checks += [(_("Worker %s") % worker.cluster, OK if worker.is_alive else _("no sign of life")) for worker in workers]
    shown = {
        "checks": [(name, answer, answer == OK) for name, answer in checks],
        "workers": workers,
        "database": database,
        "sizes": sizes,
        "caches": system_state.caches(database, sizes.rows),
        "versions": system_state.versions(database),
        "settings_in_force": system_state.settings_in_force(),
    }
    return render(request, "operations/system.html", shown)
