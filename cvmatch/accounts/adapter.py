"""Where django-allauth asks the project: who may sign up, what guesses are counted by, how secrets are kept."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cvmatch.core.http_api.throttling import address_of
from ingestion.syncing.secrets import seal, unseal

OPEN = "open"
SECRET = "secret"  # noqa: S105 - the name that it is sealed under


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is open where the settings say so; wrong passwords are counted by account, however it was named."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP == OPEN)

    def get_login_stages(self) -> list[str]:
        ours = f"{ConfirmEmailStage.__module__}.{ConfirmEmailStage.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the API counts: behind proxies only as many entries of a header are believed as there are proxies."""
        return address_of(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By account: a user name and an e-mail address must not give two rounds of guesses, nor each name of the host."""
        email, name = credentials.get("email") or "", credentials.get("username") or ""
        users = filter_users_by_email(email, prefer_verified=True, for_login=True) if email else []
        user = users[0] if users else get_user_by_username(name) if name else None
        if user is not None:
            return f"account:{user.pk}"
        return "nobody:" + hashlib.sha256((email or name).lower().encode()).hexdigest()


class ConfirmEmailStage(EmailVerificationStage):  # type: ignore[misc]
    """Accounts that an admin made without an address have none to confirm; who signs up has given one."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if user is not None and not user.email and not user.emailaddress_set.exists():
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


class TwoStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are kept encrypted, like those of sources."""

    def encrypt(self, text: str) -> str:
        return seal({SECRET: text})

    def decrypt(self, encrypted_text: str) -> str:
        return str(unseal(encrypted_text)[SECRET])
