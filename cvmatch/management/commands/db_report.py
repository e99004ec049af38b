"""Prints how the database fares: sizes, cache, indexes, bloat and slow queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.template.defaultfilters import filesizeformat

from cvmatch.database_report import MOST, DatabaseReport, Row, database_report

Column = tuple[str, str, Callable[[Any], str]]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _number(value: int) -> str:
    return f"{value:,}"


def _time(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if value else "never"


def _size(value: int) -> str:
    return str(filesizeformat(value)).replace("\xa0", " ")


TABLES: tuple[Column, ...] = (
    ("table", "name", str), ("rows", "rows", _number), ("size", "bytes", _size), ("indexes", "index_bytes", _size),
    ("dead", "dead_share", _share), ("bloat", "bloat_bytes", _size), ("seq. scans", "sequential_scans", _number),
    ("index scans", "index_scans", _number), ("cache hit", "cache_hit", _share), ("vacuumed", "vacuumed_at", _time),
)  # fmt: skip
INDEXES: tuple[Column, ...] = (
    ("index", "name", str), ("table", "table", str), ("size", "bytes", _size), ("scans", "scans", _number),
    ("cache hit", "cache_hit", _share),
)  # fmt: skip
QUERIES: tuple[Column, ...] = (
    ("total ms", "total_ms", _number), ("calls", "calls", _number), ("mean ms", "mean_ms", str), ("query", "query", str),
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Sizes, cache hits, use of indexes, bloat (estimated by dead rows) and, where the extension pg_stat_statements "
        "is there, the slowest queries. Reads statistics only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="all of it, for programs")
        parser.add_argument(
            "--most", type=int, default=MOST, help="rows of each table of the text (default %(default)s)"
        )

    def handle(self, *args: Any, json: bool, most: int, **options: Any) -> None:
        report = database_report()
        self.stdout.write(_as_json(report) if json else "\n".join(_as_text(report, most)))


def _as_json(report: DatabaseReport) -> str:
    return json.dumps(report.as_json(), cls=DjangoJSONEncoder, indent=1)


def _as_text(report: DatabaseReport, most: int) -> list[str]:
    about = report.database
    since = f"since {_time(about['counted_since'])}" if about["counted_since"] else "since the server was made"
    lines = [
        f"Database {about['name']}: {_size(about['bytes'])}, {about['connections']} of {about['max_connections']} connections",
        f"Counted {since}: cache hit {_share(about['cache_hit'])}, {about['deadlocks']} deadlocks,"
        f" {_size(about['temp_bytes'])} of temporary files",
        *_table("Largest tables", report.tables[:most], TABLES),
        *_table("Largest indexes", report.indexes[:most], INDEXES),
        *_table("Indexes that nothing has used", report.unused_indexes[:most], INDEXES),
        *_table("Broken indexes: drop and make again", report.broken_indexes, INDEXES),
    ]
    if report.slow_queries is None:
        return [*lines, "", "Slow queries: the extension pg_stat_statements is not there."]
    return [*lines, *_table("Queries that took most time", report.slow_queries[:most], QUERIES)]


def _table(title: str, rows: Sequence[Row], columns: Sequence[Column]) -> list[str]:
    if not rows:
        return ["", f"{title}: none"]
    cells = [[head for head, _, _ in columns], *([shown(row[name]) for _, name, shown in columns] for row in rows)]
    widths = [max(len(line[number]) for line in cells) for number in range(len(columns))]
    return ["", title, *("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)]
