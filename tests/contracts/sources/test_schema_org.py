"""Postings written as schema.org JobPosting, and documents of them read."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from cvmatch.core.backends import build
from ingestion.sources import Rejected, read
from ingestion.sources.jsonld import JsonLdSource, read_posting
from ingestion.sources.schema_org import as_json_ld
from jobs.values import EMPLOYMENT_TYPES, PERIODS_PER_YEAR, JobPosting, Pay, Place
from tests.contracts.sources.scripted import PAYLOADS, postings_in

FULL = JobPosting(
    external_id="A-1",
    title="Data Engineer",
    description="We use Python.\n- SQL",
    company="Acme & Sons",
    description_html="<p>We use <b>Python</b>.</p><ul><li>SQL</li></ul>",
    place=Place("Lyon", "Rhône", "FR", "69001", 45.76, 4.84),
    remote=True,
    employment_type="contract",
    level="senior",
    categories=("Data", "IT Jobs"),
    is_snippet=True,
    group_key="A",
    pay=Pay(Decimal("50000.50"), Decimal(70000), "EUR", "YEAR", estimated=True),
    posted_at=datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
    expires_at=datetime(2026, 2, 5, tzinfo=UTC),
    url="https://example.com/a-1",
    repairs=("salary bounds swapped",),
)


def written(*postings: JobPosting) -> bytes:
    return "\n".join(json.dumps(as_json_ld(posting)) for posting in postings).encode()


def test_a_posting_is_written_in_the_words_of_schema_org() -> None:
    assert as_json_ld(FULL) == {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "identifier": "A-1",
        "title": "Data Engineer",
        "hiringOrganization": {"@type": "Organization", "name": "Acme & Sons"},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Lyon",
                "addressRegion": "Rhône",
                "addressCountry": "FR",
                "postalCode": "69001",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 45.76, "longitude": 4.84},
        },
        "jobLocationType": "TELECOMMUTE",
        "employmentType": "CONTRACTOR",
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "EUR",
            "value": {"@type": "QuantitativeValue", "minValue": 50000.5, "maxValue": 70000, "unitText": "YEAR"},
            "x-estimated": True,
        },
        "datePosted": "2026-01-05T09:30:00+00:00",
        "validThrough": "2026-02-05T00:00:00+00:00",
        "url": "https://example.com/a-1",
        "occupationalCategory": ["Data", "IT Jobs"],
        "experienceRequirements": "senior",
        "description": "<p>We use <b>Python</b>.</p><ul><li>SQL</li></ul>",
        "x-snippet": True,
        "x-group": "A",
        "x-text": "We use Python.\n- SQL",
        "x-repairs": ["salary bounds swapped"],
    }


def test_what_a_posting_does_not_say_is_left_out() -> None:
    bare = as_json_ld(JobPosting("1", "Cook", ""))
    assert set(bare) == {"@context", "@type", "identifier", "title", "x-repairs"}


def test_a_posting_that_was_written_is_read_with_all_its_fields() -> None:
    office = JobPosting(
        "2", "Cook", "Soup.", "Acme", "<p>Soup.</p>", hybrid=True, pay=Pay(None, Decimal(20), "", "HOUR")
    )
    assert postings_in(JsonLdSource(), written(FULL, office)) == [FULL, office]


@pytest.mark.parametrize("kind", sorted(settings.JOB_SOURCES))
def test_the_postings_of_every_source_survive_being_written_and_read(kind: str) -> None:
    (path,) = PAYLOADS.glob(f"{kind}.*")
    postings = postings_in(build(settings.JOB_SOURCES[kind]), path.read_bytes())
    assert postings
    assert postings_in(JsonLdSource(), written(*postings)) == postings


def test_every_employment_type_and_period_is_one_that_is_read_again() -> None:
    rows = [JobPosting(name, "Cook", "x", "A", "<p>x</p>", employment_type=name) for name in EMPLOYMENT_TYPES]
    rows += [
        JobPosting(unit, "Cook", "x", "A", "<p>x</p>", pay=Pay(Decimal(9), None, "EUR", unit))
        for unit in PERIODS_PER_YEAR
    ]
    assert postings_in(JsonLdSource(), written(*rows)) == rows


# --- Documents ------------------------------------------------------------------------------------------------------
COOK = {"@type": "JobPosting", "title": "Cook", "identifier": "1"}
NURSE = {"@type": "JobPosting", "title": "Nurse", "identifier": "2"}


@pytest.mark.parametrize(
    "document",
    [
        json.dumps(COOK) + "\n" + json.dumps(NURSE),
        json.dumps([COOK, NURSE]),
        json.dumps([COOK, NURSE], indent=1),
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, COOK, NURSE]}),
        "\ufeff\n" + json.dumps([COOK, NURSE], indent=2),
    ],
)
def test_postings_are_read_from_lines_lists_and_graphs(document: str) -> None:
    assert [posting.title for posting in postings_in(JsonLdSource(), document)] == ["Cook", "Nurse"]


def test_one_posting_printed_over_many_lines_is_one_posting() -> None:
    (posting,) = postings_in(JsonLdSource(), json.dumps(COOK, indent=4))
    assert posting.title == "Cook"


def test_entries_of_a_document_that_are_none_are_rejected_by_their_place_in_it() -> None:
    rows = list(read(JsonLdSource(), io.BytesIO(json.dumps([COOK, 7, {}], indent=1).encode())))
    assert rows[1:] == [Rejected(2, "The entry is not an object."), Rejected(3, "The posting has no title.")]


# --- Fields that sites fill in their own way ------------------------------------------------------------------------
def posting(**row: Any) -> JobPosting:
    (found,) = read_posting(1, {"title": "Cook", "identifier": "1", **row})
    assert isinstance(found, JobPosting)
    return found


def test_parts_beside_the_description_belong_to_the_text_unless_it_has_them() -> None:
    found = posting(
        description="<p>We cook. Bring knives!</p>",
        qualifications="Bring knives",
        responsibilities=["Soup", "Bread"],
        experienceRequirements={"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 24},
        educationRequirements={"credentialCategory": "associate degree"},
    )
    assert found.description.splitlines() == [
        "We cook. Bring knives!",
        "Responsibilities",
        "Soup",
        "Bread",
        "Experience",
        "24 months of experience",
        "Education",
        "associate degree",
    ]


@pytest.mark.parametrize(
    ("fields", "pay"),
    [
        ({"baseSalary": "£20,000 - £25,000 a year"}, Pay(Decimal(20_000), Decimal(25_000), "GBP", "YEAR")),
        (
            {"baseSalary": {"currency": "GBP", "value": {"value": "£30k", "unitText": "YEAR"}}},
            Pay(Decimal(30_000), Decimal(30_000), "GBP", "YEAR"),
        ),
        ({"baseSalary": {"currency": "GBP", "value": {"value": "negotiable"}}}, None),
        (
            {"estimatedSalary": [{"currency": "USD", "value": {"minValue": 40, "unitText": "HOUR"}}]},
            Pay(Decimal(40), None, "USD", "HOUR", estimated=True),
        ),
    ],
)
def test_pay_in_words_and_estimates_are_read(fields: dict[str, Any], pay: Pay | None) -> None:
    assert posting(**fields).pay == pay


def test_people_who_work_from_anywhere_are_looked_for_where_they_may_live() -> None:
    found = list(
        read_posting(
            1,
            {
                "title": "Cook",
                "identifier": "1",
                "jobLocationType": "TELECOMMUTE",
                "applicantLocationRequirements": [
                    {"@type": "Country", "name": "USA"},
                    {"@type": "Country", "name": "Canada"},
                ],
            },
        )
    )
    assert [(row.place.country, row.remote) for row in found if isinstance(row, JobPosting)] == [
        ("US", True),
        ("CA", True),
    ]


def test_a_place_in_words_tells_place_and_workplace() -> None:
    found = posting(jobLocation="Remote - Germany")
    assert (found.place, found.remote, found.hybrid) == (Place(country="DE"), True, False)


def test_names_lose_the_marks_of_html() -> None:
    found = posting(
        title="R&amp;D Cook",
        hiringOrganization={"name": "Salt &amp; Co"},
        industry="Food",
        occupationalCategory="35-2014.00 Cooks",
    )
    assert (found.title, found.company, found.categories) == ("R&D Cook", "Salt & Co", ("35-2014.00 Cooks", "Food"))
