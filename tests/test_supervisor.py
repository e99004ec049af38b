"""Keeping programs alive and ending them together; with small real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cvmatch.supervisor import Patience, Program, Supervisor, Watch

HASTY = Patience(grace_s=5, first_pause_s=0.01, longest_pause_s=0.02, quick_death_s=60, quick_deaths=3)
ENOUGH_S = 30.0


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    keeper = Supervisor(log_dir=tmp_path / "log", environment=os.environ, patience=HASTY)
    yield keeper
    keeper.stop()


def python(name: str, code: str, *arguments: object) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code, *map(str, arguments)])


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def contains(path: Path, text: str) -> Callable[[], bool]:
    return lambda: text in text_of(path)


def is_alive(process_id: int) -> bool:
    stat = text_of(Path(f"/proc/{process_id}/stat"))
    return bool(stat) and stat.rpartition(")")[2].split()[0] not in "ZX"


SLEEPER = "import time\nprint('up')\nwhile True: time.sleep(0.05)"


def test_each_line_carries_the_name_of_its_program_and_is_kept_in_a_file(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert supervisor.run_to_end(python("prepare", "print('one'); print('two', end='')")) == 0
    assert supervisor.run_to_end(python("prepare", "import sys; print('three'); sys.exit(7)")) == 7
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["prepare", "|", word] for word in ("one", "two", "three")
    ]
    assert text_of(tmp_path / "log" / "prepare.log") == "one\ntwothree\n"


def test_a_program_that_dies_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.start(python("web", SLEEPER))
    first = child.process.pid
    assert supervisor.run_until(contains(tmp_path / "log" / "web.log", "up\n"), timeout_s=ENOUGH_S)
    os.kill(first, signal.SIGKILL)
    assert supervisor.run_until(contains(tmp_path / "log" / "web.log", "up\nup\n"), timeout_s=ENOUGH_S)
    assert child.process.pid != first


def test_a_disk_that_is_full_ends_neither_the_programs_nor_what_watches_over_them(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log" / "prepare.log").symlink_to("/dev/full")
    assert supervisor.run_to_end(python("prepare", "print('one')")) == 0
    assert capsys.readouterr().out.split() == ["prepare", "|", "one"]


def test_a_program_that_dies_takes_its_own_children_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    code = "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    supervisor.start(python("web", code + "print(child.pid, 'is my child'); sys.exit(1)"))
    log = tmp_path / "log" / "web.log"
    assert supervisor.run_until(contains(log, "is my child"), timeout_s=ENOUGH_S)
    orphan = int(text_of(log).split()[0])
    assert supervisor.run_until(lambda: not is_alive(orphan), timeout_s=ENOUGH_S)


def test_a_program_that_cannot_live_ends_everything_loudly(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    healthy = supervisor.start(python("bulk", SLEEPER))
    supervisor.start(python("web", "import sys; sys.exit('no such setting')"))
    supervisor.run()
    supervisor.stop()
    assert supervisor.failed
    assert not is_alive(healthy.process.pid)
    out = capsys.readouterr().out
    assert "GIVING UP: web ended 3 times right after its start (exit code 1)" in out
    assert text_of(tmp_path / "log" / "web.log").count("no such setting") == 3


def test_restarting_by_name_replaces_the_process(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.start(python("bulk", SLEEPER))
    before = child.process.pid
    assert supervisor.run_until(contains(tmp_path / "log" / "bulk.log", "up\n"), timeout_s=ENOUGH_S)
    supervisor.restart("bulk")
    assert not is_alive(before)
    assert supervisor.run_until(contains(tmp_path / "log" / "bulk.log", "up\nup\n"), timeout_s=ENOUGH_S)


def test_whoever_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(log_dir=tmp_path, environment=os.environ, patience=Patience(grace_s=0.1))
    deaf = supervisor.start(python("deaf", f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEPER}"))
    assert supervisor.run_until(contains(tmp_path / "deaf.log", "up"), timeout_s=ENOUGH_S)
    supervisor.stop()
    assert deaf.process.returncode == -signal.SIGKILL


def test_watches_are_looked_at_while_programs_run(supervisor: Supervisor) -> None:
    seen: list[int] = []
    supervisor.watches.append(Watch(0, lambda: seen.append(1)))
    assert supervisor.run_until(lambda: len(seen) > 2, timeout_s=ENOUGH_S)


KEEPER = """
import os, sys
from pathlib import Path
from cvmatch.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor(log_dir=folder, environment=os.environ)
supervisor.listen_to_signals()
polite = "import signal, sys, time\\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(print('bye')))\\n"
children = [
    supervisor.start(Program(name, [sys.executable, "-u", "-c", polite + "print('up')\\nwhile True: time.sleep(0.05)"]))
    for name in ("a", "b")
]
supervisor.run_until(lambda: all("up" in (folder / f"{n}.log").read_text() for n in "ab"), timeout_s=30)
print("started", *(child.process.pid for child in children), flush=True)
supervisor.run()
supervisor.stop()
"""


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that keeps two children, because signals go to whole processes."""
    process = subprocess.Popen([sys.executable, "-c", KEEPER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with process:
        yield process
        process.kill()


def children_of(keeper: subprocess.Popen[str]) -> list[int]:
    assert keeper.stdout is not None
    for line in keeper.stdout:
        if line.startswith("started"):
            return [int(word) for word in line.split()[1:]]
    raise AssertionError("the keeper ended before its children were up")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_child_in_its_own_way(
    keeper: subprocess.Popen[str], number: signal.Signals, tmp_path: Path
) -> None:
    children = children_of(keeper)
    keeper.send_signal(number)
    assert keeper.stdout is not None
    output = keeper.stdout.read()
    assert keeper.wait() == 0
    assert output.count("bye") == 2
    assert not any(map(is_alive, children))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_when_the_supervisor_is_killed(keeper: subprocess.Popen[str]) -> None:
    children = children_of(keeper)
    keeper.kill()
    while any(map(is_alive, children)):
        os.sched_yield()
