"""Guessing passwords ends after a few wrong ones, however many guess at once and under whatever name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from cvmatch.core.models import User
from tests.support import make_user

ALLOWED = 5
FROM_ONE_ADDRESS = 20


@pytest.fixture(autouse=True)
def _fresh_counters(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()  # they are no rows of a model: the end of a test does not take them away


def guess(name: str, address: str = "192.0.2.1", password: str = "wrong") -> str:
    answer = Client().post("/sign-in/", {"login": name, "password": password}, REMOTE_ADDR=address)
    if answer.status_code in {302, 429}:
        return {302: "in", 429: "too many"}[answer.status_code]
    return "too many" if "Too many" in answer.content.decode() else "wrong"


def make_mara() -> User:
    user = make_user("mara")
    User.objects.filter(pk=user.pk).update(email="mara@example.com")
    return user


def test_after_five_wrong_passwords_the_right_one_does_not_open_the_account_either() -> None:
    make_mara()
    assert [guess("mara", f"192.0.2.{number}") for number in range(7)] == ["wrong"] * ALLOWED + ["too many"] * 2
    assert guess("mara", "192.0.2.99", password="pw") == "too many"


@pytest.mark.parametrize("other", ["MARA", "mara@example.com", " mara ", "Mara@Example.COM"])
def test_another_name_of_the_account_gives_no_more_guesses(other: str) -> None:
    make_mara()
    assert [guess("mara", f"192.0.2.{number}") for number in range(3)] == ["wrong"] * 3
    assert [guess(other, f"192.0.2.{number}") for number in range(3)] == ["wrong", "wrong", "too many"]


def test_another_name_of_the_host_gives_no_more_guesses() -> None:
    make_mara()
    for number, host in enumerate(("localhost", "127.0.0.1", "[::1]") * 2):
        answer = Client(headers={"host": host}).post(
            "/sign-in/", {"login": "mara", "password": "no"}, REMOTE_ADDR=f"192.0.2.{number}"
        )
    assert "Too many" in answer.content.decode()


def test_one_address_cannot_try_one_password_on_all_accounts() -> None:
    said = [guess(f"person {number}") for number in range(FROM_ONE_ADDRESS + 2)]
    assert said == ["wrong"] * FROM_ONE_ADDRESS + ["too many"] * 2


def test_signing_in_as_oneself_gives_no_more_guesses_at_others() -> None:
    make_mara()
    make_user("eve")
    said = []
    for number in range(7):
        said.append(guess("mara", f"192.0.2.{number}"))
        assert guess("eve", password="pw") == "in"
    assert said == ["wrong"] * ALLOWED + ["too many"] * 2


def test_an_account_that_there_is_not_is_locked_as_one_that_there_is() -> None:
    assert [guess("nobody", f"192.0.2.{number}") for number in range(7)] == ["wrong"] * ALLOWED + ["too many"] * 2


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_counted_one_by_one() -> None:
    def attempt(number: int) -> str:
        try:
            return guess("mara", f"192.0.2.{number}")
        finally:
            connection.close()

    make_mara()
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(attempt, range(40)))
    assert said.count("wrong") == ALLOWED
    assert set(said) == {"wrong", "too many"}


def test_a_few_hundred_strangers_do_not_push_the_counters_out() -> None:
    make_mara()
    for number in range(ALLOWED):
        guess("mara", f"192.0.2.{number}")
    for number in range(400):
        cache.set(f"stranger:{number}", 1, 600)
    assert guess("mara", "192.0.2.99") == "too many"
