"""A file of any size is imported in pages; the same again is not even mapped; what is known is told apart from what is new."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from cvmatch.core.errors import InvalidInput
from ingestion.sources import Item, Rejected
from ingestion.sources.jsonld import JsonLdSource
from ingestion.syncing import import_items, importing, mapping
from ingestion.syncing.importing import import_rows
from jobs.models import Job, JobReading, Sighting
from jobs.values import JobPosting, UpsertCounts
from tests.board import row

pytestmark = pytest.mark.django_db(transaction=True)


def load(
    rows: list[object], source: JsonLdSource | None = None, name: str = "file"
) -> tuple[UpsertCounts, list[Rejected]]:
    payload = io.BytesIO("\n".join(map(json.dumps, rows)).encode())
    rejected: list[Rejected] = []
    counts = import_items(source_name=name, source=source or JsonLdSource(), payload=payload, report=rejected.append)
    return counts, rejected


class Watched(JsonLdSource):
    mapped: list[int] = []

    def postings(self, item) -> Iterator[JobPosting | Rejected]:
        self.mapped.append(item.position)
        yield from super().postings(item)


def test_an_import_counts_stores_and_reports() -> None:
    counts, rejected = load([row(1), {"identifier": "2"}, row(3)])
    assert counts == UpsertCounts(2, 0, 0, 1)
    assert rejected == [Rejected(2, "The posting has no title.")]
    assert {task.task["args"][0] for task in OrmQ.objects.all()} >= {"read_jobs", "count_words"}
    assert JobReading.objects.filter(status="pending").count() == 2


@pytest.mark.parametrize("count", [1201, 2600])
def test_more_than_a_page_is_stored_page_by_page_and_the_same_again_changes_nothing(monkeypatch, count: int) -> None:
    monkeypatch.setattr(importing, "IMPORT_PAGE", 600)
    rows = [row(number) for number in range(count)]
    assert load(rows)[0] == UpsertCounts(count, 0, 0)
    stored = list(Job.objects.order_by("pk").values_list("external_id", "title", "description", "row_hash"))
    assert [int(each[0]) for each in stored] == list(range(count)), "in the order of the file"
    assert load(rows)[0] == UpsertCounts(0, 0, count)
    assert list(Job.objects.order_by("pk").values_list("external_id", "title", "description", "row_hash")) == stored


def test_what_is_known_is_not_mapped_and_a_source_of_another_name_is_another(monkeypatch) -> None:
    Watched.mapped.clear()
    load([row(1), row(2)], Watched())
    load([row(1), row(2, "Cook")], Watched())
    assert Watched.mapped == [1, 2, 2]
    load([row(1)], Watched(), name="other")
    assert Watched.mapped == [1, 2, 2, 1]
    assert Job.objects.count() == 3


def test_an_unchanged_page_takes_few_statements_and_touches_no_posting() -> None:
    rows = [row(number) for number in range(200)]
    load(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(xmin::text::bigint) FROM jobs_job")
        before = cursor.fetchone()
        with CaptureQueriesContext(connection) as captured:
            assert load(rows)[0].unchanged == 200
        cursor.execute("SELECT max(xmin::text::bigint) FROM jobs_job")
        assert cursor.fetchone() == before
    assert len(captured) <= 6, [query["sql"][:80] for query in captured]


def test_the_later_of_two_items_with_one_id_counts_whichever_of_them_is_known() -> None:
    first, last = row(1, "First"), row(1, "Last")
    assert load([first, last])[0] == UpsertCounts(1, 0, 0)
    assert Job.objects.get().title == "Last"
    assert load([first, last])[0] == UpsertCounts(0, 0, 1)
    assert Job.objects.get().title == "Last"
    assert load([last, first])[0] == UpsertCounts(0, 1, 1)
    assert Job.objects.get().title == "First"


def test_an_item_that_became_several_places_is_seen_as_a_whole() -> None:
    places = [{"address": {"addressLocality": city}} for city in ("Berlin", "Potsdam")]
    assert load([row(1, jobLocation=places)])[0].created == 2
    assert load([row(1, jobLocation=places)])[0] == UpsertCounts(0, 0, 2)
    assert Sighting.objects.values("item_hash").distinct().count() == 1
    Job.objects.filter(city="Potsdam").update(status="expired")
    assert load([row(1, jobLocation=places)])[0] == UpsertCounts(0, 1, 1)


def test_an_item_whose_postings_went_is_made_again() -> None:
    load([row(1)])
    Job.objects.all().delete()
    assert load([row(1)])[0] == UpsertCounts(1, 0, 0)


@pytest.mark.parametrize("pages", [1, 3, 8])
def test_pages_before_one_that_cannot_be_read_are_stored(monkeypatch, pages: int) -> None:
    """Also those that other processes map while the next ones are read."""
    monkeypatch.setattr(importing, "IMPORT_PAGE", mapping.WORTH_A_PROCESS)
    count = pages * mapping.WORTH_A_PROCESS

    def items() -> Iterator[Item]:
        yield from (Item(number, row(number)) for number in range(1, count + 1))
        raise InvalidInput("The rest is no JSON.")

    with pytest.raises(InvalidInput, match="no JSON"):
        import_rows(source_name="file", source=JsonLdSource(), rows=items(), report=print)
    assert Job.objects.count() == count
