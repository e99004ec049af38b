"""Repairs of the dirty fields of postings."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources import clean
from jobs.values import Pay


def text_of(source: str) -> str:
    return clean.plain_text(clean.safe_html(source))


def test_html_becomes_text_with_a_line_for_each_block_and_item() -> None:
    source = "<h2>Your&nbsp;job</h2><p>Build <b>things</b>.<br>Ship them.</p><ul><li>Python</li><li>SQL</li></ul>"
    assert text_of(source) == "Your job\nBuild things.\nShip them.\n- Python\n- SQL"


def test_html_that_was_escaped_once_more_is_read_all_the_same() -> None:
    assert text_of("&lt;p&gt;Python&lt;/p&gt;&lt;p&gt;SQL&lt;/p&gt;") == "Python\nSQL"


def test_plain_text_keeps_its_lines_and_its_signs() -> None:
    assert text_of("Python & SQL\n\n3 < 5 years\nR&D") == "Python & SQL\n3 < 5 years\nR&D"
    assert text_of("Bread &amp; Butter&nbsp;Ltd") == "Bread & Butter Ltd"


def test_no_block_runs_into_the_next_one() -> None:
    assert (
        text_of("<h1>Job</h1><section>One</section><section>Two</section><h5>Pay</h5>Good")
        == "Job\nOne\nTwo\nPay\nGood"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "<script>steal()</script><p>Job</p>",
        "<p onclick='steal()'>Job</p>",
        "<a href='javascript:steal()'>Job</a>",
        "<iframe src='https://steal.example'></iframe><p>Job</p>",
        "<style>steal</style><p>Job</p>",
        "<svg/onload=steal()><p>Job</p>",
        "&lt;script&gt;steal()&lt;/script&gt;<p>Job</p>&lt;p&gt;",
    ],
)
def test_scripts_are_gone_from_html_and_text(attack: str) -> None:
    safe = clean.safe_html(attack)
    assert not any(word in safe for word in ("<script", "onclick", "javascript:", "<iframe", "<style", "onload"))
    assert "Job" in text_of(attack)


@given(st.text(alphabet="<>&;/apbr =\"'x\n", max_size=80))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    safe = clean.safe_html(text)
    assert clean.plain_text(safe) == clean.plain_text(safe)
    assert "<script" not in safe.lower()


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-01-05", datetime(2026, 1, 5, tzinfo=UTC)),
        ("2026-01-05T10:00:00+02:00", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("Mon, 05 Jan 2026 08:00:00 GMT", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        (1767600000, datetime(2026, 1, 5, 8, tzinfo=UTC)),
        (1767600000000, datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("1767600000", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("soon", None),
        ("", None),
        (None, None),
        (-5, None),
        (1e300, None),
        (float("nan"), None),
        ("0001-01-01T00:00:00+14:00", None),
        (["2026-01-05"], None),
    ],
)
def test_dates_of_every_kind_become_moments_in_utc(value, moment) -> None:
    assert clean.moment(value) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("England", "GB"),
        (" United  States ", "US"),
        ("Deutschland", "DE"),
        ("España", "ES"),
        ("The Netherlands", "NL"),
        ("South Korea", "KR"),
        ("Turkey", "TR"),
        ("Russia", "RU"),
        ("U.S.A.", "US"),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_countries_become_codes(text: str, code: str) -> None:
    assert clean.country_code(text) == code


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (50000, "50000"),
        ("£42,500", "42500"),
        ("42.500 €", "42500"),
        ("42 500,50 EUR", "42500.50"),
        ("CHF 95'000", "95000"),
        ("15.5", "15.5"),
        ("24.615384", "24.62"),
        ("103409.125", "103409.12"),
        ("50k", "50000"),
        ("£62.5K", "62500"),
        ("competitive", None),
        (0, None),
        (-1, None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**12, None),
    ],
)
def test_sums_of_money_are_read_in_the_ways_people_write_them(value, amount) -> None:
    assert clean.amount(value) == (Decimal(amount) if amount else None)


def test_pay_the_wrong_way_round_is_swapped_and_named() -> None:
    assert clean.pay(70000, 50000, "eur", "year") == (
        Pay(Decimal(50000), Decimal(70000), "EUR", "YEAR"),
        ("salary bounds swapped",),
    )


@pytest.mark.parametrize(
    ("period", "unit", "repairs"),
    [
        ("HOUR", "HOUR", ()),
        ("hourly", "HOUR", ()),
        ("Monthly", "MONTH", ()),
        ("daily", "DAY", ()),
        ("annum", "YEAR", ()),
        (None, "YEAR", ()),
        ("per-hour-wage", "HOUR", ()),
        ("1 MONTH", "MONTH", ()),
        ("PH", "HOUR", ()),
        ("PA", "YEAR", ()),
        ("fortnight", "YEAR", ("salary period unknown",)),
        ("Bi-weekly", "YEAR", ("salary period unknown",)),
    ],
)
def test_periods_are_named_in_one_way(period, unit, repairs) -> None:
    pay, mended = clean.pay(20, 30, "EUR", period)
    assert (pay.period, mended) == (unit, repairs)


def test_pay_without_a_number_is_no_pay() -> None:
    assert clean.pay("competitive", None, "EUR", "YEAR") == (None, ())
    assert clean.pay(None, 10, "dollars", "HOUR")[0].currency == ""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("FULL_TIME", "full_time"),
        (["PART_TIME", "FULL_TIME"], "part_time"),
        ("Contractor", "contract"),
        ("Internship", "internship"),
        ("Permanent", "full_time"),
        ("whatever", ""),
        (None, ""),
        ([], ""),
        ({}, ""),
    ],
)
def test_employment_types_have_one_name(value, kind: str) -> None:
    assert clean.employment_type(value) == kind


def test_a_last_day_without_a_time_lasts_until_it_is_over() -> None:
    assert clean.last_moment("2026-11-22") == datetime(2026, 11, 23, tzinfo=UTC)
    assert clean.last_moment("2026-11-22T17:00:00+01:00") == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert clean.last_moment("soon") is None
