"""Whether tailored CVs are true and score no less: many CVs, each tailored to jobs of its own list and read again.

    .venv/bin/python -m benchmarks.tailoring [--cvs 300] [--skip 0] [--minutes 60] [--jobs 100] [--seed 1]
                                             [--kinds files,texts,invented]

CVs are files and texts of the data folder, read there, and invented people; jobs are invented too. Each CV is tailored to one
of the first three jobs of its list, drawn by the seed and its name: ``--skip`` goes on where a run before has ended. The new Word
file is read by the parser again and held against the original, by the proof of the engine and by one that shares nothing with it
(:mod:`benchmarks.tailored_claims`): employers, titles, schools, degrees, dates, numbers, skills and words that the original does
not have are counted, words that are lost, a PDF that says something else than the Word file, and edits that the checker refuses
when it is asked once more. Ends with 1 where there is any of these, or a lower score.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.models import CV
    from ingestion.values import Document
    from matching.tailoring import Tailored

TOP = 3


@dataclass
class Report:
    """What was counted over the tailored CVs."""

    cvs: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    gaps: int = 0
    gains: list[float] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def lower(self) -> int:
        return sum(gain < 0 for gain in self.gains)


def _documents(data: Path, kinds: set[str], seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Kind, name and content of each CV: the kinds by turns, so that a few have some of each."""
    sources = {"files": _files(data), "texts": _texts(data), "invented": _invented(seed)}
    for row in zip_longest(*(source for kind, source in sources.items() if kind in kinds)):
        yield from filter(None, row)


def _files(data: Path) -> Iterator[tuple[str, str, bytes]]:
    pictures = {".png", ".jpg", ".jpeg", ".tiff", ".webp"}  # recognising letters is another benchmark
    for folder in ("cv-layouts", "cv-real"):
        for path in sorted((data / folder / "files").glob("*")):
            if path.suffix not in pictures:
                yield "files", path.name, path.read_bytes()


def _texts(data: Path) -> Iterator[tuple[str, str, bytes]]:
    path = data / "cv-entities" / "train.jsonl.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield "texts", f"text-{number}.txt", json.loads(line)["text"].encode()


def _invented(seed: int) -> Iterator[tuple[str, str, bytes]]:
    from cvmatch.dummy.people import make_text

    for number in range(1, 1000):
        yield "invented", f"invented-{number}.txt", make_text(number, seed, year=2026).encode()


def _measure(options: argparse.Namespace) -> Report:
    from django.core.management import call_command
    from django.utils import timezone

    from cvmatch.core.errors import UnreadableDocument
    from cvmatch.dummy.filling import fill
    from ingestion.extract import read_document
    from matching.ranking import rank
    from matching.search import Side

    call_command("createcachetable", verbosity=0)
    fill(jobs=options.jobs, cvs=0, seed=options.seed, say=lambda said: None)
    report, now, until = Report(), timezone.now(), time.monotonic() + 60 * options.minutes
    documents = islice(_documents(options.data, set(options.kinds.split(",")), options.seed), options.skip, None)
    while len(report.gains) < options.cvs and time.monotonic() < until:
        try:
            kind, name, content = next(documents)
            document = read_document(content, filename=name, max_bytes=10**8)
        except StopIteration:
            break
        except UnreadableDocument:
            report.cvs["unreadable"] += 1
            continue
        cv = _stored(document, name)
        lines = rank(Side.JOBS_FOR_CV, [cv.pk], now=now, top=TOP)[cv.pk].lines
        if lines:
            chance = random.Random(f"{options.seed} {name}")
            _tailor(cv, chance.choice(lines).job_id, f"{kind} {name}", report)
            report.cvs[kind] += 1
        else:
            report.cvs["without a list"] += 1
    return report


def _stored(document: Document, name: str) -> CV:
    from matching.one_off import embedded_cv

    return embedded_cv(document, filename=name)


def _tailor(cv: CV, job_id: int, name: str, report: Report) -> None:
    from jobs.models import Job
    from matching.tailoring import tailor

    started = time.perf_counter()
    tailored = tailor(cv, Job.objects.get(pk=job_id))
    report.seconds.append(time.perf_counter() - started)
    report.gains.append(round(tailored.score_after - tailored.score_before, 1))
    report.edits.update(edit.kind for edit in tailored.edits)
    report.refused.update(one.why for one in tailored.refused)
    report.gaps += len(tailored.gaps)
    doubts = [f"{name}: {doubt}" for doubt in _doubts(cv, tailored)]
    report.doubts += doubts
    told = f"{name}: {tailored.score_before} -> {tailored.score_after}, {len(tailored.edits)} edits, {report.seconds[-1]:.1f} s"
    sys.stderr.write("\n  ".join([told, *doubts]) + "\n")


def _doubts(cv: CV, tailored: Tailored) -> Iterator[str]:
    """What the tailored CV says and the original does not, by the checker and by reading both again."""
    from django.utils import timezone

    from benchmarks.tailored_claims import claims_beyond
    from ingestion.extract import read_document
    from ingestion.parse import parse_document
    from matching.tailoring import as_docx
    from matching.tailoring.checking import check
    from matching.tailoring.proving import Read, unsupported
    from matching.tailoring.reading import read_ground
    from matching.tailoring.same_words import Unsupported

    ground = read_ground(cv)
    for edit in tailored.edits:
        try:
            check(edit, ground)
        except Unsupported as why:
            yield f"edit at {edit.where}: {why}"
    document = read_document(as_docx(tailored), filename="cv.docx", max_bytes=10**8)
    if tailored.edits:
        yield from unsupported(Read(cv.text, cv.read), Read(document.text, parse_document(document)))
    yield from claims_beyond(cv, tailored, document, timezone.now())
    yield from _of_pdf(tailored, document)


def _of_pdf(tailored: Tailored, word: Document) -> Iterator[str]:
    """Whether the PDF, opened by its own reader, says what the Word file says; with letters that its font lacks there is none."""
    import pypdfium2

    from cvmatch.core.errors import InvalidInput
    from matching.tailoring import as_pdf

    try:
        pages = pypdfium2.PdfDocument(as_pdf(tailored))
    except InvalidInput:
        return
    told = "".join(page.get_textpage().get_text_range() for page in pages).replace("\u2022", "")
    counted = [Counter(re.findall(r"\w", text.casefold())) for text in (told, word.text)]
    if counted[0] != counted[1]:
        yield f"PDF: {dict((counted[0] - counted[1]) + (counted[1] - counted[0]))}"


def _print(report: Report) -> None:
    out = sys.stdout.write
    count, gained = max(1, len(report.gains)), sorted(report.gains)
    kinds = ", ".join(f"{number} {kind}" for kind, number in report.cvs.items())
    out(f"{len(report.gains)} CVs ({kinds}), {sum(report.seconds) / count:.2f} s each\n")
    out(f"edits             {', '.join(f'{number} {kind}' for kind, number in report.edits.most_common())}\n")
    out(f"gaps              {report.gaps}\n")
    for why, number in report.refused.most_common(5):
        out(f"refused {number:>5}     {why}\n")
    out(f"score             +{sum(gained) / count:.2f} in the mean, +{gained[-1] if gained else 0} at most, ")
    higher, same = sum(gain > 0 for gain in gained), sum(gain == 0 for gain in gained)
    out(f"higher in {higher}, the same in {same}, lower in {report.lower}\n")
    out(f"unsupported       {len(report.doubts)}\n")
    for doubt in report.doubts[:20]:
        out(f"  {doubt}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tailoring", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cvs", type=int, default=300)
    parser.add_argument("--skip", type=int, default=0, help="documents that a run before has been through")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--kinds", default="files,texts,invented")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-bench-"))
    os.environ.update(CVMATCH_VAR_DIR=str(folder), CVMATCH_LOG_LEVEL="ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    os.environ.pop("DATABASE_URL", None)
    from benchmarks.spine import django_on_embedded_database, say_machine

    try:
        say_machine()
        with django_on_embedded_database():
            report = _measure(options)
            _print(report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if report.doubts or report.lower else 0)


if __name__ == "__main__":
    main()
