"""How django-allauth signs people in here; nothing of it depends on the installation."""

from __future__ import annotations

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_ADAPTER = "cvmatch.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place once it is confirmed
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Wrong passwords: by address and, however it is named, by account. The rest is as django-allauth has it.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/10m/ip,5/10m/key"}
MFA_ADAPTER = "cvmatch.accounts.adapter.TwoStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "cvmatch"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are up to half a minute off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an admin's account may have none; where e-mail is sent, nobody is in without
