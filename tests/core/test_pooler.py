"""The whole way from an upload to a list of jobs through Debian's pgbouncer in transaction mode, with our configuration."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from cvmatch import postgresql_programs
from cvmatch.core.models import User
from cvmatch.settings.databases import LIMITS, WEB, WORKER, Addresses, databases
from ingestion.models import CV
from jobs.models import Job
from matching.models import Match
from tests.support import CV_TEXT, database_url, make_job, make_user, work_until_idle

T = TypeVar("T")
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
CONFIGURATION = settings.PROJECT_DIR / "deploy" / "pgbouncer" / "pgbouncer.ini"
PORT = 6432  # names the socket only
SERVERS = 2  # far fewer connections than callers, so that each caller gets another one all the time

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer; on Debian: apt-get install pgbouncer"),
]
OF_THE_WEB = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cvmatch web'"
)


def configuration(folder: Path) -> str:
    """Ours, with the places of this test and few connections."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    known = connection.get_connection_params()
    changes = {
        r"host=postgres port=5432 dbname=cvmatch": f"host={known['host']} port={known['port']} dbname={known['dbname']}",
        r"pool_size=\d+": f"pool_size={SERVERS}",
        r"(?m)^listen_addr = .*$": "",
        r"(?m)^unix_socket_dir =.*$": f"unix_socket_dir = {folder}",
        r"(?m)^auth_type = .*$": "auth_type = any",
        r"(?m)^auth_file = .*$": "",
    }
    for ours, here in changes.items():
        text, changed = re.subn(ours, here, text)
        assert changed, ours
    return text.replace("dbname=", f"user={known['user']} dbname=")


@pytest.fixture
def pooler(transactional_db: None) -> Iterator[Callable[[str], str]]:
    """The address of a role's pool; pgbouncer runs as long as the test."""
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-pooler-")).resolve()
    owner = postgresql_programs.database_user(folder / "x")
    (folder / "pgbouncer.ini").write_text(configuration(folder), encoding="utf-8")
    folder.chmod(0o755)
    if owner:
        shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    log = (folder / "log").open("w+")
    assert PGBOUNCER is not None
    running = subprocess.Popen([PGBOUNCER, folder / "pgbouncer.ini"], stdout=log, stderr=log, cwd="/", **identity)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + 10
        while not (folder / f".s.PGSQL.{PORT}").exists():
            log.seek(0)
            assert running.poll() is None, log.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield lambda role: f"postgresql://postgres@/cvmatch_{role}?host={folder}&port={PORT}"
    finally:
        running.terminate()
        running.wait(10)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def threads(pooler: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[object]]]:
    """Runs calls side by side in threads of their own, whose database is the pool of a role."""
    direct = connections.settings["default"]
    with ThreadPoolExecutor(6) as executor:

        def run(role: str, *calls: Callable[[], T]) -> list[T]:
            conf = databases(Addresses(pooler(role), direct=database_url()), role=role)["default"]
            monkeypatch.setitem(connections.settings, "default", {**direct, **conf})
            return list(executor.map(_alone, calls))

        yield run


def _alone(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connections.close_all()
        del connections["default"]  # the thread's next call may have another role


def one(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_an_upload_is_read_embedded_matched_and_shown_through_the_pooler(threads: Callable[..., list[object]]) -> None:
    person = make_user("mara")
    recruiter = make_user("rita", User.Role.RECRUITER)
    make_job()

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def upload() -> object:
        file = SimpleUploadedFile("cv.txt", CV_TEXT.encode(), content_type="text/plain")
        return signed_in(person).post("/cvs/upload/", {"file": file}).status_code

    assert threads(WEB, upload) == [302]
    threads(WORKER, work_until_idle)
    cv, job = CV.objects.get(), Job.objects.get()
    assert Match.objects.filter(cv=cv, job=job).exists()

    def look(user: User, path: str) -> Callable[[], object]:
        return lambda: signed_in(user).get(path).status_code

    pages = [
        look(person, f"/cvs/{cv.pk}/"),
        look(person, f"/cvs/{cv.pk}/matches/?country=DE"),
        look(recruiter, "/jobs/?q=data"),
        look(recruiter, f"/jobs/{job.pk}/"),
        look(recruiter, f"/jobs/{job.pk}/candidates/"),
        look(recruiter, f"/api/v1/jobs/{job.pk}/similar"),
    ]
    assert threads(WEB, *pages * 4) == [200] * 24
    assert one(OF_THE_WEB) <= SERVERS  # type: ignore[operator]


def test_nothing_of_a_session_is_left_behind_on_a_connection(threads: Callable[..., list[object]]) -> None:
    names = ["ann", "ben", "cleo"]
    for name in names:
        make_user(name)

    def walk() -> object:
        """Many runs of one statement, rows read on while others use the connections, a setting of one transaction."""
        for _ in range(8):
            list(User.objects.filter(username="x"))
        rows = User.objects.order_by("pk").iterator(chunk_size=1)
        first = next(rows)
        with transaction.atomic():
            one("SELECT set_config('hnsw.ef_search', '333', true)")
        return [first.username, *(user.username for user in rows)]

    assert threads(WEB, *[walk] * 12) == [names] * 12
    left = threads(
        WEB,
        *[
            lambda: (
                one("SELECT count(*) FROM pg_prepared_statements"),
                one("SELECT count(*) FROM pg_cursors"),
                one("SELECT current_setting('hnsw.ef_search', true)"),
            )
        ]
        * 6,
    )
    assert {(prepared, cursors) for prepared, cursors, _ in left} == {(0, 0)}
    assert "333" not in {ef_search for _, _, ef_search in left}


def test_the_pooler_keeps_the_time_limits_of_each_role(threads: Callable[..., list[object]]) -> None:
    for role in (WEB, WORKER):
        (limits,) = threads(
            role, lambda: (one("SHOW statement_timeout"), one("SHOW idle_in_transaction_session_timeout"))
        )
        known = LIMITS[role]
        assert limits == (_shown(known.statement_s), _shown(known.idle_in_transaction_s))


def _shown(seconds: int) -> str:
    return f"{seconds // 60}min" if seconds % 60 == 0 else f"{seconds}s"


def test_a_statement_that_takes_too_long_ends_and_the_next_works(threads: Callable[..., list[object]]) -> None:
    def slow() -> object:
        with transaction.atomic():
            one("SELECT set_config('statement_timeout', '50', true)")
            with pytest.raises(OperationalError, match="statement timeout"):
                one("SELECT pg_sleep(5)")
            transaction.set_rollback(True)
        return one("SELECT 1")

    assert threads(WEB, *[slow] * 4) == [1] * 4
