"""What ``bin/up`` runs: database, preparation, web server and both queues, until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from cvmatch import embedded, locks
from cvmatch.core.addresses import is_loopback
from cvmatch.core.errors import CvmatchError
from cvmatch.settings import base as settings
from cvmatch.supervisor import Patience, Program, Supervisor, Watch

QUEUES = ("interactive", "bulk")
HEARTBEAT_LOOK_S = 30.0
HEARTBEAT_STALE_S = 300.0  # tasks write one every minute
DATABASE_LOOK_S = 2.0
READY_TIMEOUT_S = 90.0
OPTIONS_OF_DJANGO = {"pool", "isolation_level", "assume_role", "server_side_binding", "prepare_threshold"}
GRACE_S = 12.0  # more than gunicorn's graceful_timeout


class CannotStartError(CvmatchError):
    """Something outside has to change before cvmatch can run here."""

    title = "cvmatch cannot start"


def main() -> int:
    try:
        with _only_one(settings.VAR_DIR) as crashed_before:
            refuse_public_demo(settings.HOST)
            wait_for_port(settings.HOST, settings.PORT, timeout_s=GRACE_S if crashed_before else 0)
            return _run()
    except CvmatchError as error:
        print(f"{error.title}: {error.message}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


def _run() -> int:
    _count_anew()
    # Unbuffered, else Python keeps lines back when it writes to a pipe; what went well is on the pipeline page.
    environment = {"CVMATCH_LOG_LEVEL": "WARNING", **os.environ, "PYTHONUNBUFFERED": "1"}
    patience = Patience(grace_s=GRACE_S)
    supervisor = Supervisor(log_dir=settings.VAR_DIR / "log", environment=environment, patience=patience)
    supervisor.listen_to_signals()
    database = EmbeddedDatabase(supervisor) if settings.EMBEDDED else None
    try:
        return _serve(supervisor)
    finally:
        supervisor.stop()
        if database:
            database.stop()
        supervisor.say("Stopped.")


def _serve(supervisor: Supervisor) -> int:
    supervisor.say("Preparing the database …")
    if code := supervisor.run_to_end(Program("prepare", manage("prepare"))):
        return 0 if supervisor.stop_requests else code
    for program in programs():
        supervisor.start(program)
    supervisor.watches.append(Watch(HEARTBEAT_LOOK_S, lambda: restart_stale_queues(supervisor)))
    if supervisor.run_until(_answers, timeout_s=READY_TIMEOUT_S):
        _announce(supervisor)
    elif not supervisor.stopping:
        supervisor.say(f"The web server does not answer yet after {READY_TIMEOUT_S:g} s; see {supervisor.log_dir}.")
    supervisor.run()
    return 1 if supervisor.failed else 0


def _count_anew() -> None:
    """Metrics begin at nothing: what was counted before may have been cut short when the machine went down."""
    for counted in settings.METRICS_DIR.glob("*.db") if settings.METRICS_DIR else ():
        counted.unlink(missing_ok=True)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.PROJECT_DIR / "manage.py"), *arguments]


def programs() -> list[Program]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", str(settings.PROJECT_DIR / "deploy" / "gunicorn.conf.py")]
    # By environment, because django-q2 reads its settings before it looks at the option --name.
    queues = [Program(name, manage("qcluster"), {"Q_CLUSTER_NAME": name}) for name in QUEUES]
    return [Program("web", [*gunicorn, "cvmatch.wsgi"]), *queues]


# Before anything starts


@contextlib.contextmanager
def _only_one(var_dir: Path) -> Iterator[bool]:
    """Holds the folder for this process; true when the last one did not come to its proper end."""
    note = var_dir / "up.lock"
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = locks.open_locked(note, locks.EXCLUSIVE | locks.AT_ONCE)
    except BlockingIOError:
        holder = note.read_text(encoding="ascii")
        raise CannotStartError(
            f"bin/up already runs on {var_dir} (process {holder}). End it, or name another folder: CVMATCH_VAR_DIR=…"
        ) from None
    except OSError as error:
        raise CannotStartError(
            f"{var_dir} cannot be written to ({error.strerror}). Name another folder: CVMATCH_VAR_DIR=…"
        ) from error
    crashed_before = note.stat().st_size > 0
    note.write_text(str(os.getpid()), encoding="ascii")
    try:
        yield crashed_before
    finally:
        note.write_text("", encoding="ascii")
        os.close(descriptor)


def refuse_public_demo(host: str) -> None:
    """Raises CannotStartError when accounts with known passwords would be open to the network."""
    if (settings.DEMO or demo_logins()) and not is_loopback(host):
        raise CannotStartError(
            f"HOST is {host}, which others can reach, and this folder holds demo accounts with known passwords. "
            "Use HOST=127.0.0.1, or start without them: CVMATCH_DEMO=0 and a fresh CVMATCH_VAR_DIR."
        )


def wait_for_port(host: str, port: int, *, timeout_s: float) -> None:
    """Raises CannotStartError when the address is taken; after a crash only when what is left has had its time."""
    deadline = time.monotonic() + timeout_s
    while (error := _bind_error(host, port)) and time.monotonic() < deadline:
        time.sleep(0.2)
    if error:
        raise CannotStartError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one: PORT={port + 1} bin/up"
        ) from error


def _bind_error(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


# While it runs


class EmbeddedDatabase:
    """The embedded server as long as ``bin/up`` runs; started again when it dies."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.server = embedded.start(settings.VAR_DIR / "postgres")
        supervisor.watches.append(Watch(DATABASE_LOOK_S, self.look))

    def look(self) -> None:
        if self.server.is_running():
            return
        self.supervisor.say("The database has ended; starting it again.")
        try:
            dead, self.server = self.server, embedded.start(settings.VAR_DIR / "postgres")
        except (CvmatchError, OSError) as error:  # a full disk is one day emptied
            self.supervisor.say(f"The database does not start; trying again in {DATABASE_LOOK_S:g} s. {error}")
            return
        dead.stop()

    def stop(self) -> None:
        if not self.server.stop():
            self.supervisor.say("Another command still uses the database, which will end with it.")


def restart_stale_queues(supervisor: Supervisor) -> None:
    """A queue whose worker died at a bad moment can stand still for ever while all its processes look alive."""
    beats = heartbeat_ages_s()
    for name in QUEUES:
        child = supervisor.children[name]
        if name in beats and child.restart_at is None and min(beats[name], child.age_s) > HEARTBEAT_STALE_S:
            supervisor.say(f"{name} has shown no sign of life for {beats[name]:.0f} s; restarting it.")
            supervisor.restart(name)


def heartbeat_ages_s() -> dict[str, float]:
    """Seconds since the last heartbeat of each queue; nothing when the database cannot tell."""
    query = "SELECT cluster, extract(epoch FROM now() - beat_at)::float FROM core_workerheartbeat"
    try:
        with psycopg.connect(**_connection_parameters()) as connection:
            return dict(connection.execute(query).fetchall())
    except psycopg.Error:
        return {}


def _connection_parameters() -> dict[str, Any]:
    """The settings' database in libpq's words; Django itself would cost this process 30 MB."""
    database = settings.DATABASES["default"]
    words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    named = {word: database[key] for word, key in words.items() if database.get(key)}
    options = {word: value for word, value in database.get("OPTIONS", {}).items() if word not in OPTIONS_OF_DJANGO}
    return {"connect_timeout": 3, **named, **options}


# Being ready


def _answers() -> bool:
    """Any answer of the application counts: behind a proxy it may well refuse this host name."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(supervisor: Supervisor) -> None:
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    supervisor.say(f"Ready: http://{host}:{settings.PORT}/  (Ctrl-C stops everything)")
    for line in demo_logins():
        supervisor.say(line)


def demo_logins() -> list[str]:
    """What ``manage.py demo`` noted for the person at this machine; the note is there as long as the accounts are."""
    note = settings.VAR_DIR / "demo-logins.txt"
    if not settings.EMBEDDED or not note.exists():
        return []
    return note.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(main())
