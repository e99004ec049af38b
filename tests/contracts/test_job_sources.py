"""What every job source promises, on a payload of each kind: sound postings, the same each time, and no crash on junk."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cvmatch.core.backends import build
from cvmatch.core.errors import InvalidInput
from ingestion.sources import Item, JobSource, Rejected
from ingestion.sources import read as read_payload
from ingestion.sources.clean import plain_text, safe_html
from jobs.titles import Level
from jobs.values import EMPLOYMENT_TYPES, PERIODS_PER_YEAR, JobPosting

# One file for each kind, named by it; rows in full, rows with little, and rows that are none.
PAYLOADS = {path.name.partition(".")[0]: path for path in (Path(__file__).parent / "sources/payloads").iterdir()}
# These are files that anybody may write, so they have the same three rows: in full, without a title, with a title only.
FILES = ("csv", "jsonld")
FIRST_ROW = {"csv": 2, "jsonld": 1}

each_kind = pytest.mark.parametrize("kind", sorted(settings.JOB_SOURCES))
# The first example of all loads the towns of the world; no test here is about time.
some_examples = examples(deadline=None, max_examples=40)
each_file = pytest.mark.parametrize("kind", FILES)


def source_of(kind: str) -> JobSource:
    source: JobSource = build(settings.JOB_SOURCES[kind])
    return source


@cache
def payload_of(kind: str) -> bytes:
    return PAYLOADS[kind].read_bytes()


def read(kind: str, payload: str | bytes) -> list[JobPosting | Rejected]:
    content = payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")
    return list(read_payload(source_of(kind), io.BytesIO(content)))


@cache
def items_of(kind: str) -> tuple[Item, ...]:
    found = source_of(kind).items(io.BytesIO(payload_of(kind)))
    return tuple(item for item in found if isinstance(item, Item))


def is_sound(row: JobPosting | Rejected) -> bool:
    """Whether a row can be stored: bounds of columns, UTF-8 without NUL, times with a zone, words of our own lists."""
    if isinstance(row, Rejected):
        return row.position >= 1 and bool(row.reason)
    place, pay = row.place, row.pay
    texts = [row.title, row.external_id, row.description, row.description_html, row.company, row.url, row.group_key]
    texts += [place.city, place.region, place.country, place.postal_code, *row.categories]
    return (
        0 < len(row.title) <= 300
        and 0 < len(row.external_id) <= 200
        and len(row.company) <= 200
        and max(len(place.city), len(place.region)) <= 120
        and len(place.postal_code) <= 20
        and len(place.country) in {0, 2}
        and all("\x00" not in text and text.encode() is not None for text in texts)
        and all(moment is None or moment.tzinfo is not None for moment in (row.posted_at, row.expires_at))
        and row.level in {"", *Level}
        and row.employment_type in {"", *EMPLOYMENT_TYPES}
        and (row.url == "" or row.url.startswith("http"))
        and not (row.remote and row.hybrid)
        and (pay is None or (pay.period in PERIODS_PER_YEAR and (pay.minimum or pay.maximum) is not None))
    )


# --- The kinds ------------------------------------------------------------------------------------------------------
@each_kind
def test_there_is_a_payload_for_the_source_and_it_names_its_endings(kind: str) -> None:
    assert kind in PAYLOADS
    assert all(suffix.startswith(".") for suffix in source_of(kind).suffixes)


@each_kind
def test_a_source_says_what_it_is_and_its_parameters_are_its_fields_with_defaults(kind: str) -> None:
    source = source_of(kind)
    assert source.about.label
    fields = {field.name: field for field in dataclasses.fields(source)}  # type: ignore[arg-type]
    assert {parameter.name for parameter in source.about.parameters} <= set(fields)
    for parameter in source.about.parameters:
        assert isinstance(fields[parameter.name].default, tuple) == parameter.many
        assert parameter.label


# --- A payload ------------------------------------------------------------------------------------------------------
@each_kind
def test_a_payload_gives_sound_postings_that_are_the_same_each_time_under_ids_of_their_own(kind: str) -> None:
    once, again = read(kind, payload_of(kind)), read(kind, payload_of(kind))
    assert once == again
    assert all(map(is_sound, once))
    ids = [posting.external_id for posting in once if isinstance(posting, JobPosting)]
    assert ids
    assert len(set(ids)) == len(ids)


@each_kind
def test_the_text_of_a_posting_is_its_html_and_the_html_is_safe(kind: str) -> None:
    for posting in read(kind, payload_of(kind)):
        if isinstance(posting, JobPosting):
            assert posting.description == plain_text(posting.description_html)
            assert posting.description_html == safe_html(posting.description_html)
            assert "<script" not in posting.description_html


@each_kind
def test_an_item_kept_as_json_is_mapped_to_the_same_postings(kind: str) -> None:
    source = source_of(kind)
    for item in items_of(kind):
        kept = Item(item.position, json.loads(json.dumps(item.raw)))
        assert list(source.postings(kept)) == list(source.postings(item))


@each_kind
def test_a_posting_keeps_what_it_was_made_of(kind: str) -> None:
    source = source_of(kind)
    for item in items_of(kind):
        assert all(row.raw == item.raw for row in source.postings(item) if isinstance(row, JobPosting))


# --- Junk -----------------------------------------------------------------------------------------------------------
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.sampled_from(
        [
            "0001-01-01T00:00+14:00",
            10**400,
            1e300,
            float("nan"),
            "\ud800<p>",
            "9" * 30,
            "<li>",
            "http://[",
            "NaN",
            "$" * 9,
        ]
    ),
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


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each value stands within JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in inner:
        yield (*path, key)
        yield from paths_in(entry, (*path, key))


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = with_value(value[path[0]], path[1:], new)
    return changed


@each_kind
@some_examples
@given(data=st.data())
def test_odd_values_in_known_fields_never_raise(kind: str, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from(items_of(kind)))
    raw = json.loads(json.dumps(item.raw))
    for _ in range(data.draw(st.integers(1, 4))):
        paths = list(paths_in(raw))
        if paths:
            raw = with_value(raw, data.draw(st.sampled_from(paths)), data.draw(VALUES))
    assert all(map(is_sound, source_of(kind).postings(Item(item.position, raw))))


@each_kind
@some_examples
@given(data=st.data())
def test_damaged_payloads_give_rejections_or_a_refusal_never_a_crash(kind: str, data: st.DataObject) -> None:
    content = bytearray(payload_of(kind))
    for _ in range(data.draw(st.integers(1, 3))):
        begins = data.draw(st.integers(0, len(content)))
        ends = data.draw(st.integers(begins, min(begins + 40, len(content))))
        content[begins:ends] = data.draw(st.binary(max_size=8) | st.sampled_from([b'"', b"{", b"]", b"<", b"&", b"\n"]))
    assert is_refused_or_sound(kind, bytes(content))


@each_kind
@some_examples
@given(payload=st.binary(max_size=400))
@example(payload=b"")
@example(payload=b"null")
@example(payload=b"[[]]")
@example(payload=b"<html></html>")
@example(payload=gzip.compress(b"{}"))
def test_junk_bytes_give_rejections_or_a_refusal_never_a_crash(kind: str, payload: bytes) -> None:
    assert is_refused_or_sound(kind, payload)
    if kind == "csv":
        assert all(is_sound(row) for row in read(kind, b"title,city,latitude\n" + payload))


def is_refused_or_sound(kind: str, payload: bytes) -> bool:
    try:
        return all(map(is_sound, read(kind, payload)))
    except InvalidInput as refusal:
        return bool(refusal.message)


@each_file
@some_examples
@given(lines=st.lists(st.text(alphabet='a;,"\n\r\t{}[]:1<&', max_size=30), max_size=5))
def test_broken_quotes_and_line_ends_never_swallow_the_batch(kind: str, lines: list[str]) -> None:
    head = "title\n" if kind == "csv" else ""
    assert all(is_sound(row) for row in read(kind, head + "\n".join(lines)))


# --- Files that anybody may write -----------------------------------------------------------------------------------
@each_file
def test_a_row_in_full_becomes_a_posting_in_full(kind: str) -> None:
    posting = read(kind, payload_of(kind))[0]
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


@each_file
def test_a_row_without_a_title_is_rejected_with_its_place_and_the_next_one_is_read(kind: str) -> None:
    _, rejected, cook = read(kind, payload_of(kind))
    assert rejected == Rejected(FIRST_ROW[kind] + 1, "The posting has no title.")
    assert isinstance(cook, JobPosting)
    assert cook.title == "Cook"


@each_file
def test_what_was_mended_is_named(kind: str) -> None:
    cook = read(kind, payload_of(kind))[2]
    assert isinstance(cook, JobPosting)
    assert cook.pay is not None
    assert (cook.pay.minimum, cook.pay.maximum) == (Decimal(20), Decimal(30))
    assert set(cook.repairs) == {"salary bounds swapped", "company unknown", "no description"}


def test_an_empty_file_of_lines_gives_no_posting_and_an_empty_table_is_refused() -> None:
    assert read("jsonld", "") == []
    with pytest.raises(InvalidInput, match="no column named title"):
        read("csv", "")
