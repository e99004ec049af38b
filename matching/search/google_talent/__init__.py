"""Search by Google Cloud Talent Solution: it finds by title and skills, and all that it finds is compared here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.breaker import Breaker
from cvmatch.core.http.clock import Clock, DatabaseClock
from ingestion.models import CV
from jobs.values import JobFilter
from matching.models import JobVector, TalentPosting
from matching.search import SearchBackend, Side
from matching.search.comparing import compare
from matching.search.google_talent.client import TalentService
from matching.search.google_talent.question import question, words_of
from matching.search.pgvector import PgvectorSearch
from matching.search.planning import may_be_found
from matching.values import Candidate

log = structlog.get_logger(__name__)

# So many pages are read for one CV when most of what they bring is dropped here.
PAGES = 5
AT_ONCE = 8
# Somebody may be waiting: after so many failures in a row no process asks the service for a while.
BREAKER, FAILURES, REST_S = "google-talent", 2, 60.0


@dataclass(frozen=True)
class _Asking:
    """One CV on its way through the pages; ``job_ids`` are what was found and may be shown, best first."""

    subject_id: int
    question: Mapping[str, Any]
    token: str = ""
    found: tuple[str, ...] = ()
    job_ids: tuple[int, ...] = ()
    is_over: bool = False


class GoogleTalentSearch:
    """Finds jobs for CVs at the service, and the rest by ``beside``: CVs for jobs, which it does not hold; CVs of which neither
    title nor skill was read; CVs for which it has nothing; all of them while it cannot be asked, or in a transaction: that
    would be held open, and what is only tried in one and rolled back is nothing to send away."""

    def __init__(self, *, beside: SearchBackend | None = None, clock: Clock | None = None, **service: Any) -> None:
        self._beside = beside or PgvectorSearch()
        self._breaker = Breaker(BREAKER, clock or DatabaseClock(), failures=FAILURES, rest_s=REST_S)
        self._service = TalentService(**service)

    def find(
        self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int, only: JobFilter | None = None
    ) -> Mapping[int, list[Candidate]]:
        found: dict[int, list[Candidate]] = {}
        if side is Side.JOBS_FOR_CV and not connection.in_atomic_block:
            found = self._ask(subject_ids, model, limit, only)
        rest = [subject for subject in subject_ids if not found.get(subject)]
        return found | dict(self._beside.find(side, rest, model=model, limit=limit, only=only)) if rest else found

    def _ask(
        self, subject_ids: Sequence[int], model: str, limit: int, only: JobFilter | None
    ) -> dict[int, list[Candidate]]:
        try:
            with self._breaker.guard():
                asked = self._found(subject_ids, model, limit, only)
        except FetchFailed as error:
            log.warning("search goes on by pgvector", reason=error.message)
            return {}
        pairs = [(one.subject_id, job_id) for one in asked for job_id in one.job_ids]
        return dict(compare(Side.JOBS_FOR_CV, pairs, model=model)) if pairs else {}

    def _found(self, subject_ids: Sequence[int], model: str, limit: int, only: JobFilter | None) -> list[_Asking]:
        now = timezone.now()
        cvs = CV.objects.filter(pk__in=subject_ids).only("parsed_json", "skills_json")
        told = ((cv.pk, words_of(cv)) for cv in cvs)
        asking = [_Asking(pk, question(words, only, now=now)) for pk, words in told if words]
        for _ in range(PAGES):
            going = [one for one in asking if not one.is_over]
            if not going:
                break
            read = self._next_pages(going)
            may_be_shown = _may_be_shown((key for one in read for key in one.found), model, only)
            done = {one.subject_id: _kept(one, may_be_shown, limit) for one in read}
            asking = [done.get(one.subject_id, one) for one in asking]
        return asking

    def _next_pages(self, asking: Sequence[_Asking]) -> list[_Asking]:
        def read(one: _Asking) -> _Asking:
            page = self._service.search(one.question, one.token)
            return replace(one, found=page.requisition_ids, token=page.next_token, is_over=not page.next_token)

        with ThreadPoolExecutor(AT_ONCE) as pool:  # the database is not touched in these threads
            return list(pool.map(read, asking))


def _may_be_shown(requisition_ids: Iterable[str], model: str, only: JobFilter | None) -> dict[str, int]:
    """Our jobs by their ids there: those that are open here, that the filter lets through, and that have their vectors."""
    vectors = JobVector.objects.filter(job=OuterRef("pk"), model=model)
    open_here = may_be_found(Side.JOBS_FOR_CV, only).filter(Exists(vectors)).order_by().values("pk")
    rows = TalentPosting.objects.filter(requisition_id__in=set(requisition_ids), job__in=open_here)
    return dict(rows.values_list("requisition_id", "job_id"))


def _kept(one: _Asking, may_be_shown: Mapping[str, int], limit: int) -> _Asking:
    job_ids = dict.fromkeys([*one.job_ids, *(may_be_shown[key] for key in one.found if key in may_be_shown)])
    kept = tuple(job_ids)[:limit]
    return replace(one, job_ids=kept, is_over=one.is_over or len(kept) == limit)
