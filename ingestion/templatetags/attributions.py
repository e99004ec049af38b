"""The sentences that sources demand beside their postings, wherever postings are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from ingestion.crediting import credits_of
from jobs.models import Job

register = template.Library()


@register.inclusion_tag("components/credits.html")
def credit(*jobs: Job) -> dict[str, Any]:
    """Of these postings."""
    return {"credits": credits_of(job.source for job in jobs)}


@register.inclusion_tag("components/credits.html")
def credit_list(jobs: Iterable[Job]) -> dict[str, Any]:
    """Of a list of postings."""
    return {"credits": credits_of(job.source for job in jobs)}


@register.inclusion_tag("components/credits.html")
def credit_lines(lines: Iterable[Any]) -> dict[str, Any]:
    """Of the postings in the lines of a ranked list."""
    return {"credits": credits_of(line.match.job.source for line in lines)}
