"""Debian's nginx with our configuration in front of two real web processes, as they stand on a server."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from tests.support import database_url

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = Path(settings.PROJECT_DIR) / "deploy" / "nginx"
PATIENCE_S = 60
# Addresses of this machine that clients come from; nginx believes only the last what it says about others.
CLIENT, OTHER_CLIENT, TRUSTED = "127.0.0.21", "127.0.0.22", "127.0.0.29"
CALLS_A_MINUTE = 3


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Web:
    """One gunicorn with one worker, which can be ended and started again on the same port."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "CVMATCH_"))},
            **production_settings(self.folder / "var"),
            "PORT": str(self.port),
        }
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "-w", "1", "cvmatch.wsgi"]
        with (self.folder / f"web-{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=settings.PROJECT_DIR, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Until it answers by itself."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / f"web-{self.port}.log").read_text()
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/health/live", headers={"Host": "localhost"}, timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("it does not answer")

    def kill(self) -> None:
        """With its worker, without a word."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """As a container is ended."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=PATIENCE_S)


@dataclass(frozen=True)
class Site:
    """What the tests talk to."""

    folder: Path
    webs: tuple[Web, Web]
    plain: int
    tls: int
    certificate: Path
    nginx: subprocess.Popen[bytes]

    @contextmanager
    def left_out(self, web: Web) -> Iterator[None]:
        """nginx sends nothing to this web process, as before a restart that is meant."""
        upstream = self.folder / "conf" / "upstream.conf"
        before = upstream.read_text()
        upstream.write_text(re.sub(rf"(:{web.port}\b[^;]*);", r"\1 down;", before))
        self._reload()
        yield
        upstream.write_text(before)
        self._reload()

    def _reload(self) -> None:
        """Until the last worker that knew the old configuration has ended."""
        old = self._workers()
        self.nginx.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE_S
        while old & self._workers() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not old & self._workers()

    def _workers(self) -> set[str]:
        return set(Path(f"/proc/{self.nginx.pid}/task/{self.nginx.pid}/children").read_text().split())

    def client(self, address: str = CLIENT, *, base: str = "", **headers: str) -> httpx.Client:
        """A browser at that address, over TLS unless ``base`` says otherwise; follows nothing."""
        transport = httpx.HTTPTransport(
            local_address=address, verify=ssl.create_default_context(cafile=str(self.certificate))
        )
        return httpx.Client(
            base_url=base or f"https://localhost:{self.tls}",
            transport=transport,
            headers={"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}},
            timeout=PATIENCE_S,
        )

    def log_lines(self) -> list[str]:
        return (self.folder / "nginx.log").read_text().splitlines()


def production_settings(var: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "cvmatch.settings.base",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": "k3yw1thm4nyd1ff3r3ntl3tt3rs-0123456789-abcdefghijklmnopqrst",
        "ALLOWED_HOSTS": "localhost",
        "HOST": "127.0.0.1",
        "CVMATCH_VAR_DIR": str(var),
        "CVMATCH_TRUSTED_PROXIES": "1",
        "CVMATCH_THROTTLE": f"anonymous={CALLS_A_MINUTE}/min",
    }


def write_certificate(folder: Path) -> Path:
    """A certificate for localhost that signs itself, and its key; the path of the certificate."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, private, no_password))
    (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder / "tls.crt"


def lay_out(folder: Path, *, ports: dict[int, int], webs: list[int]) -> None:
    """Our configuration below ``folder``, with other ports, one trusted proxy, and these web processes."""
    shutil.copytree(CONFIGURATION, folder / "conf")
    (folder / "run").mkdir()
    for name in ("plain.conf", "tls.conf"):
        path = folder / "conf" / name
        for inner, outer in ports.items():
            path.write_text(re.sub(rf"listen {inner}\b", f"listen 127.0.0.1:{outer}", path.read_text()))
    upstream = (folder / "conf" / "upstream.conf").read_text()
    found = re.search(r"server web:8000 resolve(.*);", upstream)
    assert found is not None
    servers = "".join(f"server 127.0.0.1:{port}{found[1]};" for port in webs)
    # Before 1.27.3 nginx cannot ask for names again; here there are none.
    (folder / "conf" / "upstream.conf").write_text(f"upstream web {{ zone web 256k; {servers} }}")
    trusted = (folder / "conf" / "trusted.conf").read_text()
    trusted = trusted.replace("default 0;", f"default 0; {TRUSTED}/32 1;") + f"set_real_ip_from {TRUSTED}/32;\n"
    (folder / "conf" / "trusted.conf").write_text(trusted)


def nginx_command(folder: Path, name: str, *more: str) -> list[str]:
    assert NGINX is not None
    # As root it would read the test's private folder as somebody else.
    user = " user root;" if os.geteuid() == 0 else ""
    return [NGINX, "-p", str(folder), "-c", f"conf/{name}.conf", "-e", "stderr", "-g", f"daemon off;{user}", *more]


@contextmanager
def running_nginx(folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "nginx.log").open("ab") as log:
        process = subprocess.Popen(nginx_command(folder, name), stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=PATIENCE_S)


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """nginx with TLS, and two web processes with the settings of a server on the database of the tests."""
    webs, plain, tls = (Web(folder), Web(folder)), free_port(), free_port()
    lay_out(folder, ports={8080: plain, 8443: tls}, webs=[web.port for web in webs])
    certificate = write_certificate(folder / "tls")
    with ExitStack() as stack:
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
            cwd=settings.PROJECT_DIR,
            env={**os.environ, **production_settings(folder / "var")},
            check=True,
        )
        for web in webs:
            web.start()
            stack.callback(web.end)
        (folder / "static").symlink_to(folder / "var" / "static")
        nginx = stack.enter_context(running_nginx(folder, "tls"))
        for web in webs:
            web.wait()
        yield Site(folder, webs, plain, tls, certificate, nginx)
