"""Everything that has to be kept, in one file: the database as pg_dump writes it, uploaded files, the key of the installation."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from cvmatch.core.errors import CvmatchError
from cvmatch.postgresql_programs import folder

FORM = 1
MANIFEST, DATABASE, FILES, KEY = "manifest.json", "database.dump", "media", "secret_key"
NAMED = "cvmatch-%Y%m%d-%H%M%S.tar"
# Tables whose rows are counted when they are restored: a dump that was cut off would not have them.
COUNTED = ("core_user", "ingestion_cv", "jobs_job", "matching_prediction", "matching_jobvector", "matching_cvvector")
# Rows that make no sense anywhere else: what is kept here can be made again at any time.
LEFT_OUT = ("cvmatch_cache", "core_workerheartbeat")
_COUNT = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in COUNTED)  # noqa: S608 - ours


class BackupError(CvmatchError):
    """A backup cannot be made or restored as things are."""

    title = "Backup"


@dataclass(frozen=True)
class Manifest:
    """What is in a backup; ``rows`` by table, of the state that was dumped."""

    form: int
    made_at: str
    database: str
    rows: Mapping[str, int]
    files: int
    dump_sha256: str


def make_backup(target: Path) -> Manifest:
    """Writes the backup beside ``target`` first, so that nothing half-made has its name. Works while everything runs.

    The database comes first: a row without its file could be mended by nobody, a file without a row does no harm.
    Raises BackupError where the target exists or pg_dump fails.
    """
    if target.exists():
        raise BackupError(f"{target} is already there; name another file.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        dump, unfinished = Path(scratch) / DATABASE, Path(scratch) / target.name
        rows = _dump(dump)
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            manifest = _pack(file, dump, rows)
        unfinished.rename(target)
    return manifest


def _dump(dump: Path) -> dict[str, int]:
    """The rows of COUNTED are those of the very state that is dumped."""
    address, password = _address()
    with psycopg.connect(address, password=password) as counting:
        counting.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows: dict[str, int] = dict(counting.execute(_COUNT).fetchall())
        ((snapshot,),) = counting.execute("SELECT pg_export_snapshot()").fetchall()
        left_out = [f"--exclude-table-data={name}" for name in LEFT_OUT]
        same = f"--snapshot={snapshot}"
        _program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", same, *left_out, f"--file={dump}")
    return rows


def _pack(file: IO[bytes], dump: Path, rows: Mapping[str, int]) -> Manifest:
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.add(dump, DATABASE)
        files = _add_files(tar)
        if settings.EMBEDDED and (key := settings.VAR_DIR / KEY).exists():  # what secrets of sources are encrypted with
            tar.add(key, KEY)
        made_at, name = timezone.now().isoformat(timespec="seconds"), str(connection.settings_dict["NAME"])
        manifest = Manifest(FORM, made_at, name, rows, files, _digest(dump))
        content = json.dumps(asdict(manifest), indent=1).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(content)
        tar.addfile(about, io.BytesIO(content))
    return manifest


def _add_files(tar: tarfile.TarFile) -> int:
    """What is in the folder of uploads; a file that is erased meanwhile is left out."""
    root, added = Path(settings.MEDIA_ROOT), 0
    for path in sorted(root.rglob("*")):
        if path.is_file():
            try:
                tar.add(path, f"{FILES}/{path.relative_to(root)}")
            except FileNotFoundError:
                continue
            added += 1
    return added


def delete_old_backups(newest: Path, *, days: int) -> list[Path]:
    """Remove backups beside ``newest`` whose names say that they are older than so many days; returns which.

    Files of other names are somebody else's, and left alone.
    """
    before = timezone.now() - timedelta(days=days)
    old = [path for path in sorted(newest.parent.glob("cvmatch-*.tar")) if path != newest and _is_older(path, before)]
    for path in old:
        path.unlink()
    return old


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return datetime.strptime(path.name, NAMED).replace(tzinfo=UTC) < before
    except ValueError:
        return False


def restore_backup(source: Path) -> Manifest:
    """Puts a backup into an empty database and an empty folder of uploads.

    The database is restored as a whole or not at all. Raises BackupError for what is no backup, where something is in
    the way, and where what was restored is not what the backup says.
    """
    with tempfile.TemporaryDirectory(dir=_existing(settings.VAR_DIR), prefix=".restore-") as scratch:
        unpacked = Path(scratch)
        manifest = _unpack(source, unpacked)
        _refuse_what_is_in_the_way(unpacked)
        _program(
            "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments",
            str(unpacked / DATABASE),
        )  # fmt: skip
        _move_files(unpacked)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a dump has no statistics, and without them every plan is a guess
        cursor.execute(_COUNT)
        rows = dict(cursor.fetchall())
    if rows != manifest.rows:
        raise BackupError(f"After the restore there are {rows}, where the backup has {dict(manifest.rows)}.")
    return manifest


def _unpack(source: Path, target: Path) -> Manifest:
    try:
        with tarfile.open(source) as tar:
            extract(tar, target)
        manifest = Manifest(**json.loads((target / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BackupError(f"{source} is no backup of cvmatch, or not all of one ({type(error).__name__}).") from error
    if manifest.form != FORM:
        raise BackupError(f"{source} has form {manifest.form}; this version reads {FORM}.")
    if _digest(target / DATABASE) != manifest.dump_sha256:
        raise BackupError(f"{source} is damaged: its database is not what was written.")
    return manifest


def extract(tar: tarfile.TarFile, target: Path) -> None:
    """Nothing outside of the folder, no devices, no links out. Raises TarError for a file that has any of it."""
    if hasattr(tarfile, "data_filter"):
        tar.extractall(target, filter="data")
        return
    # Python before 3.11.4, as in Debian 12, has no such filter. What we pack is plain files and folders.
    for member in tar:
        is_inside = (target / member.name).resolve().is_relative_to(target.resolve())
        if not is_inside or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is no plain file inside of the backup")
    tar.extractall(target)  # noqa: S202 - each member was looked at


def _refuse_what_is_in_the_way(unpacked: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        (tables,) = cursor.fetchone()
    if tables:
        raise BackupError(
            f"The database {connection.settings_dict['NAME']} is not empty ({tables} tables). Restore into a new one: "
            "another CVMATCH_VAR_DIR, or another DATABASE_URL."
        )
    media = Path(settings.MEDIA_ROOT)
    if media.exists() and any(media.iterdir()):
        raise BackupError(f"{media} is not empty; name another CVMATCH_VAR_DIR.")


def _move_files(unpacked: Path) -> None:
    media = _existing(Path(settings.MEDIA_ROOT))  # it stays: it may be a mounted volume
    for path in (unpacked / FILES).glob("*"):
        shutil.move(path, media / path.name)
    if settings.EMBEDDED and (unpacked / KEY).exists():
        (unpacked / KEY).replace(settings.VAR_DIR / KEY)


def _existing(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _address() -> tuple[str, str | None]:
    """Django's database in libpq's words, and its password apart: a list of processes shows the words to everybody."""
    parameters: dict[str, Any] = connection.get_connection_params()
    known = {"host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "service"}
    words = {key: value for key, value in parameters.items() if key in known}
    return make_conninfo(**words), parameters.get("password")


def _program(name: str, *arguments: str) -> None:
    """PostgreSQL's own program on Django's database."""
    address, password = _address()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    if password:
        environment["PGPASSWORD"] = password
    command = [str(folder(None) / name), f"--dbname={address}", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise BackupError(f"{name} failed: {ended.stderr.strip()[-2000:]}")
