"""Reading from a replica: a real one, made by pg_basebackup, that streams from the server of the tests."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections, router, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_redis.exceptions import ConnectionInterrupted

from cvmatch import embedded, postgresql_programs
from cvmatch.core import replica
from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from cvmatch.core.replica import Reading, ReplicaRouter, Standing, has_replayed
from cvmatch.settings.databases import DEFAULT, REPLICA
from jobs.facets import count_facets
from jobs.models import Job, SavedSearch
from jobs.values import JobFilter
from matching.search import Side
from matching.search.pgvector import PgvectorSearch
from tests.support import make_job, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=[DEFAULT, REPLICA]),
    pytest.mark.skipif(not settings.EMBEDDED, reason="a replica is made of the embedded server only"),
]


@pytest.fixture(scope="module", autouse=True)
def server(django_db_setup: None, django_db_blocker: object) -> Iterator[embedded.EmbeddedServer]:
    """The replica, known to Django as DATABASE_REPLICA_URL would make it known."""
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-replica-")).resolve()
    folder.chmod(0o711)
    place = folder / "postgres"
    owner = postgresql_programs.database_user(place)
    place.mkdir()
    if owner:
        shutil.chown(place, owner.pw_uid, owner.pw_gid)
    primary = settings.DATABASES[DEFAULT]
    where = f"host={primary['OPTIONS']['host']} port={primary['OPTIONS']['port']} user=postgres"
    copy = (
        "-d",
        where,
        "-D",
        str(place),
        "--write-recovery-conf",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--no-sync",
    )
    postgresql_programs.run("pg_basebackup", *copy, owner=owner)
    place.chmod(0o700)
    started = embedded.start(place, durable=False)
    socket = embedded._socket_folder(place)
    connections.settings[REPLICA] = {**primary, "OPTIONS": {**primary["OPTIONS"], "host": str(socket)}}
    connections.settings[REPLICA]["TEST"] = {**primary["TEST"], "MIRROR": DEFAULT}
    try:
        yield started
    finally:
        connections[REPLICA].close()
        del connections[REPLICA]
        del connections.settings[REPLICA]
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def looked_at_each_time(server: embedded.EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(router, "routers", [ReplicaRouter()])
    monkeypatch.setattr(replica, "LOOK_S", -1.0)
    monkeypatch.setattr(replica, "_standing", Standing(float("-inf"), None))
    yield
    if server.is_running():
        on_replica("SELECT pg_wal_replay_resume()")
        connections[REPLICA].close()
    cache.clear()


def on_replica(query: str) -> None:
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(query)


def catch_up() -> None:
    """Waits until the replica has everything that was written before."""
    on_replica("SELECT pg_wal_replay_resume()")
    lsn, _ = replica._row(DEFAULT, replica._PRIMARY)
    deadline = time.monotonic() + 20
    while not has_replayed(lsn):
        assert time.monotonic() < deadline, "the replica does not follow"
        time.sleep(0.02)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make_user(name, User.Role.RECRUITER))
    return client


def save_search(client: Client, name: str) -> None:
    assert client.post("/jobs/saved/", {"name": name, "query": "", "shared": "on"}).status_code == 302


def statements(alias: str, client: Client, path: str) -> list[str]:
    """What a GET asks of that database."""
    with CaptureQueriesContext(connections[alias]) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_a_page_reads_jobs_from_the_replica_and_accounts_from_the_primary() -> None:
    client, job = signed_in("reader"), make_job()
    catch_up()
    assert any("jobs_job" in sql for sql in statements(REPLICA, client, "/jobs/"))
    asked = statements(DEFAULT, client, f"/jobs/?q={job.title.split()[0]}")
    assert any("core_user" in sql for sql in asked)
    assert not any('FROM "jobs_job"' in sql for sql in asked)


def test_nobody_sees_a_state_from_before_their_own_write_and_others_see_theirs_later() -> None:
    writer, other = signed_in("writer"), signed_in("other")
    catch_up()
    on_replica("SELECT pg_wal_replay_pause()")
    save_search(writer, "Data people")
    assert "Data people" in writer.get("/jobs/saved/").content.decode()
    assert "Data people" not in other.get("/jobs/saved/").content.decode()
    catch_up()
    assert "Data people" in other.get("/jobs/saved/").content.decode()
    assert any("jobs_savedsearch" in sql for sql in statements(REPLICA, writer, "/jobs/saved/"))


def test_the_api_shows_a_key_what_it_wrote() -> None:
    secret = create_key(user=make_user("machine", User.Role.ADMIN), name="script")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    catch_up()
    on_replica("SELECT pg_wal_replay_pause()")
    pushed = json.dumps([{"external_id": "p1", "title": "Welder", "description": "We weld."}])
    answer = client.post("/api/v1/jobs?source=mine", pushed, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert client.get(f"/api/v1/jobs/{Job.objects.get(external_id='p1').pk}").status_code == 200


def test_a_replica_that_is_too_far_behind_is_not_read(settings: object) -> None:
    settings.REPLICA_LAG_S = 0.0  # type: ignore[attr-defined]
    reader = signed_in("reader")
    catch_up()
    assert has_replayed(0)
    on_replica("SELECT pg_wal_replay_pause()")
    SavedSearch.objects.create(user=User.objects.get(username="reader"), name="Late", query="", is_shared=True)
    assert not has_replayed(0)
    assert "Late" in reader.get("/jobs/saved/").content.decode()


def test_a_request_that_wrote_and_a_transaction_read_the_primary() -> None:
    catch_up()
    token = replica._reading.set(Reading(from_replica=True))
    try:
        assert Job.objects.all().db == REPLICA
        with transaction.atomic():
            assert Job.objects.all().db == DEFAULT
        assert User.objects.all().db == DEFAULT
        Job.objects.filter(pk=0).update(title="")
        assert Job.objects.all().db == DEFAULT
    finally:
        replica._reading.reset(token)


def test_search_and_facets_run_on_the_replica_as_a_whole() -> None:
    make_job()
    catch_up()
    token = replica._reading.set(Reading(from_replica=True))
    try:
        with CaptureQueriesContext(connections[DEFAULT]) as asked, CaptureQueriesContext(connections[REPLICA]) as read:
            PgvectorSearch().find(Side.JOBS_FOR_CV, [1], model="m", limit=10, only=JobFilter(countries=("DE",)))
            count_facets(Job.objects.listed(), JobFilter())
    finally:
        replica._reading.reset(token)
    assert asked.captured_queries == []
    assert any("hnsw.ef_search" in query["sql"] for query in read.captured_queries)


def test_without_the_cache_that_remembers_writes_the_primary_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = signed_in("reader")
    catch_up()

    def gone(*_: object, **__: object) -> None:
        raise ConnectionInterrupted(connection=None)

    monkeypatch.setattr("cvmatch.core.replica.cache.get", gone)
    assert statements(REPLICA, reader, "/jobs/saved/") == []


def test_a_replica_that_is_gone_is_not_read_until_it_is_back(server: embedded.EmbeddedServer) -> None:
    reader = signed_in("reader")
    catch_up()
    server.stop()
    assert reader.get("/jobs/saved/").status_code == 200
    again = embedded.start(server.data_dir, durable=False)
    server._users = again._users  # handed over, so that the end of the module stops this one
    catch_up()
    assert any("jobs_savedsearch" in sql for sql in statements(REPLICA, reader, "/jobs/saved/"))


def test_what_is_no_replica_any_more_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    catch_up()
    assert has_replayed(0)
    connections[REPLICA].close()
    primary = settings.DATABASES[DEFAULT]["OPTIONS"]["host"]
    with monkeypatch.context() as promoted:  # the address leads to a server that takes writes
        promoted.setitem(connections[REPLICA].settings_dict["OPTIONS"], "host", primary)
        assert not has_replayed(0)
        connections[REPLICA].close()
