"""bin/setup: what it installs, when it does nothing, what it says when something is missing; pip only takes notes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent

# Plays every python3.x on the machine: makes a .venv whose python notes what pip was asked for.
FAKE_PYTHON = f"""#!/bin/bash
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/bin/pip" && chmod +x "$3/bin/pip"
elif [ "$1 $2" = "-m pip" ]; then
  echo "${{*:3}}" >> pip-calls
  ! grep -qF -- "$(cat refuse 2>/dev/null || echo nothing-refused)" <<<"$*"
elif [ "$1 $2" = "- requirements-torch.txt" ]; then
  exit 1
else
  exec {sys.executable} "$@"
fi
"""


def make_executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone with short locks, on a machine where every Python is the one above."""
    clone = tmp_path / "clone"
    (clone / "bin").mkdir(parents=True)
    shutil.copy(PROJECT / "bin" / "setup", clone / "bin" / "setup")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (clone / name).write_text("one==1\ntwo==2\n")
    (clone / "requirements-torch.txt").write_text("torch==2.13.0\n")
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        make_executable(tmp_path / "machine" / name, FAKE_PYTHON)
    return clone


def setup(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{clone.parent / 'machine'}:{os.environ['PATH']}"
    return subprocess.run(
        [clone / "bin" / "setup", *arguments],
        env={"PATH": path, "HOME": "", **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip


def pip_calls(clone: Path) -> list[str]:
    calls = clone / "pip-calls"
    found = calls.read_text().splitlines() if calls.exists() else []
    calls.unlink(missing_ok=True)
    return found


LOCKED = "install --quiet --no-deps --require-hashes -r"
CPU = "install --quiet --no-deps --index-url https://download.pytorch.org/whl/cpu --timeout 10 --retries 0 -r"


def test_the_first_run_installs_the_lock_and_the_cpu_build_and_the_second_run_nothing(clone: Path) -> None:
    first = setup(clone)
    assert first.returncode == 0, first.stderr
    assert pip_calls(clone) == [f"{LOCKED} requirements.txt", f"{CPU} requirements-torch.txt"]
    assert "Installing 2 packages of requirements.txt" in first.stdout
    second = setup(clone)
    assert (second.returncode, second.stdout, pip_calls(clone)) == (0, "", [])


def test_the_tools_for_tests_come_only_when_asked_for(clone: Path) -> None:
    setup(clone)
    pip_calls(clone)
    assert setup(clone, "--dev").returncode == 0
    assert f"{LOCKED} requirements-dev.txt" in pip_calls(clone)


def test_a_changed_lock_is_installed(clone: Path) -> None:
    setup(clone)
    pip_calls(clone)
    (clone / "requirements.txt").write_text("one==1\ntwo==3\n")
    setup(clone)
    assert f"{LOCKED} requirements.txt" in pip_calls(clone)


def test_without_pytorchs_own_index_torch_comes_from_the_ordinary_one(clone: Path) -> None:
    (clone / "refuse").write_text("--index-url")
    result = setup(clone)
    assert result.returncode == 0
    assert pip_calls(clone)[-1] == "install --quiet -r requirements-torch.txt"
    assert "index does not answer" in result.stdout


def test_an_install_that_failed_is_tried_again_next_time(clone: Path) -> None:
    (clone / "refuse").write_text("--require-hashes")
    failed = setup(clone)
    assert failed.returncode == 1
    assert "Run it again when it is solved" in failed.stderr
    (clone / "refuse").unlink()
    assert setup(clone).returncode == 0


def test_a_venv_whose_python_has_gone_is_made_again(clone: Path) -> None:
    setup(clone)
    pip_calls(clone)
    (clone / ".venv" / "bin" / "python").unlink()
    assert setup(clone).returncode == 0
    assert pip_calls(clone)


def test_two_at_once_do_no_harm(clone: Path) -> None:
    environment = {"PATH": f"{clone.parent / 'machine'}:{os.environ['PATH']}"}
    both = [subprocess.Popen([clone / "bin" / "setup"], env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert pip_calls(clone).count(f"{LOCKED} requirements.txt") == 1


def test_without_a_new_enough_python_it_says_what_is_needed(clone: Path) -> None:
    for python in (clone.parent / "machine").iterdir():
        make_executable(python, "#!/bin/bash\nexit 1\n")
    result = setup(clone)
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed" in result.stderr


def test_without_venv_it_names_the_package_to_install(clone: Path) -> None:
    without_venv = f'#!/bin/bash\n[[ "$*" != *ensurepip* ]] && exec {sys.executable} "$@"\n'
    for python in (clone.parent / "machine").iterdir():
        make_executable(python, without_venv)
    result = setup(clone)
    assert result.returncode == 1
    assert "apt-get install python3-venv" in result.stderr


def test_an_unknown_option_is_refused(clone: Path) -> None:
    result = setup(clone, "--nonsense")
    assert (result.returncode, result.stderr) == (2, "usage: bin/setup [--dev]\n")
