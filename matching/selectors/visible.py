"""Which lines of ranked lists somebody may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cvmatch.core.errors import NotFound
from cvmatch.core.models import User
from matching.models import Match, MatchTask, Prediction


def visible_matches(user: User) -> QuerySet[Match]:
    """Recruiters see every line about a CV that is kept; candidates the jobs for their own.

    Lines about a text or file that came only to be matched are seen by whoever sent it, while its task lives.
    """
    tasks = MatchTask.objects.filter(user=user, kind__in=[MatchTask.Kind.TEXT, MatchTask.Kind.FILE]).alive()
    own = Q(cv__candidate__user=user, prediction__side=Prediction.Side.JOBS_FOR_CV)
    kept = Q() if user.is_recruiter else own
    return Match.objects.filter((Q(cv__expires_at=None) & kept) | Q(cv__in=tasks.values("cv")))


def get_match(user: User, pk: int) -> Match:
    """The line with its explanation. Raises NotFound."""
    rows = visible_matches(user).select_related("explanation", "cv__candidate")
    match = rows.only("pk", "explanation", "cv__candidate", "cv__name").filter(pk=pk).first()
    if match is None:
        raise NotFound("There is no such match, or it is not yours to see. Lists are made anew every day.")
    return match
