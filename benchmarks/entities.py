"""Measures the parser on real CV texts with human marks, by type of mark.

    .venv/bin/python benchmarks/entities.py [FILE] [--worst TYPE]

FILE holds one JSON object a line, gzipped or not: ``text`` and ``entities``, each with ``label`` and ``text``; by default the
set beside this project, if it is there. Texts are read as .txt files. Bytes that the set shows as escapes (``\\xe2\\x80\\xa2``)
are decoded first: that damage is the set's own.

The marks of a document are compared as sets of values: a value counts once however often it is marked, and two values match,
one to one and the most alike first, when the token-set similarity of their letters and digits is at least 90 of 100. What each
type of mark is compared with says ``FIELDS``; a text that marks no value of a type is left out of that type. Marks were made
wherever a value stands, in sentences too, so recall of a reader that reads sections is bounded; compare figures between
versions of the parser, not with other sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
DEFAULT = PROJECT.parent / "shared" / "data" / "cv-entities" / "train.jsonl.gz"
ALIKE = 90
_ESCAPED = re.compile(r"(?:\\x[0-9a-f]{2})+")

from rapidfuzz import fuzz  # noqa: E402

from ingestion.extract import read_document  # noqa: E402
from ingestion.parse import parse_document  # noqa: E402
from ingestion.values import ParsedCV  # noqa: E402

Values = Callable[[ParsedCV], Iterable[str]]
FIELDS: dict[str, tuple[tuple[str, ...], Values]] = {
    "name": (("Name",), lambda cv: [cv.resume.basics.name]),
    "email": (("Email Address",), lambda cv: [cv.resume.basics.email]),
    "location": (
        ("Location",),
        lambda cv: [cv.resume.basics.location.city, *(work.location for work in cv.resume.work)],
    ),
    "position": (("Designation",), lambda cv: [cv.resume.basics.label, *(work.position for work in cv.resume.work)]),
    "employer": (("Companies worked at",), lambda cv: [work.name for work in cv.resume.work]),
    "school": (("College Name",), lambda cv: [study.institution for study in cv.resume.education]),
    "degree": (("Degree",), lambda cv: [f"{study.study_type} {study.area}" for study in cv.resume.education]),
    "graduation": (
        ("Graduation Year",),
        lambda cv: [(study.end_date or study.start_date)[:4] for study in cv.resume.education],
    ),
    "skills": (
        ("Tech Tools", "Job Specific Skills", "Soft Skills"),
        lambda cv: [*cv.skill_names, *(mention.name for mention in cv.mentioned_skills)],
    ),
    "skills listed": (("Tech Tools", "Job Specific Skills", "Soft Skills"), lambda cv: cv.skill_names),
}


def main() -> None:
    options = arguments()
    if not options.file.is_file():
        sys.exit(f"{options.file} is not here.")
    totals = {name: [0, 0, 0, 0] for name in FIELDS}
    rows = list(read_rows(options.file))
    for row in rows:
        text = repaired(row["text"])
        parsed = parse_document(read_document(text.encode(), filename="cv.txt", max_bytes=10_000_000))
        for name, (labels, values) in FIELDS.items():
            expected = distinct(repaired(mark["text"]) for mark in row["entities"] if mark["label"] in labels)
            if name == "graduation":
                expected = distinct(year for value in expected for year in re.findall(r"\b(?:19|20)\d\d\b", value))
            if expected:
                given = distinct(values(parsed))
                found = matches(given, expected)
                add(totals[name], 1, found, len(given), len(expected))
                if options.worst == name and found < len(expected):
                    print(f"{row['id']}\n  given    {given}\n  expected {expected}")
    report(totals, len(rows))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, help="the texts with their marks")
    parser.add_argument(
        "--worst", choices=FIELDS, help="also print what was given and expected where values are missing"
    )
    return parser.parse_args()


def read_rows(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def repaired(text: str) -> str:
    """The text with escapes of UTF-8 bytes as the letters they stand for."""
    return _ESCAPED.sub(lambda m: bytes.fromhex(m[0].replace("\\x", "")).decode("utf-8", "replace"), text)


def distinct(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(map(normal, values)) if value]


def normal(text: str) -> str:
    """Letters, digits and the marks that tell C, C++ and C# apart, in lower case, one space between words."""
    return " ".join(re.findall(r"[\w+#]+", unicodedata.normalize("NFKC", text).casefold()))


def matches(given: list[str], expected: list[str]) -> int:
    """How many values of one list match one of the other, each used once."""
    alike = [(fuzz.token_set_ratio(a, b), i, j) for i, a in enumerate(given) for j, b in enumerate(expected)]
    used_given: set[int] = set()
    used_expected: set[int] = set()
    for score, i, j in sorted(alike, reverse=True):
        if score >= ALIKE and i not in used_given and j not in used_expected:
            used_given.add(i)
            used_expected.add(j)
    return len(used_given)


def add(total: list[int], *numbers: int) -> None:
    for index, number in enumerate(numbers):
        total[index] += number


def report(totals: dict[str, list[int]], documents: int) -> None:
    print(f"{documents} documents")
    print(f"{'type':<14}{'documents':>10}{'precision':>10}{'recall':>10}{'F1':>10}{'given':>8}{'expected':>10}")
    for name, (count, found, given, expected) in totals.items():
        f1 = 2 * found / (given + expected) if given + expected else 0.0
        precision, recall = found / given if given else 0.0, found / expected if expected else 0.0
        print(f"{name:<14}{count:>10}{precision:>10.3f}{recall:>10.3f}{f1:>10.3f}{given:>8}{expected:>10}")


if __name__ == "__main__":
    main()
