"""What the passages of CVs and jobs say: read once for the pairs of a batch, for ranking and for explaining alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from matching.embedding import get_provider
from matching.models import CVPassages, JobPassages
from matching.values import Passages, SkillLink


@dataclass(frozen=True)
class Told:
    """By id of the CV or job; those that have none under the model of today are left out."""

    cvs: Mapping[int, Passages]
    links: Mapping[int, tuple[SkillLink, ...]]
    jobs: Mapping[int, Passages]


def told_by(cvs: Collection[int], jobs: Collection[int]) -> Told:
    """Two statements, however many ids."""
    model = get_provider().name
    rows = {row.cv_id: row for row in CVPassages.objects.filter(cv__in=cvs, model=model)}
    return Told(
        {pk: row.passages for pk, row in rows.items()},
        {pk: row.links for pk, row in rows.items()},
        {row.job_id: row.passages for row in JobPassages.objects.filter(job__in=jobs, model=model)},
    )
