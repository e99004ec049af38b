"""Jobs like a job, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from jobs.api import ListedJobOut, with_sources
from jobs.selectors import get_job
from matching.similar import similar_jobs

router = Router(tags=["Jobs"])


class SimilarJobOut(ListedJobOut):
    """A posting without its text, and how near it is."""

    similarity: float = Field(
        description="Cosine between the two texts, up to 1; it orders the list and is no score", examples=[0.83]
    )


@router.get(
    "/jobs/{job_id}/similar", response=list[SimilarJobOut], summary="Similar jobs", operation_id="get_similar_jobs"
)
def get_similar_jobs(
    request: HttpRequest,
    job_id: int,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most")] = 10,
) -> list[Any]:
    """Other open jobs whose texts mean much the same, the nearest first; empty until the job is embedded."""
    return with_sources(similar_jobs(get_job(job_id), limit=limit))
