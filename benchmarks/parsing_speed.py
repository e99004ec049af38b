"""Measures how fast and in how much memory CVs of three pages are read: alone, in the sandbox, and by the stage on two cores.

    .venv/bin/python benchmarks/parsing_speed.py [--files 40] [--stage 400]

The CVs are made on the spot from the people of the demo, the same ones every time. Everything before the stage runs on one
core. The stage is the one that the system runs, in two processes, on a database of its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "benchmarks")]

from spine import django_on_embedded_database, report, say_machine, timed  # noqa: E402

PAGES = 3
LIMIT = 10 * 1024 * 1024


def main() -> None:
    options = arguments()
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-speed-"))
    os.environ.update(CVMATCH_VAR_DIR=str(folder / "var"), CVMATCH_LOG_LEVEL="WARNING")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    os.environ.pop("DATABASE_URL", None)
    if options.work_off:
        return work_off(Path(options.work_off))
    try:
        say_machine()
        files = list(make_files(folder / "files", options.files))
        with one_core():
            bench_reading(files)
            bench_memory(folder / "files")
        with django_on_embedded_database():
            bench_stage(files, options.stage)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=40, help="CVs of each format (default: 40)")
    parser.add_argument("--stage", type=int, default=400, help="CVs that the stage works off (default: 400)")
    parser.add_argument("--work-off", metavar="FILE", help=argparse.SUPPRESS)  # how the script calls itself
    return parser.parse_args()


def make_files(folder: Path, number: int) -> Iterator[Path]:
    """So many PDF and DOCX files of three pages each, in the demo's layouts."""
    import pypdfium2

    from cvmatch.demo.docx_cvs import write_docx
    from cvmatch.demo.pdf_cvs import write_pdf

    folder.mkdir()
    rng = random.Random(20)
    for n in range(number):
        jobs, pages = 6, 0
        while pages < PAGES:
            person, path = long_person(rng, jobs), folder / f"{n:03}.pdf"
            write_pdf(person, path)
            with pypdfium2.PdfDocument(path) as pdf:
                pages = len(pdf)
            jobs += 1
        yield path
        write_docx(replace(person, layout=rng.choice(("running", "table"))), path.with_suffix(".docx"))
        yield path.with_suffix(".docx")


def long_person(rng: random.Random, jobs: int):
    """Somebody of the demo who has done what the others did as well."""
    from cvmatch.demo.people import read_people

    people = [person for person in read_people() if person.language == "en"]
    work = [rng.choice(rng.choice(people).work) for _ in range(jobs)]
    bullets = [bullet for person in people for position in person.work for bullet in position.bullets]
    work = [replace(position, bullets=rng.sample(bullets, 5)) for position in work]
    return replace(rng.choice(people), work=work, layout=rng.choice(("classic", "modern", "compact")))


class one_core:  # noqa: N801  reads as what it does: ``with one_core():``
    """This process and what it starts run on a single core."""

    def __enter__(self) -> None:
        self.cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(self.cores)})

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self.cores)


def bench_reading(files: list[Path]) -> None:
    from ingestion.extract import read_document
    from ingestion.extract.sandbox import read_document_sandboxed
    from ingestion.parse import parse_document

    def here(path: Path) -> None:
        parse_document(read_document(path.read_bytes(), filename=path.name, max_bytes=LIMIT))

    def apart(path: Path) -> None:
        parse_document(read_document_sandboxed(path.read_bytes(), filename=path.name, max_bytes=LIMIT))

    for kind in ("pdf", "docx"):
        chosen = [path for path in files if path.suffix == f".{kind}"]
        for name, read in (("in process", here), ("in the sandbox", apart)):
            read(chosen[0])  # the first one loads the lexicons
            used = cpu_seconds()
            report(f"{kind.upper()} of {PAGES} pages, {name}", [timed(lambda p=path, r=read: r(p)) for path in chosen])
            print(f"{'':<42} CPU {1000 * (cpu_seconds() - used) / len(chosen):8.1f} ms each")


def cpu_seconds() -> float:
    """Used by this process and by those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def bench_memory(folder: Path) -> None:
    """Every file in the sandbox, measured by a process that is small itself."""
    command = [sys.executable, "-m", "tests.ingestion.extract.measure", folder]
    lines = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    peaks = [max(json.loads(line)["peaks_mb"]) for line in lines]
    print(f"{'memory of the sandbox at most':<42} {max(peaks):>12} MB  n {len(peaks)}")


def bench_stage(files: list[Path], number: int) -> None:
    """The stage in two processes at once, from stored uploads to stored JSON Resumes."""
    from cvmatch.core.models import Status
    from ingestion.models import CV

    upload(files, number)
    signal = Path(os.environ["CVMATCH_VAR_DIR"]) / "go"
    command = [sys.executable, __file__, "--work-off", signal]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for worker in workers:
        worker.stdout.readline()  # it has loaded everything and waits
    started = time.perf_counter()
    signal.touch()
    for worker in workers:
        worker.communicate()
    seconds = time.perf_counter() - started
    done = CV.objects.filter(status=Status.COMPLETED).count()
    print(f"{'stage parse_cvs, two processes':<42} {3600 * done / seconds:12.0f} CVs/h  n {done}")


def upload(files: list[Path], number: int) -> None:
    """Uploads of many people; a comment at the end makes the same file another one."""
    from ingestion.services import receive_cv

    for n in range(number):
        path = files[n % len(files)]
        content = path.read_bytes() + (b"\n%% %d" % n if path.suffix == ".pdf" else b"")
        receive_cv(content=content, filename=path.name, uploaded_by=None, interactive=False)


def work_off(signal: Path) -> None:
    """What a worker does: claims, reads and stores one CV after the other until none is left."""
    os.environ["CVMATCH_VAR_DIR"] = str(signal.parent)
    import django

    django.setup()
    from ingestion.stages import parse_cvs

    parse_cvs(limit=1)
    print("ready", flush=True)
    while not signal.exists():
        time.sleep(0.01)
    while parse_cvs(limit=50).claimed:
        pass


if __name__ == "__main__":
    main()
