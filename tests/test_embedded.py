"""The embedded PostgreSQL: starting, sharing, crashing, stopping; on real servers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from cvmatch import embedded, postgresql_programs
from cvmatch.postgresql_programs import EmbeddedServerError

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder for a server; whatever still runs in it after the test is ended by its process id."""
    with tempfile.TemporaryDirectory(prefix="cvmatch-") as made:
        Path(made).chmod(0o711)  # pytest's own are private, and PostgreSQL's user has to pass
        folder = Path(made).resolve() / "var" / "postgres"
        yield folder
        for process_id in postgresql_programs.processes_in(folder):
            os.kill(process_id, signal.SIGKILL)


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        *before, last = query.split(";")
        for statement in before:
            connection.execute(statement)
        row = connection.execute(last).fetchone()
        return row[0] if row else None


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postmaster.pid").read_text().split()[0])


def test_the_url_is_known_before_anything_exists_and_asking_for_it_makes_nothing(data_dir: Path) -> None:
    url = embedded.database_url(data_dir)
    assert not data_dir.parent.exists()
    server = embedded.start(data_dir, durable=False)
    assert server.url == url == embedded.database_url(data_dir)
    assert one(url, "SELECT current_database()") == "cvmatch"
    server.stop()


def test_the_server_has_pgvector_counts_in_utc_and_listens_on_no_network_address(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    assert one(server.url, "CREATE EXTENSION vector; SELECT '[1,2]'::vector <=> '[1,2]'::vector") == 0
    assert one(server.url, "SHOW timezone") == "UTC"
    assert one(server.url, "SHOW listen_addresses") == ""
    server.stop()


def test_starting_twice_gives_the_same_server_and_the_last_one_to_leave_stops_it(data_dir: Path) -> None:
    first, second = embedded.start(data_dir, durable=False), embedded.start(data_dir, durable=False)
    process_id = postmaster(data_dir)
    assert first.stop() is False
    assert postmaster(data_dir) == process_id
    assert second.is_running()
    assert second.stop() is True
    assert not second.is_running()
    assert second.stop() is False


def test_data_is_still_there_after_the_server_is_killed_and_started_again(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    one(server.url, "CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    again = embedded.start(data_dir)
    assert one(again.url, "SELECT n FROM kept") == 7
    again.stop()
    server.stop()


def test_a_process_number_in_the_notes_of_a_dead_server_may_belong_to_somebody_else(data_dir: Path) -> None:
    embedded.start(data_dir, durable=False).stop()
    notes = [str(os.getpid()), str(data_dir), "1", "5432", str(data_dir), "", "1 1", "ready"]
    (data_dir / "postmaster.pid").write_text("\n".join(notes) + "\n")
    (data_dir / ".s.PGSQL.5432.lock").write_text("\n".join(notes) + "\n")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(data_dir / ".s.PGSQL.5432"))
    server = embedded.start(data_dir, durable=False)
    assert one(server.url, "SELECT 1") == 1
    server.stop()


def test_a_start_that_was_interrupted_half_way_leaves_nothing_in_the_way(data_dir: Path) -> None:
    half_made = data_dir.with_name("postgres.new")
    half_made.mkdir(parents=True)
    data_dir.parent.chmod(0o711)
    (half_made / "PG_VERSION").write_text("18\n")
    server = embedded.start(data_dir, durable=False)
    assert server.is_running()
    server.stop()


USE = """
import sys
from pathlib import Path
import psycopg
from cvmatch import embedded
url = embedded.ensure_running(Path(sys.argv[1]))
assert embedded.ensure_running(Path(sys.argv[1])) == url
print(psycopg.connect(url).execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
"""


def use(data_dir: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(data_dir)],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_two_processes_that_start_at_once_share_one_server_which_ends_with_the_second(data_dir: Path) -> None:
    one_user, other_user = use(data_dir), use(data_dir)
    assert one_user.stdout is not None
    assert other_user.stdout is not None
    assert one_user.stdout.readline() == other_user.stdout.readline() != ""
    one_user.communicate()
    assert psycopg.connect(embedded.database_url(data_dir)).close() is None
    other_user.communicate()
    assert (one_user.returncode, other_user.returncode) == (0, 0)
    assert not postgresql_programs.processes_in(data_dir.resolve())


def test_a_user_that_was_killed_no_longer_counts(data_dir: Path) -> None:
    killed = use(data_dir)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    assert embedded.start(data_dir, durable=False).stop() is True


def test_a_path_too_long_for_a_socket_still_works(data_dir: Path) -> None:
    deep = data_dir.parent / ("long" * 25) / "postgres"
    server = embedded.start(deep, durable=False)
    folder = Path(parse_qs(urlsplit(server.url).query)["host"][0])
    assert len(str(folder)) < 60
    assert one(server.url, "SELECT 1") == 1
    server.stop()
    folder.rmdir()


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(data_dir: Path) -> None:
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o711)
    (data_dir / "thesis.txt").write_text("mine")
    with pytest.raises(EmbeddedServerError, match="not empty and holds no PostgreSQL database"):
        embedded.start(data_dir)
    assert [entry.name for entry in data_dir.iterdir()] == ["thesis.txt"]


def test_data_of_another_major_version_is_refused(data_dir: Path) -> None:
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o711)
    (data_dir / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError, match="PostgreSQL 16"):
        embedded.start(data_dir)


def test_a_server_that_somebody_else_runs_on_the_folder_is_named(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    (data_dir / ".s.PGSQL.5432").rename(data_dir / "elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "LEFTOVERS_TIMEOUT_S", 0)
        with pytest.raises(EmbeddedServerError, match=f"process {postmaster(data_dir)}"):
            embedded.start(data_dir, durable=False)
    (data_dir / "elsewhere").rename(data_dir / ".s.PGSQL.5432")
    server.stop()


def test_a_place_where_nothing_can_be_written_is_named(data_dir: Path) -> None:
    data_dir.parent.write_text("a file, not a folder")
    with pytest.raises(EmbeddedServerError, match="needs to write to"):
        embedded.start(data_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the data to another user")
def test_root_below_a_private_folder_keeps_the_data_where_the_other_user_can_reach_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ROOT_PLACE", data_dir.parent.parent / "reachable")
    data_dir.parent.joinpath("private").mkdir(parents=True, mode=0o700)
    data_dir.parent.chmod(0o711)
    private = data_dir.parent / "private" / "postgres"
    server = embedded.start(private, durable=False)
    assert private.resolve().parent == embedded.ROOT_PLACE
    assert one(embedded.database_url(private), "SELECT 1") == 1
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the programs to another user")
def test_root_below_a_private_folder_runs_a_copy_of_the_programs(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = data_dir.parent.parent / "copies"
    monkeypatch.setattr(postgresql_programs, "COPIES", copies)
    monkeypatch.setattr(postgresql_programs, "_may_run", lambda program, owner: False)
    postgresql_programs.folder.cache_clear()
    server = embedded.start(data_dir, durable=False)
    assert copies in postgresql_programs.folder(postgresql_programs.database_user(data_dir)).parents
    assert one(server.url, "CREATE EXTENSION vector; SELECT 1") == 1
    server.stop()
    postgresql_programs.folder.cache_clear()


def test_the_secret_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = embedded.secret_key(tmp_path / "var")
    assert len(key) >= 50
    assert embedded.secret_key(tmp_path / "var") == key
    assert [(entry.name, entry.stat().st_mode & 0o777) for entry in (tmp_path / "var").iterdir()] == [
        ("secret_key", 0o600)
    ]


@pytest.mark.parametrize(("memory_mb", "own_mb"), [(512, 128), (4096, 512), (24_000, 3000), (128_000, 4096)])
def test_the_server_keeps_an_eighth_of_the_memory_within_bounds(memory_mb: int, own_mb: int) -> None:
    found = embedded.memory_settings(memory_mb)
    assert found["shared_buffers"] == f"{own_mb}MB"
    assert int(found["effective_cache_size"].removesuffix("MB")) >= 2 * own_mb


def test_a_running_server_has_what_this_machine_allows(data_dir: Path) -> None:
    server = embedded.start(data_dir, durable=False)
    kept = one(server.url, "SELECT setting::bigint * 8192 / 2^20 FROM pg_settings WHERE name = 'shared_buffers'")
    server.stop()
    assert f"{kept:.0f}MB" == embedded.memory_settings(embedded._memory_mb())["shared_buffers"]
