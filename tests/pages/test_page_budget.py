"""Every page stays light: its HTML with fifty rows, one stylesheet, and little script in all."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.test import Client

from cvmatch.core.models import User
from tests.everywhere import NOBODY, furnish, pages

HTML_BYTES, SCRIPT_BYTES = 60_000, 60_000
ROWS = 50


def test_every_page_with_fifty_rows_stays_within_its_budget(db: None) -> None:
    furnish(rows=ROWS)
    heavy: dict[str, str] = {}
    for name, (who, address) in pages().items():
        client = Client()
        if who != NOBODY:
            client.force_login(User.objects.get(username=who))
        response = client.get(address)
        assert response.status_code < 500, name
        page = response.content.decode()
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        script = sum(map(packed, re.findall(r'<script src="([^"]+)"', page)))
        if len(page.encode()) > HTML_BYTES or len(styles) > 1 or script > SCRIPT_BYTES:
            heavy[name] = f"{len(page.encode())} bytes, {len(styles)} stylesheets, {script} bytes of script"
    assert heavy == {}


def packed(address: str) -> int:
    path = Path(settings.PROJECT_DIR) / address.lstrip("/")
    return len(gzip.compress(path.read_bytes()))
