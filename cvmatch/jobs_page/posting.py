"""One job: what it offers and asks for, where else it is advertised, jobs like it, and for recruiters who fits best."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.models import User
from cvmatch.core.web import current_user
from ingestion.naming import label_for, name_for
from jobs import paying, selectors, vacancies
from jobs.models import Job
from matching.selectors.tallies import list_best
from matching.similar import similar_jobs

SIMILAR, BEST = 5, 5


@require_safe
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A posting with what was read from it."""
    user, job = current_user(request), selectors.get_job(pk)
    vacancy = vacancies.find_vacancy(job)
    text_of = vacancy.best_text if vacancy else job
    similar = kept("similar", job.pk, lambda: similar_jobs(job, limit=SIMILAR))
    context = {
        "job": job,
        "requirements": job.requirements,
        "vacancy": vacancy,
        "estimate": paying.estimate_of(job),
        "text_of": text_of,
        "other_places": vacancies.list_other_places(job),
        "similar": similar,
        "shown": [job, text_of, *similar],
        "link": request.build_absolute_uri(reverse("job", kwargs={"pk": job.pk})),
        "closing": selectors.find_closing(job) if user.is_recruiter and job.status != Job.Status.ACTIVE else None,
        **(_best(user, job) if user.is_recruiter else {}),
    }
    return render(request, "jobs/job.html", context)


def _best(user: User, job: Job) -> dict[str, Any]:
    matches = list_best(job, user, limit=BEST)
    return {
        "tally": matches[0].prediction if matches else None,
        "best": [(match, name_for(user, match.cv), label_for(user, match.cv)) for match in matches],
    }
