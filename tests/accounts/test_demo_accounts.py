"""The sign-in page names the demo's accounts where anybody at the machine can use them, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cvmatch.accounts.demo import ACCOUNTS, PASSWORD
from cvmatch.core.models import User

pytestmark = pytest.mark.django_db
SAID = "Demo accounts"


@pytest.fixture
def _demo(settings: Any) -> None:
    settings.DEMO, settings.HOST = True, "127.0.0.1"
    for account in ACCOUNTS:
        User.objects.create_user(username=account.name.value, password=PASSWORD, role=account.name)


def page(client: Client) -> str:
    return client.get("/sign-in/").content.decode()


@pytest.mark.usefixtures("_demo")
def test_one_click_signs_in_with_an_account_of_the_demo(client: Client) -> None:
    told = page(client)
    assert SAID in told
    for account in ACCOUNTS:
        assert f'name="login" value="{account.name.value}"' in told
        answer = Client().post("/sign-in/", {"login": account.name.value, "password": PASSWORD})
        assert answer["Location"] == "/"


@pytest.mark.usefixtures("_demo")
def test_an_account_with_a_password_of_its_own_or_closed_is_not_named(client: Client) -> None:
    admin = User.objects.get(username="admin")
    admin.set_password("something else")
    admin.save()
    User.objects.filter(username="candidate").update(is_active=False)
    told = page(client)
    assert 'value="recruiter"' in told
    assert 'value="admin"' not in told
    assert 'value="candidate"' not in told


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize(("demo", "host"), [(False, "127.0.0.1"), (True, "0.0.0.0"), (True, "192.168.1.20")])
def test_nothing_is_told_where_the_demo_is_off_or_others_reach_the_server(
    demo: bool, host: str, client: Client, settings: Any
) -> None:
    settings.DEMO, settings.HOST = demo, host
    assert SAID not in page(client)


def test_nothing_is_told_where_the_demo_was_never_loaded(client: Client, settings: Any) -> None:
    settings.DEMO, settings.HOST = True, "127.0.0.1"
    User.objects.create_user(username="recruiter", password="nine green kettles")
    assert SAID not in page(client)
