"""Files made to harm their reader: each is read, or refused with a sentence, in bounded time and memory."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from tests.ingestion.extract import hostile, measure

ROOT = Path(__file__).resolve().parents[3]
LIMITS = {"filename": "cv", "max_bytes": 10_485_760}
SECONDS = measure.LIMITS["timeout_s"] + 2
SECONDS_RECOGNISED = SECONDS + measure.LIMITS["recognition"].timeout_s
MEGABYTES, MEGABYTES_RECOGNISED = 400, 1800

linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is measured on Linux only")


def attempt(content: bytes) -> str:
    """The text, or the reason why there is none."""
    try:
        return read_document(content, **LIMITS).text
    except UnreadableDocument as error:
        return error.message


def run(folder: Path) -> list[dict]:
    command = [sys.executable, "-m", "tests.ingestion.extract.measure", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@linux
@pytest.mark.parametrize("kind", hostile.MAKERS)
def test_hostile_files_end_in_a_document_or_a_sentence_within_time_and_memory(kind, tmp_path) -> None:
    for name, content in hostile.MAKERS[kind]():
        (tmp_path / name).write_bytes(content)
    results = run(tmp_path)
    assert len(results) == len(list(tmp_path.iterdir()))
    for result in results:
        assert result["characters"] or result["error"].endswith("."), result
        assert result["seconds"] < (SECONDS if len(result["peaks_mb"]) == 1 else SECONDS_RECOGNISED), result
        assert result["peaks_mb"][0] < MEGABYTES, result
        assert max(result["peaks_mb"]) < MEGABYTES_RECOGNISED, result
        assert result["children"] == "", result


@pytest.fixture
def web() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and the paths that anyone has asked it for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/secret", asked
        server.shutdown()
        thread.join()


def test_markup_never_fetches_a_file_or_an_address(web) -> None:
    address, asked = web
    for name, content in hostile.xml_attacks(address):
        text = attempt(content)
        assert "root:" not in text, name
        assert text.count("ha") < 10, name
    assert asked == []


@linux
def test_markup_that_fetches_or_grows_is_refused_in_the_sandbox_too(web, tmp_path) -> None:
    address, asked = web
    for name, content in hostile.xml_attacks(address):
        (tmp_path / name).write_bytes(content)
    for result in run(tmp_path):
        assert result["seconds"] < SECONDS, result
        assert result["peaks_mb"][0] < MEGABYTES / 2, result
        assert "root:" not in result["text"]
    assert asked == []


def test_an_encrypted_file_says_so_and_what_to_do(make_pdf) -> None:
    manifest = {"META-INF/manifest.xml": b"<a><encryption-data/></a>"}
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    files = [
        make_pdf([(50, 50, "Ada Example")], password="secret"),
        make_pdf([(50, 50, "Ada Example")], password=StandardEncryption("one", ownerPassword="two", strength=128)),
        hostile.odt_of(hostile.odt_text("Ada"), manifest),
        ole + "EncryptedPackage".encode("utf-16-le"),
    ]
    for content in files:
        with pytest.raises(UnreadableDocument, match=r"encrypted.*without a password"):
            read_document(content, **LIMITS)


def test_a_pdf_that_only_forbids_changes_is_read(make_pdf) -> None:
    lock = StandardEncryption("", ownerPassword="owner", canModify=0, canCopy=0, strength=128)
    assert read_document(make_pdf([(50, 50, "Ada Example")], password=lock), **LIMITS).text == "Ada Example"


def test_an_old_word_document_is_named_as_what_it_is() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le")
    with pytest.raises(UnreadableDocument, match=r"old Word document \(\.doc\).*DOCX or PDF"):
        read_document(ole, **LIMITS)


def test_a_password_on_a_part_of_an_archive_is_an_encrypted_file_too() -> None:
    content = bytearray(hostile.docx_of(hostile.docx_text("Ada")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    with pytest.raises(UnreadableDocument, match="encrypted"):
        read_document(bytes(content), **LIMITS)


def test_odd_numbers_in_attributes_do_not_stop_a_reader() -> None:
    for odd in ("", "²", "9" * 5000, "-1", "1e9", "many"):
        look = f"<w:pPr><w:outlineLvl w:val='{odd}'/><w:ind w:left='{odd}'/></w:pPr><w:r><w:rPr><w:sz w:val='{odd}'/></w:rPr>"
        word = f"<w:document {hostile.W}><w:body><w:p>{look}<w:t>Ada</w:t></w:r></w:p></w:body></w:document>"
        assert read_document(hostile.docx_of(word.encode()), **LIMITS).text == "Ada"
        heading = f"</text:p><text:h text:outline-level='{odd}'>Ada<text:s text:c='{odd}'/>Example</text:h><text:p>"
        assert read_document(hostile.odt_of(hostile.odt_text(heading)), **LIMITS).text.split() in (
            ["Ada", "Example"],
            ["AdaExample"],
        )


def test_a_text_longer_than_any_cv_is_refused_and_one_just_as_long_is_not() -> None:
    line = b"Ada Example " * 8 + b"\n"
    assert len(read_document(line * 2000, **LIMITS).text) > 190_000
    with pytest.raises(UnreadableDocument, match="far more text than a CV"):
        read_document(line * 2100, **LIMITS)


def test_every_pdf_that_was_cut_short_is_read_or_refused(make_pdf) -> None:
    content = make_pdf([(50, 50, "Ada Example")])
    for length in range(1, len(content), 7):
        assert attempt(content[:length])
