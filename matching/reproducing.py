"""Computes a stored prediction again, from what was kept with it or from the inputs of today, and says where it differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cvmatch.core.errors import InvalidInput
from matching.learning.ordering import Reordering
from matching.models import Match, Prediction
from matching.ranking import Line, score_pairs
from matching.scoring import SCORING_VERSION, score
from matching.scoring.relations import as_kept, partial_credits
from matching.search import Side
from matching.snapshots import Recipe, current_recipe, load
from matching.values import Candidate, Score, fits_to_json, parts_to_json
from matching.values.snapshots import CVSeen, JobSeen, digest, to_json


@dataclass(frozen=True)
class Deviation:
    """One figure of one line that is not what was stored."""

    rank: int
    cv_id: int
    job_id: int
    figure: str
    stored: str
    computed: str


@dataclass(frozen=True)
class Reproduction:
    """``lines`` were computed again; ``notes`` say what stands in the way of equality, or explains the lack of it."""

    lines: int
    deviations: tuple[Deviation, ...]
    notes: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return not self.deviations


@dataclass(frozen=True)
class Kept:
    """All that one line was made from."""

    match: Match
    cv: CVSeen
    job: JobSeen
    found: Candidate
    related: Mapping[str, float]

    def scored(self, recipe: Recipe, as_of: datetime) -> Score:
        """The score by today's formulas with the weights, relations between skills and the date of then."""
        with as_kept(self.related):
            return score(self.found, self.cv.profile, self.job.profile, config=recipe.config, now=as_of)


def kept_lines(prediction: Prediction) -> tuple[Recipe, list[Kept]]:
    """What a list was made from, line by line. Raises InvalidInput when that was not kept or cannot be read any more."""
    matches = list(prediction.matches.order_by("rank"))
    recipe = load(Recipe, [prediction.recipe]).get(prediction.recipe)
    if recipe is None or prediction.as_of is None:
        raise InvalidInput(_why_not(prediction))
    cvs = load(CVSeen, (match.cv_snapshot for match in matches))
    jobs = load(JobSeen, (match.job_snapshot for match in matches))
    lost = [match.rank for match in matches if match.cv_snapshot not in cvs or match.job_snapshot not in jobs]
    if lost:
        raise InvalidInput(f"What these lines were made from is gone, or was written for another version: {lost}.")
    return recipe, [
        Kept(m, cvs[m.cv_snapshot], jobs[m.job_snapshot], Candidate.from_json(m.signals_json), m.related_json)
        for m in matches
    ]


def reproduce(prediction: Prediction) -> Reproduction:
    """Every line from what was kept with it: independent of the texts, the vocabulary and the weights of today."""
    recipe, lines = kept_lines(prediction)
    as_of = prediction.as_of or prediction.created_at
    computed = [(line, line.scored(recipe, as_of)) for line in lines]
    deviations = [one for line, made in computed for one in _deviations(line.match, figures_of(made))]
    # By what lists are ordered by: matching.ranking.
    order = sorted(computed, key=lambda pair: (-pair[1].mean, pair[0].match.job_id, pair[0].match.cv_id))
    if prediction.ranker is not None:
        by = Reordering(prediction.ranker.pk, prediction.ranker.weights_json)
        order = [order[place] for place in by.order([made.parts for _, made in order])]
    places = {line.match.pk: place for place, (line, _) in enumerate(order, start=1)}
    deviations += [
        _deviation(line.match, "rank", line.match.rank, places[line.match.pk])
        for line in lines
        if places[line.match.pk] != line.match.rank
    ]
    return Reproduction(len(lines), tuple(deviations), tuple(_about_formulas(recipe)))


def reproduce_from_inputs(prediction: Prediction) -> Reproduction:
    """Every line from the CVs, jobs and vectors of today as of the same moment, and which inputs have changed since."""
    recipe, lines = kept_lines(prediction)
    side = Side(prediction.side)
    today = score_pairs(
        side, [_pair(side, line.match) for line in lines], now=prediction.as_of or prediction.created_at
    )
    deviations: list[Deviation] = []
    notes = [*_about_formulas(recipe), *_about_recipe(recipe)]
    for line in lines:
        now = today.get(_pair(side, line.match))
        if now is None:
            notes.append(f"Line {line.match.rank}: its CV or job has no vectors now, or is gone.")
            continue
        changed = list(changed_inputs(line, now))
        if changed:
            notes.append(f"Line {line.match.rank}: {'; '.join(changed)}.")
        deviations += _deviations(line.match, figures_of(now.score))
    return Reproduction(len(today), tuple(deviations), tuple(notes))


def changed_inputs(line: Kept, now: Line) -> Iterator[str]:
    """In words what is not as it was when the line was made."""
    for name, then, today in (("CV", line.cv, now.cv_seen), ("job", line.job, now.job_seen)):
        if digest(then) != digest(today):
            facts = changed_fields(to_json(then)["profile"], to_json(today)["profile"])
            text = "another text or reading" if then.content_hash != today.content_hash else "the same text"
            yield f"{name} {line.match.cv_id if name == 'CV' else line.match.job_id}: {text}, facts changed: {facts or 'none'}"
    signals = changed_fields(line.found.to_json(), now.found.to_json())
    if signals:
        yield f"vectors or word counts: {signals}"
    if dict(line.related) != partial_credits(now.cv_seen.profile, now.job_seen.profile):
        yield "how near skills are to each other"


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The names of the fields that differ."""
    return ", ".join(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def figures_of(made: Score) -> dict[str, str]:
    """All that is stored of a score, as text to be compared to the letter."""
    fits = fits_to_json(made)
    figures = {"score": f"{made.score:.1f}", "low": f"{made.low:.1f}", "high": f"{made.high:.1f}", "band": made.band}
    figures |= {f"part {row['name']}": _text(row) for row in parts_to_json(made.parts)}
    return figures | {name.replace("_", " "): _text(fit) for name, fit in fits.items()}


def _stored_figures(match: Match) -> dict[str, str]:
    figures = {name: f"{getattr(match, name):.1f}" for name in ("score", "low", "high")} | {"band": match.band}
    figures |= {f"part {row['name']}": _text(row) for row in match.parts_json}
    return figures | {name.replace("_", " "): _text(fit) for name, fit in match.fits_json.items()}


def _deviations(match: Match, computed: Mapping[str, str]) -> list[Deviation]:
    stored = _stored_figures(match)
    return [
        _deviation(match, name, stored.get(name, "–"), computed.get(name, "–"))
        for name in dict.fromkeys((*stored, *computed))
        if stored.get(name) != computed.get(name)
    ]


def _deviation(match: Match, figure: str, stored: object, computed: object) -> Deviation:
    return Deviation(match.rank, match.cv_id, match.job_id, figure, str(stored), str(computed))


def _about_formulas(recipe: Recipe) -> Iterator[str]:
    if recipe.scoring != SCORING_VERSION:
        yield (
            f"The formulas have changed since: scoring version {recipe.scoring} then, {SCORING_VERSION} now. What is "
            "computed below comes from the formulas of now; the code of then gives the figures of then."
        )


def _about_recipe(recipe: Recipe) -> Iterator[str]:
    then, now = to_json(recipe), to_json(current_recipe())
    for name in ("config", "vocabulary", "parser", "model"):
        if then.get(name) != now.get(name):
            values = "" if name == "config" else f": {then.get(name)} then, {now.get(name)} now"
            yield f"{'Weights' if name == 'config' else name.capitalize()} changed since{values}."


def _pair(side: Side, match: Match) -> tuple[int, int]:
    return (match.cv_id, match.job_id) if side is Side.JOBS_FOR_CV else (match.job_id, match.cv_id)


def _why_not(prediction: Prediction) -> str:
    if prediction.status != "completed":
        return f"Prediction {prediction.pk} is {prediction.status}: it has no list."
    if not prediction.recipe:
        return f"Prediction {prediction.pk} was made before it was kept what lists are made from."
    return f"How prediction {prediction.pk} was scored is gone, or was written for another version."


def _text(row: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)
