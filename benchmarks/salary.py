"""Measures estimated pay on jobs that say theirs and that the model has not seen: how often it is within, and how far off.

    .venv/bin/python -m benchmarks.salary [--jobs FILE] [--repeats 5] [--synthetic 3000] [--only {real,synthetic}]

``--jobs`` is a file that the JSON-LD source reads (default ../shared/data/jobs/nhs-2000.jsonl.gz; left out, saying so, where it
is missing). Each repeat holds out another fifth: at random, and once more all jobs of a fifth of the employers, which is what
jobs of employers that never say their pay are like. The synthetic jobs have a known law of pay with noise that differs by title.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("OMP_NUM_THREADS", "1")

from ingestion.sources import read  # noqa: E402
from ingestion.sources.jsonld import JsonLdSource  # noqa: E402
from jobs.pay import Measured, PaidJob, PayFacts  # noqa: E402
from jobs.pay.fitting import fit  # noqa: E402
from jobs.pay.model import measure  # noqa: E402
from jobs.requirements import read_requirements  # noqa: E402
from jobs.values import JobPosting  # noqa: E402

SHARED = PROJECT.parent / "shared/data/jobs/nhs-2000.jsonl.gz"
HELD_OUT = 0.2
# What the amounts of a file are in that does not say it, as that of ../shared does not.
UNSAID = "GBP"


@dataclass(frozen=True)
class Case:
    """A job with its pay, and who pays it."""

    job: PaidJob
    employer: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=Path, default=SHARED, help="file of JobPosting lines")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--synthetic", type=int, default=3000, help="number of made-up jobs")
    parser.add_argument("--only", choices=("real", "synthetic"))
    options = parser.parse_args()
    print(f"{'set':<12}{'held out':<14}{'jobs':>6}{'given':>7}{'coverage':>10}{'error':>8}{'width':>8}{'fit s':>7}")
    if options.only != "synthetic":
        if options.jobs.exists():
            report("real", real(options.jobs), options.repeats)
        else:
            print(f"{options.jobs} is missing; real jobs are left out.")
    if options.only != "real":
        report("synthetic", synthetic(options.synthetic), options.repeats)


def report(name: str, cases: Sequence[Case], repeats: int) -> None:
    for held_out, key in (("at random", id), ("employers", lambda case: case.employer)):
        started = time.perf_counter()
        found = [once(cases, key, seed) for seed in range(repeats)]
        taken = (time.perf_counter() - started) / repeats
        given = sum(each.given for each in found)
        coverage = sum(each.coverage * each.given for each in found) / max(given, 1)
        error, width = (
            sum(getattr(each, part) for each in found) / repeats for part in ("median_error", "median_width")
        )
        asked = sum(each.asked for each in found)
        figures = f"{given / asked:>7.0%}{coverage:>10.1%}{error:>8.1%}{width:>8.0%}{taken:>7.1f}"
        print(f"{name:<12}{held_out:<14}{len(cases):>6}{figures}")


def once(cases: Sequence[Case], key: Callable[[Case], object], seed: int) -> Measured:
    """Fit on four fifths, measure on the rest; jobs with the same key are on the same side."""
    keys = list(dict.fromkeys(key(case) for case in cases))
    held = set(random.Random(seed).sample(keys, round(len(keys) * HELD_OUT)))
    models = fit([case.job for case in cases if key(case) not in held])
    return measure(models, [(case.job.facts, case.job.amount) for case in cases if key(case) in held])


def real(path: Path) -> list[Case]:
    """The jobs of a file that say their pay, each text once, read as the pipeline reads them."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [row for row in read(JsonLdSource(), io.BytesIO(content)) if isinstance(row, JobPosting)]
    unique = {(row.title, row.company, row.description): row for row in rows if row.pay}
    return [case for row in unique.values() for case in _case(row)]


def _case(row: JobPosting) -> Iterator[Case]:
    assert row.pay is not None
    bounds = [float(each) for bound in (row.pay.minimum, row.pay.maximum) if (each := row.pay.per_year(bound))]
    if bounds:
        asked = read_requirements(row.title, row.description)
        facts = PayFacts(
            title=row.title,
            country=row.place.country,
            city=row.place.city,
            level=row.level or (asked.level.value if asked.level else ""),
            employment_type=row.employment_type or (asked.employment.kind if asked.employment else ""),
            remote=row.remote,
            degree=asked.degree or "",
            years=asked.min_years,
            skills=tuple(sorted({skill.skill_id for skill in asked.skills})),
        )
        yield Case(PaidJob(facts, row.pay.currency or UNSAID, sum(bounds) / len(bounds)), row.company)


def synthetic(count: int, seed: int = 7) -> list[Case]:
    """Jobs whose pay is a product of title, level, country, years and chance; chance counts more in some titles."""
    draw = random.Random(seed)
    titles = {
        "Data Engineer": (62_000, 0.10),
        "Nurse": (38_000, 0.05),
        "Sales Manager": (55_000, 0.30),
        "Warehouse Worker": (29_000, 0.08),
        "Product Designer": (54_000, 0.15),
        "Truck Driver": (34_000, 0.12),
    }
    levels = {"": 1.0, "junior": 0.8, "senior": 1.3, "lead": 1.5}
    countries = {"DE": ("EUR", 1.0), "FR": ("EUR", 0.9), "GB": ("GBP", 0.85), "ES": ("EUR", 0.7)}
    cases = []
    for number in range(count):
        title, level, country = draw.choice(list(titles)), draw.choice(list(levels)), draw.choice(list(countries))
        years = draw.choice((None, 1, 3, 5, 8))
        (base, noise), (currency, cost) = titles[title], countries[country]
        amount = base * levels[level] * cost * (1 + 0.02 * (years or 0)) * draw.lognormvariate(0, noise)
        facts = PayFacts(f"{level.capitalize()} {title}".strip(), country, level=level, years=years)
        cases.append(Case(PaidJob(facts, currency, amount), f"company {number % 200}"))
    return cases


if __name__ == "__main__":
    main()
