"""nginx as it is configured here, in front of two web processes: what people get through it, whatever happens behind it."""

from __future__ import annotations

import gzip
import json
import re
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from cvmatch.core.http_api.problems import KINDS
from cvmatch.core.streams import NDJSON
from tests.proxied import (
    CALLS_A_MINUTE,
    CLIENT,
    NGINX,
    OTHER_CLIENT,
    TRUSTED,
    Site,
    free_port,
    lay_out,
    nginx_command,
    running_nginx,
    running_site,
    write_certificate,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(NGINX is None, reason="NO TESTS OF NGINX: it is missing. As root: apt-get install nginx-light"),
]
MIB = 1024 * 1024
LEFT_OUT_S = 2.1  # nginx does not ask again for fail_timeout where it got no answer


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.client() as made:
        yield made


@pytest.mark.parametrize("name", ["plain", "tls"])
def test_nginx_finds_nothing_to_say_against_the_configuration(tmp_path: Path, name: str) -> None:
    lay_out(tmp_path, ports={8080: free_port(), 8443: free_port()}, webs=[free_port()])
    write_certificate(tmp_path / "tls")
    done = subprocess.run(nginx_command(tmp_path, name, "-t"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


# TLS and headers


def test_who_comes_without_tls_is_sent_to_it(site: Site) -> None:
    with site.client(base=f"http://localhost:{site.plain}") as client:
        answer = client.get("/jobs/?q=cook")
        assert client.get("/health/proxy").text == "ok\n"
    assert (answer.status_code, answer.headers["Location"]) == (308, "https://localhost/jobs/?q=cook")


def test_pages_come_over_tls_with_each_security_header_once(client: httpx.Client) -> None:
    answer = client.get("/sign-in/")
    assert answer.status_code == 200
    for name in (
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "X-Request-ID",
    ):
        assert len(answer.headers.get_list(name)) == 1, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert re.search("csrftoken=.*; Secure", answer.headers["Set-Cookie"])
    assert "nginx/" not in answer.headers["Server"]


def test_old_versions_of_tls_are_refused(site: Site) -> None:
    context = ssl.create_default_context(cafile=str(site.certificate))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with httpx.Client(verify=context) as old, pytest.raises(httpx.ConnectError):
        old.get(f"https://localhost:{site.tls}/sign-in/")


def test_the_metrics_of_a_random_process_are_not_shown(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 404


# Static files


def test_static_files_come_packed_for_good_and_without_asking_a_web_process(site: Site, client: httpx.Client) -> None:
    path = stylesheet(client)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert (answer.headers["Content-Type"], answer.headers["Content-Encoding"]) == ("text/css", "gzip")
    packed = (site.folder / path.lstrip("/")).with_suffix(".css.gz")
    assert gzip.decompress(packed.read_bytes()) == answer.content
    assert int(answer.headers["Content-Length"]) == packed.stat().st_size  # as collectstatic packed it, not anew
    assert "X-Request-ID" not in answer.headers  # every answer of a web process has one


def test_without_the_folder_a_web_process_is_asked_once_and_its_answer_outlives_it(site: Site, tmp_path: Path) -> None:
    """Each version of the image has its own files; nobody needs a common folder."""
    port, gone = free_port(), free_port()
    lay_out(tmp_path, ports={8080: port}, webs=[site.webs[0].port])
    https = {"X-Forwarded-Proto": "https"}
    with site.client(TRUSTED, base=f"http://localhost:{port}", **https) as proxy:
        with running_nginx(tmp_path, "plain"):
            wait_for(lambda: proxy.get("/health/proxy").status_code == 200)
            path = stylesheet(proxy)
            first = proxy.get(path)
        upstream = tmp_path / "conf" / "upstream.conf"
        upstream.write_text(upstream.read_text().replace(str(site.webs[0].port), str(gone)))
        with running_nginx(tmp_path, "plain"):
            wait_for(lambda: proxy.get("/health/proxy").status_code == 200)
            assert proxy.get("/sign-in/").status_code == 503
            again = proxy.get(path)
            unpacked = proxy.get(path, headers={"Accept-Encoding": "identity"})
    for answer in (first, again):
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
        assert "immutable" in answer.headers["Cache-Control"]
    assert again.content == first.content
    assert unpacked.status_code == 503  # another form of the file is another answer, which nobody had asked for


def stylesheet(client: httpx.Client) -> str:
    """Where the pages have theirs."""
    found = re.search(r'"(/static/css/[^"]+\.css)"', client.get("/sign-in/").text)
    assert found is not None
    return found[1]


def test_a_file_that_is_not_in_the_folder_is_asked_of_the_web_processes(client: httpx.Client) -> None:
    answer = client.get("/static/css/gone.0123456789ab.css")
    assert (answer.status_code, "X-Request-ID" in answer.headers) == (404, True)


@pytest.mark.parametrize(
    "path", ["/media/", "/static/../secret_key", "/static/%2e%2e/conf/tls.conf", "/pages/503.html"]
)
def test_nothing_else_of_the_folders_can_be_read(site: Site, client: httpx.Client, path: str) -> None:
    (site.folder / "var" / "secret_key").write_text("not for you")
    answer = client.get(path)
    assert answer.status_code in {400, 404}
    assert "not for you" not in answer.text


# Sizes


def test_what_is_far_too_large_is_refused_in_our_words(client: httpx.Client) -> None:
    answer = client.post("/cvs/upload/", files={"file": ("cv.pdf", b"x" * (33 * MIB))})
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "Too large" in answer.text
    assert "Zu groß" in answer.text
    assert answer.headers["X-Request-ID"]


def test_programs_are_refused_with_the_problem_that_the_reference_describes(client: httpx.Client) -> None:
    sent = {"file": ("cv.pdf", b"x" * (33 * MIB))}
    answer = client.post("/api/v1/candidate/upload_and_parse", files=sent, headers={"X-Request-ID": "mine-12345678"})
    kind = KINDS["too-large"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": kind.type,
        "title": kind.title,
        "status": 413,
        "detail": kind.todo,
        "errors": [],
        "request_id": "mine-12345678",
    }


def test_what_the_web_process_can_judge_gets_through(client: httpx.Client) -> None:
    sizes = {"/cvs/upload/": 2 * settings.MAX_UPLOAD_BYTES, "/api/v1/bulk/jobs": 33 * MIB}
    for path, size in sizes.items():
        answer = client.post(path, content=b"x" * size, headers={"Content-Type": NDJSON})
        assert answer.status_code in {401, 403}, answer.text  # by Django, which asks who it is first


# Who asks


def refused_after(client: httpx.Client, calls: int = CALLS_A_MINUTE + 1, **headers: str) -> list[int]:
    return [client.get("/api/v1/jobs", headers=headers).status_code for _ in range(calls)]


def test_each_address_has_its_own_calls_whatever_it_writes_into_the_header(site: Site) -> None:
    with site.client(CLIENT) as one, site.client(OTHER_CLIENT) as other:
        spoofed = [
            one.get("/api/v1/jobs", headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"})
            for n in range(CALLS_A_MINUTE + 1)
        ]
        assert [answer.status_code for answer in spoofed] == [401] * CALLS_A_MINUTE + [429]
        assert refused_after(other, 1) == [401]


def test_a_proxy_that_is_trusted_speaks_for_its_clients_and_for_their_scheme(site: Site) -> None:
    with site.client(TRUSTED) as proxy:
        assert refused_after(proxy, **{"X-Forwarded-For": "203.0.113.201"}) == [401] * CALLS_A_MINUTE + [429]
        # What the client wrote itself stands left of what the proxy saw.
        faked = {"X-Forwarded-For": "203.0.113.99, 203.0.113.201"}
        assert refused_after(proxy, 1, **faked) == [429]
        assert refused_after(proxy, 1, **{"X-Forwarded-For": "203.0.113.202"}) == [401]


def test_without_tls_of_its_own_only_a_trusted_proxy_says_that_there_was_tls(site: Site, tmp_path: Path) -> None:
    port = free_port()
    lay_out(tmp_path, ports={8080: port}, webs=[web.port for web in site.webs])
    says = {"X-Forwarded-Proto": "https"}
    with running_nginx(tmp_path, "plain"):
        with site.client(TRUSTED, base=f"http://localhost:{port}") as proxy:
            wait_for(lambda: proxy.get("/health/proxy").status_code == 200)
            assert proxy.get("/sign-in/", headers=says).status_code == 200
            assert proxy.get("/sign-in/").status_code == 301
        with site.client(CLIENT, base=f"http://localhost:{port}") as stranger:
            assert stranger.get("/sign-in/", headers=says).status_code == 301


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("it never was so")


# Names of requests, and the log


def test_the_id_of_a_request_goes_through_and_into_the_log_without_query_and_address(site: Site) -> None:
    with site.client() as client:
        given = client.get("/jobs/?q=words-of-a-search", headers={"X-Request-ID": "given-12345678"})
        made = client.get("/health/live", headers={"X-Request-ID": "not one!"})
    assert given.headers["X-Request-ID"] == "given-12345678"
    assert re.fullmatch("[0-9a-f]{32}", made.headers["X-Request-ID"])
    wait_for(lambda: "given-12345678" in "".join(site.log_lines()))
    line = next(json.loads(line) for line in site.log_lines() if "given-12345678" in line)
    assert (line["path"], line["status"], line["logger"]) == ("/jobs/", given.status_code, "nginx")
    assert "words-of-a-search" not in "".join(site.log_lines())
    assert CLIENT not in "".join(site.log_lines())


# When web processes end


class Asking:
    """Four people who ask without a pause, reading and writing; ``failed`` has what nobody should ever see."""

    def __init__(self, site: Site) -> None:
        self.site, self.done, self.failed, self._enough = site, 0, list[str](), threading.Event()

    def __enter__(self) -> Asking:
        self._pool = ThreadPoolExecutor(4)
        self._running = [self._pool.submit(self._ask) for _ in range(4)]
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._pool.shutdown()
        for running in self._running:
            running.result()

    def _ask(self) -> None:
        # One connection for each request: a kept one may be closed by nginx in the moment in which it is used again.
        with self.site.client(Connection="close") as client:
            while not self._enough.is_set():
                for ask, expected in ((lambda: client.get("/health/ready"), 200), (lambda: client.post("/"), 403)):
                    try:
                        answer = ask()
                    except httpx.TransportError as error:
                        self.failed.append(repr(error))
                    else:
                        if answer.status_code != expected:
                            self.failed.append(f"{answer.status_code} {answer.text[:200]}")
                    self.done += 1
                time.sleep(0.01)


@pytest.fixture
def made_whole(site: Site) -> Iterator[None]:
    """Whatever the test ends is started again, both at once."""
    yield
    ended = [web for web in site.webs if web.process is None or web.process.poll() is not None]
    for web in ended:
        web.start()
    for web in ended:
        web.wait()
    time.sleep(LEFT_OUT_S)


@pytest.mark.usefixtures("made_whole")
def test_one_that_is_killed_is_not_missed_and_without_any_people_and_programs_are_told_to_come_back(
    site: Site, client: httpx.Client
) -> None:
    one, other = site.webs
    one.kill()
    assert [client.get("/health/ready").status_code for _ in range(20)] == [200] * 20
    other.end()
    page, program = client.get("/"), client.get("/api/v1/jobs")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "Not available right now" in page.text
    assert (program.status_code, program.headers["Retry-After"]) == (503, "5")
    kind = KINDS["unavailable"]
    told = program.json()
    assert (told["type"], told["title"], told["detail"]) == (kind.type, kind.title, kind.todo)
    assert told["request_id"] == program.headers["X-Request-ID"]


@pytest.mark.usefixtures("made_whole")
def test_both_are_restarted_one_after_the_other_without_a_failed_request(site: Site) -> None:
    with Asking(site) as asking:
        for web in site.webs:
            before = asking.done
            with site.left_out(web):
                web.end()
                web.start()
                web.wait()
            assert asking.done > before + 20
    assert asking.failed == []
