"""API keys: shown once, kept as a hash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cvmatch.core.auth import USE_RESOLUTION, create_key, find_user
from cvmatch.core.models import ApiKey
from tests.support import make_user

pytestmark = pytest.mark.django_db


def test_a_key_leads_to_its_owner_and_is_not_kept_itself() -> None:
    user = make_user()
    secret = create_key(user=user, name="script")
    assert find_user(secret) == user
    key = ApiKey.objects.get()
    assert secret not in {str(getattr(key, field.name)) for field in ApiKey._meta.fields}
    assert secret.startswith(key.prefix)
    assert str(key) == f"script ({key.prefix}…)"


def test_keys_differ_and_each_opens_only_its_own_account() -> None:
    one, two = make_user("one"), make_user("two")
    first, second = create_key(user=one, name="a"), create_key(user=two, name="b")
    assert first != second
    assert (find_user(first), find_user(second)) == (one, two)


@pytest.mark.parametrize("secret", ["", "cvm_", "cvm_wrong", "x" * 10_000, "\x00"])
def test_anything_else_opens_nothing(secret: str) -> None:
    make_user()
    assert find_user(secret) is None


def test_the_time_of_last_use_is_written_at_most_once_a_minute(django_assert_num_queries) -> None:
    secret = create_key(user=make_user(), name="script")
    with django_assert_num_queries(2):
        find_user(secret)
    with django_assert_num_queries(1):
        find_user(secret)
    ApiKey.objects.update(last_used_at=timezone.now() - USE_RESOLUTION - timedelta(seconds=1))
    with django_assert_num_queries(2):
        find_user(secret)
