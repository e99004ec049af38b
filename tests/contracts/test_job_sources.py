"""What every job source promises, on the payload of each kind: the good rows, the bad rows, and junk."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from cvmatch.core.backends import build
from cvmatch.core.errors import InvalidInput
from ingestion.sources import JobSource, Rejected
from ingestion.sources import read as read_payload
from jobs.values import JobPosting

# Three rows of each kind: one in full, one without a title, one with nothing but a title and pay the wrong way round.
PAYLOADS = {
    "jsonld": "\n".join(
        json.dumps(row)
        for row in (
            {
                "@type": "JobPosting",
                "title": " Data  Engineer ",
                "identifier": {"@type": "PropertyValue", "value": "A-1"},
                "hiringOrganization": {"name": "Acme"},
                "description": "<p>We use <b>Python</b>.</p><script>x()</script>",
                "jobLocation": {"address": {"addressLocality": "Berlin", "addressCountry": "Germany"}},
                "baseSalary": {"currency": "EUR", "value": {"minValue": 50000, "maxValue": 70000, "unitText": "YEAR"}},
                "employmentType": "FULL_TIME",
                "datePosted": "2026-01-05",
                "validThrough": "2026-02-05T00:00:00Z",
                "url": "https://example.com/a-1",
            },
            {"description": "Nobody knows what for."},
            {"title": "Cook", "baseSalary": {"value": {"minValue": 30, "maxValue": 20, "unitText": "HOUR"}}},
        )
    ),
    "csv": (
        "id,title,company,description,city,country,salary_min,salary_max,salary_currency,salary_period,"
        "employment_type,posted_at,expires_at,url\n"
        'A-1, Data  Engineer ,Acme,"<p>We use <b>Python</b>.</p><script>x()</script>",Berlin,Germany,"50,000",70000,EUR,'
        "YEAR,Full-time,2026-01-05,2026-02-05T00:00:00Z,https://example.com/a-1\n"
        ",,,Nobody knows what for.,,,,,,,,,,\n"
        ",Cook,,,,,30,20,,HOUR,,,,\n"
    ),
}
FIRST_ROW = {"jsonld": 1, "csv": 2}

pytestmark = pytest.mark.parametrize("kind", sorted(settings.JOB_SOURCES))


def source_of(kind: str) -> JobSource:
    source: JobSource = build(settings.JOB_SOURCES[kind])
    return source


def read(kind: str, payload: str | bytes) -> list[JobPosting | Rejected]:
    content = payload if isinstance(payload, bytes) else payload.encode()
    return list(read_payload(source_of(kind), io.BytesIO(content)))


def test_there_is_a_payload_for_the_source_and_it_names_its_endings(kind: str) -> None:
    assert kind in PAYLOADS
    assert all(suffix.startswith(".") for suffix in source_of(kind).suffixes)


def test_a_row_in_full_becomes_a_posting_in_full(kind: str) -> None:
    posting = read(kind, PAYLOADS[kind])[0]
    assert isinstance(posting, JobPosting)
    assert (posting.external_id, posting.title, posting.company) == ("A-1", "Data Engineer", "Acme")
    assert posting.description == "We use Python."
    assert "script" not in posting.description_html
    assert (posting.place.city, posting.place.country) == ("Berlin", "DE")
    assert posting.pay is not None
    assert (posting.pay.minimum, posting.pay.maximum) == (Decimal(50000), Decimal(70000))
    assert (posting.pay.currency, posting.pay.period, posting.employment_type) == ("EUR", "YEAR", "full_time")
    assert posting.posted_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert posting.expires_at == datetime(2026, 2, 5, tzinfo=UTC)
    assert (posting.url, posting.repairs) == ("https://example.com/a-1", ())


def test_a_row_without_a_title_is_rejected_with_its_place_and_the_next_one_is_read(kind: str) -> None:
    _, rejected, cook = read(kind, PAYLOADS[kind])
    assert rejected == Rejected(FIRST_ROW[kind] + 1, "The posting has no title.")
    assert isinstance(cook, JobPosting)
    assert cook.title == "Cook"


def test_what_was_mended_is_named(kind: str) -> None:
    cook = read(kind, PAYLOADS[kind])[2]
    assert isinstance(cook, JobPosting)
    assert cook.pay is not None
    assert (cook.pay.minimum, cook.pay.maximum) == (Decimal(20), Decimal(30))
    assert set(cook.repairs) == {"salary bounds swapped", "company unknown", "no description"}


def test_the_same_payload_gives_the_same_postings_with_the_same_ids(kind: str) -> None:
    once, again = read(kind, PAYLOADS[kind]), read(kind, PAYLOADS[kind])
    assert once == again
    ids = [posting.external_id for posting in once if isinstance(posting, JobPosting)]
    assert len(set(ids)) == len(ids)
    assert all(ids)


def test_an_empty_payload_gives_no_posting(kind: str) -> None:
    if kind == "csv":  # not even a header
        with pytest.raises(InvalidInput, match="no column named title"):
            read(kind, "")
    else:
        assert read(kind, "") == []


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.just("0001-01-01T00:00+14:00")
)
VALUES = st.recursive(
    JUNK,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "value", "address", "geo", "latitude", "minValue", "currency", "unitText", "@id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = (
    "title identifier description hiringOrganization jobLocation baseSalary employmentType datePosted validThrough url "
    "jobLocationType id salary"
).split()


def is_sound(row: JobPosting | Rejected) -> bool:
    if isinstance(row, Rejected):
        return row.position >= 1 and bool(row.reason)
    texts = (row.title, row.external_id, row.description, row.company, row.place.city, row.url)
    return (
        0 < len(row.title) <= 300
        and 0 < len(row.external_id) <= 200
        and all("\x00" not in text and text.encode() is not None for text in texts)
        and all(moment is None or moment.tzinfo is not None for moment in (row.posted_at, row.expires_at))
    )


@given(rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8), max_size=4))
@example(rows=[{"title": "x", "datePosted": 1e300}])
@example(rows=[{"title": "x", "datePosted": 10**400}])
@example(rows=[{"title": "x", "baseSalary": float("nan")}])
@example(rows=[{"title": "\ud800", "description": "\udfff<p>"}])
@example(rows=[{"title": "x", "jobLocation": {"geo": {"latitude": 10**400}}}])
@example(rows=[{"title": "x", "validThrough": "0001-01-01T00:00:00+14:00"}])
def test_odd_values_in_known_fields_never_raise(kind: str, rows: list[dict[str, Any]]) -> None:
    if kind == "jsonld":
        payload = "\n".join(json.dumps(row) for row in rows).encode()
    else:
        cells = [[str(row.get(name, "")).replace('"', '""') for name in FIELDS] for row in rows]
        lines = ["title,id,description,company,city,salary_min,employment_type,posted,expires,url,remote,x,y"]
        lines += [",".join(f'"{cell}"' for cell in line) for line in cells]
        payload = "\n".join(lines).encode("utf-8", "surrogatepass")
    assert all(is_sound(row) for row in read(kind, payload))


@given(payload=st.binary(max_size=400))
def test_junk_bytes_give_rejections_or_a_refusal_never_a_crash(kind: str, payload: bytes) -> None:
    if kind == "csv":
        payload = b"title,city,latitude\n" + payload
    assert all(is_sound(row) for row in read(kind, payload))


@given(lines=st.lists(st.text(alphabet='a;,"\n\r\t{}[]:1<&', max_size=30), max_size=5))
def test_broken_quotes_and_line_ends_never_swallow_the_batch(kind: str, lines: list[str]) -> None:
    head = "title\n" if kind == "csv" else ""
    assert all(is_sound(row) for row in read(kind, head + "\n".join(lines)))
