"""The pages on the queues and on the system itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Task

from cvmatch.core import queue
from cvmatch.core.models import WorkerHeartbeat
from cvmatch.queue_page import works_of
from tests.support import make_cv, work_until_idle

pytestmark = pytest.mark.django_db

QUEUE, SYSTEM = "/operations/queue/", "/operations/system/"


def finished(work: str, *, succeeded: bool = True, result: str = "", ago: timedelta = timedelta(0)) -> None:
    now = timezone.now() - ago
    Task.objects.create(
        id=f"{Task.objects.count():032}", name=work, func=queue.RUN_STAGE, args=(work,), success=succeeded, result=result,
        started=now - timedelta(seconds=2), stopped=now,
    )  # fmt: skip


def test_tasks_are_counted_by_what_they_do() -> None:
    queue.enqueue("parse_cvs")
    queue.enqueue("parse_cvs")
    queue.send_echo(queue.BULK, "x", 0.0)
    OrmQ.objects.filter(pk=OrmQ.objects.order_by("pk")[0].pk).update(lock=timezone.now() + timedelta(seconds=100))
    finished("embed_cvs")
    finished(
        "embed_cvs", succeeded=False, result="x : Traceback\nValueError: Mara's CV says so", ago=timedelta(hours=1)
    )
    works = {work.name: work for work in works_of(queue.list_queued(10), queue.list_finished(10))}
    assert list(works) == ["echo", "embed_cvs", "parse_cvs"]
    assert (works["parse_cvs"].waiting, works["parse_cvs"].running) == (1, 1)
    assert (works["embed_cvs"].done, works["embed_cvs"].failed, works["embed_cvs"].mean_s) == (1, 1, 2.0)
    assert works["embed_cvs"].error == "ValueError"


def test_a_failure_never_shows_what_its_message_quotes(as_: Callable[[str], Client]) -> None:
    finished("parse_cvs", succeeded=False, result="Mara Lindqvist of Berlin")
    page = as_("admin").get(QUEUE).content.decode()
    assert "Mara" not in page
    assert "unknown" in page


def test_the_load_of_each_queue_says_since_when_the_oldest_task_waits() -> None:
    queue.enqueue("parse_cvs", queue=queue.INTERACTIVE)
    since = timezone.now() - timedelta(minutes=7)
    OrmQ.objects.update(lock=since)
    loads = queue.loads()
    assert loads[queue.INTERACTIVE] == queue.Load(waiting=1, running=0, oldest=since)
    assert loads[queue.BULK] == queue.Load()


def test_a_try_shows_how_long_each_queue_took(as_: Callable[[str], Client]) -> None:
    client = as_("admin")
    page = client.post(f"{QUEUE}try/", follow=True)
    assert "interactive: no answer yet" in page.content.decode()
    work_until_idle()
    part = client.get(page.redirect_chain[0][0], headers={"HX-Request": "true", "HX-Target": "trial"}).content.decode()
    assert part.count("there and back in") == 2
    assert "hx-trigger" not in part


def test_an_empty_queue_says_what_fills_it_and_a_test_that_is_gone_shows_nothing(as_: Callable[[str], Client]) -> None:
    page = as_("admin").get(QUEUE, {"test": "nonsense"}).content.decode()
    assert "The queues are empty" in page
    assert "no answer yet" not in page


def test_the_system_page_names_parts_that_do_not_work(as_: Callable[[str], Client]) -> None:
    client = as_("admin")
    assert "no sign of life" in client.get(SYSTEM).content.decode()
    for cluster in (queue.INTERACTIVE, queue.BULK):
        WorkerHeartbeat.objects.create(cluster=cluster, beat_at=timezone.now())
    assert "no sign of life" not in client.get(SYSTEM).content.decode()


def test_the_system_page_shows_tables_versions_and_settings(as_: Callable[[str], Client]) -> None:
    make_cv()
    page = as_("admin").get(SYSTEM).content.decode()
    for said in ("ingestion_cv", "pgvector", "CVMATCH_MATCH_TOP", "Last backup", "unknown"):
        assert said in page, said


def test_the_system_page_shows_no_secret(as_: Callable[[str], Client], settings: Any) -> None:
    settings.LLM = {**settings.LLM, "KEY": "sk-hidden-1", "URL": "https://user:hidden-2@llm.example.com"}
    settings.SECRETS_KEYS = ["hidden-3"]
    page = as_("admin").get(SYSTEM).content.decode()
    assert "hidden" not in page.replace(' type="hidden"', "").replace('aria-hidden="true"', "")
    assert settings.SECRET_KEY not in page


def test_the_budget_of_both_pages_holds(as_: Callable[[str], Client]) -> None:
    for page in (QUEUE, SYSTEM):
        assert len(as_("admin").get(page).content) < 60_000
