"""The system page says how often each cache had what was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cvmatch.core import cache_counts
from cvmatch.core.cache.breaker import REDIS

pytestmark = pytest.mark.django_db


def test_each_layer_has_its_hits_and_how_often_it_had_to_be_made(as_: Callable[[str], Client]) -> None:
    cache_counts.write()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_cachecount")
        cursor.execute("INSERT INTO core_cachecount VALUES ('l1', 2997, 1000)")
    cache_counts.count("l1", hits=3)
    page = as_("admin").get("/operations/system/").content.decode()
    rows = {name: row for row in re.findall(r"<tr>.*?</tr>", page) for name in re.findall(r"\((L\d)\)", row)}
    assert rows.keys() == {"L1", "L2", "L3"}
    assert re.search(r"75\s*%.*1,000", rows["L1"])


def test_a_redis_that_is_gone_is_said_and_the_page_comes(as_: Callable[[str], Client], settings: Any) -> None:
    client = as_("admin")
    gone = {"LOCATION": "redis://127.0.0.1:1/0", "BACKEND": "cvmatch.core.cache.redis.SteadyCache"}
    settings.REDIS_URL, settings.CACHES = gone["LOCATION"], {**settings.CACHES, "default": gone}
    REDIS.close()
    page = client.get("/operations/system/")
    assert (page.status_code, page.content.count(b"does not answer")) == (200, 2)
    REDIS.close()
