"""Compares parsed CVs with what the CVs really say."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingestion.quality import Counts, DocumentResult, Truth, compare, macro_f1, summarise
from ingestion.values import ParsedCV

_WORST = 10


class Command(BaseCommand):
    help = (
        "Print precision, recall and F1 of the JSON Resume files in PRED_DIR against those of the same name in TRUTH_DIR: by "
        "field, by format and by layout, with the worst documents first. A missing prediction counts as an empty one."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pred_dir", metavar="PRED_DIR", help="folder with the output of parse_cv")
        parser.add_argument("truth_dir", metavar="TRUTH_DIR", help="folder with the truth")
        parser.add_argument("--json", metavar="FILE", help="also write all figures to FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(Path(options["truth_dir"]).glob("*.json"))
        if not files:
            raise CommandError(f"No truth files in {options['truth_dir']}.")
        results = [compare(f.stem, self._prediction(Path(options["pred_dir"]) / f.name), self._truth(f)) for f in files]
        overall = summarise(results, lambda _: "all").get("all", {})
        by = {"format": summarise(results, lambda r: r.format), "layout": summarise(results, lambda r: r.layout)}
        self._print(results, overall, by)
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(_figures(results, overall, by), indent=1), encoding="utf-8")

    @staticmethod
    def _truth(path: Path) -> Truth:
        try:
            return Truth.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, AttributeError) as error:
            raise CommandError(f"{path}: not a JSON Resume.") from error

    def _prediction(self, path: Path) -> ParsedCV:
        try:
            return ParsedCV.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError:
            self.stderr.write(f"{path}: missing, counted as empty")
        except (ValueError, AttributeError, KeyError, TypeError):
            self.stderr.write(f"{path}: not a JSON Resume, counted as empty")
        return ParsedCV.from_json({})

    def _print(
        self,
        results: list[DocumentResult],
        overall: Mapping[str, Counts],
        by: Mapping[str, Mapping[str, Mapping[str, Counts]]],
    ) -> None:
        self.stdout.write(f"{len(results)} documents, macro F1 {macro_f1(overall):.3f}\n")
        self.stdout.write(f"{'field':<16}{'precision':>10}{'recall':>10}{'F1':>10}{'expected':>10}")
        for name, c in overall.items():
            self.stdout.write(f"{name:<16}{c.precision:>10.3f}{c.recall:>10.3f}{c.f1:>10.3f}{c.expected:>10}")
        for what, groups in by.items():
            self.stdout.write(f"\n{'F1 by ' + what:<28}{'macro':>8}" + "".join(f"{name[:10]:>11}" for name in overall))
            for group, fields in groups.items():
                cells = "".join(f"{fields[name].f1:>11.3f}" if name in fields else f"{'-':>11}" for name in overall)
                self.stdout.write(f"{group[:27]:<28}{macro_f1(fields):>8.3f}{cells}")
        self.stdout.write("\nworst documents first")
        for result in sorted(results, key=lambda r: r.f1)[:_WORST]:
            weak = ", ".join(
                f"{name} {c.f1:.2f}" for name, c in sorted(result.fields.items(), key=lambda i: i[1].f1)[:4] if c.f1 < 1
            )
            self.stdout.write(f"{result.f1:.3f}  {result.name}  {weak}")


def _figures(
    results: list[DocumentResult], overall: Mapping[str, Counts], by: Mapping[str, Mapping[str, Mapping[str, Counts]]]
) -> dict[str, Any]:
    return {
        "documents": {
            r.name: {"f1": r.f1, "format": r.format, "layout": r.layout, "fields": _rows(r.fields)} for r in results
        },
        "overall": {"macro_f1": macro_f1(overall), "fields": _rows(overall)},
        **{
            f"by_{what}": {g: {"macro_f1": macro_f1(f), "fields": _rows(f)} for g, f in groups.items()}
            for what, groups in by.items()
        },
    }


def _rows(fields: Mapping[str, Counts]) -> dict[str, dict[str, float]]:
    return {
        name: {"precision": c.precision, "recall": c.recall, "f1": c.f1, "given": c.given, "expected": c.expected}
        for name, c in fields.items()
    }
