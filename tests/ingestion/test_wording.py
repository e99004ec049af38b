"""Free words of sources as fields: places, pay, workplace, level, sections."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.sources.wording import level_of, pay_of, place_of, places_of, sections_html, worded_places, workplace_of
from jobs.values import Pay, Place

NOWHERE = Place()


# --- Places ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Berlin, Germany", Place("Berlin", country="DE")),
        ("Berlin (Germany)", Place("Berlin", country="DE")),
        ("Berlin - Germany", Place("Berlin", country="DE")),
        ("Germany, Berlin", Place("Berlin", country="DE")),
        ("DE-Berlin", Place("Berlin", country="DE")),
        ("Berlin, DE", Place("Berlin", country="DE")),
        ("Köln, Deutschland", Place("Köln", country="DE")),
        ("München, Bayern", Place("München", "Bayern", "DE")),
        ("Wiesentheid, DE", Place("Wiesentheid", country="DE")),
        ("London, UK", Place("London", country="GB")),
        ("London, England, United Kingdom", Place("London", "England", "GB")),
        ("Leeds, England", Place("Leeds", "England", "GB")),
        ("Cambridge, Cambridgeshire", Place("Cambridge", "Cambridgeshire", "GB")),
        ("Manchester, Greater Manchester, England, UK", Place("Manchester", "Greater Manchester, England", "GB")),
        ("Austin, TX", Place("Austin", "TX", "US")),
        ("US, CA, Mountain View", Place("Mountain View", "CA", "US")),
        ("US-NY-New York", Place("New York", "NY", "US")),
        ("San Francisco, California, United States", Place("San Francisco", "California", "US")),
        ("New York, New York", Place("New York", "New York", "US")),
        ("Brooklyn, New York", Place("Brooklyn", "New York", "US")),
        ("Washington, D.C.", Place("Washington", "D.C.", "US")),
        ("Mountain View, CA 94043", Place("Mountain View", "CA", "US", "94043")),
        ("1 Main Street, Springfield, IL, US", Place("Springfield", "IL", "US")),
        ("Toronto, ON", Place("Toronto", "ON", "CA")),
        ("Ontario, CAN", Place(region="Ontario", country="CA")),
        ("Sydney, New South Wales, Australia", Place("Sydney", "New South Wales", "AU")),
        ("Paris, Île-de-France, France", Place("Paris", "Île-de-France", "FR")),
        ("Singapore", Place("Singapore", country="SG")),
        ("Berlin", Place("Berlin")),
        ("Margate Hospital, Margate", Place("Margate")),
        ("Building 7, Nowhereville", Place("Nowhereville")),
        ("Sector 7", Place("Sector 7")),
        ("Deutschland", Place(country="DE")),
        ("Remote - US", Place(country="US")),
        ("Remote (Germany)", Place(country="DE")),
        ("Remote in the United States only", Place(country="US")),
        ("Hybrid - London, UK", Place("London", country="GB")),
        ("London Office", Place("London")),
        ("New York, NY (HQ)", Place("New York", "NY", "US")),
        ("Austin TX", Place("Austin", "TX", "US")),
        ("Remote - USA (EST)", Place(country="US")),
        ("Remote (EU timezones)", Place(region="EU")),
        ("California", Place(region="California", country="US")),
        ("Anywhere in Europe", Place(region="Europe")),
        ("Remote", NOWHERE),
        ("Worldwide", NOWHERE),
        ("", NOWHERE),
    ],
)
def test_a_place_is_read_as_town_region_and_country(text: str, place: Place) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    ("town", "country"),
    [
        ("San Francisco, CA", "US"),
        ("Toronto, CA", "CA"),
        ("Indianapolis, IN", "US"),
        ("Bangalore, IN", "IN"),
        ("Seattle, WA", "US"),
        ("Perth, WA", "AU"),
        ("Atlanta, Georgia", "US"),
        ("Tbilisi, Georgia", "GE"),
    ],
)
def test_letters_that_mean_two_places_mean_the_one_where_the_town_lies(town: str, country: str) -> None:
    assert place_of(town).country == country


def test_a_country_that_is_said_elsewhere_holds_where_the_words_name_none() -> None:
    assert place_of("Lyon", country="FR") == Place("Lyon", country="FR")
    assert place_of("Remote", country="FR") == Place(country="FR")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            "London, UK; Ontario, CAN; Remote-Friendly, United States",
            ["London, GB", "Ontario, CA", "US"],
        ),
        ("San Francisco, CA | New York City, NY", ["San Francisco, CA, US", "New York City, NY, US"]),
        ("Berlin / Hamburg", ["Berlin", "Hamburg"]),
        ("Berlin oder Köln", ["Berlin", "Köln"]),
        ("Berlin, London and Paris", ["Berlin", "London", "Paris"]),
        ("Leeds / Manchester, UK", ["Leeds, GB", "Manchester, GB"]),
        ("USA, Canada", ["US", "CA"]),
        ("Islington, London", ["London"]),
        ("Buffalo, New York", ["Buffalo, New York, US"]),
        ("Berlin, Munich, Hamburg", ["Berlin", "Munich", "Hamburg"]),
        ("Portland, OR or Seattle, WA", ["Portland, OR, US", "Seattle, WA, US"]),
        ("Remote, UK & Ireland", ["GB", "IE"]),
        ("Singapore, SG", ["Singapore, SG"]),
        ("Frankfurt/Main", ["Frankfurt/Main"]),
        ("London or Remote", ["London"]),
        ("Anywhere", []),
    ],
)
def test_several_places_are_told_apart(text: str, places: list[str]) -> None:
    assert list(map(str, places_of(text))) == places


def test_each_place_keeps_the_words_that_named_it() -> None:
    assert worded_places("Oslo, Norway; Remote - US") == {
        Place("Oslo", country="NO"): "Oslo, Norway",
        Place(country="US"): "Remote - US",
    }


# --- Pay ------------------------------------------------------------------------------------------------------------
def pay(low: str | None, high: str | None, currency: str, period: str = "YEAR") -> Pay:
    return Pay(low and Decimal(low), high and Decimal(high), currency, period)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("£60K - £75K", pay("60000", "75000", "GBP")),
        ("60 - 75K EUR", pay("60000", "75000", "EUR")),
        ("$120-150K", pay("120000", "150000", "USD")),
        ("$85,389 - $120,000 a year", pay("85389", "120000", "USD")),
        ("45.000 € – 52.000 € pro Jahr", pay("45000", "52000", "EUR")),
        ("50 000 - 60 000 €", pay("50000", "60000", "EUR")),
        ("CHF 110'000 – 130'000", pay("110000", "130000", "CHF")),
        ("₹10,00,000 - ₹15,00,000", pay("1000000", "1500000", "INR")),
        ("CA$215K – CA$310K • Offers Equity", pay("215000", "310000", "CAD")),
        ("$100,000—$130,000 USD", pay("100000", "130000", "USD")),
        ("USD $90,000.00/yr - $100,000.00/yr", pay("90000", "100000", "USD")),
        ("£41.76K", pay("41760", "41760", "GBP")),
        ("$1.2M", pay("1200000", "1200000", "USD")),
        ("1.234,56 €", pay("1234.56", "1234.56", "EUR")),
        ("Up to £45,000", pay(None, "45000", "GBP")),
        ("From $20 an hour", pay("20", None, "USD", "HOUR")),
        ("$150,000+ plus 10% bonus", pay("150000", None, "USD")),
        ("£11.44 per hour", pay("11.44", "11.44", "GBP", "HOUR")),
        ("$18 per hour, 40 hours per week", pay("18", "18", "USD", "HOUR")),
        ("300 - 400 per day", pay("300", "400", "", "DAY")),
        ("8 000 – 12 000 zł / month", pay("8000", "12000", "PLN", "MONTH")),
        ("Band 5 £24,907 to £30,615 per annum", pay("24907", "30615", "GBP")),
        ("$110,000 - $150,000 + 401k", pay("110000", "150000", "USD")),
        ("60000 - 75000", pay("60000", "75000", "")),
    ],
)
def test_pay_is_read_as_amounts_currency_and_period(text: str, expected: Pay) -> None:
    assert pay_of(text) == (expected, ())


@pytest.mark.parametrize(
    "text", ["", "Competitive", "37.5 hours per week", "401k", "3 Jahre Erfahrung", "$", "2 positions"]
)
def test_words_without_an_amount_of_money_are_no_pay(text: str) -> None:
    assert pay_of(text) == (None, ())


def test_a_period_that_only_the_amount_tells_is_said_to_be_guessed() -> None:
    assert pay_of("$25 - $30") == (pay("25", "30", "USD", "HOUR"), ("salary period guessed",))


def test_a_dollar_is_that_of_the_country_unless_it_says_which_one_it_is() -> None:
    assert pay_of("$90K", country="AU")[0] == pay("90000", "90000", "AUD")
    assert pay_of("US$90K", country="AU")[0] == pay("90000", "90000", "USD")


# --- Workplace, level, sections -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("texts", "workplace"),
    [
        (["TELECOMMUTE"], "remote"),
        (["fully_remote"], "remote"),
        (["Temporary remote"], "hybrid"),
        (["Hybrid", "remote"], "hybrid"),
        (["unspecified", "Remote - US"], "remote"),
        (["On-Site"], "on_site"),
        (["Not remote"], "on_site"),
        (["Office"], "on_site"),
        (["London"], ""),
        ([], ""),
    ],
)
def test_the_first_words_that_say_a_workplace_say_it(texts: list[str], workplace: str) -> None:
    assert workplace_of(*texts) == workplace


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Senior Level", "senior"),
        ("entry-level", "junior"),
        ("entry_level", "junior"),
        ("experienced", "mid"),
        ("Mid-Senior level", "mid"),
        ("Internship", "intern"),
        ("management", "lead"),
        ("Executive", "head"),
        ("Not Applicable", ""),
        ("", ""),
    ],
)
def test_words_for_a_level_are_one_of_our_levels(text: str, level: str) -> None:
    assert level_of(text) == level


def test_sections_become_one_safe_text_with_headings_and_lists() -> None:
    parts = [
        ("About <us>", "We <b>bake</b>."),
        ("You", "<li>Oven</li><li>Van</li>"),
        ("Gone", " "),
        ("", "Plain & simple\nlines<"),
    ]
    assert sections_html(parts) == (
        "<h3>About &lt;us&gt;</h3>We <b>bake</b>.<h3>You</h3><ul><li>Oven</li><li>Van</li></ul>"
        "<p>Plain &amp; simple</p><p>lines&lt;</p>"
    )


@settings(deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet="£$€19.,kK -–/+%CAUS()[];|orYear", max_size=40))
def test_no_words_are_too_odd(text: str) -> None:
    assert all(place != NOWHERE for place in places_of(text))
    amounts, _ = pay_of(text)
    assert amounts is None or (amounts.minimum or amounts.maximum) is not None
    assert level_of(text) is not None
    assert workplace_of(text) in {"", "remote", "hybrid", "on_site"}
