"""Tailors one CV to one job: proposes, checks, scores, and keeps the edits that are true and do not cost points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cvmatch.core.errors import InvalidInput
from ingestion.models import CV
from jobs.models import Job
from matching.profiles import cv_profile
from matching.tailoring.applying import Applied, apply, in_the_way
from matching.tailoring.checking import Ground, check
from matching.tailoring.files import docx_of
from matching.tailoring.gaps import read_gaps
from matching.tailoring.proving import Read, unsupported
from matching.tailoring.reading import read_facts, read_ground
from matching.tailoring.same_words import Unsupported
from matching.tailoring.scoring import read_file, scores_of, stored_score
from matching.tailoring.values import Edit, Proposer, RefusedEdit, Tailored
from matching.told import told_by
from matching.values import Score

# Of more than so many nobody reads the diff; a model may send any number.
MOST_EDITS = 40
IN_THE_WAY = "Another edit changes the same lines."
COSTS = "It would lower the score."
TOO_MANY = "There are too many edits already."


@dataclass(frozen=True)
class _Trial:
    """Some of the edits made: the new text, its score, and what it says that the CV does not."""

    edits: tuple[Edit, ...]
    applied: Applied
    score: Score
    doubts: tuple[str, ...]

    def holds(self, before: Score) -> bool:
        return not self.doubts and self.score.score >= before.score


def tailor(cv: CV, job: Job, *, proposer: Proposer) -> Tailored:
    """See :func:`matching.tailoring.tailor`."""
    if not cv.is_read:
        raise InvalidInput("This CV has not been read yet.")
    now = timezone.now()
    ground = read_ground(cv)
    facts = read_facts(cv, job, ground)
    before = stored_score(cv, job, now=now)
    accepted, refused = sift(proposer(facts), ground)
    kept = _best(_Trials(cv, job, ground, now), accepted, before)
    made = set(kept.edits) if kept else set()
    refused += [RefusedEdit(edit, COSTS) for edit in accepted if edit not in made]
    applied = kept.applied if kept else apply(ground.lines, ())
    links = told_by([cv.pk], []).links.get(cv.pk, ())
    profile = cv_profile(cv, today=now.date(), links=links)
    return Tailored(
        cv_id=cv.pk,
        job_id=job.pk,
        edits=kept.edits if kept else (),
        gaps=read_gaps(cv, job, facts, ground.support, profile, links),
        refused=tuple(refused),
        text_before=ground.text,
        text_after=applied.text,
        diff=applied.diff,
        score_before=before.score,
        score_after=kept.score.score if kept else before.score,
        styles=applied.styles,
    )


def sift(proposed: Sequence[Edit], ground: Ground) -> tuple[list[Edit], list[RefusedEdit]]:
    """Those that the CV supports and that are not in each other's way, earlier ones first; and the others with why not."""
    accepted: list[Edit] = []
    refused: list[RefusedEdit] = []
    for edit in proposed:
        try:
            check(edit, ground)
        except Unsupported as unsupported_edit:
            refused.append(RefusedEdit(edit, str(unsupported_edit)))
            continue
        clash = in_the_way(edit, accepted, len(ground.lines))
        why = IN_THE_WAY if clash else TOO_MANY if len(accepted) >= MOST_EDITS else ""
        if why:
            refused.append(RefusedEdit(edit, why))
        else:
            accepted.append(edit)
    return accepted, refused


class _Trials:
    """Makes edits in the CV and reads, proves and scores the outcome."""

    def __init__(self, cv: CV, job: Job, ground: Ground, now: datetime) -> None:
        self._cv, self._job, self._ground, self._now = cv, job, ground, now
        self._before = Read(ground.text, cv.read)
        self._added = frozenset(one.skill_id for one in ground.support.said if not one.line)

    def of(self, choices: Sequence[Sequence[Edit]], *, joined: bool) -> list[_Trial]:
        """Of each choice of edits; the model is called once for all of them. ``joined`` lines that go on make one paragraph."""
        texts = [apply(self._ground.lines, edits) for edits in choices]
        texts = texts if joined else [text.line_by_line() for text in texts]
        readings = [read_file(docx_of(text.lines, text.styles)) for text in texts]
        scores = scores_of(readings, self._cv, self._job, now=self._now)
        return [
            _Trial(tuple(edits), text, score, unsupported(self._before, read, added=self._added))
            for edits, text, score, read in zip(choices, texts, scores, readings, strict=True)
        ]


def _best(trials: _Trials, edits: Sequence[Edit], before: Score) -> _Trial | None:
    """All edits where they hold together; else the most helpful ones that do, or none.

    Joined lines read better, but where the parser saw lines, other passages are compared, and that alone can cost points.
    """
    if not edits:
        return None
    for joined in (True, False):
        every = trials.of([edits], joined=joined)[0]
        if every.holds(before):
            return every
    plain, *alone = trials.of([(), *((edit,) for edit in edits)], joined=False)
    helpful = [trial for trial in alone if not trial.doubts and trial.score.mean >= plain.score.mean]
    helpful.sort(key=lambda trial: -trial.score.mean)
    count = len(helpful)
    while count:
        chosen = {trial.edits[0] for trial in helpful[:count]}
        trial = trials.of([[edit for edit in edits if edit in chosen]], joined=False)[0]
        if trial.holds(before):
            return trial
        count //= 2
    return None
