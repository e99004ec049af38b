"""The sentences that sources demand beside their postings, wherever postings are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from ingestion.models import Source
from ingestion.source_figures import about_of
from ingestion.sources import About
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


def credits_of(names: Iterable[str]) -> list[About]:
    """What the kinds of these sources say of themselves, each once and only those that demand a sentence.

    Postings from a file are named by the kind that read it, where nobody said otherwise.
    """
    wanted = dict.fromkeys(names)
    if not wanted:
        return []
    kinds = dict(Source.objects.filter(name__in=wanted).values_list("name", "kind"))
    found = (about_of(kind) for kind in dict.fromkeys(kinds.get(name, name) for name in wanted))
    return [about for about in found if about and about.attribution]
