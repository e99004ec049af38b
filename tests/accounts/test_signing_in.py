"""Signing up, in and out, passwords and the second step: through the pages, as people do it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cvmatch.core.models import User
from tests.support import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "nine green kettles"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def sign_in(client: Client, name: str, password: str = "pw", **more: str):
    return client.post("/sign-in/", {"login": name, "password": password, **more})


def sign_up(client: Client, email: str = "nora@example.com", **more: str):
    return client.post("/sign-up/", {"email": email, "password1": PASSWORD, **more})


def link_in(message) -> str:
    return re.search(r"https?://[^/]+(/\S+)", message.body)[1]


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def offered_secret(client: Client) -> str:
    """What the page shows that turns the second step on, after the password was given once more."""
    page = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "Is it you?" in page.content.decode()
    page = client.post(page.redirect_chain[-1][0], {"password": "pw", "next": "/account/two-step/on/"}, follow=True)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    return re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page.content.decode())[1]


def codes_of(secret: str) -> list[str]:
    return [format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()]


def test_a_user_name_or_an_address_opens_the_account_and_a_wrong_password_does_not(client: Client) -> None:
    User.objects.filter(pk=make_user("mara").pk).update(email="mara@example.com")
    wrong = sign_in(client, "mara", "no")
    assert "not correct" in wrong.content.decode()
    assert not is_in(client)
    for name in ("mara", "MARA", "mara@example.com"):
        assert sign_in(client, name)["Location"] == "/"
        assert is_in(client)
        assert client.post("/sign-out/")["Location"] == "/sign-in/"
        assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_after_signing_in_people_are_where_they_wanted_to_go_but_never_on_another_host(client: Client) -> None:
    make_user("mara")
    assert sign_in(client, "mara", next="/jobs/")["Location"] == "/jobs/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        client.logout()
        assert sign_in(client, "mara", next=elsewhere)["Location"] == "/"


def test_the_session_is_another_one_after_signing_in_and_its_cookie_is_closed_to_scripts(client: Client) -> None:
    make_user("mara")
    client.get("/sign-in/")
    client.session["before"] = True
    before = client.session.session_key
    answer = sign_in(client, "mara")
    assert client.session.session_key not in {None, before}
    assert answer.cookies["sessionid"]["httponly"]
    assert answer.cookies["sessionid"]["samesite"] == "Lax"


def test_who_signs_up_is_a_candidate_whatever_they_send(client: Client) -> None:
    assert sign_up(client, role="admin", is_staff="on", is_superuser="on")["Location"] == "/"
    user = User.objects.get(email="nora@example.com")
    assert (user.role, user.is_staff, user.is_superuser) == (User.Role.CANDIDATE, False, False)
    assert is_in(client)


def test_sign_up_can_be_closed(client: Client, settings) -> None:
    settings.SIGN_UP = "closed"
    assert "made by an admin" in client.get("/sign-up/").content.decode()
    assert sign_up(client).status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["short", "12345678", "password", "nora@example.com"])
def test_a_weak_password_is_refused_with_the_reason(client: Client, password: str) -> None:
    answer = client.post("/sign-up/", {"email": "nora@example.com", "password1": password})
    assert 'class="field-error' in answer.content.decode()
    assert not User.objects.exists()


def test_where_mail_is_sent_nobody_is_in_before_the_address_is_confirmed(client: Client, settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert sign_up(client)["Location"] == "/account/email/confirm/"
    assert "Look into your e-mail" in client.get("/account/email/confirm/").content.decode()
    assert not is_in(client)
    assert sign_in(client, "nora@example.com", PASSWORD)["Location"] == "/account/email/confirm/"
    link = link_in(mail.outbox[0])
    assert "nora@example.com" in client.get(link).content.decode()
    client.post(link)
    assert sign_in(client, "nora@example.com", PASSWORD)["Location"] == "/"


def test_an_account_that_an_admin_made_without_an_address_needs_no_confirmation(client: Client, settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    make_user("rita", User.Role.RECRUITER)
    assert sign_in(client, "rita")["Location"] == "/"


def test_an_account_that_an_admin_made_with_an_address_confirms_it_at_the_first_sign_in(
    client: Client, settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    User.objects.filter(pk=make_user("rita", User.Role.RECRUITER).pk).update(email="rita@example.com")
    assert sign_in(client, "rita")["Location"] == "/account/email/confirm/"
    assert [message.to for message in mail.outbox] == [["rita@example.com"]]
    client.post(link_in(mail.outbox[0]))
    assert sign_in(client, "rita")["Location"] == "/"


def test_signing_up_with_the_address_of_another_looks_the_same_and_tells_only_its_owner(
    client: Client, settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    User.objects.filter(pk=make_user("mara").pk).update(email="mara@example.com")
    new, taken = sign_up(client, "nora@example.com"), sign_up(Client(), "mara@example.com")
    assert (new.status_code, new["Location"]) == (taken.status_code, taken["Location"])
    assert ["already" in message.subject for message in mail.outbox] == [False, True]
    assert User.objects.count() == 2


def said_by(answer: HttpResponse) -> str:
    """The page without the token of its forms, which is another at every request."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_a_forgotten_password_is_set_anew_by_the_link_and_once_only(client: Client) -> None:
    User.objects.filter(pk=make_user("mara").pk).update(email="mara@example.com")
    known = client.post("/account/password/reset/", {"email": "mara@example.com"}, follow=True)
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"}, follow=True)
    assert said_by(known) == said_by(unknown)
    assert [message.to for message in mail.outbox] == [["mara@example.com"], ["nobody@example.com"]]
    link = link_in(mail.outbox[0])
    form = client.get(link, follow=True)
    answer = client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "The new password is set" in answer.content.decode()
    assert "does not hold any more" in Client().get(link, follow=True).content.decode()
    assert sign_in(Client(), "mara", PASSWORD)["Location"] == "/"


def test_changing_the_password_signs_out_elsewhere(client: Client) -> None:
    make_user("mara")
    elsewhere = Client()
    sign_in(elsewhere, "mara")
    sign_in(client, "mara")
    new = {"oldpassword": "pw", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_change_password"), new)
    assert is_in(client)
    assert not is_in(elsewhere)


def test_the_second_step_is_asked_for_and_a_recovery_code_works_once(client: Client) -> None:
    make_user("mara")
    sign_in(client, "mara")
    secret = offered_secret(client)
    codes = client.post(reverse("mfa_activate_totp"), {"code": codes_of(secret)[0]}, follow=True).content.decode()
    recovery = re.findall(r"<code>(\d{8})</code>", codes)
    assert len(recovery) == 10

    again = Client()
    assert sign_in(again, "mara")["Location"].startswith("/sign-in/code/")
    assert not is_in(again)
    assert "Incorrect code" in again.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert again.post("/sign-in/code/", {"code": recovery[0]})["Location"] == "/"
    once_more = Client()
    sign_in(once_more, "mara")
    assert once_more.post("/sign-in/code/", {"code": recovery[0]}).status_code == 200
    assert not is_in(once_more)


def test_secrets_of_the_second_step_are_kept_encrypted(client: Client) -> None:
    from allauth.mfa.models import Authenticator

    make_user("mara")
    sign_in(client, "mara")
    secret = offered_secret(client)
    client.post(reverse("mfa_activate_totp"), {"code": codes_of(secret)[0]})
    assert Authenticator.objects.count() == 2
    assert not any(secret in str(row.data) for row in Authenticator.objects.all())


def test_the_second_step_holds_for_the_admin_site_too(client: Client) -> None:
    User.objects.create_superuser("root", password="pw")
    form = client.get("/admin/", follow=True)
    assert form.request["PATH_INFO"] == "/sign-in/"
    assert client.post("/admin/login/", {"username": "root", "password": "pw"}, follow=True).request["PATH_INFO"] == (
        "/sign-in/"
    )
    assert not is_in(client)
    assert sign_in(client, "root", next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "account",
        "account_email",
        "account_change_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "account_logout",
    ],
)
def test_every_page_of_ones_account_is_ours(client: Client, name: str) -> None:
    make_user("mara")
    sign_in(client, "mara")
    page = client.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert 'class="brand"' in page.content.decode()


@pytest.mark.parametrize(
    "address", ["/account/social/", "/account/phone/", "/account/login/code/", "/account/webauthn/"]
)
def test_what_is_not_wanted_has_no_address(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
