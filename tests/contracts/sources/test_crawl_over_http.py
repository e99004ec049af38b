"""A site with a sitemap, asked over HTTP by what asks in production."""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler

import pytest

from cvmatch.core.http import HttpFetch
from ingestion.sources.sitemap import SitemapSource
from tests.contracts.sources.scripted import titles_on
from tests.source_server import Asked, SourceServer, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_site_is_read_over_http_with_packed_sitemaps_forbidden_pages_and_pages_that_are_gone() -> None:
    def play(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        home = f"http://{handler.headers['Host']}"
        locs = "".join(f"<url><loc>{home}/jobs/{name}</loc></url>" for name in ("cook", "gone", "secret", "baker"))
        posting = json.dumps({"@type": "JobPosting", "title": asked.path.rpartition("/")[2]})
        site = {
            "/robots.txt": b"User-agent: *\nDisallow: /jobs/secret\nSitemap: %s/map.xml.gz\n" % home.encode(),
            "/map.xml.gz": gzip.compress(f"<urlset>{locs}</urlset>".encode()),
        }
        if asked.path == "/jobs/gone":
            send(handler, b"", 410)
        else:
            page = f"<html><script type='application/ld+json'>{posting}</script></html>".encode()
            send(handler, site.get(asked.path, page), ETag='"1"')

    server = SourceServer(play)
    try:
        source = SitemapSource(url=server.url)
        for _run in range(2):  # also when the server could say that nothing changed
            with HttpFetch("a-site", allow_private=True, parallel=2) as fetch:
                pages = list(source.pages(fetch))
                fetch.remember()
            assert [titles_on(source, page) for page in pages] == [["cook"], [], ["baker"]]
        assert not [asked for asked in server.asked if asked.path == "/jobs/secret"]
    finally:
        server.close()
