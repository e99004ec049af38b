"""A backup of a working installation, restored on an empty server, holds the same rows, files and key."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from cvmatch import embedded
from cvmatch.backup import LEFT_OUT, extract
from cvmatch.core.models import User
from cvmatch.my_data.erasing import erase_account
from ingestion.erasures import LEDGER, write_ledger
from ingestion.models import CV
from tests.support import CV_TEXT, database_url, make_cv, make_job, make_user, work_until_idle

PROJECT = Path(__file__).resolve().parent.parent.parent
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not django_settings.EMBEDDED, reason="restores into an embedded server"),
]
# Numbers of transactions, and the ledger of erasures, which go on where the backup is restored.
OF_ITS_OWN = ("core_datachange", "ingestion_erasure")
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cvmatch-") as made:
        Path(made).chmod(0o711)
        yield Path(made).resolve()
        place = (Path(made) / "new" / "postgres").resolve()
        if place != Path(made).resolve() / "new" / "postgres":
            shutil.rmtree(place, ignore_errors=True)


def state(url: str) -> dict[str, tuple[int, str]]:
    """Rows of each table and a digest of all that is in them."""
    with psycopg.connect(url) as database:
        names = sorted(name for (name,) in database.execute(TABLES) if name not in (*LEFT_OUT, *OF_ITS_OWN))
        return {
            name: database.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM {name} t"
            ).fetchone()
            for name in names
        }  # type: ignore[misc]


def indexes(url: str) -> set[str]:
    with psycopg.connect(url) as database:
        return {
            row[0]
            for row in database.execute(
                "SELECT tablename || ' ' || indexname FROM pg_indexes WHERE schemaname = 'public'"
            )
        }


def restore(file: Path, var: Path) -> subprocess.CompletedProcess[str]:
    """As bin/restore does it on a machine where nothing is yet."""
    kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DATABASE_URL"}}
    environment = {**kept, "CVMATCH_VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "cvmatch.settings.base"}
    command = [sys.executable, "manage.py", "restore", str(file)]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_what_was_backed_up_is_there_again_on_an_empty_server(folder: Path, settings: object) -> None:
    old = folder / "old"
    settings.VAR_DIR, settings.MEDIA_ROOT = old, old / "media"  # type: ignore[attr-defined]
    old.mkdir()
    (old / "secret_key").write_text("the-key-of-this-installation")
    make_job()
    cv, gone = make_cv(user=make_user()), make_cv(CV_TEXT.replace("Mara", "Tom"), user=make_user("tom"))
    work_until_idle()
    (folder / "cvmatch-20200101-020000.tar").touch()
    call_command("backup", str(folder), stdout=io.StringIO())
    (file,) = folder.glob("cvmatch-*.tar")
    assert file.stat().st_mode & 0o777 == 0o600
    erase_account(user=User.objects.get(username="tom"))
    write_ledger(folder / LEDGER)  # as the next backup does

    ended = restore(file, folder / "new")
    assert ended.returncode == 0, ended.stderr
    assert "Erased again: 1 rows of people that 3 erasures name." in ended.stdout
    server = embedded.start(folder / "new" / "postgres")
    try:
        assert state(server.url) == state(database_url())
        assert indexes(server.url) == indexes(database_url())
    finally:
        server.stop()
    assert not (folder / "new" / "media" / gone.file.name).exists()
    name = CV.objects.get(pk=cv.pk).file.name
    assert (folder / "new" / "media" / name).read_bytes() == (old / "media" / name).read_bytes()
    assert (folder / "new" / "secret_key").read_text() == "the-key-of-this-installation"


def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(folder: Path, settings: object) -> None:
    settings.VAR_DIR, settings.MEDIA_ROOT = folder / "old", folder / "old" / "media"  # type: ignore[attr-defined]
    (folder / "other.tar").write_bytes(b"not a tar")
    with pytest.raises(CommandError, match="is no backup"):
        call_command("restore", str(folder / "other.tar"))
    call_command("backup", str(folder / "whole.tar"), stdout=io.StringIO())
    (folder / "cut.tar").write_bytes((folder / "whole.tar").read_bytes()[:40_000])
    with pytest.raises(CommandError, match="is no backup"):
        call_command("restore", str(folder / "cut.tar"))
    with tarfile.open(folder / "whole.tar") as whole:
        extract(whole, folder / "unpacked")
    with (folder / "unpacked" / "database.dump").open("ab") as dump:
        dump.write(b"x")
    with tarfile.open(folder / "changed.tar", "w") as changed:
        for path in (folder / "unpacked").iterdir():
            changed.add(path, path.name)
    with pytest.raises(CommandError, match="is damaged"):
        call_command("restore", str(folder / "changed.tar"))
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", str(folder / "whole.tar"))
    assert connection.introspection.table_names()


def test_a_backup_never_writes_over_a_file(folder: Path) -> None:
    (folder / "kept.tar").write_text("kept")
    with pytest.raises(CommandError, match="already there"):
        call_command("backup", str(folder / "kept.tar"))
    assert (folder / "kept.tar").read_text() == "kept"
    assert sorted(path.name for path in folder.iterdir()) == ["kept.tar"]


@pytest.mark.parametrize("has_filter", [True, False])
def test_a_file_that_leads_out_of_its_folder_is_not_unpacked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, has_filter: bool
) -> None:
    if has_filter and not hasattr(tarfile, "data_filter"):
        pytest.skip("this Python has none")
    if not has_filter:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    (folder / "x").write_text("x")
    with tarfile.open(folder / "bad.tar", "w") as bad:
        bad.add(folder / "x", "inside")
        bad.add(folder / "x", "../outside")
    with tarfile.open(folder / "bad.tar") as bad, pytest.raises(tarfile.TarError):
        extract(bad, folder / "unpacked" / "here")
    assert not (folder / "unpacked" / "outside").exists()
