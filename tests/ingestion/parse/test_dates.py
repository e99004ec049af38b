"""Dates in all the forms of nine languages become YYYY or YYYY-MM."""

from __future__ import annotations

import pytest

from ingestion.parse.dates import find_periods, is_duration
from ingestion.parse.pieces import Piece


@pytest.mark.parametrize(
    ("text", "start", "end", "current"),
    [
        ("Sep, 2021 - Present", "2021-09", None, True),
        ("June 2016 to December 2018", "2016-06", "2018-12", False),
        ("MAR 2015 – APR 2016", "2015-03", "2016-04", False),
        ("Mar '19 — Jul '21", "2019-03", "2021-07", False),
        ("03/2019 - 07/2021", "2019-03", "2021-07", False),
        ("03.2019–07.2021", "2019-03", "2021-07", False),
        ("01.03.2019 - 31.07.2021", "2019-03", "2021-07", False),
        ("2019-03-01 — 2021-07-31", "2019-03", "2021-07", False),
        ("03/19 – 07/21", "2019-03", "2021-07", False),
        ("2018-20", "2018", "2020", False),
        ("2018 ➔ 2020", "2018", "2020", False),
        ("Jan – Mar 2019", "2019-01", "2019-03", False),
        ("Feb. 2021-to date", "2021-02", None, True),
        ("2019 -", "2019", None, True),
        ("März 2018 – heute", "2018-03", None, True),
        ("seit Mai 2020", "2020-05", None, True),
        ("janvier 2019 à août 2021", "2019-01", "2021-08", False),
        ("depuis septembre 2020", "2020-09", None, True),
        ("enero de 2019 - actualidad", "2019-01", None, True),
        ("gennaio 2019 – oggi", "2019-01", None, True),
        ("março de 2019 a julho de 2021", "2019-03", "2021-07", False),
        ("maart 2019 t/m heden", "2019-03", None, True),
        ("marzec 2019 – obecnie", "2019-03", None, True),
        ("martie 2019 – prezent", "2019-03", None, True),
    ],
)
def test_ranges_are_read(text, start, end, current):
    (period,) = find_periods(Piece(text, 100))
    assert (period.start.value, period.end and period.end.value, period.is_current) == (start, end, current)
    assert 100 <= period.span.start < period.span.end <= 100 + len(text)


def test_the_length_of_a_period_belongs_to_its_span():
    text = "Jul 2019 - Aug 2021 (2 years 1 month)"
    (period,) = find_periods(Piece(text, 0))
    assert period.span.end == len(text)
    assert is_duration("2 years 10 months")
    assert not is_duration("2 years in Berlin as a cook")


@pytest.mark.parametrize("text", ["ISO 9001", "€970,000", "room 20190", "may manage", "ada2019@example.org"])
def test_other_numbers_and_words_are_no_dates(text):
    assert find_periods(Piece(text, 0)) == []
