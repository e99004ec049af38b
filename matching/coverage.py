"""How far the passages of a CV answer those of a job: each sentence that asks is held against every line that shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.values import Passages, Role

# A must counts fully; a duty says what the work is, which a CV answers as well; a wish counts little.
WEIGHTS = {Role.MUST: 1.0, Role.OPEN: 0.8, Role.DUTY: 0.7, Role.NICE: 0.4}
# A title that only one line comes near to may be a mere mention; one that the work was done under has several.
TITLE_LINES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The line of the CV nearest to one sentence of the job, as indexes into their passages, with the cosine."""

    asked: int
    shown: int
    cosine: float


@dataclass(frozen=True, slots=True)
class TitleNearness:
    """Cosines of a job's title: with the nearest of the person's titles, and the mean with the nearest lines of the CV."""

    best_title: float | None
    title_lines: float | None


def answers(job: Passages, cv: Passages) -> tuple[Answer, ...]:
    """One answer for each passage of the job; none when either side has no passages."""
    if not job.passages or not cv.passages:
        return ()
    cosines = job.vectors @ cv.vectors.T
    nearest = cosines.argmax(axis=1)
    return tuple(Answer(asked, int(shown), float(cosines[asked, shown])) for asked, shown in enumerate(nearest))


def coverage(job: Passages, cv: Passages) -> float | None:
    """The weighted mean of the best cosines over what the job asks, rounded so that it is stored without loss."""
    if not job.passages or not cv.passages:
        return None
    best = (job.vectors @ cv.vectors.T).max(axis=1)
    weights = np.array([WEIGHTS[passage.role] for passage in job.passages], dtype=np.float32)
    return round(float((weights @ best) / weights.sum()), 4)


def title_nearness(title: NDArray[np.float32] | None, cv: Passages) -> TitleNearness:
    """``title`` is the unit vector of the job's title, shape [384]; rounded so that it is stored without loss."""
    if title is None or not cv.passages:
        return TitleNearness(None, None)
    cosines = cv.vectors @ title
    own = [i for i, passage in enumerate(cv.passages) if passage.role is Role.TITLE]
    best = round(float(cosines[own].max()), 4) if own else None
    nearest = np.sort(cosines)[-TITLE_LINES:]
    return TitleNearness(best, round(float(nearest.mean()), 4))
