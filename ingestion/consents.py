"""What people agree to: the purposes, the words they are asked with, and what follows when they take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models import Purpose, User
from cvmatch.core.queue import announce
from ingestion.models import CV, Candidate, Consent

log = structlog.get_logger(__name__)

# Sent with ``user``, ``purpose`` and ``cv_ids`` (of all versions of their CV) in the transaction in which it is taken back, so
# that others forget what they made of the person for it.
refusing = Signal()

# With other words than these comes another version; which words a version had says docs/privacy.md.
TEXT_VERSION = "1"
TEXTS: dict[Purpose, Promise] = {
    Purpose.MATCHING: _(
        "Your CV is compared with jobs, and recruiters of this installation find it and can open it. Without this you can "
        "still keep your CV here; your lists of jobs are erased, and no recruiter sees it."
    ),
    Purpose.ALERTS: _(
        "You are sent messages about jobs and matches that you subscribed to. Without this no such message is sent, whatever "
        "you subscribed to."
    ),
    Purpose.STATISTICS: _(
        "What you do with jobs that you are shown, and what recruiters do with your CV, is counted, and lists are made better "
        "by it. Without this it is not kept, and what was kept is erased."
    ),
}


@dataclass(frozen=True)
class Standing:
    """How somebody stands to one purpose. ``since`` and ``text_version`` are empty while they have never said anything."""

    purpose: Purpose
    text: str
    is_given: bool
    since: datetime | None = None
    text_version: str = ""

    @property
    def name(self) -> str:
        return str(self.purpose.label)


def list_standings(user: User) -> list[Standing]:
    """One of each purpose, as it holds now; one query."""
    said: dict[str, Consent] = {}
    for consent in user.consents.order_by("pk"):
        said[consent.purpose] = consent
    return [_standing(user, purpose, said.get(purpose)) for purpose in Purpose]


def set_consent(*, user: User, purpose: Purpose, is_given: bool, how: str) -> None:
    """Keep what somebody says about a purpose, and let it have its effect at once, or not at all.

    What they said before stays in the table. Said again without a change it is kept again and changes nothing.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        was_given = not locked.refuses(purpose)
        Consent.objects.create(user=locked, purpose=purpose, is_given=is_given, text_version=TEXT_VERSION, how=how)
        locked.refused = sorted({*locked.refused, purpose.value} - ({purpose.value} if is_given else set()))
        locked.save(update_fields=["refused"])
        user.refused = locked.refused
        log.info("consent", user=user.pk, purpose=purpose.value, given=is_given)
        if was_given != is_given:
            _follow(locked, purpose, is_given)


def note_upload(user: User) -> None:
    """Uploading one's CV is asking for it to be matched: kept once, unless the person has said otherwise before."""
    if not user.consents.filter(purpose=Purpose.MATCHING).exists():
        Consent.objects.create(
            user=user, purpose=Purpose.MATCHING, is_given=True, text_version=TEXT_VERSION, how="upload"
        )


def _follow(user: User, purpose: Purpose, is_given: bool) -> None:
    candidate = Candidate.objects.select_for_update(no_key=True).filter(user=user).first()
    if candidate is not None and purpose == Purpose.MATCHING:
        Candidate.objects.filter(pk=candidate.pk).update(is_withheld=not is_given)
    cv_ids = list(candidate.cvs.order_by("pk").values_list("pk", flat=True)) if candidate else []
    if not is_given:
        _lock(cv_ids)
        refusing.send(Consent, user=user, purpose=purpose.value, cv_ids=cv_ids)
    elif purpose == Purpose.MATCHING:
        readable = CV.objects.filter(pk__in=cv_ids, is_latest=True).parsed()
        announce("cv.parsed", list(readable.values_list("pk", flat=True)), interactive=True)


def _lock(cv_ids: Sequence[int]) -> None:
    """A list that is being stored for one of them is stored before, and goes with the rest, or not at all."""
    list(CV.objects.filter(pk__in=cv_ids).order_by("pk").select_for_update().values_list("pk", flat=True))


def _standing(user: User, purpose: Purpose, said: Consent | None) -> Standing:
    return Standing(
        purpose=purpose,
        text=str(TEXTS[purpose]),
        is_given=not user.refuses(purpose),
        since=said.at if said else None,
        text_version=said.text_version if said else "",
    )
