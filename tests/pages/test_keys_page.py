"""One's own API keys: made with what the role opens, shown once, revoked at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from cvmatch.core.auth import create_key, find_key
from cvmatch.core.models import ApiKey, Scope, User
from cvmatch.keys_page import MOST
from tests.support import make_user

pytestmark = pytest.mark.django_db
PAGE = "/account/keys/"
FORM = {"name": "nightly import", "scopes": ["jobs:read", "matches:read"], "expires": "30"}


def shown_secret(page: Any) -> str:
    found = re.search(r'<code id="secret"[^>]*>(cvm_[\w-]+)</code>', page.content.decode())
    assert found is not None
    return found[1]


def test_a_new_key_is_in_the_answer_once_and_nowhere_else(
    people: dict[str, User], as_: Callable[[str], Client]
) -> None:
    client = as_("candidate")
    answer = client.post(PAGE, FORM)
    secret = shown_secret(answer)
    key = find_key(secret)
    assert key is not None
    assert (key.user, key.name, key.scopes) == (people["candidate"], "nightly import", ["jobs:read", "matches:read"])
    assert timedelta(days=29) < (key.expires_at or timezone.now()) - timezone.now() <= timedelta(days=30)
    assert "no-store" in answer["Cache-Control"]
    assert secret not in client.get(PAGE).content.decode()
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())


def test_the_same_form_twice_makes_one_key(as_: Callable[[str], Client]) -> None:
    client = as_("candidate")
    client.post(PAGE, FORM)
    again = client.post(PAGE, FORM)
    assert again.status_code == 422
    assert "You have a key of this name." in again.content.decode()
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "open_", "closed"),
    [
        ("candidate", Scope.CVS_WRITE, Scope.JOBS_WRITE),
        ("recruiter", Scope.JOBS_WRITE, Scope.OPERATIONS_READ),
    ],
)
def test_a_key_can_be_made_for_what_the_role_opens_only(
    as_: Callable[[str], Client], who: str, open_: Scope, closed: Scope
) -> None:
    client = as_(who)
    page = client.get(PAGE).content.decode()
    assert f'value="{open_.value}"' in page
    assert f'value="{closed.value}"' not in page
    assert client.post(PAGE, {**FORM, "scopes": [closed.value]}).status_code == 422
    assert not ApiKey.objects.exists()


def test_an_admin_can_make_a_key_for_everything_that_never_expires(as_: Callable[[str], Client]) -> None:
    answer = as_("admin").post(PAGE, {**FORM, "scopes": Scope.values, "expires": "never"})
    key = find_key(shown_secret(answer))
    assert key is not None
    assert (sorted(key.scopes), key.expires_at) == (sorted(Scope.values), None)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"expires": "7"}, {"name": "x" * 101}])
def test_what_cannot_be_a_key_is_said_and_none_is_made(as_: Callable[[str], Client], wrong: dict[str, Any]) -> None:
    answer = as_("candidate").post(PAGE, {**FORM, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_revoked_key_stops_at_once_and_its_name_is_free(
    people: dict[str, User], as_: Callable[[str], Client]
) -> None:
    client = as_("candidate")
    secret = shown_secret(client.post(PAGE, FORM))
    key = ApiKey.objects.get()
    assert client.post(f"{PAGE}{key.pk}/revoke/")["Location"] == PAGE
    assert find_key(secret) is None
    assert "revoked" in client.get(PAGE).content.decode()
    assert client.post(PAGE, FORM).status_code == 200


def test_nobody_sees_or_revokes_the_keys_of_others(people: dict[str, User], as_: Callable[[str], Client]) -> None:
    create_key(user=people["candidate"], name="mine alone")
    key = ApiKey.objects.get()
    for who in ("other", "recruiter", "admin"):
        assert "mine alone" not in as_(who).get(PAGE).content.decode()
        assert as_(who).post(f"{PAGE}{key.pk}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


def test_there_is_an_end_to_the_number_of_keys(people: dict[str, User], as_: Callable[[str], Client]) -> None:
    for number in range(MOST):
        create_key(user=people["candidate"], name=str(number))
    answer = as_("candidate").post(PAGE, FORM)
    assert answer.status_code == 422
    assert "Revoke one that is not used any more." in answer.content.decode()
    ApiKey.objects.filter(name="0").update(expires_at=timezone.now())
    assert as_("candidate").post(PAGE, FORM).status_code == 200


def test_the_empty_list_says_what_a_key_is_for(as_: Callable[[str], Client]) -> None:
    assert "Make one below" in as_("candidate").get(PAGE).content.decode()


def test_the_admin_site_makes_a_key_for_somebody_and_shows_it_once() -> None:
    client, owner = Client(), make_user("robot", role="service")
    client.force_login(User.objects.create_superuser("root", password="pw"))
    address = "/admin/core/apikey/add/"
    answer = client.post(address, {"user": owner.pk, "name": "feed", "scopes": ["jobs:write"], "daily_limit": "500"})
    secret = re.findall(r"<code>(cvm_[\w-]+)</code>", answer.content.decode())[0]
    key = find_key(secret)
    assert key is not None
    assert (key.user, key.scopes, key.daily_limit) == (owner, ["jobs:write"], 500)
    change = f"/admin/core/apikey/{key.pk}/change/"
    assert secret not in client.get(change).content.decode()
    client.post(change, {"name": "feed", "scopes": ["jobs:read"], "daily_limit": ""})
    key.refresh_from_db()
    assert (key.scopes, key.daily_limit, find_key(secret)) == (["jobs:read"], None, key)


def test_the_admin_site_makes_no_key_that_its_user_could_not_use() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="pw"))
    form = {"user": make_user("mara").pk, "name": "feed", "scopes": ["operations:write"]}
    assert "does not open operations:write" in client.post("/admin/core/apikey/add/", form).content.decode()
    assert not ApiKey.objects.exists()


def test_every_kind_of_problem_has_its_place_on_the_page_of_errors(client: Client) -> None:
    kind = client.get("/api/v1/nothing").json()["type"]
    page = client.get(kind.partition("#")[0])
    assert page.status_code == 200
    assert f'id="{kind.partition("#")[2]}"' in page.content.decode()
