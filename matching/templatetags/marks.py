"""What a person has made of a job, beside it, and whether there is a way to apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from jobs.models import Job
from matching.feedback import is_address
from matching.models import JobMark

register = template.Library()


@register.filter
def of_job(marks: Mapping[int, JobMark], job_id: int) -> JobMark | None:
    """The mark of that job, if there is one."""
    return marks.get(job_id)


@register.filter
def can_apply(job: Job) -> bool:
    """Whether the posting is open and gives an address of the web."""
    return job.status == Job.Status.ACTIVE and is_address(job.url)


@register.inclusion_tag("matching/job_form.html", takes_context=True)
def job_form(context: dict[str, Any], job: Job, match_id: int | str = "") -> dict[str, Any]:
    """The buttons of one job on a page of its own; one query."""
    mark = JobMark.objects.filter(user=context["user"], job=job).first()
    shared = {name: context.get(name) for name in ("request", "csrf_token", "user")}
    return {**shared, "job": job, "mark": mark, "match_id": match_id}
