"""Makes hostile and honest CVs, reads them, and prints what was found by trick and format, and what was found by mistake.

    .venv/bin/python -m benchmarks.hostile [--seed 1] [--rounds 2] [--no-browser]

Two halves: with the wordings and measures that were at hand while the rules were written, and with held-out ones. Files of the
shared sets, where they are there, count as honest too; pictures among them are left out.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hostile import content, papers
from cvmatch.core.errors import UnreadableDocument
from ingestion.extract import read_document
from ingestion.extract.scans import RecognitionNeeded
from ingestion.values import Document

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
LIMIT = 20_000_000
IN_VIEW = ("order in view", "wall", "repeated", "posting")


@dataclass(frozen=True)
class Case:
    """One file; ``trick`` is empty for an honest one, whose look-alike is then in ``look``."""

    name: str
    data: bytes
    trick: str
    look: str = ""

    @property
    def format(self) -> str:
        return self.name.rpartition(".")[2]


def main() -> None:
    options = arguments()
    for held_out in (False, True):
        rng = random.Random(options.seed + 7919 * held_out)
        cases = [case for _ in range(options.rounds) for case in make_set(rng, held_out)]
        if not options.no_browser:
            cases += printed([c for c in cases if c.format == "html"], rng, held_out)
        print(f"\n{'held-out' if held_out else 'known'} wordings and measures")
        report(cases)
    for folder in ("cv-real", "cv-layouts"):
        report_shared(SHARED / folder / "files")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2, help="files for each trick and format (default: 2)")
    parser.add_argument("--no-browser", action="store_true", help="leave out the PDFs that Chromium prints")
    return parser.parse_args()


def make_set(rng: random.Random, held_out: bool) -> Iterator[Case]:
    """One file for each trick and each look-alike of each format."""
    makers = {
        "pdf": (papers.paint_pdf, papers.PDF_TRICKS, papers.PDF_HONEST),
        "docx": (papers.write_docx, papers.DOCX_TRICKS, papers.DOCX_HONEST),
        "html": (papers.write_html, papers.HTML_TRICKS, papers.HTML_HONEST),
        "odt": (papers.write_odt, papers.ODT_TRICKS, papers.ODT_HONEST),
        "rtf": (papers.write_rtf, papers.RTF_TRICKS, papers.RTF_HONEST),
        "txt": (papers.write_text, papers.TEXT_TRICKS, ("plain",)),
    }
    for _ in range(2):
        shown, said = rng.choice(content.DUTIES), rng.choice(content.SOUGHT)
        length = min(len(shown), len(said))
        yield Case("other letters.pdf", papers.other_letters(shown[:length], said[:length]), "other letters")
    for format, (make, tricks, honest) in makers.items():
        for trick in (*tricks, *IN_VIEW):
            rows = content.lines(content.person(rng))
            words = content.hidden_words(rng, held_out)
            rows = rows if trick in tricks else with_words(rows, trick, rng, held_out)
            yield Case(f"{trick}.{format}", _bytes(make(rows, trick, words, rng)), trick)
        for look in honest:
            rows = content.lines(content.person(rng))
            rows.insert(rng.choice([4, 8]), ("plain", rng.choice(content.NEAR_MISSES)))
            yield Case(f"{look}.{format}", _bytes(make(rows, look, "", rng)), "", look)


def with_words(rows: papers.Rows, trick: str, rng: random.Random, held_out: bool) -> papers.Rows:
    """The CV with something in plain view that is not about the person."""
    orders = content.NEW_ORDERS if held_out else content.KNOWN_ORDERS
    posting = content.NEW_POSTING if held_out else content.KNOWN_POSTING
    extra = {
        "order in view": lambda: [("plain", rng.choice(orders))],
        "wall": lambda: [("plain", content.wall(rng, held_out))],
        "repeated": lambda: [("plain", content.repeated(rng, held_out))],
        "posting": lambda: [("plain", line) for line in posting.splitlines()],
    }[trick]()
    return [*rows[:5], *extra, *rows[5:]] if trick == "order in view" and rng.random() < 0.5 else [*rows, *extra]


def printed(cases: list[Case], rng: random.Random, held_out: bool) -> list[Case]:
    """PDFs by Chromium of the pages whose tricks survive printing."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        print("\nno Chromium here, so no PDFs that it prints")
        return []
    pages = [c for c in cases if c.trick in IN_VIEW or c.look in papers.PRINTED_HONEST]
    for trick in papers.PRINTED_TRICKS * 2:
        rows = content.lines(content.person(rng))
        text = papers.write_html(rows, trick, content.hidden_words(rng, held_out), rng)
        pages.append(Case(f"{trick}.html", text.encode(), trick))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        found = []
        for case in pages:
            page.set_content(case.data.decode())
            data = page.pdf(format="A4", print_background=True)
            found.append(Case(f"{case.name}.printed.pdf", data, case.trick, case.look))
        browser.close()
    return found


def report(cases: list[Case]) -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    formats: dict[str, list[bool]] = defaultdict(list)
    alarms = []
    for case in cases:
        found = bool(_read(case.name, case.data).concerns)
        kind = "printed pdf" if ".printed." in case.name else case.format
        if case.trick:
            hits[case.trick].append(found)
            formats[kind].append(found)
        elif found:
            alarms.append(case)
    for title, rows in (("trick", hits), ("format", formats)):
        for name, results in sorted(rows.items()):
            print(f"  {title:<7} {name:<22} {sum(results):>4} of {len(results)}")
    total = [found for results in formats.values() for found in results]
    honest = sum(not case.trick for case in cases)
    print(
        f"  recall {sum(total) / len(total):.3f} of {len(total)} hostile, false alarms {len(alarms)} of {honest} honest"
    )
    for case in alarms:
        print(f"    {case.name}: {[(c.reason, c.excerpt[:80]) for c in _read(case.name, case.data).concerns]}")


def report_shared(folder: Path) -> None:
    if not folder.is_dir():
        print(f"\n{folder.parent.name} is not here, so nothing can be said about it")
        return
    read, alarms = 0, []
    for path in sorted(folder.iterdir()):
        try:
            document = _read(path.name, path.read_bytes())
        except (UnreadableDocument, RecognitionNeeded):
            continue
        read += 1
        if document.concerns:
            alarms.append(path.name)
    print(f"\n{folder.parent.name}: false alarms {len(alarms)} of {read} {alarms or ''}")


def _read(name: str, data: bytes) -> Document:
    return read_document(data, filename=name, max_bytes=LIMIT, recognise=False)


def _bytes(made: str | bytes) -> bytes:
    return made.encode() if isinstance(made, str) else made


if __name__ == "__main__":
    main()
