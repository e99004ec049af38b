"""The only writers of what recruiters decide, note and tag; of two at once the last one holds and every step is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from ingestion.models import CV, Candidate
from jobs.models import Job
from matching.feedback import note_each, take_back
from matching.models import CandidateTag, Decision, DecisionEvent, Interaction, Note, Reason, Stage, Tag

# More people than this are not decided about in one click.
MOST_AT_ONCE = 200
LONGEST_COMMENT, LONGEST_NOTE, LONGEST_TAG = 500, 2000, 40
# What of all that is decided lists are judged by. What holds is read from decisions; how lists did, from interactions.
_COUNTED = {Stage.SHORTLISTED.value: Interaction.Kind.SHORTLIST, Stage.REJECTED.value: Interaction.Kind.REJECT}


@dataclass(frozen=True)
class Decided:
    """What one click did: ``batch`` undoes it, ``changed`` are the candidates of whom something else holds now."""

    batch: UUID
    stage: str
    changed: tuple[int, ...]


@transaction.atomic
def decide(
    *, job: Job, candidates: Iterable[int], stage: str, reason: str = "", comment: str = "", by: User
) -> Decided:
    """Say how far these candidates are for the job. What holds already is not written again, so a double click does no harm.

    Reasons are for rejecting; with any other stage only the comment is kept. Raises InvalidInput for an unknown stage or
    reason, too long a comment, or nobody; NotFound for candidates who are gone.
    """
    known = _one_of(["", *Reason.values], reason) if stage == Stage.REJECTED else ""
    wanted = (_one_of(Stage.values, stage), known, _short(comment, LONGEST_COMMENT))
    ids = _existing(candidates)
    Decision.objects.bulk_create([Decision(job=job, candidate_id=pk) for pk in ids], ignore_conflicts=True)
    held = list(Decision.objects.select_for_update().filter(job=job, candidate__in=ids).order_by("candidate_id"))
    steps = [(decision, wanted, None) for decision in held if decision.outcome != wanted]
    batch = _write(steps, by)
    changed = tuple(decision.candidate_id for decision, *_rest in steps)
    _count(job, changed, wanted, by)
    return Decided(batch, stage, changed)


@transaction.atomic
def undo(*, job: Job, batch: UUID, by: User) -> Decided:
    """Take one click back, for everybody of whom nothing else was decided since; what held before holds again.

    Undoing an undoing does it again. Raises NotFound when there is nothing to take back (any more).
    """
    decided = Q(job=job, events__batch=batch)
    held = list(Decision.objects.select_for_update(of=("self",)).filter(decided).order_by("candidate_id"))
    newest = DecisionEvent.objects.filter(decision=OuterRef("decision")).order_by("-pk").values("pk")[:1]
    before = DecisionEvent.objects.filter(decision=OuterRef("decision"), pk__lt=OuterRef("pk")).order_by("-pk")
    rows = DecisionEvent.objects.filter(batch=batch, decision__in=held, pk=Subquery(newest)).select_related("made_by")
    rows = rows.annotate(before=Subquery(before.values("pk")[:1]))
    taken = {event.decision_id: event for event in rows}
    if not taken:
        raise NotFound(_("There is nothing to undo: somebody has decided otherwise since, or it is undone already."))
    earlier = DecisionEvent.objects.in_bulk([event.before for event in taken.values() if event.before])
    steps = []
    for decision in held:
        if event := taken.get(decision.pk):
            former = earlier.get(event.before)
            steps.append((decision, former.outcome if former else (Stage.NEW.value, "", ""), event))
    written = _write(steps, by)
    _count_undoing(job, steps)
    stages = {outcome[0] for _decision, outcome, _event in steps}
    return Decided(
        written, stages.pop() if len(stages) == 1 else "", tuple(held.candidate_id for held, *_rest in steps)
    )


Step = tuple[Decision, tuple[str, str, str], DecisionEvent | None]


def _write(steps: Sequence[Step], by: User) -> UUID:
    """Put the outcomes into the decisions, which are locked, and keep each as an event."""
    batch, now = uuid4(), timezone.now()
    events = []
    for decision, outcome, undone in steps:
        decision.stage, decision.reason, decision.comment = outcome
        decision.decided_by, decision.decided_at = by, now
        stage, reason, comment = outcome
        events.append(
            DecisionEvent(
                decision=decision, batch=batch, undoes=undone, made_by=by, made_at=now,
                stage=stage, reason=reason, comment=comment,
            )
        )  # fmt: skip
    fields = ["stage", "reason", "comment", "decided_by", "decided_at"]
    Decision.objects.bulk_update([decision for decision, *_rest in steps], fields)
    DecisionEvent.objects.bulk_create(events)
    return batch


def _count(job: Job, candidates: Iterable[int], outcome: tuple[str, str, str], by: User) -> None:
    """Put down to the list what came of its lines: shortlisted and rejected, with the reason."""
    stage, reason, _comment = outcome
    if kind := _COUNTED.get(stage):
        cvs = CV.objects.current().filter(candidate__in=candidates).values_list("pk", flat=True)
        note_each(user=by, job_id=job.pk, cv_ids=cvs, kind=kind, reason=reason)


def _count_undoing(job: Job, steps: Sequence[Step]) -> None:
    """What was taken back did not come of a list; an undoing that is undone itself is a decision again."""
    gone, again = defaultdict(list), defaultdict(list)
    for decision, outcome, event in steps:
        if event and event.undoes_id is not None:
            again[outcome].append(decision.candidate_id)
        elif event:
            gone[event.stage].append(decision.candidate_id)
    event = steps[0][2]  # those of one click are of one person and moment
    if event is None or event.made_by is None:
        return
    for outcome, candidates in again.items():
        _count(job, candidates, outcome, event.made_by)
    for stage in gone.keys() & _COUNTED.keys():
        take_back(user=event.made_by, job=job, candidates=gone[stage], kind=_COUNTED[stage], since=event.made_at)


def write_note(*, job: Job, candidate: int, text: str, by: User) -> Note:
    """Keep a note about a candidate for a job. Raises InvalidInput when it says nothing or too much."""
    words = _short(text, LONGEST_NOTE)
    if not words:
        raise InvalidInput(_("The note is empty. Write something first."))
    return Note.objects.create(job=job, candidate_id=_existing([candidate])[0], text=words, author=by)


def delete_note(*, note: int, by: User) -> Note:
    """Delete one's own note. Raises NotFound for a note that is gone or somebody else's."""
    found = Note.objects.select_related("job").filter(pk=note, author=by).first()
    if found is None:
        raise NotFound(_("There is no such note, or it is not yours to delete."))
    found.delete()
    return found


@transaction.atomic
def add_tag(*, name: str, candidates: Iterable[int], by: User) -> Tag:
    """Put a tag on candidates; one that is there already stays. Raises InvalidInput for a name without a letter."""
    words = " ".join(_short(name, LONGEST_TAG).split())
    if not words:
        raise InvalidInput(_("The tag has no name. Write one first."))
    ids = _existing(candidates)
    Tag.objects.bulk_create([Tag(name=words)], ignore_conflicts=True)
    tag = Tag.objects.get(name__iexact=words)
    CandidateTag.objects.bulk_create(
        [CandidateTag(tag=tag, candidate_id=pk, added_by=by) for pk in ids], ignore_conflicts=True
    )
    return tag


@transaction.atomic
def remove_tag(*, tag: int, candidates: Iterable[int]) -> None:
    """Take a tag off candidates; a tag that nobody has any more goes too."""
    CandidateTag.objects.filter(tag=tag, candidate__in=list(candidates)).delete()
    Tag.objects.filter(pk=tag, uses=None).delete()


def set_blind(*, user: User, blind: bool) -> None:
    """Hide from this user who the candidates are, or show it again."""
    User.objects.filter(pk=user.pk).update(reads_blind=blind)


def _existing(candidates: Iterable[int]) -> list[int]:
    """The ids in one order, so that two at once never wait for each other. Raises where one is gone or too many are named."""
    wanted = set(candidates)
    if not wanted:
        raise InvalidInput(_("Nobody is selected. Tick somebody first."))
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidInput(_("At most %(count)d people at once.") % {"count": MOST_AT_ONCE})
    found = sorted(Candidate.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if len(found) < len(wanted):
        raise NotFound(_("Somebody you selected is not here any more. Load the page again."))
    return found


def _one_of(known: Sequence[str], value: str) -> str:
    if value not in known:
        raise InvalidInput(_("This is no stage or reason that we know."), details={"known": list(known)})
    return value


def _short(text: str, longest: int) -> str:
    """What was typed without the NUL that PostgreSQL refuses. Raises InvalidInput when it is too long."""
    words = text.replace("\x00", " ").strip()
    if len(words) > longest:
        raise InvalidInput(_("This is too long: at most %(count)d characters.") % {"count": longest})
    return words
