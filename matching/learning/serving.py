"""Which learned weights serve for which job's candidates."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from jobs.models import Job
from matching.learning.ordering import Reordering
from matching.models import LearnedRanker, organisation_of


def serving_for(jobs: Mapping[int, Job]) -> dict[int, Reordering]:
    """By job, where something serves; one statement, and none where no posting names a company."""
    wanted = {pk: organisation_of(job.company) for pk, job in jobs.items()}
    serving = serving_of({name for name in wanted.values() if name})
    return {pk: serving[name] for pk, name in wanted.items() if name in serving}


def serving_of(organisations: Collection[str]) -> dict[str, Reordering]:
    """By organisation."""
    if not organisations:
        return {}
    rows = LearnedRanker.objects.serving().filter(organisation__in=organisations)
    return {row.organisation: Reordering(row.pk, row.weights_json) for row in rows}
