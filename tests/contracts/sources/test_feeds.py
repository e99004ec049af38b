"""Feeds in RSS, Atom and the XML of job boards, and the feed of one large employer."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import FetchFailed
from ingestion.sources import FetchedSource, Item, Rejected, clean
from ingestion.sources.feed import FeedSource
from ingestion.sources.googlefeed import GoogleFeedSource
from ingestion.sources.labels import day_of, last_day_of
from ingestion.sources.pay_in_text import pay_in_text
from jobs.values import Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
    unchanged,
)


# --- RSS, Atom, XML of job boards -----------------------------------------------------------------------------------
def test_an_item_of_rss_is_mapped_field_by_field() -> None:
    electrician, lead = postings_in(FeedSource(), own_payload("feed.xml"))
    assert (electrician.external_id, electrician.url) == ("lantern-41", "https://jobs.lantern.example/41")
    assert (electrician.title, electrician.company) == ("Stage Electrician", "Blue Moon Theatre")
    assert electrician.description == "Light the shows & mend lamps.\n- Rig\n- Focus"
    assert "script" not in electrician.description_html
    assert electrician.place == Place(city="Hamburg", country="DE", latitude=53.55, longitude=9.99)
    assert electrician.pay == Pay(Decimal(2800), Decimal(3100), "EUR", "MONTH")
    assert (electrician.employment_type, electrician.categories) == ("part_time", ("Theatre", "Technical"))
    assert electrician.posted_at == datetime(2026, 10, 5, 7, 30, tzinfo=UTC)
    assert electrician.expires_at == datetime(2026, 11, 16, tzinfo=UTC)
    assert (electrician.is_snippet, electrician.remote, electrician.repairs) == (False, False, ())
    assert (lead.title, lead.company) == ("Box Office Lead at Night", "Blue Moon Theatre")
    assert (lead.is_snippet, lead.remote) == (True, True)


def test_an_item_that_says_it_is_closed_is_none() -> None:
    assert rejections_in(FeedSource(), own_payload("feed.xml")) == [(3, "The posting is not open: closed.")]


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title>
<entry><id>tag:a.example,2026:1</id><title type="html">Potter &amp;amp; Painter</title><updated>2026-10-02T00:00:00Z</updated>
<published>2026-10-01T08:00:00+02:00</published><author><name>Clay House</name></author>
<link rel="self" href="https://a.example/1.atom"/><link rel="alternate" href="https://a.example/1"/>
<category term="Crafts"/><summary>Short.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Throw pots.</p><ul><li>Glaze</li></ul></div></content></entry>
<entry><id>2</id><title>Weaver</title><updated>2026-10-02T00:00:00Z</updated><author><name>Loom &amp; Co</name></author>
<link href="https://a.example/2"/><content type="html">&lt;p&gt;Weave.&lt;/p&gt;</content></entry></feed>"""


def test_an_entry_of_atom_is_mapped_and_its_author_is_the_company_where_authors_differ() -> None:
    potter, weaver = postings_in(FeedSource(), ATOM)
    assert (potter.external_id, potter.url) == ("tag:a.example,2026:1", "https://a.example/1")
    assert (potter.title, potter.company, potter.categories) == ("Potter & Painter", "Clay House", ("Crafts",))
    assert potter.description == "Throw pots.\n- Glaze"
    assert potter.posted_at == datetime(2026, 10, 1, 6, tzinfo=UTC)
    assert (weaver.company, weaver.description, weaver.posted_at) == (
        "Loom & Co",
        "Weave.",
        datetime(2026, 10, 2, tzinfo=UTC),
    )
    (alone,) = postings_in(FeedSource(), re.sub(r"<entry><id>2.*</entry>", "", ATOM, flags=re.DOTALL))
    assert (alone.company, alone.repairs) == ("", ("company unknown",))


def test_rss_1_keeps_its_items_beside_the_channel() -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Jobs</title></channel>
      <item rdf:about="https://a.example/1"><title>Cook</title><link>https://a.example/1</link>
      <dc:date>2026-10-01</dc:date><description>Cook soup.</description></item></rdf:RDF>"""
    (cook,) = postings_in(FeedSource(company="Diner"), rdf)
    assert (cook.title, cook.company, cook.url) == ("Cook", "Diner", "https://a.example/1")
    assert cook.posted_at == datetime(2026, 10, 1, tzinfo=UTC)


BOARD = """<?xml version="1.0" encoding="utf-8"?><source><publisher>Some ATS</publisher><publisherurl>https://x.example</publisherurl>
<job><title><![CDATA[Baker]]></title><date><![CDATA[Fri, 10 Oct 2026 22:49:39 GMT]]></date>
<referencenumber><![CDATA[B-5]]></referencenumber><url><![CDATA[https://a.example/b5?x=1&y=2]]></url>
<company><![CDATA[Crust & Co]]></company><city><![CDATA[Leeds]]></city><state><![CDATA[West Yorkshire]]></state>
<country><![CDATA[GB]]></country><postalcode><![CDATA[LS1]]></postalcode>
<description><![CDATA[<p>Bake bread.</p>]]></description><salary><![CDATA[£12.50 per hour]]></salary>
<jobtype><![CDATA[fulltime]]></jobtype><category><![CDATA[Food; Craft]]></category>
<experience><![CDATA[Entry level]]></experience>
<expirationdate><![CDATA[2026-12-24]]></expirationdate><remotetype><![CDATA[Hybrid remote]]></remotetype></job>
<job id="B-6"><name>Icer</name><employer><name>Crust &amp; Co</name></employer>
<salary><min>1900</min><max>2100</max><currency>GBP</currency><period>month</period></salary><expires_at>Oct 28, 2026</expires_at>
<locations><location><city>York</city><country>United Kingdom</country></location>
<location><city>Hull</city><country>United Kingdom</country></location></locations></job></source>"""


def test_the_xml_that_job_boards_take_is_mapped_field_by_field() -> None:
    baker, york, hull = postings_in(FeedSource(), BOARD)
    assert (baker.external_id, baker.title, baker.company) == ("B-5", "Baker", "Crust & Co")
    assert baker.place == Place("Leeds", "West Yorkshire", "GB", "LS1")
    assert baker.pay == Pay(Decimal("12.50"), Decimal("12.50"), "GBP", "HOUR")
    assert (baker.employment_type, baker.level, baker.categories) == ("full_time", "junior", ("Food", "Craft"))
    assert (baker.hybrid, baker.is_snippet) == (True, False)
    assert baker.url == "https://a.example/b5?x=1&y=2"
    assert baker.posted_at == datetime(2026, 10, 10, 22, 49, 39, tzinfo=UTC)
    assert baker.expires_at == datetime(2026, 12, 25, tzinfo=UTC)
    assert (york.title, york.company, york.pay) == (
        "Icer",
        "Crust & Co",
        Pay(Decimal(1900), Decimal(2100), "GBP", "MONTH"),
    )
    assert york.expires_at == datetime(2026, 10, 29, tzinfo=UTC)
    assert [(row.place.city, row.place.country, row.group_key) for row in (york, hull)] == [
        ("York", "GB", "B-6"),
        ("Hull", "GB", "B-6"),
    ]


def rss(*titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://a.example/{n}</link></item>" for n, title in enumerate(titles)
    )
    return f"<rss><channel>{items}</channel></rss>"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Cook at Diner", "Chef at Sea at Boat"), [("Cook", "Diner"), ("Chef at Sea", "Boat")]),
        (("Cook at Diner", "Baker"), [("Cook at Diner", ""), ("Baker", "")]),
        (("A: Cook", "B: Chef", "B: Baker"), [("Cook", "A"), ("Chef", "B"), ("Baker", "B")]),
        (("Job: Cook", "Job: Chef", "Job: Baker"), [("Job: Cook", ""), ("Job: Chef", ""), ("Job: Baker", "")]),
        (("A: Cook", "B: Chef"), [("A: Cook", ""), ("B: Chef", "")]),
    ],
)
def test_a_company_in_titles_is_found_only_where_the_whole_feed_writes_them_so(
    titles: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert [(row.title, row.company) for row in postings_in(FeedSource(), rss(*titles))] == expected


@pytest.mark.parametrize(
    ("title", "text", "remote", "hybrid"),
    [
        ("Cook (Remote)", "", True, False),
        ("Cook - hybrid", "", False, True),
        ("Remote Sensing Engineer", "", False, False),
        ("Cook", "This is a fully remote job.", True, False),
        ("Cook", "This is not fully remote; our remote office is nice.", False, False),
    ],
)
def test_the_workplace_is_read_from_words_that_leave_no_doubt(
    title: str, text: str, remote: bool, hybrid: bool
) -> None:
    document = rss(title).replace("</item>", f"<description>{text}</description></item>")
    (cook,) = postings_in(FeedSource(), document)
    assert (cook.remote, cook.hybrid) == (remote, hybrid)


def test_a_region_alone_says_where_and_beside_a_town_it_is_the_state() -> None:
    rows = postings_in(
        FeedSource(),
        "<jobs><job><title>Cook</title><region>Vienna, Austria</region></job>"
        "<job><title>Cook</title><region>Anywhere in the World</region></job>"
        "<job><title>Cook</title><city>Leeds</city><region>Yorkshire</region><country>GB</country></job></jobs>",
    )
    assert [row.place for row in rows] == [
        Place(city="Vienna", country="AT"),
        Place(),
        Place("Leeds", "Yorkshire", "GB"),
    ]
    assert [row.remote for row in rows] == [False, True, False]


def test_a_board_of_remote_jobs_can_be_connected_as_such() -> None:
    assert [row.remote for row in postings_in(FeedSource(remote="yes"), rss("Cook", "Baker"))] == [True, True]


def test_a_company_that_has_a_field_is_not_repeated_in_the_title() -> None:
    document = rss("Cook at Diner").replace("</title>", "</title><company>Diner</company>")
    assert [(row.title, row.company) for row in postings_in(FeedSource(), document)] == [("Cook", "Diner")]


def test_a_recorded_feed_of_a_board_is_mapped_without_loss() -> None:
    payload = shared_payload("recorded_anonymised/remote_jobs_digest__nodesk.xml")
    rows = postings_in(FeedSource(), payload)
    items = etree.fromstring(payload).findall(".//item")
    assert len(rows) == len(items) == 3
    for row, item in zip(rows, items, strict=True):
        assert f"{row.title} at {row.company}" == item.findtext("title")
        assert (row.external_id, row.url) == (item.findtext("guid"), item.findtext("link"))
        assert row.description == item.findtext("description")
        assert row.posted_at == clean.moment(item.findtext("pubDate"))
        assert row.is_snippet
        assert row.remote  # "fully remote worldwide"


def test_what_is_no_feed_is_refused_and_an_empty_feed_is_empty() -> None:
    for document in ("<html/>", "nonsense", "", "<rss><channel><item><title>x</title></channel></rss>"):
        with pytest.raises(InvalidInput):
            list(FeedSource().items(io.BytesIO(document.encode())))
    assert postings_in(FeedSource(), "<rss><channel/></rss>") == []


# --- The feed of careers.google.com ---------------------------------------------------------------------------------
def test_the_feed_of_the_employer_is_mapped_field_by_field() -> None:
    toronto, austin, grinder = postings_in(GoogleFeedSource(), own_payload("googlefeed.xml"))
    assert (toronto.external_id, toronto.title, toronto.company) == ("7001", "Map Maker, Paper & Ink", "Google")
    assert (toronto.place, austin.place) == (Place("Toronto", "ON", "CA"), Place("Austin", "TX", "US"))
    assert toronto.pay == Pay(Decimal(86000), Decimal(88000), "CAD")
    assert austin.pay == Pay(Decimal(79000), Decimal(112000), "USD")
    assert (toronto.group_key, austin.external_id) == ("7001", "7001#2")
    assert (toronto.hybrid, toronto.remote, toronto.categories) == (True, False, ("Map making",))
    assert toronto.description.startswith("Draw maps.\nMinimum qualifications:\n- A steady hand.")
    assert toronto.posted_at == datetime(2026, 9, 11, 13, 42, 9, 55000, tzinfo=UTC)
    assert (grinder.place, grinder.remote, grinder.pay) == (Place("Singapore", "", "SG"), True, None)
    assert grinder.employment_type == "temporary"
    assert rejections_in(GoogleFeedSource(), own_payload("googlefeed.xml")) == [(3, "The posting has no title.")]


def test_the_feed_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not this feed"):
        list(GoogleFeedSource().items(io.BytesIO(b"<rss/>")))


def test_the_recorded_feed_of_the_employer_is_mapped_without_loss() -> None:
    payload = shared_payload("handmade_shapes/jobwatch__google_feed.xml")
    rows = postings_in(GoogleFeedSource(), payload)
    jobs = {job.findtext("jobid"): job for job in etree.fromstring(payload).findall("job")}
    assert {row.external_id.partition("#")[0] for row in rows} == set(jobs)
    for row in rows:
        job = jobs[row.external_id.partition("#")[0]]
        assert (row.title, row.company, row.url) == (
            job.findtext("title"),
            job.findtext("employer"),
            job.findtext("url"),
        )
        assert row.posted_at == clean.moment(job.findtext("published"))
        assert row.remote == (job.findtext("isRemote") == "Yes")
        words = re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", job.findtext("description") or "")))
        assert re.findall(r"\w+", row.description) == words
        assert len([other for other in rows if other.external_id.startswith(row.external_id.partition("#")[0])]) == len(
            job.findall("locations/location")
        )
    places = {row.external_id: str(row.place) for row in rows}
    assert places["109401147709498054"] == "Austin, TX, US"
    assert places["131798774019171014"] == "Alberta, CA"
    assert {row.external_id: str(row.pay.currency) for row in rows if row.pay}["105534391874134726"] == "CAD"


# --- Asking ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "payload"),
    [(FeedSource(url="https://a.example/feed"), "feed.xml"), (GoogleFeedSource(), "googlefeed.xml")],
)
def test_a_feed_is_one_page(source: FetchedSource, payload: str) -> None:
    fetch = ScriptedFetch(lambda request: own_payload(payload))
    ((_cursor, titles),) = titles_by_page(source, fetch)
    assert titles == [row.title for row in postings_in(source, own_payload(payload))]
    assert titles_by_page(source, ScriptedFetch(unchanged)) == []
    with pytest.raises(FetchFailed):
        list(source.pages(ScriptedFetch(lambda request: b"<html>Sorry</html>")))


# --- Words for days and pay -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Wednesday, September 30, 2026", (2026, 9, 30)),
        ("Sep 3, 2026", (2026, 9, 3)),
        ("30-Sep-2026", (2026, 9, 30)),
        ("3 September 2026", (2026, 9, 3)),
        ("9/30/2026 3:14 PM", (2026, 9, 30)),
        ("30/9/2026", (2026, 9, 30)),
        ("30.09.2026", (2026, 9, 30)),
        ("2026-09", (2026, 9, 1)),
        ("2026-09-30", (2026, 9, 30)),
        ("31/31/2026", None),
        ("2 weeks ago", None),
        ("", None),
    ],
)
def test_days_are_read_as_pages_write_them(written: str, day: tuple[int, int, int] | None) -> None:
    assert day_of(written) == (datetime(*day, tzinfo=UTC) if day else None)


def test_a_day_without_a_time_ends_with_that_day() -> None:
    assert last_day_of("September 30, 2026") == datetime(2026, 10, 1, tzinfo=UTC)
    assert last_day_of("2026-09-30T12:00:00Z") == datetime(2026, 9, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "pay"),
    [
        ("Base compensation ranges from $150,000 to $190,000 per year.", Pay(Decimal(150000), Decimal(190000), "USD")),
        ("The annual pay range is 140,000–210,000 USD. Apply.", Pay(Decimal(140000), Decimal(210000), "USD")),
        ("401(k). Hourly rate between $20 and $30.50.", Pay(Decimal(20), Decimal("30.50"), "USD", "HOUR")),
        ("Salary: £45k - £52k", Pay(Decimal(45000), Decimal(52000), "GBP")),
        ("A sign-on bonus of $5,000 - $10,000 and good pay.", None),
        ("Our pay is good. Revenue of $5,000,000 to $10,000,000.", None),
        ("The salary is £45,000.", None),
        ("Salary: 24,907 to 30,615 depending", None),
    ],
)
def test_a_range_in_a_sentence_about_pay_is_the_pay(sentence: str, pay: Pay | None) -> None:
    assert pay_in_text(f"We are nice.\n{sentence}\nSince 1999 - 2026.")[0] == pay


# --- Anything at all ------------------------------------------------------------------------------------------------
NAMES = st.sampled_from(["name", "city", "location", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("Cook at Diner"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "title company location locations city country point lat long salary salarymin pubdate expires link guid description "
    "author feed_titles feed_company feed_authors feed_entry remote status jobid locations categories isremote published"
).split()


@settings(deadline=None)  # the first place that is read loads a gazetteer
@given(raw=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=10))
def test_odd_values_in_known_fields_never_raise(raw: dict[str, Any]) -> None:
    for source in (FeedSource(), GoogleFeedSource()):
        assert list(source.postings(Item(1, raw)))


@given(
    parts=st.lists(
        st.sampled_from(
            "<rss>|</rss>|<item>|</item>|<title>x|</title>|<link href='u'/>|&|<![CDATA[|]]>|<a:b>|<job/>".split("|")
        ),
        max_size=14,
    )
)
def test_odd_xml_is_read_or_refused(parts: list[str]) -> None:
    for source in (FeedSource(), GoogleFeedSource()):
        try:
            rows = list(source.items(io.BytesIO("".join(parts).encode())))
        except InvalidInput:
            continue
        assert all(isinstance(row, Item | Rejected) for row in rows)
