"""Settings of the test suite: the real parts, with quick password hashing and the deterministic embedding provider."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests")
# Files that tests upload go to a folder of their own, never beside those of a running bin/up.
if "CVMATCH_VAR_DIR" not in os.environ:
    os.environ["CVMATCH_VAR_DIR"] = tempfile.mkdtemp(prefix="cvmatch-test-")

_is_counting_together = "PROMETHEUS_MULTIPROC_DIR" in os.environ

from cvmatch.settings.base import *  # noqa: E402, F403
from cvmatch.settings.base import CACHES, STORAGES, VAR_DIR  # noqa: E402
from cvmatch.settings.counting import count_alone  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMBEDDING_PROVIDER = "hashing"
MEDIA_ROOT = Path(VAR_DIR) / "media"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
SECURE_COOKIES = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
SECURE_PROXY_SSL_HEADER = None
# What one test counted must not be what the next one sees.
CACHES["process"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
# Each process of the tests counts for itself, unless a test named a folder for those that it starts.
if not _is_counting_together:
    count_alone()
CACHE_COUNTS_AFTER_S = None
