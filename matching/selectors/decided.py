"""What recruiters decided, noted and tagged, for the lines of a list and for one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Exists, OuterRef

from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.naming import words_for
from jobs.models import Job
from matching.models import CandidateTag, Decision, DecisionEvent, Note, Stage, Tag

HISTORY = 20


def decisions_on(job: Job, candidates: Collection[int]) -> dict[int, Decision]:
    """By candidate; nobody has decided about those who are not in it."""
    rows = Decision.objects.filter(job=job, candidate__in=candidates).select_related("decided_by")
    return {decision.candidate_id: decision for decision in rows}


def tags_of(candidates: Collection[int]) -> Mapping[int, tuple[Tag, ...]]:
    """By candidate, in the order of their names."""
    found: dict[int, list[Tag]] = defaultdict(list)
    rows = CandidateTag.objects.filter(candidate__in=candidates).select_related("tag").order_by("tag__name")
    for row in rows:
        found[row.candidate_id].append(row.tag)
    return {candidate: tuple(tags) for candidate, tags in found.items()}


@dataclass(frozen=True)
class Said:
    """A note as this user may read it."""

    note: Note
    text: str
    is_own: bool


@dataclass(frozen=True)
class About:
    """What recruiters know of a candidate for a job besides the CV; ``decision`` is None before the first one."""

    decision: Decision | None
    comment: str
    notes: tuple[Said, ...]
    tags: tuple[Tag, ...]
    history: tuple[DecisionEvent, ...] = ()

    @property
    def stage(self) -> str:
        return self.decision.stage if self.decision else Stage.NEW.value


def get_about(user: User, job: Job, cv: CV) -> About:
    """With the steps that led to the decision; four queries."""
    decision = decisions_on(job, [cv.candidate_id]).get(cv.candidate_id)
    tags = tags_of([cv.candidate_id]).get(cv.candidate_id, ())
    history = decision.events.select_related("made_by")[:HISTORY] if decision else ()
    return replace(about_of(user, job, cv, decision, tags), history=tuple(history))


def about_of(user: User, job: Job, cv: CV, decision: Decision | None, tags: tuple[Tag, ...]) -> About:
    """What is known of the candidate already, with the notes; one query."""
    notes = Note.objects.filter(job=job, candidate=cv.candidate_id).select_related("author")
    return About(
        decision,
        words_for(user, decision.comment, cv) if decision else "",
        tuple(Said(note, words_for(user, note.text, cv), note.author_id == user.pk) for note in notes),
        tags,
    )


def find_batch(user: User, job: Job, batch: UUID) -> tuple[str, int] | None:
    """The stage that this user's click gave and to how many; None when nothing of it is left to undo."""
    later = DecisionEvent.objects.filter(decision=OuterRef("decision"), pk__gt=OuterRef("pk"))
    events = DecisionEvent.objects.filter(decision__job=job, batch=batch, made_by=user).exclude(Exists(later))
    stages = list(events.values_list("stage", flat=True))
    return (stages[0] if len(set(stages)) == 1 else "", len(stages)) if stages else None
