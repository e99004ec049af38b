"""Job advertisements on web pages with JobPosting data, alone and found by a site's sitemap."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvmatch.core.errors import InvalidInput
from cvmatch.core.fetching import BudgetSpent, FetchFailed, Request, TimeUp
from ingestion.sources import Item, Page, Rejected
from ingestion.sources.markup import html_tree, inner_html, xml_tree
from ingestion.sources.page_data import job_objects
from ingestion.sources.robots import read_robots
from ingestion.sources.sitemap import SitemapSource, read_sitemap, unpacked
from ingestion.sources.webpage import WebPageSource
from jobs.values import JobPosting, Pay, Place
from tests.contracts.sources.scripted import (
    ScriptedFetch,
    own_payload,
    postings_in,
    rejections_in,
    shared_payload,
    titles_by_page,
)

GONE = FetchFailed("Not found.", permanent=True)


def page(*objects: Any) -> bytes:
    return "".join(f'<script type="application/ld+json">{json.dumps(o)}</script>' for o in objects).encode()


def job(title: str, **fields: Any) -> dict[str, Any]:
    return {"@type": "JobPosting", "title": title, **fields}


def titles(payload: bytes) -> list[str]:
    return [posting.title for posting in postings_in(WebPageSource(), payload)]


# --- JSON-LD --------------------------------------------------------------------------------------------------------
def test_a_page_with_json_ld_is_mapped_field_by_field() -> None:
    (gardener,) = postings_in(WebPageSource(), own_payload("webpage.html"))
    assert (gardener.external_id, gardener.title, gardener.company) == ("FG-7", "Head Gardener", "Fernhill Gardens")
    assert gardener.place == Place("Truro", "Cornwall", "GB", "TR1 1AA", 50.26, -5.05)
    assert gardener.pay == Pay(Decimal(28000), Decimal(32000), "GBP", "YEAR")
    assert gardener.posted_at == datetime(2026, 10, 1, tzinfo=UTC)
    assert gardener.expires_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert gardener.url == "https://fernhill.example/jobs/head-gardener"
    assert (gardener.employment_type, gardener.categories) == ("full_time", ("Gardening",))
    assert gardener.description == "Lead six gardeners.\n- Prune\n- Plant"
    assert "spy" not in gardener.description_html
    assert gardener.raw["hiringOrganization"]["name"] == "Fernhill Gardens"
    assert gardener.repairs == ()


@pytest.mark.parametrize(
    "content",
    [
        page([job("Cook"), {"@type": "Person"}, job("Baker")]),
        page({"@graph": [job("Cook"), job("Baker")]}),
        page({"@type": "ItemList", "itemListElement": [{"item": job("Cook")}, {"item": job("Baker")}]}),
        page(job("Cook"), job("Baker")),
        page(
            {"@type": "http://schema.org/JobPosting", "title": "Cook"},
            {"@type": ["Thing", "schema:JobPosting"], "schema:title": {"@value": "Baker", "@language": "en"}},
        ),
    ],
)
def test_postings_are_found_in_lists_graphs_and_several_scripts(content: bytes) -> None:
    assert titles(content) == ["Cook", "Baker"]


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "JobPosting", "title": "Cook",} -->',
        '// <![CDATA[\n{"@type": "JobPosting", "title": "Cook"}\n// ]]>',
        '{"@type": "JobPosting", "title": "Cook", "description": "two\nlines"};',
    ],
)
def test_what_templates_leave_around_json_is_passed_over(script: str) -> None:
    content = f'<script type="application/ld+json; charset=utf-8">{script}</script>'.encode()
    assert [row["title"] for row in job_objects(html_tree(content))] == ["Cook"]


def test_a_script_that_is_no_json_does_not_hide_the_next() -> None:
    assert titles(b'<script type="application/ld+json">{oops</script>' + page(job("Cook"))) == ["Cook"]


def test_several_postings_of_one_page_have_addresses_of_their_own() -> None:
    rows = postings_in(
        WebPageSource(), b"<link rel=canonical href='https://a.example/jobs'>" + page(job("Cook"), job("Baker"))
    )
    assert len({row.external_id for row in rows}) == 2
    assert all(row.url.startswith("https://a.example/jobs#") for row in rows)


def test_the_company_of_the_connection_stands_in_only_where_the_page_names_none() -> None:
    content = page(job("Cook", hiringOrganization={"name": "Diner"}), job("Baker"))
    assert [row.company for row in postings_in(WebPageSource(company="Bistro"), content)] == ["Diner", "Bistro"]


def test_a_workplace_in_the_place_of_a_town_is_no_town() -> None:
    where = {"@type": "Place", "address": {"addressLocality": "Remote", "addressCountry": "US"}}
    (cook,) = postings_in(WebPageSource(), page(job("Cook", jobLocation=[where])))
    assert (cook.place, cook.remote) == (Place(country="US"), True)


def test_references_that_turn_in_circles_and_deep_nesting_end() -> None:
    loop = {
        "@graph": [
            {"@id": "#a", "@type": "Place", "containedIn": {"@id": "#a"}},
            job("Cook", jobLocation={"@id": "#a"}),
        ]
    }
    deep: Any = job("Baker")
    for _ in range(200):
        deep = {"mainEntity": deep, "@type": "WebPage"}
    assert titles(page(loop, deep)) == ["Cook", "Baker"]


def test_a_page_without_a_posting_says_so() -> None:
    assert rejections_in(WebPageSource(), b"<html><p>Hello</p></html>") == [(1, "The page carries no JobPosting data.")]


# --- Microdata and RDFa ---------------------------------------------------------------------------------------------
MICRODATA = """
<div itemscope itemtype="https://schema.org/JobPosting" itemref="elsewhere">
  <h1 itemprop="title">Glass Blower</h1>
  <a itemprop="url" href="/jobs/9">link</a>
  <div itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization"><b itemprop="name">Clear & Co</b></div>
  <span itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">
    <span itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">
      <span itemprop="addressLocality">Murano</span><meta itemprop="addressCountry" content="IT"></span></span>
  <div itemprop="description"><p>Blow glass.</p><div itemprop="responsibilities"><ul><li>Bowls</li></ul></div></div>
  <time itemprop="datePosted" datetime="2026-09-01">yesterday</time>
  <span itemprop="baseSalary" itemscope itemtype="http://schema.org/MonetaryAmount"><meta itemprop="currency" content="EUR">
    <span itemprop="value" itemscope itemtype="http://schema.org/QuantitativeValue"><data itemprop="value" value="2000">2k</data>
    <meta itemprop="unitText" content="MONTH"></span></span>
  <span itemprop="employmentType">Full-time</span>
</div>
<p id="elsewhere">Closes <time itemprop="validThrough" datetime="2026-12-01T12:00:00Z">soon</time></p>
"""
RDFA = """
<div vocab="https://schema.org/" typeof="JobPosting">
  <h1 property="title">Glass Blower</h1>
  <a property="url" href="/jobs/9">link</a>
  <div property="hiringOrganization" typeof="Organization"><b property="name">Clear & Co</b></div>
  <span property="jobLocation" typeof="Place"><span property="address" typeof="PostalAddress">
    <span property="addressLocality">Murano</span><meta property="addressCountry" content="IT"></span></span>
  <div property="description"><p>Blow glass.</p><ul><li>Bowls</li></ul></div>
  <time property="datePosted" datetime="2026-09-01">yesterday</time>
  <span property="baseSalary" typeof="MonetaryAmount"><meta property="currency" content="EUR">
    <span property="value" typeof="QuantitativeValue"><data property="value" value="2000">2k</data>
    <meta property="unitText" content="MONTH"></span></span>
  <span property="employmentType">Full-time</span>
  <meta property="validThrough" content="2026-12-01T12:00:00Z">
</div>
"""


PREFIXED = RDFA.replace('vocab="https://schema.org/" ', "").replace("JobPosting", "schema:JobPosting")


@pytest.mark.parametrize("marked", [MICRODATA, RDFA, PREFIXED])
def test_marked_elements_say_the_same_as_json_ld(marked: str) -> None:
    (blower,) = postings_in(WebPageSource(), f"<base href='https://glass.example/x/'>{marked}".encode())
    assert (blower.title, blower.company, blower.url) == ("Glass Blower", "Clear & Co", "https://glass.example/jobs/9")
    assert blower.place == Place(city="Murano", country="IT")
    assert blower.description == "Blow glass.\n- Bowls"
    assert blower.pay == Pay(Decimal(2000), Decimal(2000), "EUR", "MONTH")
    assert blower.employment_type == "full_time"
    assert (blower.posted_at, blower.expires_at) == (
        datetime(2026, 9, 1, tzinfo=UTC),
        datetime(2026, 12, 1, 12, tzinfo=UTC),
    )


def test_a_posting_that_is_said_in_two_ways_is_one() -> None:
    assert titles(page(job("Glass Blower")) + MICRODATA.encode()) == ["Glass Blower"]


def test_the_pages_of_a_service_with_microdata_are_read() -> None:
    content = shared_payload("handmade_shapes/jobwatch__smartrecruiters_posting.html")
    (engineer,) = postings_in(WebPageSource(), content)
    assert engineer.title.encode() in content
    assert (engineer.company, engineer.place.city, engineer.place.postal_code) == ("Initech", "Santa Clara", "95054")
    assert engineer.description.count("Build solution-ready data-driven applications") == 1
    assert "Engineering depth:" in engineer.description
    assert engineer.posted_at == datetime(2026, 10, 7, 16, 45, 52, 725000, tzinfo=UTC)


# --- Hostile and broken markup --------------------------------------------------------------------------------------
def test_entities_and_files_are_never_read_by_xml() -> None:
    for document in (
        b'<!DOCTYPE a [<!ENTITY x "yy">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "yy">]><a b="&x;"/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b"<a><b></a>",
        b"",
    ):
        with pytest.raises(InvalidInput):
            xml_tree(document)


def test_stray_ampersands_entities_of_html_and_control_characters_are_mended_in_xml() -> None:
    root = xml_tree(b'<?xml version="1.0"?>\n<a>x &nbsp;& y &amp; \x0b&bogus;<![CDATA[ & &nbsp;]]></a>')
    assert root.text == "x \xa0& y & &bogus; & &nbsp;"


def test_pages_are_decoded_by_what_they_say_and_else_as_utf_8() -> None:
    for content in (
        "<p>Zürich</p>".encode(),
        "<meta charset=iso-8859-1><p>Zürich</p>".encode("latin-1"),
        "<p>Zürich</p>".encode("cp1252"),
        "<p>Zürich</p>".encode("utf-16"),
    ):
        assert inner_html(html_tree(content).find(".//p")) == "Zürich"


def test_a_page_that_is_far_too_large_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no job advertisement"):
        html_tree(b"<p>" * 2_000_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "@type @id @graph @value title url name address value hiringOrganization jobLocation".split()
            ),
            inner | st.just("JobPosting") | st.just("#a"),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)  # the first place that is read loads a gazetteer
@given(objects=st.lists(JSON, max_size=3))
def test_odd_json_ld_never_raises(objects: list[Any]) -> None:
    for row in [*WebPageSource().items(io.BytesIO(page(*objects)))] if objects else []:
        assert isinstance(row, Rejected) or list(WebPageSource().postings(row))


@settings(deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(
            "<div itemscope itemtype=https://schema.org/JobPosting>|"
            "<p itemprop=title>|<p itemprop='url title'>|Cook|</p>|</div>|"
            "<a itemprop=url href='http://['>|"
            "<div itemprop=jobLocation itemscope>|<meta itemprop=address content>|<base href=//>|"
            "<div typeof=JobPosting itemref='a b'>|<b id=a property=name>|"
            "<link rel=canonical href=''>|<script type=ld+json>[|<".split("|")
        ),
        max_size=12,
    )
)
def test_odd_markup_never_raises(parts: list[str]) -> None:
    try:
        rows = list(WebPageSource().items(io.BytesIO("".join(parts).encode())))
    except InvalidInput:
        return
    for row in rows:
        assert isinstance(row, Rejected) or list(WebPageSource().postings(row))


# --- Asking for pages -----------------------------------------------------------------------------------------------
def test_pages_are_asked_for_in_order_and_a_run_goes_on_behind_the_last_one() -> None:
    urls = tuple(f"https://a.example/{number}" for number in range(4))
    source = WebPageSource(urls=urls)
    fetch = ScriptedFetch(lambda request: page(job(f"Job {request.url[-1]}")))
    assert titles_by_page(source, fetch) == [(url, [f"Job {url[-1]}"]) for url in urls]
    assert titles_by_page(source, fetch, after=urls[1]) == [(url, [f"Job {url[-1]}"]) for url in urls[2:]]
    assert titles_by_page(source, fetch, after=urls[3]) == []
    (row,) = next(iter(source.pages(fetch))).rows
    assert isinstance(row, Item)
    assert row.raw["url"] == urls[0]


def test_a_page_that_is_gone_is_told_and_the_others_are_read() -> None:
    urls = tuple(f"https://a.example/{number}?key=secret" for number in range(3))
    fetch = ScriptedFetch(lambda request: GONE if "/1" in request.url else page(job("Cook")))
    pages = list(WebPageSource(urls=urls).pages(fetch))
    assert [len(page.rows) for page in pages] == [1, 1, 1]
    assert pages[1].rows == (Rejected(2, "a.example/1: Not found."),)


@pytest.mark.parametrize("end", [BudgetSpent("Wait."), TimeUp("Later.")])
def test_a_site_that_does_not_answer_ends_the_run_and_so_does_a_spent_budget_or_time(end: FetchFailed) -> None:
    urls = tuple(f"https://a.example/{number}" for number in range(9))
    down = ScriptedFetch(lambda request: FetchFailed("Down."))
    with pytest.raises(FetchFailed, match="Down"):
        list(WebPageSource(urls=urls).pages(down))
    assert len(down.asked) == 3
    spent = ScriptedFetch(lambda request: end)
    with pytest.raises(type(end)):
        list(WebPageSource(urls=urls).pages(spent))
    assert len(spent.asked) == 1


# --- robots.txt -----------------------------------------------------------------------------------------------------
ROBOTS = b"""
User-agent: greedy
Disallow: /

user-agent: *
Disallow: /private   # not for you
Allow: /private/jobs
Disallow: /*/apply$
Disallow: /*?q=
Disallow:

Sitemap: https://a.example/one.xml
Sitemap: nonsense
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", True), ("/", True), ("/private", False), ("/private/x", False), ("/private/jobs/1", True), ("/a/apply", False),
        ("/a/apply/now", True), ("/a/apply/apply", False), ("/jobs?q=1", False), ("/jobs?page=1", True), ("/%70rivate", False),
    ],
)  # fmt: skip
def test_the_longest_rule_that_fits_decides(path: str, allowed: bool) -> None:
    assert read_robots(ROBOTS).allows(f"https://a.example{path}") is allowed


def test_rules_for_us_stand_before_those_for_everybody() -> None:
    robots = read_robots(b"User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: CVmatch\nDisallow: /cgi\n")
    assert robots.allows("https://a.example/jobs")
    assert not robots.allows("https://a.example/cgi")


@given(rule=st.text(alphabet="*$/ab", max_size=60), path=st.text(alphabet="/ab", max_size=200))
def test_no_rule_takes_long_or_raises(rule: str, path: str) -> None:
    read_robots(f"User-agent: *\nDisallow: {rule}".encode()).allows(f"https://a.example/{path}")


# --- Sitemaps -------------------------------------------------------------------------------------------------------
def urlset(*rows: tuple[str, str]) -> bytes:
    entries = "".join(f"<url><loc>{a}</loc>{f'<lastmod>{d}</lastmod>' if d else ''}</url>" for a, d in rows)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def index(*addresses: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


HOST = "https://a.example"
SITE: dict[str, bytes] = {
    f"{HOST}/robots.txt": ROBOTS,
    f"{HOST}/one.xml": index(
        f"{HOST}/jobs.xml.gz", f"{HOST}/one.xml", f"{HOST}/private/secret.xml", f"{HOST}/gone.xml"
    ),
    f"{HOST}/jobs.xml.gz": gzip.compress(
        urlset(
            (f"{HOST}/jobs/old", "2020-01-01"),
            (f"{HOST}/jobs/new", "2026-10-10T10:00:00Z"),
            (f"{HOST}/jobs/undated", ""),
            (f"{HOST}/about", "2026-11-01"),
            (f"{HOST}/private/jobs/../x", ""),
            ("http://[/jobs/", ""),
            ("ftp://a.example/jobs/", ""),
            (f"{HOST}/private/internal/jobs/", "2026-11-01"),
        )
    ),
}


def site(request: Request) -> Any:
    if request.url in SITE:
        return SITE[request.url]
    return page(job(request.url.rpartition("/")[2])) if "/jobs/" in request.url else GONE


def test_a_site_is_read_by_its_sitemaps_newest_first_within_its_rules() -> None:
    fetch = ScriptedFetch(site)
    source = SitemapSource(url=HOST, contains="/jobs/", limit="2")
    assert titles_by_page(source, fetch) == [(f"{HOST}/jobs/new", ["new"]), (f"{HOST}/jobs/old", ["old"])]
    asked = [request.url.removeprefix(HOST) for request in fetch.asked]
    assert asked == ["/robots.txt", "/one.xml", "/jobs.xml.gz", "/gone.xml", "/jobs/new", "/jobs/old"]
    assert titles_by_page(source, fetch, after=f"{HOST}/jobs/new") == [(f"{HOST}/jobs/old", ["old"])]


def test_without_robots_txt_all_is_allowed_and_with_one_that_cannot_be_had_nothing() -> None:
    bare = {f"{HOST}/sitemap.xml": urlset((f"{HOST}/jobs/1", ""))}

    def answer(failure: FetchFailed) -> list[Page]:
        fetch = ScriptedFetch(
            lambda request: bare.get(request.url) or (failure if "robots" in request.url else page(job("Cook")))
        )
        return list(SitemapSource(url=HOST).pages(fetch))

    assert len(answer(GONE)) == 1
    assert answer(FetchFailed("Down.")) == []


def test_sitemaps_may_be_lines_of_addresses_and_have_dates_of_many_forms() -> None:
    assert read_sitemap(b"https://a.example/1\n\nhttps://a.example/2\n").pages == (
        ("https://a.example/1", None),
        ("https://a.example/2", None),
    )
    changed = dict(read_sitemap(urlset(("https://a.example/1", "2026-10-10"), ("https://a.example/2", "soon"))).pages)
    assert changed == {"https://a.example/1": datetime(2026, 10, 10, tzinfo=UTC), "https://a.example/2": None}
    with pytest.raises(InvalidInput, match="no sitemap"):
        read_sitemap(b"<rss/>")


def test_archives_that_are_damaged_or_unpack_without_end_are_refused() -> None:
    for content in (gzip.compress(b"x" * 1000)[:-9], b"\x1f\x8bjunk", gzip.compress(bytes(70_000_000), 9)):
        with pytest.raises(InvalidInput, match="archive"):
            unpacked(content)


def test_a_recorded_sitemap_has_no_postings_and_a_recorded_page_has() -> None:
    assert rejections_in(SitemapSource(), urlset((f"{HOST}/jobs/1", ""))) == [
        (1, f"The sitemap only names this page: {HOST}/jobs/1")
    ]
    (gardener,) = postings_in(SitemapSource(), own_payload("sitemap.html"))
    assert isinstance(gardener, JobPosting)
    assert gardener.title == "Head Gardener"
    assert postings_in(SitemapSource(), shared_payload("handmade_shapes/jobwatch__avature_sitemap_index.xml")) == []


def test_no_page_can_keep_a_run_busy() -> None:
    big = {"@id": "#big", "@type": "Place", "name": "x" * 5_000, "a": [{"@id": "#big"}] * 100}
    graph = {"@graph": [big, *(job("Cook", jobLocation=[{"@id": "#big"}] * 50) for _ in range(600))]}
    marked = "<div itemscope itemtype=https://schema.org/JobPosting itemref=all><p itemprop=title>Cook</p></div>"
    circle = f"<div id=all>{marked * 3000}</div>"
    for content in (page(graph), circle.encode(), b"<div itemprop=title>" * 5000):
        assert len(list(WebPageSource().items(io.BytesIO(content)))) <= 500
