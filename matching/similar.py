"""Jobs whose texts mean much the same, by the vectors that are there."""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, OuterRef
from pgvector.django import CosineDistance

from cvmatch.core.replica import reading_alias
from jobs.models import Job, Listing
from matching.embedding import get_provider
from matching.models import JobVector, Kind

_HEAVY = ("description", "description_html", "search", "requirements_json")
EF_SEARCH = 100


def similar_jobs(job: Job, *, limit: int) -> list[Any]:
    """Other open jobs, each vacancy once, nearest first, with their cosine to this one's text as ``similarity``.

    Empty while the job has no vector. The index of vectors leads, so that the cost hardly grows with the table.
    """
    vectors = JobVector.objects.filter(kind=Kind.TEXT, model=get_provider().name)
    own = vectors.filter(job=job).values_list("embedding", flat=True).first()
    if own is None:
        return []
    same = Listing.objects.filter(job=OuterRef("pk"), vacancy__listings__job=job)
    others = Job.objects.listed().exclude(pk=job.pk).filter(~Exists(same))
    near = others.filter(vectors__kind=Kind.TEXT, vectors__model=get_provider().name)
    near = near.annotate(distance=CosineDistance("vectors__embedding", own)).defer(*_HEAVY).order_by("distance")
    near = near.select_related("pay_estimate")
    alias = reading_alias()
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        # Iterative scans go on past ef_search when closed jobs are among the nearest; their order is nearly right only.
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true)",
            [str(EF_SEARCH)],
        )
        found: list[Any] = list(near.using(alias)[:limit])
    found.sort(key=lambda other: (other.distance, other.pk))
    for other in found:
        other.similarity = round(1 - float(other.distance), 4)
    return found
