"""Who calls the API, and what there is to see."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.models import User
from tests.support import make_user


@pytest.fixture
def as_user():
    """A client signed in as a user of that role, or as the given user; made once per name."""

    def signed_in(user: User | str) -> Client:
        if isinstance(user, str):
            user = User.objects.filter(username=user).first() or make_user(user, role=user)
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def candidate() -> User:
    return make_user("mara")


@pytest.fixture
def other_candidate() -> User:
    return make_user("tom")
