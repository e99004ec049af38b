"""The only writer of subscriptions to alerts: begin, change, end, stop the e-mails by a signed link; and note what was read."""

from __future__ import annotations

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from jobs.searches import visible_to
from matching.alerts.digesting import next_due
from matching.alerts.finding import find_new
from matching.models import Alert, AlertSubscription

MOST = 50
SALT = "cvmatch.alerts.stop"
Kind = AlertSubscription.Kind
Cadence = AlertSubscription.Cadence


@transaction.atomic
def subscribe(
    *,
    user: User,
    kind: Kind,
    subject: int,
    min_score: int = 65,
    cadence: Cadence = Cadence.DAILY,
    by_email: bool = True,
) -> AlertSubscription:
    """Tell this person of what is new from now on; once more for the same subject changes how.

    ``subject`` is the id of a CV, job or saved search. Raises NotFound for one that is not there for them.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once neither pass the limit nor conflict
    own, about = AlertSubscription.objects.filter(user=user), _subject(user, kind, subject)
    before = own.filter(kind=kind, **about).first()
    if before is None and own.count() >= MOST:
        raise InvalidInput(_("You have %(most)d alerts already. Delete one first.") % {"most": MOST})
    made = before or AlertSubscription(user=user, kind=kind, **about)
    return _kept(made, min_score, cadence, by_email)


@transaction.atomic
def change_subscription(
    *, user: User, pk: int, min_score: int | None = None, cadence: Cadence | None = None, by_email: bool | None = None
) -> AlertSubscription:
    """What is None stays. What a lower score lets in now is not news. Raises NotFound for one that is not theirs."""
    now = get_subscription(user, pk)
    return _kept(
        now,
        now.min_score if min_score is None else min_score,
        cadence or Cadence(now.cadence),
        now.by_email if by_email is None else by_email,
    )


def get_subscription(user: User, pk: int) -> AlertSubscription:
    """One of theirs. Raises NotFound."""
    found = AlertSubscription.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such alert of yours. It may have been deleted."))
    return found


def unsubscribe(*, user: User, pk: int) -> None:
    """They are told of nothing more, and what they were told is forgotten. Raises NotFound for one that is not theirs."""
    get_subscription(user, pk).delete()


def stop_token(subscription: AlertSubscription) -> str:
    """What lets whoever has the e-mail stop the e-mails, and nothing else; it does not expire."""
    return signing.dumps(subscription.pk, salt=SALT)


def read_token(token: str) -> AlertSubscription | None:
    """Of which subscription; None where it was deleted. Raises NotFound for a link that is not one of ours."""
    try:
        return AlertSubscription.objects.filter(pk=signing.loads(token, salt=SALT)).first()
    except signing.BadSignature:
        raise NotFound(
            _("This link is not complete. Copy it whole from the e-mail, or sign in to change alerts.")
        ) from None


def stop_emails(token: str) -> None:
    """No more e-mails of this subscription, also of what waits to be sent; doing it again changes nothing."""
    subscription = read_token(token)
    if subscription is not None:
        AlertSubscription.objects.filter(pk=subscription.pk).update(by_email=False)


def mark_read(*, user: User) -> int:
    """All that they were told; returns how many were unread."""
    unread = Alert.objects.filter(user=user, digest__isnull=False, read_at=None)
    return unread.update(read_at=timezone.now())


def _subject(user: User, kind: Kind, pk: int) -> dict[str, int]:
    """The column that names it. A candidate follows their own CV, recruiters jobs, both the searches that they see."""
    if kind == Kind.JOBS_FOR_CV:
        cv = CV.objects.kept().filter(pk=pk, candidate__user=user).first()
        found = {"candidate_id": cv.candidate_id} if cv else None
    elif kind == Kind.CVS_FOR_JOB:
        there = user.is_recruiter and Job.objects.active().filter(pk=pk).exists()
        found = {"job_id": pk} if there else None
    else:
        found = {"search_id": pk} if visible_to(user).filter(pk=pk).exists() else None
    if found is None:
        raise NotFound(_("There is nothing of this kind that you could follow. It may have been deleted or closed."))
    return found


def _kept(made: AlertSubscription, min_score: int, cadence: Cadence, by_email: bool) -> AlertSubscription:
    if not 0 <= min_score <= 100:
        raise InvalidInput(_("A score is between 0 and 100."), details={"field": "min_score"})
    is_lower = made.pk is None or min_score < made.min_score
    if made.pk is None or cadence != made.cadence:
        made.due_at = next_due(cadence)
    made.min_score, made.cadence, made.by_email, made.language = min_score, cadence, by_email, get_language() or "en"
    made.save()
    if is_lower:
        _know_present(made)
    return made


def _know_present(subscription: AlertSubscription) -> None:
    """What is there already was seen in the list, or could have been: only what comes after it is news."""
    Alert.objects.bulk_create(
        Alert(user_id=subscription.user_id, subscription=subscription, job_id=one.job_id, candidate_id=one.candidate_id)
        for one in find_new(subscription, most=10_000)
    )
