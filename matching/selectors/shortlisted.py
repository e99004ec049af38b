"""Everybody about whom something was decided for a job, by stage, with their latest score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, Prefetch
from django.db.models.fields.json import KT

from cvmatch.core.models import User
from ingestion.models import CV
from ingestion.naming import label_for, name_for, words_for
from jobs.models import Job
from matching.models import Decision, Match, Note, Prediction, Stage, Tag
from matching.selectors.decided import Said, tags_of
from matching.selectors.lines import Line, line_of

# The order in which a shortlist is read: those who are furthest first.
ORDER = (Stage.OFFER, Stage.INTERVIEW, Stage.CONTACTED, Stage.SHORTLISTED, Stage.HIRED, Stage.REJECTED)


@dataclass(frozen=True)
class Entry:
    """One candidate of the shortlist; ``line`` is of the newest list that has them, None when no list is kept."""

    decision: Decision
    cv: CV
    name: str
    label: str
    comment: str
    email: str
    phone: str
    line: Line | None
    tags: tuple[Tag, ...]
    notes: tuple[Said, ...]


@dataclass(frozen=True)
class Group:
    """A stage with its people, the best score first."""

    stage: str
    name: str
    entries: tuple[Entry, ...]


def list_shortlist(user: User, job: Job) -> tuple[Group, ...]:
    """The stages in which somebody is; five queries. For users who may see all CVs."""
    entries = _entries(user, job)
    groups = (
        Group(stage.value, str(stage.label), tuple(e for e in entries if e.decision.stage == stage)) for stage in ORDER
    )
    return tuple(group for group in groups if group.entries)


def _entries(user: User, job: Job) -> list[Entry]:
    decisions = list(Decision.objects.filter(job=job).exclude(stage=Stage.NEW).select_related("decided_by"))
    people = [decision.candidate_id for decision in decisions]
    cvs, lines, tags = _cvs(job, people), _lines(job, people), tags_of(people)
    entries = [
        _entry(user, decision, cvs[pk], lines.get(pk), tags.get(pk, ()))
        for decision, pk in zip(decisions, people, strict=True)
        if pk in cvs
    ]
    return sorted(
        entries, key=lambda entry: (-float(entry.line.match.score) if entry.line else 0.0, entry.cv.candidate_id)
    )


def _entry(user: User, decision: Decision, cv: CV, line: Line | None, tags: tuple[Tag, ...]) -> Entry:
    notes = getattr(cv.candidate, "notes_here", [])
    return Entry(
        decision=decision,
        cv=cv,
        name=name_for(user, cv),
        label=label_for(user, cv),
        comment=words_for(user, decision.comment, cv),
        email="" if user.is_blind else getattr(cv, "email", "") or "",
        phone="" if user.is_blind else getattr(cv, "phone", "") or "",
        line=line,
        tags=tags,
        notes=tuple(Said(note, words_for(user, note.text, cv), note.author_id == user.pk) for note in notes),
    )


def _cvs(job: Job, people: list[int]) -> Mapping[int, CV]:
    """The newest CV of each, with the notes about its person for this job."""
    notes = Prefetch("candidate__notes", Note.objects.filter(job=job).select_related("author"), to_attr="notes_here")
    contacts = {name: KT(f"parsed_json__basics__{name}") for name in ("email", "phone")}
    shown = CV.objects.current().filter(candidate__in=people, candidate__is_withheld=False)
    rows = shown.only("name", "label", "filename", "candidate", "is_latest")
    return {cv.candidate_id: cv for cv in rows.select_related("candidate").prefetch_related(notes).annotate(**contacts)}


def _lines(job: Job, people: list[int]) -> Mapping[int, Line]:
    """The newest line of each in a list of the job's candidates."""
    rows = (
        Match.objects.filter(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB, cv__candidate__in=people)
        .select_related("explanation")
        .annotate(candidate=F("cv__candidate"))
        .order_by("cv__candidate", "-prediction_id")
        .distinct("cv__candidate")
    )
    return {match.candidate: line_of(match) for match in rows}
