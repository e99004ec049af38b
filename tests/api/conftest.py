"""Who calls the API, and what there is to see."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.models import User
from cvmatch.core.waits import WAY_OF_CV, WAY_OF_JOB, WAY_OF_LIST, expected_wait
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


@pytest.fixture
def kept_in_process(settings) -> None:
    """What a process keeps for seconds is kept, as it is outside of tests."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept in process"}
    settings.CACHES = {**settings.CACHES, "process": memory}


def say_waits() -> None:
    """As every process does once in two seconds."""
    for way in (WAY_OF_CV, WAY_OF_LIST, WAY_OF_JOB):
        expected_wait(way)
