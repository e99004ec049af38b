"""Stored lists whose order by score and by skills are the opposite of each other, without the pipeline that makes real ones."""

from __future__ import annotations

from django.utils import timezone

from cvmatch.core.models import Status, User
from ingestion.models import CV
from jobs.models import Job
from matching.experiments.keeping import Plan, add_config, create_experiment, start
from matching.learning.choices import shipped_weights
from matching.models import Experiment, Explanation, Match, Prediction, RankingConfig
from tests.support import CV_TEXT, make_cv, make_job


def list_of_jobs(owner: User, *, count: int = 12) -> Prediction:
    """For a CV of this user, with its lines and their explanations."""
    first = make_job("list-0")
    jobs = [first]
    for number in range(1, count):
        copy = Job.objects.get(pk=first.pk)
        copy.pk, copy.external_id, copy._state.adding = None, f"list-{number}", True
        copy.save()
        jobs.append(copy)
    cv = make_cv(user=owner)
    CV.objects.filter(pk=cv.pk).update(status=Status.COMPLETED)
    prediction = _finished(side=Prediction.Side.JOBS_FOR_CV, cv=cv)
    _fill(prediction, [(cv, job) for job in jobs])
    return prediction


def list_of_candidates(*, count: int = 7) -> Prediction:
    """For a job, of people without accounts."""
    job = make_job("asked")
    cvs = [make_cv(CV_TEXT.replace("Mara", f"Ada {number}")) for number in range(count)]
    CV.objects.update(status=Status.COMPLETED)
    prediction = _finished(side=Prediction.Side.CVS_FOR_JOB, job=job)
    _fill(prediction, [(cv, job) for cv in cvs])
    return prediction


def by_skills(name: str = "skills first") -> RankingConfig:
    """Under which the order of the lists above is turned round, as far as lines may move."""
    return add_config(name=name, weights={"skills": 0.8, "title": 0.2}, by=None)


def runs(side: str = "jobs", **values: object) -> Experiment:
    """An experiment that has just started, of all users."""
    plan = {"name": f"Skills first, {side}", "treatment": by_skills().pk, **values}
    return start(create_experiment(Plan(side=side, **plan), by=None).pk)  # type: ignore[arg-type]


def _finished(**values: object) -> Prediction:
    return Prediction.objects.create(status=Status.COMPLETED, finished_at=timezone.now(), **values)


def _fill(prediction: Prediction, pairs: list[tuple[CV, Job]]) -> None:
    matches = Match.objects.bulk_create(
        [
            Match(
                prediction=prediction, rank=place + 1, cv=cv, job=job, score=90 - 3 * place, low=85 - 3 * place,
                high=95 - 3 * place, band="strong", parts_json=_parts(place, len(pairs)),
            )
            for place, (cv, job) in enumerate(pairs)
        ]
    )  # fmt: skip
    Explanation.objects.bulk_create(
        [Explanation(match=match, status=Status.COMPLETED, body_json={}) for match in matches]
    )


def _parts(place: int, count: int) -> list[dict[str, object]]:
    falling = 0.9 - 0.8 * place / count
    values = dict.fromkeys(shipped_weights(), falling) | {"skills": 1 - falling}
    return [
        {"name": name, "value": round(values[name], 4), "weight": weight} for name, weight in shipped_weights().items()
    ]
