"""With the settings of a server that others reach: Django's checks are clean, secrets come from files, TLS is insisted on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.test import Client

from cvmatch.checks import the_way_to_the_database_is_encrypted
from cvmatch.settings.base import PROJECT_DIR
from cvmatch.settings.environment import Environment, FilesAndEnvironment

ORIGIN = "https://careers.example.com"


def check_deploy(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "VIRTUAL_ENV"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_checks_for_deployment_are_clean_with_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k3yw1thm4nyd1ff3r3ntl3tt3rs-0123456789-abcdefghijklmnopqrst\n")
    (tmp_path / "url").write_text("postgresql://cvmatch:x@db.example.com/cvmatch?sslmode=verify-full\n")
    production = {
        "SECRET_KEY_FILE": str(tmp_path / "key"),
        "DATABASE_URL_FILE": str(tmp_path / "url"),
        "CVMATCH_VAR_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "cv.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://cv.example.com",
        "CVMATCH_CORS_ORIGINS": ORIGIN,
        "CVMATCH_SIGN_UP": "closed",
        "CVMATCH_TRUSTED_PROXIES": "1",
    }
    done = check_deploy(production)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    done = check_deploy({**production, "SECURE_COOKIES": "off", "CVMATCH_CORS_ORIGINS": "careers.example.com"})
    for found in ("security.W004", "security.W008", "security.W012", "corsheaders.E013"):
        assert found in done.stderr


def test_a_file_counts_before_the_variable_and_its_last_line_break_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(" pass word \n")
    known = FilesAndEnvironment({"A_FILE": str(tmp_path / "password"), "A": "other", "B": "plain"})
    assert (known["A"], known["B"]) == (" pass word ", "plain")
    with pytest.raises(FileNotFoundError):
        FilesAndEnvironment({"A_FILE": str(tmp_path / "gone"), "A": "other"})["A"]


# TLS to the database


@pytest.fixture
def server_without_tls() -> Iterator[int]:
    """A server that answers the question for TLS as PostgreSQL does where there is none; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            with listener.accept()[0] as connection:
                connection.recv(8)
                connection.sendall(b"N")
                connection.recv(1)

        thread = threading.Thread(target=refuse)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(timeout=10)


def test_a_database_without_tls_is_refused_where_the_address_asks_for_it(
    server_without_tls: int, django_db_blocker: pytest.FixtureRequest
) -> None:
    url = f"postgresql://cvmatch:x@127.0.0.1:{server_without_tls}/cvmatch?sslmode=require"
    database = {**Environment.db_url_config(url), "ENGINE": "django.db.backends.postgresql"}
    with django_db_blocker.unblock(), pytest.raises(OperationalError, match="server does not support SSL"):
        ConnectionHandler({"default": database})["default"].ensure_connection()


@pytest.mark.parametrize(
    ("host", "mode", "warned"),
    [
        ("db.example.com", None, True),
        ("db.example.com", "prefer", True),
        ("10.0.0.7", "disable", True),
        ("db.example.com", "require", False),
        ("10.0.0.7", "verify-full", False),
        ("pgbouncer", None, False),
        ("127.0.0.1", None, False),
        ("/run/postgresql.d", None, False),
        ("", None, False),
    ],
)
def test_a_database_elsewhere_without_tls_is_warned_of(
    settings, monkeypatch: pytest.MonkeyPatch, host: str, mode: str | None, warned: bool
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", host)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"sslmode": mode} if mode else {})
    assert [message.id for message in the_way_to_the_database_is_encrypted()] == ["cvmatch.W002"] * warned


# What browsers are told


def test_who_comes_without_tls_is_sent_to_it_except_for_probes_and_the_scraper(settings, client: Client) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sign-in/").headers["Location"] == "https://testserver/sign-in/"
    assert client.get("/api/v1/jobs").status_code == 301
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/readyish").status_code == 301


@pytest.mark.django_db
def test_the_scraper_needs_no_tls_but_a_key(settings, client: Client) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/metrics").status_code == 401


def test_browsers_are_told_to_come_with_tls_only(settings, client: Client) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    assert client.get("/health/live", secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/health/live").headers


def preflight(client: Client, origin: str, path: str = "/api/v1/jobs") -> dict[str, str]:
    asks = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = client.options(path, headers=asks)
    return {name: value for name, value in answer.headers.items() if name.lower().startswith("access-control-")}


@pytest.mark.django_db
def test_pages_of_listed_origins_may_call_the_api_with_a_key_and_never_with_the_session(
    settings, client: Client
) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    told = preflight(client, ORIGIN)
    assert told["access-control-allow-origin"] == ORIGIN
    assert "authorization" in told["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in told
    answer = client.get("/api/v1/jobs", headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert "retry-after" in answer.headers["access-control-expose-headers"]


@pytest.mark.django_db
def test_other_origins_and_other_addresses_are_told_nothing(settings, client: Client) -> None:
    assert preflight(client, ORIGIN) == {}
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    assert preflight(client, "https://careers.example.com.evil.example") == {}
    assert preflight(client, ORIGIN, "/sign-in/") == {}
