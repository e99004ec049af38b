"""What docs/api.md tells people to paste works as it stands there: its shell blocks from the first call to saved searches."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from tests.support import make_job, make_user, work_until_idle

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing. As root: apt-get install curl"),
]
ROOT = Path(django_settings.PROJECT_DIR)
# A key of a test's own user stands for the first block; a client is made in test_client.py.
LEFT_OUT = ("manage.py create_key", "openapi-python-client")
END = "## Correcting what was read"
HEAD = 'set -eo pipefail\ncurl() { command curl --fail-with-body --max-time 20 "$@"; }\n'


def blocks() -> list[str]:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition(END)[0]
    found = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [block for block in found if not any(words in block for words in LEFT_OUT)]


@pytest.fixture
def worker() -> Iterator[None]:
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.wait(0.05):
                work_until_idle()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=60)


def test_the_commands_of_the_page_work_as_pasted(live_server: Any, worker: None) -> None:
    make_job()
    key = create_key(user=make_user("recruiter", User.Role.RECRUITER), name="page")
    script = HEAD + f"KEY={key}\nAPI={live_server.url}/api/v1\n" + "\n".join(blocks())
    script = script.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["timeout", "60", "bash", "-x", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-2500:]
    assert len(blocks()) >= 8
