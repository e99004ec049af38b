"""Processes that only answer requests, or only read files, never load the model's libraries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

HEAVY = ("torch", "transformers", "sentence_transformers", "grpc", "sentry_sdk", "opentelemetry.instrumentation")
STARTS = {
    "web": "import cvmatch.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "parse_cv": "import ingestion.management.commands.parse_cv",
    "sandbox": "import ingestion.extract.worker",
    "manage.py": "import django; django.setup(); from django.core.management import get_commands; get_commands()",
}


@pytest.mark.parametrize("name", STARTS)
def test_a_process_that_embeds_nothing_starts_without_the_model(name: str) -> None:
    code = f"{STARTS[name]}\nimport sys\nprint(*[module for module in {HEAVY} if module in sys.modules])"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cvmatch.settings.test"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.PROJECT_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
