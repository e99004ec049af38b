"""What is different between two lists of the same person or job, and for each line that moved which change moved it.

The second score is reached from the first in steps: one kind of input after the other is exchanged for that of the second
list, and the real scorer is asked each time. The points of the steps add up to the whole difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from cvmatch.core.errors import InvalidInput, NotFound
from jobs.models import Job
from jobs.skills import skill_name
from matching.models import Prediction
from matching.reproducing import Kept, changed_fields, kept_lines
from matching.scoring import score
from matching.scoring.relations import as_kept
from matching.snapshots import Recipe
from matching.values import CVProfile, Score
from matching.values.snapshots import to_json


@dataclass(frozen=True)
class Step:
    """One cause: what changed, the points it moved the score by, and the parts that show it (before and after, 0 to 1)."""

    cause: str
    detail: str
    points: float
    parts: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Moved:
    """A line of both lists whose rank or score is another."""

    cv_id: int
    job_id: int
    rank: tuple[int, int]
    score: tuple[float, float]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class OnlyInOne:
    """A line of one of the lists, and why it is not in the other as far as can be told."""

    cv_id: int
    job_id: int
    rank: int
    score: float
    why: str


@dataclass(frozen=True)
class Difference:
    """``same`` lines have the same rank and score in both."""

    entered: tuple[OnlyInOne, ...]
    left: tuple[OnlyInOne, ...]
    moved: tuple[Moved, ...]
    same: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Inputs:
    """What a score is made from; each step exchanges some of it."""

    line: Kept
    recipe: Recipe
    as_of: datetime
    came_at: datetime
    is_open: bool

    def scored(self) -> Score:
        cv, job = self.line.cv.profile, self.line.job.profile
        with as_kept(self.line.related):
            return score(self.line.found, cv, job, config=self.recipe.config, now=self.as_of)


def difference(first: Prediction, second: Prediction) -> Difference:
    """Raises InvalidInput when the two are not lists of the same person or job, or were made before inputs were kept."""
    if (first.side, _subject(first)) != (second.side, _subject(second)):
        raise InvalidInput("These are not two lists of the same person or of the same job.")
    before, after = _by_target(first), _by_target(second)
    both = [target for target in after if target in before]
    moved = [_moved(before[target], after[target]) for target in both]
    changed = tuple(line for line in moved if line.rank[0] != line.rank[1] or line.score[0] != line.score[1])
    return Difference(
        entered=tuple(_only(after[t], _why_new(after[t], first)) for t in after if t not in before),
        left=tuple(_only(before[t], _why_gone(before[t])) for t in before if t not in after),
        moved=changed,
        same=len(moved) - len(changed),
    )


def _by_target(prediction: Prediction) -> dict[int, _Inputs]:
    """By job, or by candidate: a person's later CV is the same line."""
    recipe, lines = kept_lines(prediction)
    as_of = prediction.as_of or prediction.created_at
    targets = (
        ("job_id", "job__first_seen_at", "job__status")
        if prediction.side == Prediction.Side.JOBS_FOR_CV
        else ("cv__candidate_id", "cv__uploaded_at", "cv__status")
    )
    known = {pk: values for pk, *values in prediction.matches.values_list("pk", *targets)}
    return {
        target: _Inputs(line, recipe, as_of, came_at, status != Job.Status.EXPIRED)
        for line in lines
        for target, came_at, status in [known[line.match.pk]]
    }


def _subject(prediction: Prediction) -> int | None:
    return prediction.cv.candidate_id if prediction.cv else prediction.job_id


def _moved(before: _Inputs, after: _Inputs) -> Moved:
    old, new = before.line.match, after.line.match
    return Moved(
        cv_id=new.cv_id,
        job_id=new.job_id,
        rank=(old.rank, new.rank),
        score=(float(old.score), float(new.score)),
        steps=tuple(step for step in _steps(before, after) if step.points or step.detail),
    )


def _steps(before: _Inputs, after: _Inputs) -> Iterator[Step]:
    """The stored score of the first list to that of the second; what formulas changed is what no input explains."""
    stored = float(before.line.match.score)
    now, made = before, before.scored()
    if made.score != stored:
        detail = f"scoring version {before.recipe.scoring} → {after.recipe.scoring}"
        yield Step("formulas", detail, round(made.score - stored, 1), {})
    for cause, detail, exchanged in _exchanges(before, after):
        now = exchanged(now)
        then, made = made, now.scored()
        parts = {
            part.name: (old.value, part.value)
            for old, part in zip(then.parts, made.parts, strict=False)
            if old.name == part.name and (old.value, old.weight) != (part.value, part.weight)
        }
        if detail or made.score != then.score:
            yield Step(cause, detail, round(made.score - then.score, 1), parts)
    rest = round(float(after.line.match.score) - made.score, 1)
    if rest:
        yield Step("formulas", "", rest, {})


def _exchanges(before: _Inputs, after: _Inputs) -> Iterator[tuple[str, str, Any]]:
    """In this order: the CV, the job, relations between skills, vectors and words, weights, date."""
    old, new = before.line, after.line
    yield _cause_of_cv(before, after), _about_cv(before, after), lambda x: replace(x, line=replace(x.line, cv=new.cv))
    yield _cause_of_job(before, after), _about_job(old, new), lambda x: replace(x, line=replace(x.line, job=new.job))
    related = "" if dict(old.related) == dict(new.related) else "other skills stand in for what is asked"
    yield "vocabulary", related, lambda x: replace(x, line=replace(x.line, related=new.related))
    model = before.recipe.model != after.recipe.model
    signals = changed_fields(old.found.to_json() | {"target_id": 0}, new.found.to_json() | {"target_id": 0})
    about = f"{before.recipe.model} → {after.recipe.model}: " if model else ""
    yield (
        "model" if model else "vectors and words",
        f"{about}{signals}" if signals else "",
        (lambda x: replace(x, line=replace(x.line, found=new.found))),
    )
    weights = "" if before.recipe.config == after.recipe.config else _about_weights(before.recipe, after.recipe)
    yield "weights", weights, lambda x: replace(x, recipe=after.recipe)
    yield "date", "", lambda x: replace(x, as_of=after.as_of)


def _cause_of_cv(before: _Inputs, after: _Inputs) -> str:
    """A profile that changed though its text did not was read otherwise, or has grown older."""
    if before.line.cv.content_hash == after.line.cv.content_hash:
        return "date" if before.as_of.date() != after.as_of.date() else "CV"
    return _reading(before, after, "CV text") if before.line.match.cv_id == after.line.match.cv_id else "newer CV"


def _cause_of_job(before: _Inputs, after: _Inputs) -> str:
    return "job text" if before.line.job.content_hash != after.line.job.content_hash else _reading(before, after, "job")


def _reading(before: _Inputs, after: _Inputs, otherwise: str) -> str:
    if before.recipe.parser != after.recipe.parser:
        return f"parser {before.recipe.parser} → {after.recipe.parser}"
    return "vocabulary" if before.recipe.vocabulary != after.recipe.vocabulary else otherwise


def _about_cv(before: _Inputs, after: _Inputs) -> str:
    old, new = before.line.cv.profile, after.line.cv.profile
    return "; ".join(_facts(old, new))


def _facts(old: CVProfile, new: CVProfile) -> Iterator[str]:
    gained, lost = sorted(new.skills - old.skills), sorted(old.skills - new.skills)
    if gained:
        yield f"now shows {_names(gained)}"
    if lost:
        yield f"no longer shows {_names(lost)}"
    before, after = to_json(replace(old, skills=frozenset())), to_json(replace(new, skills=frozenset()))
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield f"{name} {_short(before.get(name))} → {_short(after.get(name))}"


def _about_job(old: Kept, new: Kept) -> str:
    before, after = to_json(old.job.profile), to_json(new.job.profile)
    asked = {skill.skill_id for skill in old.job.profile.requirements.skills}
    asks = {skill.skill_id for skill in new.job.profile.requirements.skills}
    told = [f"now asks {_names(sorted(asks - asked))}"] if asks - asked else []
    told += [f"no longer asks {_names(sorted(asked - asks))}"] if asked - asks else []
    others = changed_fields(before, after)
    return "; ".join(told) or (f"{others} changed" if others else "")


def _about_weights(old: Recipe, new: Recipe) -> str:
    return changed_fields(to_json(old.config), to_json(new.config)) or "defaults of another version"


def _names(skill_ids: list[str]) -> str:
    return ", ".join(map(_name, skill_ids))


def _name(skill_id: str) -> str:
    """The name of now; the id where the vocabulary does not know it any more."""
    try:
        return skill_name(skill_id)
    except NotFound:
        return skill_id


def _short(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.1f}" if isinstance(value, float) else str(value)[:60]


def _only(inputs: _Inputs, why: str) -> OnlyInOne:
    match = inputs.line.match
    return OnlyInOne(match.cv_id, match.job_id, match.rank, float(match.score), why)


def _why_new(inputs: _Inputs, first: Prediction) -> str:
    return "came in since" if inputs.came_at > (first.as_of or first.created_at) else "was below the first list"


def _why_gone(inputs: _Inputs) -> str:
    return "is below the second list" if inputs.is_open else "is not open any more"
