"""Says how well skills are found and linked, on sets of sentences in which people marked them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from matching.embedding import get_provider
from matching.linking import Linker, read_linker
from matching.linking.evaluation import (
    esco_names,
    found_in,
    measure_links,
    measure_nearest,
    measure_spans,
    read_marked,
    read_spans,
)

LINKED = ("tech_validation_annotations.csv", "house_validation_annotations.csv")
SPANS = ("skillspan-dev.jsonl.gz",)


class Command(BaseCommand):
    help = "Print precision, recall and F1 of finding skills and linking them to ESCO; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        default = Path("../shared/data/skills")
        parser.add_argument("--dir", type=Path, default=default, help="where the sets are (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        present = [path for name in (*LINKED, *SPANS) if self._is_there(path := options["dir"] / name)]
        if not present:
            return
        linker = read_linker(get_provider().name, get_provider().embed)
        for path in present:
            self.stdout.write(f"{path.name}, {get_provider().name}")
            (self._links if path.name in LINKED else self._spans)(path, linker)

    def _is_there(self, path: Path) -> bool:
        if not path.is_file():
            self.stdout.write(f"{path.name} is not there; left out.")
        return path.is_file()

    def _links(self, path: Path, linker: Linker) -> None:
        marked = read_marked(path)
        texts = sorted({row.sentence for row in marked})
        found = dict(zip(texts, found_in(texts, linker), strict=True))
        names = esco_names()
        named = {s: {names[m.skill_id].lower() for m in of[0] if m.skill_id in names} for s, of in found.items()}
        linked = {sentence: {link.name.lower() for link in of[1]} for sentence, of in found.items()}
        for way, figures in measure_links(marked, named, linked).items():
            self.stdout.write(f"  {way:8} {figures}")
        first, among, count = measure_nearest(marked, linker)
        self.stdout.write(f"  given the phrase: recall@1 {first:.3f}, recall@10 {among:.3f} ({count} phrases)")

    def _spans(self, path: Path, linker: Linker) -> None:
        rows = read_spans(path)
        found = found_in([text for text, _ in rows], linker)
        beside = esco_names()  # names of what ESCO has not are no candidates for a link
        spans = [
            frozenset(
                [(m.start, m.end) for m in named if m.skill_id not in beside] + [(one.start, one.end) for one in links]
            )
            for named, links in found
        ]
        for way, figures in measure_spans([marked for _, marked in rows], spans).items():
            self.stdout.write(f"  {way:8} {figures}")
