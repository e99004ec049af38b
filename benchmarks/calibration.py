"""Fits what the confidence of a value means, on CVs whose truth is known, and shows how well it holds on others.

    .venv/bin/python benchmarks/calibration.py FIT_DIR... [--evaluate DIR...] [--dry-run]

Each folder has files/ and truth/ of the same names, as benchmarks/layouts/make.py and benchmarks/own_cvs make them. Writes
ingestion/parse/data/calibration.json, docs/reliability.svg and the tables of docs/parsing-quality.md. The figures shown are
held out: every value is judged with weights that were fitted without its layout, and once more without its person. Folders
after --evaluate are only measured, with the final weights; nothing is learnt from them.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "benchmarks")]

from logistic import fit  # noqa: E402
from pypdfium2 import PdfDocument  # noqa: E402
from reliability import draw  # noqa: E402

from cvmatch.core.errors import UnreadableDocument  # noqa: E402
from ingestion.extract import read_document  # noqa: E402
from ingestion.parse import parse_raw  # noqa: E402
from ingestion.parse.confidence import DATA, Features, Model, features_of  # noqa: E402
from ingestion.quality import CHECK_BELOW, Calibration, Judged, Truth, by_kind, calibration_of, judge  # noqa: E402

PAGE = PROJECT / "docs" / "parsing-quality.md"
PICTURE = PROJECT / "docs" / "reliability.svg"
FOLDS, SEED = 5, 20_26
MAX_BYTES = 20_000_000
LEAST_SHOWN = 30
SCANS, DOTS_PER_INCH = 12, (150, 110, 90)


@dataclass(frozen=True, slots=True)
class Example:
    """One judged value: whose it is, in which layout it stood, and all that the model may look at."""

    layout: str
    person: str
    judged: Judged
    features: Features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "fit", nargs="+", type=Path, metavar="FIT_DIR", help="folder with files/ and truth/ to learn from"
    )
    parser.add_argument("--evaluate", nargs="*", type=Path, default=[], metavar="DIR", help="folder to measure only")
    parser.add_argument("--dry-run", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args()
    examples = [example for folder in options.fit for example in read_folder(folder, SCANS)]
    if len({e.layout for e in examples}) < FOLDS or len({e.person for e in examples}) < FOLDS:
        sys.exit(f"Values of at least {FOLDS} layouts and {FOLDS} persons are needed to hold some out.")
    model = fitted_on(examples)
    before = [e.judged for e in examples]
    by_layout = held_out(examples, lambda e: e.layout)
    by_person = held_out(examples, lambda e: e.person)
    sets = [
        ("as the parser's rules gave it", calibration_of(before)),
        ("calibrated, layouts never seen", calibration_of(by_layout)),
        ("calibrated, persons never seen", calibration_of(by_person)),
    ]
    tables = [set_table(sets), check_table(by_layout), bin_table(sets[1][1]), kind_table(before, by_layout)]
    print("\n\n".join(tables))
    if not options.dry_run:
        write(model, tables, sets)
    for folder in options.evaluate:
        print_evaluation(folder, model)


def read_folder(folder: Path, scans: int = 0) -> list[Example]:
    """The judged values of every file that has its truth, and of some PDFs once more as pictures of their pages."""
    files = sorted(path for path in (folder / "files").iterdir() if (folder / "truth" / f"{path.stem}.json").exists())
    if not files:
        sys.exit(f"{folder} has no files with truth.")
    pdfs = [path for path in files if path.suffix == ".pdf"]
    chosen = random.Random(SEED).sample(pdfs, min(scans, len(pdfs)))
    with ProcessPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(read_file, files, chunksize=4))
        found += pool.map(read_scan, chosen, itertools.cycle(DOTS_PER_INCH))
    unread = sum(one is None for one in found)
    print(f"{folder.name}: {len(files)} files and {len(chosen)} scans of them, {unread} could not be read")
    return [example for examples in found for example in examples or ()]


def read_file(path: Path) -> list[Example] | None:
    return examples_of(path, path.read_bytes())


def read_scan(path: Path, dots_per_inch: int) -> list[Example] | None:
    """A PDF as a scanner would give it: a picture for each page, and no text."""
    pages = [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in PdfDocument(path)]
    scan = io.BytesIO()
    pages[0].save(scan, "PDF", save_all=True, append_images=pages[1:], resolution=dots_per_inch)
    return examples_of(path, scan.getvalue())


def examples_of(path: Path, content: bytes) -> list[Example] | None:
    """The values that are read from the content and judged by the truth of the file; None when it cannot be read."""
    truth = Truth.from_json(
        json.loads((path.parent.parent / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))
    )
    try:
        document = read_document(content, filename=path.name, max_bytes=MAX_BYTES)
    except UnreadableDocument:
        return None
    parsed = parse_raw(document)
    features = features_of(parsed, document)
    person = truth.parsed.resume.basics.name.casefold()
    return [Example(truth.layout or path.suffix, person, j, features[j.path]) for j in judge(parsed, truth)]


def fitted_on(examples: Sequence[Example]) -> Model:
    return Model(fit([e.features for e in examples], [e.judged.right for e in examples]))


def judged_by(model: Model, examples: Iterable[Example]) -> Iterator[Judged]:
    for example in examples:
        yield replace(example.judged, confidence=model.probability(example.features))


def held_out(examples: Sequence[Example], group: Callable[[Example], str]) -> list[Judged]:
    """Every value with the confidence that a model gives it which has seen none of its group."""
    groups = sorted({group(example) for example in examples})
    random.Random(SEED).shuffle(groups)
    fold = {name: number % FOLDS for number, name in enumerate(groups)}
    judged: list[Judged] = []
    for number in range(FOLDS):
        model = fitted_on([e for e in examples if fold[group(e)] != number])
        judged += judged_by(model, (e for e in examples if fold[group(e)] == number))
    return judged


def set_table(sets: list[tuple[str, Calibration]]) -> str:
    rows = [
        f"| {name} | {c.count:,} | {c.accuracy:.3f} | {c.confidence:.3f} | {c.ece:.3f} | {_auc(c)} |"
        for name, c in sets
    ]
    return "\n".join(
        ["| confidence | values | right | mean confidence | ECE | AUC |", "|---|---|---|---|---|---|", *rows]
    )


def bin_table(figures: Calibration) -> str:
    rows = [
        f"| {b.low:.1f} to {b.high:.1f} | {b.count:,} | {b.confidence:.3f} | {b.accuracy:.3f} |"
        for b in figures.bins
        if b.count
    ]
    return "\n".join(["| confidence | values | mean confidence | right |", "|---|---|---|---|", *rows])


def check_table(judged: Sequence[Judged]) -> str:
    """What a person finds who looks at all values below a line: how many they see, and which share of the mistakes."""
    wrong = max(1, sum(not value.right for value in judged))
    rows = []
    for line in sorted({0.5, 0.6, 0.7, 0.8, 0.9, CHECK_BELOW}):
        below = [value for value in judged if value.confidence < line]
        found = sum(not value.right for value in below)
        mark = " (marked)" if line == CHECK_BELOW else ""
        shares = (len(below) / max(1, len(judged)), found / max(1, len(below)), found / wrong)
        rows.append(f"| {line:.2f}{mark} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    head = "| below | of all values | of these wrong | of all mistakes |"
    return "\n".join([head, "|---|---|---|---|", *rows])


def kind_table(before: Sequence[Judged], after: Sequence[Judged]) -> str:
    old, new = by_kind(before), by_kind(after)
    rows = [
        f"| {kind} | {c.count:,} | {c.accuracy:.3f} | {old[kind].ece:.3f} | {c.ece:.3f} | {_auc(old[kind])} | {_auc(c)} |"
        for kind, c in new.items()
        if c.count >= LEAST_SHOWN
    ]
    head = "| field | values | right | ECE before | ECE after | AUC before | AUC after |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def _auc(figures: Calibration) -> str:
    return "–" if figures.auc is None else f"{figures.auc:.2f}"


def write(model: Model, tables: list[str], sets: list[tuple[str, Calibration]]) -> None:
    about = "Made by benchmarks/calibration.py; not to be edited by hand."
    body = {"about": about, "weights": dict(sorted(model.weights.items()))}
    DATA.write_text(json.dumps(body, indent=0) + "\n", encoding="utf-8")
    PICTURE.write_text(draw([("Before", sets[0][1]), ("Calibrated", sets[1][1])]), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    for name, table in zip(("sets", "check", "bins", "fields"), tables, strict=True):
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = place.sub(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"\nwritten: {DATA.relative_to(PROJECT)}, {PICTURE.relative_to(PROJECT)}, {PAGE.relative_to(PROJECT)}")


def print_evaluation(folder: Path, model: Model) -> None:
    examples = read_folder(folder)
    before, after = [e.judged for e in examples], list(judged_by(model, examples))
    print(
        set_table(
            [(f"{folder.name}, before", calibration_of(before)), (f"{folder.name}, calibrated", calibration_of(after))]
        )
    )
    print("\n" + check_table(after) + "\n\n" + bin_table(calibration_of(after)) + "\n\n" + kind_table(before, after))


if __name__ == "__main__":
    main()
