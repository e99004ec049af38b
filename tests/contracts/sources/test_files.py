"""Files of jobs: Parquet, and the job schema of JSON Resume."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvmatch.core.errors import InvalidInput
from ingestion.sources import Item, Rejected, read
from ingestion.sources.csv_file import CsvSource
from ingestion.sources.jsonresume import JsonResumeJobSource
from ingestion.sources.parquet import BATCH_ROWS, ParquetSource
from jobs.values import JobPosting, Pay, Place
from tests.contracts.sources.scripted import own_payload, postings_in, rejections_in, shared_payload


def parquet(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


# --- Parquet --------------------------------------------------------------------------------------------------------
def test_a_row_of_parquet_is_mapped_field_by_field() -> None:
    maker, herder = postings_in(ParquetSource(), own_payload("parquet.parquet"))
    assert (maker.external_id, maker.title, maker.company) == ("P-1", "Cheese Maker", "Alpine Dairy")
    assert maker.place == Place(city="Bern", country="CH", latitude=46.95, longitude=7.44)
    assert maker.pay == Pay(Decimal(60_000), Decimal(70_000), "CHF")
    assert (maker.employment_type, maker.url) == ("full_time", "https://alpine.example/p-1")
    assert maker.posted_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert maker.expires_at == datetime(2026, 2, 6, tzinfo=UTC)
    assert maker.description == "Make cheese."
    assert maker.raw["salary_min"] == "60000.00"
    assert herder.pay == Pay(Decimal(20), Decimal(30))
    assert herder.repairs == ("salary bounds swapped", "company unknown", "no description")
    assert rejections_in(ParquetSource(), own_payload("parquet.parquet")) == [(2, "The posting has no title.")]


def test_nested_columns_are_objects_of_a_job_posting() -> None:
    row = {
        "title": "Herder",
        "hiringOrganization": {"name": "Alpine Dairy"},
        "location": {"addressLocality": "Bern", "addressCountry": "CH"},
        "baseSalary": {"currency": "CHF", "value": {"minValue": 30, "maxValue": 35, "unitText": "HOUR"}},
        "datePosted": date(2026, 1, 5),
        "occupationalCategory": ["Farm", "Alp"],
    }
    (herder,) = postings_in(ParquetSource(), parquet([row]))
    assert (herder.company, herder.place) == ("Alpine Dairy", Place(city="Bern", country="CH"))
    assert herder.pay == Pay(Decimal(30), Decimal(35), "CHF", "HOUR")
    assert (herder.posted_at, herder.categories) == (datetime(2026, 1, 5, tzinfo=UTC), ("Farm", "Alp"))


def test_words_for_place_and_pay_are_read_in_parquet_as_in_csv() -> None:
    row = {"Title": "Herder", "Location": "Bern, Switzerland", "Salary": "CHF 30 - 35 per hour"}
    table = ",".join(row) + "\n" + ",".join(f'"{text}"' for text in row.values()) + "\n"
    for (herder,) in (postings_in(ParquetSource(), parquet([row])), postings_in(CsvSource(), table)):
        assert herder.place == Place(city="Bern", country="CH")
        assert herder.pay == Pay(Decimal(30), Decimal(35), "CHF", "HOUR")


def test_a_file_of_many_batches_is_read_in_order_also_when_packed() -> None:
    content = parquet([{"id": str(n), "title": f"Herder {n}"} for n in range(3 * BATCH_ROWS + 1)])
    packed = cast(BinaryIO, gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(content))))
    rows = [row for row in read(ParquetSource(), packed) if isinstance(row, JobPosting)]
    assert [row.external_id for row in rows] == [str(n) for n in range(3 * BATCH_ROWS + 1)]


def damaged() -> Iterator[bytes]:
    content = parquet([{"title": f"Herder {n} " * 20} for n in range(500)])
    yield from (
        b"",
        b"PAR1",
        b"title\nCook\n",
        content[:-20],
        content[40:],
        content[:50] + b"\x55" * 300 + content[350:],
    )
    yield parquet([{"salary": "none has a title"}])


@pytest.mark.parametrize("content", list(damaged()), ids=range(7))
def test_what_is_no_sound_file_with_titles_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"not Parquet|no column named title"):
        list(ParquetSource().items(io.BytesIO(content)))


# --- JSON Resume ----------------------------------------------------------------------------------------------------
def test_a_job_of_json_resume_is_mapped_field_by_field() -> None:
    (keeper,) = postings_in(JsonResumeJobSource(), own_payload("jsonresume.json"))
    assert (keeper.title, keeper.company) == ("Beekeeper", "Meadow Honey")
    assert keeper.external_id == keeper.url == "https://meadow.example/jobs/beekeeper"
    assert keeper.place == Place("Salzburg", "Salzburg", "AT", "5020")
    assert keeper.pay == Pay(Decimal(2400), Decimal(2400), "EUR", "MONTH")
    assert (keeper.employment_type, keeper.level, keeper.hybrid, keeper.remote) == ("part_time", "senior", True, False)
    assert keeper.posted_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert keeper.description.splitlines() == [
        "Look after forty hives.",
        "Responsibilities",
        "- Feed the bees",
        "- Harvest honey & wax",
        "Qualifications",
        "- Not afraid of bees",
        "Skills",
        "- Carpentry (Intermediate): hives, frames",
    ]
    assert keeper.repairs == ()


def test_the_sample_of_json_resume_is_mapped_without_loss() -> None:
    payload = shared_payload("handmade_shapes/jsonresume__sample.job.json")
    given_job = json.loads(payload)
    (developer,) = postings_in(JsonResumeJobSource(), payload)
    assert (developer.title, developer.company) == (given_job["title"], given_job["company"])
    assert (developer.place.city, developer.place.country) == (
        given_job["location"]["city"],
        given_job["location"]["countryCode"],
    )
    assert (developer.place.postal_code, developer.place.region) == ("10115", "Berlin")
    assert developer.pay is not None
    assert developer.pay.minimum == Decimal(given_job["salary"])
    assert (developer.hybrid, developer.level, developer.employment_type) == (True, "mid", "full_time")
    assert developer.posted_at == datetime(2024, 7, 1, tzinfo=UTC)
    assert developer.url == given_job["meta"]["canonical"]
    skills = [word for skill in given_job["skills"] for word in [skill["name"], skill["level"], *skill["keywords"]]]
    for text in [given_job["description"], *given_job["responsibilities"], *given_job["qualifications"], *skills]:
        assert text in developer.description


def test_several_jobs_come_as_a_list_under_a_name_or_one_a_line() -> None:
    cook, baker = {"title": "Cook"}, {"title": "Baker"}
    for document in (
        json.dumps([cook, baker]),
        json.dumps({"jobs": [cook, baker]}),
        f"{json.dumps(cook)}\n{json.dumps(baker)}\n",
    ):
        assert [row.title for row in postings_in(JsonResumeJobSource(), document)] == ["Cook", "Baker"]
    assert rejections_in(JsonResumeJobSource(), "[1]") == [(1, "The row is not an object.")]
    for junk in (b"{oops", b"\xff\xfe", b'{"title": "Cook"}\n{oops'):
        with pytest.raises(InvalidInput, match="not JSON"):
            list(JsonResumeJobSource().items(io.BytesIO(junk)))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("name level keywords city canonical".split()), inner)
    ),
    max_leaves=6,
)
FIELDS = "title company type date description location remote salary experience responsibilities skills meta".split()


@settings(deadline=None)  # the first place that is read loads a gazetteer
@given(raw=st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_odd_values_in_known_fields_never_raise(raw: dict[str, Any]) -> None:
    for source in (JsonResumeJobSource(), ParquetSource()):
        assert all(isinstance(row, JobPosting | Rejected) for row in source.postings(Item(1, raw)))
