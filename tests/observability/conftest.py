"""One run of the real thing for all tests that look at what can be observed of it."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from cvmatch.tasks import run_stage
from tests.running import Observed, observe
from tests.support import make_job, make_user


@pytest.fixture(scope="session")
def observed(django_db_setup, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Observed:
    """Tests that ask for it are marked as needing the database, or pytest-django does not make one."""
    with django_db_blocker.unblock():
        try:
            make_job()
            run_stage("embed_jobs")
            key = create_key(user=make_user("observer", User.Role.ADMIN), name="prometheus")
            return observe(tmp_path_factory.mktemp("running"), key)
        finally:
            call_command("flush", verbosity=0, interactive=False)
