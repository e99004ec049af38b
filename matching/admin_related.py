"""What the admin of rows beside CVs and jobs shares: links to them, without reading their texts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from cvmatch.core.admin import link_to
from ingestion.models import CV
from jobs.models import Job

_CV_HEAVY = ("text", "matched_text", "parsed_json", "read_json", "skills_json", "search", "findings")
_JOB_HEAVY = ("description", "description_html", "search", "requirements_json", "repairs")


def light(rows: QuerySet[Any], cv: str = "", job: str = "") -> QuerySet[Any]:
    """Related CVs and jobs without their texts; nothing here shows them."""
    heavy = [f"{cv}__{name}" for name in _CV_HEAVY if cv] + [f"{job}__{name}" for name in _JOB_HEAVY if job]
    return rows.select_related(*filter(None, (cv, job))).defer(*heavy)


class Linked:
    """Links from a row to its CV and its job."""

    @admin.display(description="CV")
    def cv_link(self, row: Any) -> SafeString | str:
        cv: CV | None = row.cv
        return link_to(cv)

    @admin.display(description="job")
    def job_link(self, row: Any) -> SafeString | str:
        job: Job | None = row.job
        return link_to(job)
