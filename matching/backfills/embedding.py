"""Back-fill of vectors: CVs and jobs are embedded by another model, whose vectors stand beside those in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Status
from ingestion.models import CV
from jobs.models import Job
from matching.backfills.values import Made, Side
from matching.embedding import built, provider_in_use, with_provider
from matching.models import Backfill, BackfillItem, CVVector, JobVector
from matching.values import links_to_json
from matching.vectors import TextVectors, cv_vectors, job_vectors

SAMPLE, NEAREST = 20, 10
Values = dict[str, str | list[int] | int]


@dataclass(frozen=True)
class _Names:
    """Tables and columns of one side; constants, never input."""

    side: str
    subject: str
    columns: str

    @property
    def values(self) -> dict[str, str]:
        key = f"{self.side}_id"
        return {
            "key": key,
            "subject": self.subject,
            "state": f"matching_{self.side}embedding",
            "passages": f"matching_{self.side}passages",
            "vectors": f"matching_{self.side}vector",
            "kept": ", ".join(f"'{name}', p.{name}" for name in self.columns.split()),
            "put": ", ".join(f"{name} = i.{{side}}_json -> '{name}'" for name in self.columns.split()),
        }


_SIDES = {
    Side.CV: _Names("cv", "ingestion_cv", "spans_json links_json"),
    Side.JOB: _Names("job", "jobs_job", "spans_json"),
}
# Of a row that was embedded anew meanwhile nothing is exchanged: its state says that it has to be embedded again.
_KEEP_OLD = """
UPDATE matching_backfillitem i
   SET state = 'switched', old_vectors = p.vectors, old_json = jsonb_build_object({kept})
  FROM {state} e, {subject} s, {passages} p
 WHERE i.id = ANY(%(items)s) AND e.{key} = i.{key} AND s.id = i.{key} AND p.{key} = i.{key}
   AND e.status = 'completed' AND e.model = %(old)s AND p.model = %(old)s
   AND e.content_hash = i.made_of AND s.content_hash = i.made_of
"""
_MARK_OLD = """
UPDATE matching_backfillitem i SET state = 'rolled back' FROM {state} e
 WHERE i.id = ANY(%(items)s) AND i.state = 'switched' AND e.{key} = i.{key}
   AND e.status = 'completed' AND e.model = %(new)s AND e.content_hash = i.made_of
   AND EXISTS (SELECT FROM {vectors} v WHERE v.{key} = i.{key} AND v.model = %(old)s)
"""
_PUT_PASSAGES = """
UPDATE {passages} p SET model = %(model)s, vectors = i.{side}_vectors, {put}
  FROM matching_backfillitem i WHERE i.id = ANY(%(items)s) AND i.state = %(state)s AND p.{key} = i.{key}
"""
_PUT_MODEL = """
UPDATE {state} e SET model = %(model)s
  FROM matching_backfillitem i WHERE i.id = ANY(%(items)s) AND i.state = %(state)s AND e.{key} = i.{key}
"""
_LEAVE = "UPDATE matching_backfillitem SET state = 'left' WHERE id = ANY(%(items)s) AND state = %(before)s"
# What is nearest by each model; the sample is small, so that reading all vectors of a model is quick enough.
_ALIKE = """
SELECT coalesce(avg((SELECT count(*) FROM (
         SELECT job_id FROM (SELECT v.job_id FROM matching_jobvector v WHERE v.kind = 'text' AND v.model = o.model
                              ORDER BY (v.embedding <=> o.embedding) + 0 LIMIT %(nearest)s) a
         INTERSECT
         SELECT job_id FROM (SELECT v.job_id FROM matching_jobvector v WHERE v.kind = 'text' AND v.model = n.model
                              ORDER BY (v.embedding <=> n.embedding) + 0 LIMIT %(nearest)s) b) c)), -1)::float8
  FROM (SELECT cv_id FROM matching_cvvector WHERE kind = 'text' AND model = %(new)s ORDER BY cv_id LIMIT %(sample)s) s
  JOIN matching_cvvector o ON o.cv_id = s.cv_id AND o.kind = 'text' AND o.model = %(old)s
  JOIN matching_cvvector n ON n.cv_id = s.cv_id AND n.kind = 'text' AND n.model = %(new)s
"""


class Embedding:
    """CVs in use and open jobs. Both models' vectors are there until one is thrown away; passages, of which a text has one
    set, wait in the items. The switch is one transaction: from then on every process searches with the new model."""

    sides: tuple[Side, ...] = (Side.CV, Side.JOB)
    chunk = 32

    def versions(self, to_version: str) -> tuple[str, str]:
        now, known = provider_in_use(), ", ".join(settings.EMBEDDING_PROVIDERS)
        if to_version not in settings.EMBEDDING_PROVIDERS or built(to_version).name == built(now).name:
            raise InvalidInput(f"Say to which other provider than {now}; there are {known}.")
        built(to_version).check()
        return now, to_version

    def rows(self, backfill: Backfill, side: Side) -> QuerySet[CV] | QuerySet[Job]:
        if side is Side.CV:
            return CV.objects.current().parsed()
        return Job.objects.active().exclude(reading__status__in=[Status.PENDING, Status.PROCESSING])

    def make(self, backfill: Backfill, side: Side, ids: Sequence[int]) -> list[Made]:
        with with_provider(backfill.to_version):
            if side is Side.CV:
                cvs = list(CV.objects.filter(pk__in=ids).defer("search"))
                return [_made(cv.pk, cv.content_hash, found) for cv, found in zip(cvs, cv_vectors(cvs), strict=True)]
            jobs = list(Job.objects.filter(pk__in=ids).defer("search", "description_html"))
            return [_made(job.pk, job.content_hash, found) for job, found in zip(jobs, job_vectors(jobs), strict=True)]

    def keep(self, backfill: Backfill, side: Side, made: Sequence[Made]) -> None:
        new = built(backfill.to_version).name
        if side is Side.CV:
            CVVector.objects.bulk_create(
                [
                    CVVector(cv_id=one.pk, kind=kind, model=new, embedding=vector)
                    for one in made
                    for kind, vector in one.vectors.items()
                ],
                update_conflicts=True,
                unique_fields=["cv", "kind", "model"],
                update_fields=["embedding"],
            )
        else:
            JobVector.objects.bulk_create(
                [
                    JobVector(job_id=one.pk, kind=kind, model=new, embedding=vector)
                    for one in made
                    for kind, vector in one.vectors.items()
                ],
                update_conflicts=True,
                unique_fields=["job", "kind", "model"],
                update_fields=["embedding"],
            )

    def measure(self, backfill: Backfill) -> dict[str, float]:
        with connection.cursor() as cursor:
            cursor.execute(_ALIKE, {**_models(backfill), "nearest": NEAREST, "sample": SAMPLE})
            (alike,) = cursor.fetchone()
        return {gettext_noop("Of the ten nearest jobs in common"): alike / NEAREST} if alike >= 0 else {}

    def switch(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        values = _models(backfill) | {"items": [item.pk for item in items]}
        _run(_KEEP_OLD, values)
        _exchange("new", values | {"model": values["new"], "state": "switched"})
        _run_once(_LEAVE, values | {"before": "made"})

    def roll_back(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        values = _models(backfill) | {"items": [item.pk for item in items]}
        _run(_MARK_OLD, values)
        _exchange("old", values | {"model": values["old"], "state": "rolled back"})
        _run_once(_LEAVE, values | {"before": "switched"})

    def forget(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """The vectors of whichever of the two models is not in use."""
        models = _models(backfill)
        gone = models["old"] if backfill.state == Backfill.State.CLEANED else models["new"]
        if gone == built(provider_in_use()).name:
            return
        CVVector.objects.filter(model=gone, cv__in=[item.cv_id for item in items if item.cv_id]).delete()
        JobVector.objects.filter(model=gone, job__in=[item.job_id for item in items if item.job_id]).delete()


def _made(pk: int, made_of: str, found: TextVectors) -> Made:
    new = {"spans_json": found.passages.to_json(), "links_json": links_to_json(found.links)}
    return Made(pk, made_of, new=new, vectors=found.by_kind, blob=found.passages.to_bytes())


def _models(backfill: Backfill) -> Values:
    return {"old": built(backfill.from_version).name, "new": built(backfill.to_version).name}


def _exchange(which: str, values: Values) -> None:
    _run(_PUT_PASSAGES, values, which)
    _run(_PUT_MODEL, values, which)


def _run(statement: str, values: Values, which: str = "") -> None:
    """For both sides; ``which`` of an item's vectors it is about."""
    with connection.cursor() as cursor:
        for names in _SIDES.values():
            words = names.values
            cursor.execute(statement.format(**words | {"side": which, "put": words["put"].format(side=which)}), values)


def _run_once(statement: str, values: Values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
