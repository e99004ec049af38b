"""A process has the least number that no running process has, and gives it back however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from cvmatch.core.addresses import own_addresses

HOLDING = """
import sys
from pathlib import Path
from cvmatch.core.slots import slot
print(slot(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""
FORKING = """
import os, sys
from pathlib import Path
from cvmatch.core.slots import slot
folder = Path(sys.argv[1])
print(slot(folder), slot(folder), flush=True)
if os.fork():
    os.wait()
else:
    print(slot(folder), flush=True)
    os._exit(0)
print(slot(folder))
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        cwd=settings.PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def hold(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A process that has a slot until it is ended."""
    process = start(HOLDING, folder)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_running_processes_have_different_numbers_and_that_of_one_that_was_killed_is_taken_again(
    tmp_path: Path,
) -> None:
    first, number = hold(tmp_path)
    second, other = hold(tmp_path)
    try:
        assert (number, other) == (0, 1)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        third, again = hold(tmp_path)
        third.communicate()
        assert again == 0
    finally:
        second.communicate()


def test_a_process_that_was_forked_has_a_number_of_its_own(tmp_path: Path) -> None:
    said, _ = start(FORKING, tmp_path).communicate()
    assert said.split() == ["0", "0", "1", "0"]
    assert sorted(os.listdir(tmp_path)) == ["slot_0.lock", "slot_1.lock"]


def test_only_a_server_that_listens_on_all_addresses_may_be_called_by_them() -> None:
    assert own_addresses("127.0.0.1") == []
    assert all(address[0] == "[" or address.count(".") == 3 for address in own_addresses("0.0.0.0"))
