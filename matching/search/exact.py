"""Exact search: every distance computed in numpy, without any index; the oracle that the others are tested against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from jobs.values import JobFilter
from matching.models import CVVector, JobVector, Kind
from matching.search import Side
from matching.search.planning import may_be_found
from matching.values import Candidate

Vectors = dict[int, NDArray[np.float64]]


class ExactSearch:
    """Compares everything with everything; for tests and small collections. Finds by vectors only, not by words."""

    def find(
        self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int, only: JobFilter | None = None
    ) -> Mapping[int, list[Candidate]]:
        load_subjects, load_targets = (_cvs, _jobs) if side is Side.JOBS_FOR_CV else (_jobs, _cvs)
        found = may_be_found(side, only)
        targets = {kind: load_targets(model, kind, found) for kind in Kind.values}
        subjects = {kind: load_subjects(model, kind, subject_ids) for kind in Kind.values}
        return {subject: _nearest(subject, subjects, targets, limit) for subject in subject_ids}


def _nearest(
    subject: int, subjects: Mapping[str, Vectors], targets: Mapping[str, Vectors], limit: int
) -> list[Candidate]:
    cosines = {kind: _cosines(subjects[kind].get(subject), targets[kind]) for kind in subjects}
    searched = (cosines[Kind.TEXT], cosines[Kind.TITLE])
    chosen = {target for column in searched for target in sorted(column, key=column.__getitem__)[-limit:]}
    return [
        Candidate(
            target,
            cosines[Kind.TEXT].get(target),
            cosines[Kind.TITLE].get(target),
            None,
            cosines[Kind.SKILLS].get(target),
        )
        for target in sorted(chosen)
    ]


def _cosines(vector: NDArray[np.float64] | None, targets: Vectors) -> dict[int, float]:
    return {} if vector is None else {key: float(vector @ other) for key, other in targets.items()}


def _jobs(model: str, kind: str, chosen: QuerySet[Any] | Sequence[int]) -> Vectors:
    rows = JobVector.objects.filter(model=model, kind=kind, job__in=chosen)
    return {row.job_id: _unit(row.embedding) for row in rows}


def _cvs(model: str, kind: str, chosen: QuerySet[Any] | Sequence[int]) -> Vectors:
    rows = CVVector.objects.filter(model=model, kind=kind, cv__in=chosen)
    return {row.cv_id: _unit(row.embedding) for row in rows}


def _unit(vector: list[float]) -> NDArray[np.float64]:
    wide = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(wide))
    return wide / length if length else wide
