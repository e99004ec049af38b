"""Measures whether duplicates are told from what looks like them, or how fast; or fits the weights of the pair score."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks.database import machine
from benchmarks.duplicates.bases import fictional, from_file
from benchmarks.duplicates.fitting import write_weights
from benchmarks.duplicates.scale import run
from benchmarks.duplicates.score import Result, measure
from benchmarks.duplicates.within import run as look_within
from benchmarks.duplicates.world import make

# Weights are fitted on the first and measured on others, which have other companies, places and texts.
FITTED_ON, SEED = (1, 2, 3), 9


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.duplicates", description=__doc__)
    parser.add_argument("--vacancies", type=int, default=800, help="postings to make copies and rivals of")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--ads", type=Path, help="make them of the advertisements in this file of schema.org rows")
    parser.add_argument("--one-source", action="store_true", help="as if one source had sent all rows")
    parser.add_argument("--fit", action="store_true", help="fit the weights on generated pairs and store them")
    parser.add_argument("--scale", type=int, metavar="JOBS", help="time so many postings in a database instead")
    parser.add_argument("--within", type=Path, metavar="FILE", help="say what this file has twice instead")
    parser.add_argument(
        "--examples", type=int, default=0, help="with --within: vacancies to show, of not quite the same rows"
    )
    options = parser.parse_args()
    print(f"machine   {machine()}")
    if options.fit:
        print(f"fitted on {write_weights([make(list(fictional(600, seed)), seed) for seed in FITTED_ON])} pairs")
    elif options.scale:
        run(options.scale)
    elif options.within:
        look_within(options.within, options.examples)
    else:
        bases = from_file(options.ads, options.vacancies) if options.ads else fictional(options.vacancies, options.seed)
        rows = make(list(bases), options.seed)
        if options.one_source:
            rows = [replace(row, source="one") for row in rows]
        print(f"rows      {len(rows)}")
        report(measure(rows))


def report(result: Result) -> None:
    print(
        f"pairs     precision {result.precision:.3f}  recall {result.recall:.3f}  F1 {result.f1:.3f}  of {result.true}"
    )
    for title, kinds in (("copy found with its original", result.found), ("in a pair that is wrong", result.wrong)):
        print(title)
        for kind, (number, total) in kinds.items():
            print(f"    {kind:32} {number / total:6.3f} of {total}")


if __name__ == "__main__":
    main()
