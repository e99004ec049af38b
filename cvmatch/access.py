"""Who may do what: every page and every operation of the API in one table; what is not in it is refused.

Which of the candidates, CVs or lists somebody sees is decided where rows are read: ``visible_to`` and the selectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cvmatch.core.models.accounts import Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from cvmatch.core.models import User


class Who(StrEnum):
    """What somebody is; an admin with the staff flag is both."""

    ANONYMOUS = "anonymous"
    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    SERVICE = "service"
    ADMIN = "admin"
    STAFF = "staff"


def kinds_of(user: User | AnonymousUser) -> frozenset[Who]:
    """What this user is. A superuser is an admin, whatever their role says."""
    if not user.is_authenticated:
        return frozenset({Who.ANONYMOUS})
    role = Who.ADMIN if user.is_superuser else Who(user.role)
    return frozenset({role, Who.STAFF} if user.is_staff else {role})


@dataclass(frozen=True)
class Rule:
    """``own``: those who may only with what is theirs. ``scope``: what a key must be allowed; without one no key opens it."""

    who: frozenset[Who]
    refusal: str | Promise = ""
    own: frozenset[Who] = frozenset()
    scope: Scope | None = None

    def by_key(self, scope: Scope) -> Rule:
        """The same, also with a key of that scope."""
        return replace(self, scope=scope)

    def allows(self, user: User | AnonymousUser) -> bool:
        return bool(self.who & kinds_of(user))


_SIGNED_IN = frozenset({Who.CANDIDATE, Who.RECRUITER, Who.SERVICE, Who.ADMIN})

ANYONE = Rule(frozenset(Who))
SIGNED_IN = Rule(_SIGNED_IN)
OWN = Rule(_SIGNED_IN, own=frozenset({Who.CANDIDATE}))
PERSONAL = Rule(_SIGNED_IN, own=_SIGNED_IN)
CANDIDATES = Rule(
    frozenset({Who.CANDIDATE}), _("This is for candidates, about what is theirs."), own=frozenset({Who.CANDIDATE})
)
RECRUITERS = Rule(
    frozenset({Who.RECRUITER, Who.SERVICE, Who.ADMIN}), _("This is for recruiters. An admin can change your role.")
)
OPERATORS = Rule(
    frozenset({Who.SERVICE, Who.ADMIN}), _("This is for admins and programs. An admin can change your role.")
)
ADMINS = Rule(frozenset({Who.ADMIN}), _("This is for admins. Ask one of yours."))
STAFF = Rule(frozenset({Who.STAFF}), _("This is for staff. An admin can give you that right."))

# Every model of the admin site has its own rights there, which it asks for itself.
NAMESPACES: dict[str, Rule] = {"admin": STAFF}

PAGES: dict[str, Rule] = {
    "home": SIGNED_IN,
    "language": ANYONE,
    "styleguide": ANYONE,  # only where DEBUG is on
    # Accounts
    "account_login": ANYONE,
    "account_logout": ANYONE,
    "account_signup": ANYONE,
    "account_inactive": ANYONE,
    "account_email_verification_sent": ANYONE,
    "account_confirm_email": ANYONE,
    "account_reset_password": ANYONE,
    "account_reset_password_done": ANYONE,
    "account_reset_password_from_key": ANYONE,
    "account_reset_password_from_key_done": ANYONE,
    "account": SIGNED_IN,
    "keys": SIGNED_IN,
    "key-revoke": PERSONAL,
    "webhooks": SIGNED_IN,
    "webhook": PERSONAL,
    "webhook-act": PERSONAL,
    "alerts": SIGNED_IN,  # one's own
    "alert-subscribe": SIGNED_IN,  # what is theirs to follow is looked up when they ask
    "alert-change": PERSONAL,
    "alerts-stop": ANYONE,  # with the signed address of an e-mail
    "errors": ANYONE,  # where the type of a problem leads
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": ANYONE,  # between the password and the code nobody is signed in yet
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "admin-login": ANYONE,  # leads to the one sign-in page
    # CVs and their matches
    "cv-list": SIGNED_IN,  # a candidate is led to their own
    "cv-upload": SIGNED_IN,
    "cv": OWN,
    "cv-file": OWN,
    "cv-diff": OWN,
    "cv-picture": OWN,
    "cv-progress": OWN,
    "cv-retry": OWN,
    "cv-correct": OWN,
    "cv-matches": OWN,
    "cv-match-again": OWN,
    "cv-saved": CANDIDATES,
    "cv-hidden": CANDIDATES,
    "my-data": CANDIDATES,
    "my-data-download": CANDIDATES,
    "my-data-delete": CANDIDATES,
    "my-data-consent": CANDIDATES,
    "my-data-keep": CANDIDATES,
    "match": OWN,
    "match-improve": OWN,
    "improvement": OWN,
    "improvement-again": OWN,
    "improvement-file": OWN,
    "improvements": PERSONAL,
    "improvements-cancel": PERSONAL,
    # Jobs and their candidates
    "job-list": SIGNED_IN,
    "jobs-csv": RECRUITERS,
    "job-bulk": RECRUITERS,
    "saved-searches": SIGNED_IN,
    "saved-search": PERSONAL,  # and what other recruiters share
    "saved-search-change": PERSONAL,
    "job": SIGNED_IN,
    "job-mark": SIGNED_IN,
    "job-apply": SIGNED_IN,
    "job-close": RECRUITERS,
    "job-open": RECRUITERS,
    "job-candidates": RECRUITERS,
    "job-search-again": RECRUITERS,
    "job-candidates-csv": RECRUITERS,
    "job-compare": RECRUITERS,
    "job-shortlist": RECRUITERS,
    "job-shortlist-csv": RECRUITERS,
    "job-pick": RECRUITERS,
    "job-decide": RECRUITERS,
    "job-undo": RECRUITERS,
    "job-tag": RECRUITERS,
    "job-note": RECRUITERS,
    "blind": RECRUITERS,
    "insights": SIGNED_IN,  # candidates see those of their own titles
    # Operations
    "pipeline": ADMINS,
    "pipeline-retry": ADMINS,
    "pipeline-pause": ADMINS,
    "queue": ADMINS,
    "queue-try": ADMINS,
    "backfills": ADMINS,
    "backfill": ADMINS,
    "backfill-start": ADMINS,
    "backfill-act": ADMINS,
    "backfill-example": ADMINS,
    "experiments": ADMINS,
    "experiment-add": ADMINS,
    "experiment-act": ADMINS,
    "ranking-roll-back": ADMINS,
    "system": ADMINS,
    "parsing": ADMINS,
    "ranking": ADMINS,
    "feedback": ADMINS,
    "sources": ADMINS,
    "source-add": ADMINS,
    "source-connect": ADMINS,
    "source": ADMINS,
    "source-act": ADMINS,
    "source-change": ADMINS,
    "source-disconnect": ADMINS,
    # Machines
    "health-live": ANYONE,
    "health-ready": ANYONE,
    "health-detail": ADMINS.by_key(Scope.OPERATIONS_READ),
    "metrics": ADMINS.by_key(Scope.OPERATIONS_READ),
    "api-v1:openapi-json": ANYONE,
    "api-v1:openapi-view": ANYONE,
    "api-v1:api-root": ANYONE,
}

# By operation_id, for sessions and for keys of the scope.
OPERATIONS: dict[str, Rule] = {
    # Jobs
    "list_jobs": SIGNED_IN.by_key(Scope.JOBS_READ),
    "get_job_facets": SIGNED_IN.by_key(Scope.JOBS_READ),
    "get_job": SIGNED_IN.by_key(Scope.JOBS_READ),
    "get_similar_jobs": SIGNED_IN.by_key(Scope.JOBS_READ),
    "export_jobs": SIGNED_IN.by_key(Scope.JOBS_READ),
    "close_job": RECRUITERS.by_key(Scope.JOBS_WRITE),
    "open_job": RECRUITERS.by_key(Scope.JOBS_WRITE),
    "push_jobs": RECRUITERS.by_key(Scope.JOBS_WRITE),
    "push_job_stream": RECRUITERS.by_key(Scope.JOBS_WRITE),
    # Saved searches
    "list_searches": SIGNED_IN.by_key(Scope.JOBS_READ),  # one's own, and for recruiters what others share
    "save_search": SIGNED_IN.by_key(Scope.SEARCHES_WRITE),
    "get_search": PERSONAL.by_key(Scope.JOBS_READ),
    "change_search": PERSONAL.by_key(Scope.SEARCHES_WRITE),
    "delete_search": PERSONAL.by_key(Scope.SEARCHES_WRITE),
    "get_search_jobs": PERSONAL.by_key(Scope.JOBS_READ),
    "look_at_search": PERSONAL.by_key(Scope.SEARCHES_WRITE),
    # Insights
    "get_skill_insights": RECRUITERS.by_key(Scope.JOBS_READ),
    "get_pay_insights": RECRUITERS.by_key(Scope.JOBS_READ),
    "get_time_insights": RECRUITERS.by_key(Scope.JOBS_READ),
    "get_source_insights": RECRUITERS.by_key(Scope.JOBS_READ),
    "get_funnel_insights": RECRUITERS.by_key(Scope.JOBS_READ),
    "get_own_insights": SIGNED_IN.by_key(Scope.CVS_READ),  # of the CV of whoever asks
    # Alerts
    "list_alert_subscriptions": SIGNED_IN.by_key(Scope.ALERTS_WRITE),  # one's own, as all of these
    "subscribe_to_alerts": PERSONAL.by_key(Scope.ALERTS_WRITE),
    "change_alert_subscription": PERSONAL.by_key(Scope.ALERTS_WRITE),
    "unsubscribe_from_alerts": PERSONAL.by_key(Scope.ALERTS_WRITE),
    "list_alerts": SIGNED_IN.by_key(Scope.ALERTS_WRITE),
    "read_alerts": SIGNED_IN.by_key(Scope.ALERTS_WRITE),
    # CVs
    "upload_and_parse": SIGNED_IN.by_key(Scope.CVS_WRITE),
    "list_cvs": SIGNED_IN.by_key(Scope.CVS_READ),  # a candidate's are their own
    "get_cv": OWN.by_key(Scope.CVS_READ),
    "list_cv_versions": OWN.by_key(Scope.CVS_READ),
    "delete_cv": OWN.by_key(Scope.CVS_WRITE),
    "get_cv_status": OWN.by_key(Scope.CVS_READ),
    "list_corrections": OWN.by_key(Scope.CVS_READ),
    "add_correction": OWN.by_key(Scope.CVS_WRITE),
    "undo_correction": OWN.by_key(Scope.CVS_WRITE),
    # My data: always one's own
    "get_access_log": SIGNED_IN.by_key(Scope.CVS_READ),
    "list_consents": SIGNED_IN.by_key(Scope.CVS_READ),
    "set_consent": SIGNED_IN.by_key(Scope.CVS_WRITE),
    "keep_my_data": SIGNED_IN.by_key(Scope.CVS_WRITE),
    # Matches
    "get_recommendations": OWN.by_key(Scope.MATCHES_READ),
    "get_filtered_matches": OWN.by_key(Scope.MATCHES_READ),
    "get_job_candidates": RECRUITERS.by_key(Scope.MATCHES_READ),
    "get_prediction": OWN.by_key(Scope.MATCHES_READ),
    "get_explanation": OWN.by_key(Scope.MATCHES_READ),
    "export_matches": OWN.by_key(Scope.MATCHES_READ),
    "start_match": OWN.by_key(Scope.MATCHES_WRITE),
    "optimise_cv": OWN.by_key(Scope.MATCHES_WRITE),
    "optimise_in_bulk": OWN.by_key(Scope.MATCHES_WRITE),
    "estimate_model": OWN.by_key(Scope.MATCHES_READ),
    "get_optimised_cv": OWN.by_key(Scope.MATCHES_READ),
    "get_optimised_file": OWN.by_key(Scope.MATCHES_READ),
    "get_bulk_optimisation": PERSONAL.by_key(Scope.MATCHES_READ),
    "cancel_bulk_optimisation": PERSONAL.by_key(Scope.MATCHES_WRITE),
    "give_feedback": OWN.by_key(Scope.FEEDBACK_WRITE),
    "note_shown": OWN.by_key(Scope.FEEDBACK_WRITE),
    "apply_to_job": SIGNED_IN.by_key(Scope.FEEDBACK_WRITE),
    "start_match_of_file": SIGNED_IN.by_key(Scope.MATCHES_WRITE),
    "start_match_stream": SIGNED_IN.by_key(Scope.MATCHES_WRITE),
    "get_match": PERSONAL.by_key(Scope.MATCHES_READ),
    "delete_match": PERSONAL.by_key(Scope.MATCHES_WRITE),
    # Webhooks
    "create_webhook": SIGNED_IN.by_key(Scope.WEBHOOKS_WRITE),
    "list_webhooks": SIGNED_IN.by_key(Scope.WEBHOOKS_WRITE),  # one's own
    "get_webhook": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    "delete_webhook": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    "enable_webhook": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    "test_webhook": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    "list_deliveries": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    "redeliver": PERSONAL.by_key(Scope.WEBHOOKS_WRITE),
    # Operations
    "system_health": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "parsing_quality": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "pipeline_status": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "performance_dashboard": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "evaluation_metrics": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "start_queue_test": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "get_queue_test": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "retry_pipeline": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "list_experiments": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "create_experiment": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "start_experiment": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "stop_experiment": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "release_experiment": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "roll_back_ranking": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "list_backfills": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "get_backfill": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "start_backfill": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "act_on_backfill": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "list_sources": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "get_source": OPERATORS.by_key(Scope.OPERATIONS_READ),
    "sync_source": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "pause_source": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
    "resume_source": OPERATORS.by_key(Scope.OPERATIONS_WRITE),
}
