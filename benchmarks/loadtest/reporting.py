"""Writes what a load test measured: Markdown with tables, and curves over time as SVG."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.loadtest.counting import Account

WIDTH, HEIGHT, LEFT, BOTTOM = 720, 260, 60, 36
COLOURS = ("#0b6e99", "#b3541e", "#4d7c0f")
WAY = "WAY"
BAR_P95_MS, BAR_RATE, BAR_HITS = 200, 100, 0.85


@dataclass(frozen=True)
class Measured:
    """One endpoint or way: how often it took how many milliseconds (locust rounds to two digits)."""

    kind: str
    name: str
    requests: int
    errors: int
    times: Counter[int]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Measured:
        times = Counter({int(float(taken)): count for taken, count in row["response_times"].items()})
        return cls(row["method"], row["name"], row["num_requests"], row["num_failures"], times)

    def within_ms(self, share: float) -> int:
        """So many of all requests took no longer."""
        seen, total = 0, sum(self.times.values())
        for taken in sorted(self.times):
            seen += self.times[taken]
            if seen >= share * total:
                return taken
        return 0

    @property
    def cells(self) -> str:
        found = " | ".join(f"{self.within_ms(share):,}" for share in (0.5, 0.95, 0.99))
        return f"{self.requests:,} | {found} | {self.errors}"


@dataclass
class Phase:
    """One scenario: its name, what locust wrote under ``prefix``, and hits and lookups of each layer of the cache."""

    name: str
    prefix: Path
    caches: dict[str, tuple[int, int]]

    @property
    def file(self) -> str:
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        return list(json.loads(Path(f"{self.prefix}.json").read_text()))

    @property
    def rate(self) -> float:
        """Requests a second, from the first to the last of them; 0 where nobody came to ask."""
        begun = min((row["start_time"] for row in self._rows), default=0.0)
        ended = max((row["last_request_timestamp"] or 0.0 for row in self._rows), default=0.0)
        return self.all.requests / max(ended - begun, 0.001)

    @cached_property
    def endpoints(self) -> list[Measured]:
        """Slowest sums first; ways from an upload to its matches are no requests."""
        found = (Measured.of(row) for row in self._rows)
        return sorted((one for one in found if one.kind != WAY), key=lambda one: -sum(one.times.elements()))

    @cached_property
    def ways(self) -> list[Measured]:
        return [one for one in map(Measured.of, self._rows) if one.kind == WAY]

    @property
    def all(self) -> Measured:
        times: Counter[int] = sum((one.times for one in self.endpoints), Counter())
        return Measured("all", "", sum(one.requests for one in self.endpoints), self.errors, times)

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.endpoints)

    def history(self) -> list[dict[str, str]]:
        with Path(f"{self.prefix}_stats_history.csv").open(newline="") as lines:
            return [row for row in csv.DictReader(lines) if row["Name"] == "Aggregated"]


def write_report(folder: Path, *, about: Sequence[str], phases: Sequence[Phase], account: Account) -> Path:
    """load.md and a picture for each phase; returns the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for phase in phases:
        (folder / f"{phase.file}.svg").write_text(picture(phase), encoding="utf-8")
    report = folder / "load.md"
    report.write_text("\n".join(_lines(about, phases, account)) + "\n", encoding="utf-8")
    return report


def _lines(about: Sequence[str], phases: Sequence[Phase], account: Account) -> Iterator[str]:
    yield from ("# Load test", "", *(f"- {line}" for line in about), "")
    yield from _summary(phases)
    yield from _outcome(account)
    for phase in phases:
        yield from _phase(phase)


def _summary(phases: Sequence[Phase]) -> Iterator[str]:
    yield f"Bars of the first scenario: p95 below {BAR_P95_MS} ms, over {BAR_RATE} requests/s, no errors."
    yield from (
        "",
        "| scenario | requests/s | requests | p50 ms | p95 ms | p99 ms | errors |",
        "|---|---|---|---|---|---|---|",
    )
    for phase in phases:
        yield f"| {phase.name} | {phase.rate:.1f} | {phase.all.cells} |"
    yield ""


def _outcome(account: Account) -> Iterator[str]:
    yield from ("## Nothing lost", "")
    yield f"- uploads accepted and finished: {_states(account.uploads)}"
    yield f"- matches accepted and finished: {_states(account.matches)}"
    yield f"- open {account.waited_s:.0f} s after the last request: {_names(account.open)}"
    yield f"- lost: {_names(account.lost)}"
    yield f"- doubled: {_names(account.doubled)}"
    yield f"- stored though the caller had no answer: {account.not_answered}"
    yield ""


def _states(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"


def _names(names: Sequence[str]) -> str:
    return f"{len(names)}" + (f" ({', '.join(names[:10])})" if names else "")


def _phase(phase: Phase) -> Iterator[str]:
    yield from (f"## {phase.name}", "", f"![requests and latency over time]({phase.file}.svg)", "")
    yield from ("| endpoint | requests | p50 ms | p95 ms | p99 ms | errors |", "|---|---|---|---|---|---|")
    for one in phase.endpoints + phase.ways:
        yield f"| {one.kind} {one.name} | {one.cells} |"
    yield from ("", _hits(phase), "")


def _hits(phase: Phase) -> str:
    asked = {layer: both for layer, both in phase.caches.items() if both[1]}
    if not asked:
        return "Caches: no lookups were counted."
    hits, total = (sum(column) for column in zip(*asked.values(), strict=True))
    parts = ", ".join(f"{layer} {100 * found / of:.1f} % of {of:,}" for layer, (found, of) in asked.items())
    return (
        f"Caches: {100 * hits / total:.1f} % of {total:,} lookups were hits ({parts}); bar over {100 * BAR_HITS:.0f} %."
    )


def picture(phase: Phase) -> str:
    """Requests a second, and p50 and p95 in milliseconds, over the seconds of the phase."""
    rows = phase.history()
    begun = float(rows[0]["Timestamp"]) if rows else 0
    times = [float(row["Timestamp"]) - begun for row in rows]
    curves = {
        "requests/s": [_number(row["Requests/s"]) for row in rows],
        "p50 ms": [_number(row["50%"]) for row in rows],
        "p95 ms": [_number(row["95%"]) for row in rows],
    }
    highest = max((value for curve in curves.values() for value in curve), default=1) or 1
    parts = [_text(10, 18, phase.name), *_axes(times[-1] if times else 1, highest)]
    for nth, (name, curve) in enumerate(curves.items()):
        points = " ".join(
            f"{_x(t, times[-1] or 1):.1f},{_y(v, highest):.1f}" for t, v in zip(times, curve, strict=True)
        )
        parts.append(f'<polyline fill="none" stroke="{COLOURS[nth]}" stroke-width="2" points="{points}"/>')
        parts.append(_text(LEFT + 20 + 130 * nth, 40, name, COLOURS[nth]))
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>\n'


def _number(text: str) -> float:
    return 0.0 if text in ("", "N/A") else float(text)


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - 20) * value / most


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 50) * value / most


def _axes(seconds: float, highest: float) -> Iterator[str]:
    for share in (0, 0.5, 1):
        y = _y(share * highest, highest)
        yield f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ccc"/>'
        yield _text(8, y + 4, f"{share * highest:,.0f}")
        yield _text(_x(share * seconds, seconds or 1) - 8, HEIGHT - 12, f"{share * seconds:.0f} s")


def _text(x: float, y: float, words: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{escape(words)}</text>'
