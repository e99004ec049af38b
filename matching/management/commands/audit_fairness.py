"""Prints how often people of different groups come to the top of ranked lists: impact ratios on labelled data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from cvmatch.core.errors import CvmatchError
from matching.evaluation import TOP, read_collection
from matching.fairness import Selection, impact, read_groups, read_run, suitable
from matching.measuring import Run, read_labels
from matching.rankers import RANKERS
from matching.scratch import scratch_database
from matching.trec import load

ReadT = TypeVar("ReadT")

NO_GROUPS = """There is nothing to audit in the database: nobody is asked for gender, age, origin or any other group, and what
CVs say of it is hidden from matching and kept nowhere. So no ratio can be computed here, only on data in which
people have declared their groups themselves. Name such data:

  manage.py audit_fairness FOLDER                    queries, corpus, qrels.tsv and groups.csv: ranked here, then audited
  manage.py audit_fairness --runs RUN --groups FILE  runs that were made elsewhere; --qrels FILE for those who suit

groups.csv has a column id and one for each attribute. A made-up example is in benchmarks/evaluation/job-to-cv-small."""


class Command(BaseCommand):
    help = "Compare how often people of different groups come to the top of lists (four-fifths rule), on labelled data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="a collection of jobs and CVs with groups.csv")
        parser.add_argument("--runs", type=Path, nargs="+", default=[], help="TREC runs, instead of ranking a folder")
        parser.add_argument("--groups", type=Path, help="CSV of id and attributes (default: groups.csv of the folder)")
        parser.add_argument("--qrels", type=Path, help="labels: adds the ratios among those who suit")
        parser.add_argument("--rankers", default="default", help=f"of {','.join(sorted(RANKERS))}, for a folder")
        parser.add_argument("--top", type=int, default=10, help="lines that count as selected (default: 10)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"] and not (options["runs"] and options["groups"]):
            self.stdout.write(NO_GROUPS)
            return
        if options["top"] < 1:
            raise CommandError("--top must be at least 1.")
        try:
            self._audit(**options)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except CvmatchError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(f"The scratch database cannot be made or used: {error}") from error

    def _audit(self, *, folder: Path | None, runs: list[Path], top: int, **options: Any) -> None:
        groups = _read(options["groups"] or Path(folder or ".") / "groups.csv", read_groups)
        labels_file = options["qrels"] or (folder / "qrels.tsv" if folder else None)
        labels = _read(labels_file, read_labels) if labels_file else {}
        ranked = {path.name: _read(path, read_run) for path in runs} or self._ranked(folder, options["rankers"])
        for name, run in ranked.items():
            for attribute, members in groups.items():
                everybody = {query: list(members) for query in run}
                pools = {
                    "everybody": everybody,
                    "those who suit": {q: p for q, p in suitable(labels).items() if q in run},
                }
                for whom, pool in pools.items():
                    if pool:
                        self.stdout.write(f"\n{name}, {attribute}, top {top}, of {whom}")
                        self.stdout.write("\n".join(_table(impact(members, run, top=top, pool=pool))))

    def _ranked(self, folder: Path | None, rankers: str) -> Mapping[str, Run]:
        names = [name.strip() for name in rankers.split(",")]
        unknown = sorted(set(names) - set(RANKERS))
        if unknown or folder is None:
            raise CommandError(f"Unknown ranker {', '.join(unknown)}; there are {', '.join(sorted(RANKERS))}.")
        collection = read_collection(folder)
        if collection.kind != "job-to-cv":
            raise CommandError(
                f"{folder}: people are ranked in collections of the kind job-to-cv, not {collection.kind}."
            )
        with scratch_database():
            loaded = load(collection.kind, queries=collection.queries, corpus=collection.corpus, say=self.stderr.write)
            return {
                name: {
                    entry.id: [document for document, _ in loaded.ranked(entry.id, RANKERS[name], TOP)]
                    for entry in collection.queries
                }
                for name in names
            }


def _read(path: Path, reader: Callable[[list[str]], ReadT]) -> ReadT:
    try:
        return reader(path.read_text(encoding="utf-8").splitlines())
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error


def _table(found: Sequence[Selection]) -> Iterator[str]:
    if not found:
        yield "  nobody of a declared group"
        return
    yield f"  {'group':<20}{'chances':>8}{'selected':>9}{'rate':>8}   {'95 % interval':<15}{'ratio':>6}"
    for one in found:
        ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
        interval = f"{one.low:.3f} – {one.high:.3f}"
        counts = f"{one.group:<20}{one.pool:>8}{one.selected:>9}{one.rate:>8.3f}"
        yield f"  {counts}   {interval:<15}{ratio:>6}  {one.verdict}".rstrip()
