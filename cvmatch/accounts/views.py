"""Signing in, and the page of one's own account: what it is called, how it is kept safe, and where its data is."""

from __future__ import annotations

from allauth.account.views import LoginView
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.accounts.demo import open_accounts
from cvmatch.core.web import current_user

# The template calls it, so that the page with the form alone asks.
sign_in = LoginView.as_view(extra_context={"demo_accounts": open_accounts})


@require_safe
def account_page(request: HttpRequest) -> HttpResponse:
    """E-mail, password, second step, keys and data, each with a link to change it."""
    return render(request, "account/account.html", {"has_second_step": is_mfa_enabled(current_user(request))})
