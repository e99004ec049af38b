"""Keeps a few programs running side by side: prefixes and files what they say, restarts them, and ends them together.

One thread and one loop, because a process that forks must not have threads that hold locks.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cvmatch.core.processes import die_with_parent

LOG_BYTES = 10_000_000
TICK_S = 0.2


@dataclass(frozen=True)
class Program:
    """What to run, and under which name its lines appear."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)  # on top of the supervisor's


@dataclass(frozen=True)
class Patience:
    """When to restart, when to give up, and how long a program may take to end; all in seconds."""

    grace_s: float = 10.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0
    quick_death_s: float = 30.0
    quick_deaths: int = 5


@dataclass
class Child:
    """One program and the process that runs it at the moment."""

    program: Program
    log: BinaryIO
    process: subprocess.Popen[bytes]
    started_at: float
    quick_deaths: int = 0
    restart_at: float | None = None
    unfinished_line: bytes = b""
    is_over: bool = False

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.started_at


@dataclass
class Watch:
    """Something to look at every so often while the programs run."""

    every_s: float
    look: Callable[[], None]
    next_at: float = field(default_factory=time.monotonic)


class Supervisor:
    """Runs programs until a signal asks it to stop or one of them cannot be kept alive."""

    def __init__(self, *, log_dir: Path, environment: Mapping[str, str], patience: Patience | None = None) -> None:
        self.log_dir = log_dir
        self.environment = dict(environment)
        self.patience = patience or Patience()
        self.children: dict[str, Child] = {}
        self.watches: list[Watch] = []
        self.stop_requests = 0
        self.failed = False
        self._selector = selectors.DefaultSelector()
        log_dir.mkdir(parents=True, exist_ok=True)

    @property
    def stopping(self) -> bool:
        return self.failed or self.stop_requests > 0

    def listen_to_signals(self) -> None:
        """Ctrl-C, TERM and a closed terminal end everything; a second one does not wait for the grace to pass."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(signal.SIGHUP, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        self.stop_requests += 1

    def say(self, text: str, name: str = "cvmatch") -> None:
        with contextlib.suppress(OSError):  # the reader has gone, or the disk is full; the programs remain
            print(f"{name:<11} | {text}", flush=True)  # noqa: T201

    # Running

    def start(self, program: Program) -> Child:
        log = self._open_log(program.name)
        child = Child(program, log, self._spawn(program, log), time.monotonic())
        self.children[program.name] = child
        return child

    def run_to_end(self, program: Program) -> int:
        """Runs a program that ends by itself; its exit code, or -1 when we were asked to stop before."""
        child = self.start(program)
        while child.process.poll() is None and not self.stopping:
            self._read_output()
        ended = child.process.poll()
        self._end([child])
        del self.children[program.name]
        return -1 if ended is None else ended

    def run_until(self, condition: Callable[[], bool], *, timeout_s: float) -> bool:
        """Keeps everything running until the condition holds; false when it did not in time or we were to stop."""
        deadline = time.monotonic() + timeout_s
        while not self.stopping and time.monotonic() < deadline:
            self._turn()
            if condition():
                return True
        return False

    def run(self) -> None:
        """Keeps everything running until we are asked to stop or have to give up (then ``failed`` is true)."""
        while not self.stopping:
            self._turn()

    def restart(self, name: str) -> None:
        child = self.children[name]
        self._end([child])
        self._revive(child)

    def stop(self) -> None:
        self._end(list(self.children.values()))
        self.children.clear()

    def _turn(self) -> None:
        self._read_output()
        for child in self.children.values():
            self._look_after(child)
        now = time.monotonic()
        for watch in self.watches:
            if now >= watch.next_at and not self.stopping:
                watch.next_at = now + watch.every_s
                watch.look()

    def _spawn(self, program: Program, log: BinaryIO) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603
            program.command,
            env={**self.environment, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only the supervisor, which ends the others in order
            # A supervisor that is killed takes its children with it. Safe: this process has one thread.
            preexec_fn=partial(die_with_parent, signal.SIGTERM),
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, program.name)
        return process

    # Deaths

    def _look_after(self, child: Child) -> None:
        if child.restart_at is not None:
            if time.monotonic() >= child.restart_at:
                self._revive(child)
        elif child.process.poll() is not None:
            self._mourn(child)

    def _mourn(self, child: Child) -> None:
        """Decides when a program that ended by itself is started again, or that it is hopeless."""
        code, name = child.process.returncode, child.program.name
        child.quick_deaths = child.quick_deaths + 1 if child.age_s < self.patience.quick_death_s else 0
        self._end([child])
        if child.quick_deaths >= self.patience.quick_deaths:
            self.failed = True
            self.say(f"GIVING UP: {name} ended {child.quick_deaths} times right after its start ({_ending(code)}).")
            self.say(f"What it said is above and in {self._log_path(name)}.")
            return
        longest = self.patience.longest_pause_s
        pause = min(longest, self.patience.first_pause_s * 2 ** max(child.quick_deaths - 1, 0))
        child.restart_at = time.monotonic() + pause
        self.say(f"{name} ended ({_ending(code)}); starting it again in {pause:g} s.")

    def _revive(self, child: Child) -> None:
        child.restart_at, child.is_over = None, False
        child.log = self._open_log(child.program.name)
        child.process = self._spawn(child.program, child.log)
        child.started_at = time.monotonic()

    def _end(self, children: Sequence[Child]) -> None:
        """TERM to each leader, which ends its workers in its own way; after the grace KILL to whatever is left."""
        children = [child for child in children if not child.is_over]
        for child in children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + self.patience.grace_s
        requests = self.stop_requests
        while any(child.process.poll() is None for child in children):
            if time.monotonic() > deadline or self.stop_requests > max(requests, 1):
                break
            self._read_output()
        for child in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self._close(child)

    # Output

    def _log_path(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def _open_log(self, name: str) -> BinaryIO:
        path = self._log_path(name)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab", buffering=0)

    def _read_output(self) -> None:
        for key, _ in self._selector.select(TICK_S):
            self._read(self.children[key.data])

    def _read(self, child: Child) -> None:
        assert child.process.stdout is not None
        with contextlib.suppress(BlockingIOError):
            data = os.read(child.process.stdout.fileno(), 1 << 16)
            if not data:
                self._selector.unregister(child.process.stdout)
            with contextlib.suppress(OSError):  # a full disk must not end what it watches over
                child.log.write(data)
            *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
            for line in lines:
                self.say(line.decode(errors="replace"), child.program.name)

    def _close(self, child: Child) -> None:
        """Reads what a dead child still had to say. Not to the end: a grandchild may keep the pipe open."""
        assert child.process.stdout is not None
        with contextlib.suppress(KeyError):
            self._selector.get_key(child.process.stdout)
            self._read(child)
            self._selector.unregister(child.process.stdout)
        if child.unfinished_line:
            self.say(child.unfinished_line.decode(errors="replace"), child.program.name)
            child.unfinished_line = b""
        child.process.stdout.close()
        child.log.close()
        child.is_over = True


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
