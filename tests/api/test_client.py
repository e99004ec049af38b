"""A Python client is made from the description of a running server, is sound for mypy, and does what a program needs."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from tests.support import CV_TEXT, make_user, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)

JOURNEY = "tests.api.client_journey"


def run(*arguments: str, folder: Path) -> None:
    """A module of Python as a process of its own, in the folder that the client is made in."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def client_folder(live_server: Any, tmp_path: Path) -> Path:
    """Where the package cvmatch_client is, made from what the server says of itself."""
    address = f"{live_server.url}/api/v1/openapi.json"
    run(
        "openapi_python_client", "generate", "--url", address, "--meta", "none", "--output-path", "cvmatch_client",
        folder=tmp_path,
    )  # fmt: skip
    return tmp_path


@pytest.mark.timeout(300)
def test_the_generated_client_is_sound_and_gets_a_program_from_a_file_to_its_matches(
    client_folder: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey_file = Path(__file__).with_name("client_journey.py")
    (client_folder / "client_journey.py").write_text(journey_file.read_text())
    run("mypy", "--strict", "--config-file=", "--follow-imports=silent", "client_journey.py", folder=client_folder)
    monkeypatch.syspath_prepend(str(client_folder))
    key = create_key(user=make_user("recruiter", User.Role.RECRUITER), name="program")
    outcome = importlib.import_module(JOURNEY).journey(live_server.url, key, CV_TEXT.encode(), work_until_idle)
    assert outcome.created == 1
    assert outcome.titles == ["Data Engineer"]
    assert outcome.marked == "saved"
    assert (outcome.refusal.status, outcome.refusal.type_) == (404, "/docs/errors#not-found")
