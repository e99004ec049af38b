"""The pages of django-allauth that there are; what is not wanted, as other sign-ins and several addresses, has no address."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import RedirectView

from cvmatch.accounts.views import account_page, sign_in

# The names are django-allauth's own: it looks for its pages by them.
urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("account/", account_page, name="account"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/email/", account.email, name="account_email"),
    path("account/email/confirm/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^account/email/confirm/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", account.password_set, name="account_set_password"),
    path("account/password/reset/", account.password_reset, name="account_reset_password"),
    path("account/password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "account/password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("account/two-step/", mfa.index, name="mfa_index"),
    path("account/two-step/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/two-step/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/two-step/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/two-step/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/two-step/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    # The admin site's own form knows neither lock-out nor second step.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="admin-login"),
]
