"""API keys: shown once, kept as a hash."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cvmatch.core.auth import USE_RESOLUTION, create_key, find_key, find_user
from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import ApiKey, Scope
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


@pytest.mark.parametrize(
    ("role", "closed"),
    [
        ("candidate", {Scope.JOBS_WRITE, Scope.OPERATIONS_READ, Scope.OPERATIONS_WRITE}),
        ("recruiter", {Scope.OPERATIONS_READ, Scope.OPERATIONS_WRITE}),
        ("service", set()),
        ("admin", set()),
    ],
)
def test_a_key_is_for_all_that_its_user_may_do_unless_it_is_made_for_less(role: str, closed: set[Scope]) -> None:
    user = make_user(role, role)
    key = find_key(create_key(user=user, name="all"))
    assert key is not None
    assert {scope for scope in Scope if not key.allows(scope)} == closed
    less = find_key(create_key(user=user, name="less", scopes=[Scope.JOBS_READ]))
    assert less is not None
    assert [scope for scope in Scope if less.allows(scope)] == [Scope.JOBS_READ]
    for scope in closed:
        with pytest.raises(InvalidInput):
            create_key(user=user, name="more", scopes=[scope])


def test_the_command_makes_a_key_for_the_scopes_that_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    make_user("robot", "service")
    call_command("create_key", "robot", "--scopes", "jobs:read", "jobs:write", "--days", "90")
    key = find_key(capsys.readouterr().out.strip())
    assert key is not None
    assert key.scopes == ["jobs:read", "jobs:write"]
    make_user("mara")
    with pytest.raises(CommandError, match="candidate may not have operations:read"):
        call_command("create_key", "mara", "--scopes", "operations:read")
