"""The accounts of the demo, with their known password: what they are for, and which of them are open by it just now."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cvmatch.core.addresses import is_loopback
from cvmatch.core.keeping import kept
from cvmatch.core.models import User

PASSWORD = "demo"  # noqa: S105 - shown to everybody; the accounts exist on the loopback address only


@dataclass(frozen=True)
class DemoAccount:
    """``name`` is the role too."""

    name: User.Role
    purpose: str | Promise

    @property
    def password(self) -> str:
        return PASSWORD


ACCOUNTS = (
    DemoAccount(User.Role.RECRUITER, _("browses jobs and their candidates")),
    DemoAccount(User.Role.CANDIDATE, _("uploads a CV and sees matching jobs")),
    DemoAccount(User.Role.ADMIN, _("watches the pipeline, and the admin at /admin/")),
)


def open_accounts() -> list[DemoAccount]:
    """Those that anybody at this machine can sign in with; none where the demo is off or others can reach the server."""
    if not settings.DEMO or not is_loopback(settings.HOST):
        return []
    names = [account.name.value for account in ACCOUNTS]
    hashes = dict(User.objects.filter(username__in=names, is_active=True).values_list("username", "password"))
    # Trying a password takes a moment, on purpose.
    known = kept("demo", sorted(hashes.items()), lambda: {name for name in hashes if _is_known(hashes[name])})
    return [account for account in ACCOUNTS if account.name.value in known]


def _is_known(encoded: str) -> bool:
    return check_password(PASSWORD, encoded)
