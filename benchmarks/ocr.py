"""Measures how pictures of CVs are read: words found, seconds a page, memory.

    .venv/bin/python benchmarks/ocr.py DIR [--against tesseract]

DIR holds scans (PDF, PNG, JPEG, TIFF, WebP), and beside each its transcript as NAME.txt. A word is what stands between spaces,
case-folded, without the punctuation around it; the recall of a file is the share of the transcript's words, each as often as it
is there, that the text read has too. Order and surplus words do not count. Each file is read in a fresh process, as when it
is uploaded, so the seconds include starting it. ``--against tesseract`` measures that program instead, where installed.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
SCANS = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}
MAX_BYTES = 50_000_000
LANGUAGES = "eng+deu+fra+spa"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--against", choices=["tesseract"])
    options = parser.parse_args()
    files = [path for path in sorted(options.folder.iterdir()) if path.suffix.lower() in SCANS]
    report([path for path in files if path.with_suffix(".txt").exists()], tesseract if options.against else ours)


def report(files: list[Path], read: Callable[[Path], tuple[str, int]]) -> None:
    if not files:
        sys.exit("No scan with a transcript beside it was found.")
    found = wanted = 0
    seconds: list[float] = []
    for path in files:
        started = time.perf_counter()
        text, pages = read(path)
        seconds += [(time.perf_counter() - started) / pages] * pages
        there, here = words(path.with_suffix(".txt").read_text(encoding="utf-8")), words(text)
        found += (there & here).total()
        wanted += there.total()
        recall = (there & here).total() / max(1, there.total())
        print(f"{path.name:<40} {recall:7.3f} of {there.total():5} words  {seconds[-1]:6.2f} s a page  {pages} pages")
    p50, p95 = statistics.median(seconds), sorted(seconds)[int(0.95 * (len(seconds) - 1))]
    print(
        f"{'all':<40} {found / wanted:7.3f} of {wanted:5} words  p50 {p50:.2f} s a page  p95 {p95:.2f} s  {len(seconds)} pages"
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{'processor time, both cores':<40} {(used.ru_utime + used.ru_stime) / len(seconds):7.2f} s a page")
    print(f"{'largest process, resident':<40} {used.ru_maxrss / 1024:7.0f} MB")


def words(text: str) -> Counter[str]:
    """Words with how often they occur."""
    folded = unicodedata.normalize("NFKC", text).casefold().split()
    return Counter(word for word in (re.sub(r"^\W+|\W+$", "", token) for token in folded) if word)


def ours(path: Path) -> tuple[str, int]:
    """The text of the file, and how many pages it has."""
    from ingestion.extract.sandbox import read_document_sandboxed

    document = read_document_sandboxed(path.read_bytes(), filename=path.name, max_bytes=MAX_BYTES)
    return document.text, document.page_count


def tesseract(path: Path) -> tuple[str, int]:
    """As ``ours``, by the program of that name with its own way of ordering a page."""
    with tempfile.TemporaryDirectory() as folder:
        pages = pictures(path, Path(folder))
        texts = [
            subprocess.run(
                ["tesseract", str(page), "-", "-l", LANGUAGES, "--psm", "1"],
                capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "2"},
            ).stdout
            for page in pages
        ]  # fmt: skip
    return "\n".join(texts), len(texts)


def pictures(path: Path, folder: Path) -> list[Path]:
    import pypdfium2
    from PIL import Image, ImageSequence

    if path.suffix.lower() == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            pages = [page.render(scale=200 / 72).to_pil() for page in pdf]
    else:
        with Image.open(path) as picture:
            pages = [page.convert("RGB") for page in ImageSequence.Iterator(picture)]
    names = [folder / f"{number}.png" for number, _ in enumerate(pages)]
    for page, name in zip(pages, names, strict=True):
        page.save(name)
    return names


if __name__ == "__main__":
    main()
