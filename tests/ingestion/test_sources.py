"""The shapes that real exporters give a JobPosting."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from ingestion.sources import Rejected, read
from ingestion.sources.csv_file import CsvSource
from ingestion.sources.jsonld import JsonLdSource, read_posting
from jobs.values import JobPosting, Place


def posting(**row: object) -> JobPosting:
    (found,) = read_posting(1, {"title": "Nurse", **row})
    assert isinstance(found, JobPosting)
    return found


def csv(content: str | bytes) -> list[JobPosting | Rejected]:
    return list(read(CsvSource(), io.BytesIO(content if isinstance(content, bytes) else content.encode())))


def test_a_posting_in_several_places_becomes_one_job_for_each() -> None:
    places = [
        {"address": {"addressLocality": city, "addressCountry": "DE"}} for city in ("Berlin", "Hamburg", "Berlin")
    ]
    rows = list(read_posting(1, {"title": "Nurse", "identifier": "7", "jobLocation": places}))
    assert [(row.external_id, row.place.city) for row in rows] == [("7", "Berlin"), ("7#2", "Hamburg")]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("Berlin", Place("Berlin")),
        ({"address": "Berlin, Germany"}, Place("Berlin", country="DE")),
        ({"addressLocality": "Berlin"}, Place("Berlin")),
        ({"address": {"addressCountry": {"@type": "Country", "name": "Spain"}}}, Place(country="ES")),
        (
            {"address": {"addressLocality": "Bonn"}, "geo": {"latitude": "50.7", "longitude": 7.1}},
            Place("Bonn", latitude=50.7, longitude=7.1),
        ),
        ({"address": {"addressLocality": "Bonn"}, "geo": {"latitude": 950}}, Place("Bonn")),
        (None, Place()),
        (5, Place()),
    ],
)
def test_places_are_read_in_the_shapes_they_come_in(value, place: Place) -> None:
    assert posting(jobLocation=value).place == place


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ({"currency": "EUR", "value": {"minValue": 1000, "maxValue": 2000}}, (1000, 2000)),
        ({"currency": "EUR", "minValue": 1000}, (1000, None)),
        ({"currency": "EUR", "value": {"value": 1500}}, (1500, 1500)),
        ({"currency": "EUR", "value": 1500}, (1500, 1500)),
        ([{"value": {"minValue": "1.000"}}], (1000, None)),
        (1500, (1500, 1500)),
    ],
)
def test_pay_is_read_in_the_shapes_it_comes_in(value, bounds) -> None:
    pay = posting(baseSalary=value).pay
    assert pay is not None
    assert (pay.minimum, pay.maximum) == tuple(None if bound is None else Decimal(bound) for bound in bounds)


def test_snake_case_and_short_names_are_understood_and_never_win_over_the_real_ones() -> None:
    found = posting(company="Acme", date_posted="2026-01-05", id="9", hiringOrganization={"name": "Real"})
    assert (found.company, found.external_id, found.posted_at.year) == ("Real", "9", 2026)


def test_without_an_id_the_same_text_is_the_same_posting() -> None:
    one, again, other = posting(description="x"), posting(description="x"), posting(description="y")
    assert one.external_id == again.external_id != other.external_id


def test_an_id_too_long_to_store_is_shortened_and_stays_its_own() -> None:
    one, two = posting(identifier="a" * 500), posting(identifier="a" * 499 + "b")
    assert len(one.external_id) <= 190
    assert one.external_id != two.external_id


def test_only_web_addresses_are_kept() -> None:
    assert posting(url="javascript:alert(1)").url == ""
    assert posting(url="https://example.com/1").url == "https://example.com/1"


def test_remote_work_is_recognised() -> None:
    assert posting(jobLocationType="TELECOMMUTE").remote
    assert csv("title,remote\nNurse,yes\n")[0].remote


def test_a_byte_order_mark_hides_nothing() -> None:
    payload = io.BytesIO(b'\xef\xbb\xbf{"title": "Nurse"}\n')
    assert [row.title for row in read(JsonLdSource(), payload)] == ["Nurse"]
    assert csv(b"\xef\xbb\xbftitle\nNurse\n")[0].title == "Nurse"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_csv_of_any_spreadsheet_is_read(delimiter: str, line_end: str) -> None:
    content = line_end.join(
        [delimiter.join(row) for row in (("Job Title", "City"), ("Nurse", "Bonn"), ("Cook", "Köln"))]
    )
    assert [(row.title, row.place.city) for row in csv(content)] == [("Nurse", "Bonn"), ("Cook", "Köln")]
    assert [row.place.city for row in csv(content.encode("cp1252"))] == ["Bonn", "Köln"]


def test_a_row_longer_or_shorter_than_the_header_is_read_as_far_as_it_goes() -> None:
    long, short = csv("title,city\nNurse,Bonn,extra\nCook\n")
    assert (long.place.city, short.place.city) == ("Bonn", "")


def test_a_cell_larger_than_the_reader_allows_is_rejected_with_its_line_and_the_next_is_read() -> None:
    rejected, cook = csv("title,text\nNurse," + "x" * 200_000 + "\nCook,y\n")
    assert isinstance(rejected, Rejected)
    assert rejected.position == 2
    assert cook.title == "Cook"
