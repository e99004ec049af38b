"""Back-fills by hand: start, watch, hold, compare, switch, roll back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import CvmatchError
from matching.backfills import in_use, services
from matching.backfills.running import work_on
from matching.backfills.values import Summary
from matching.models import Backfill

MOST_SHOWN = 15
_ACTS: dict[str, Callable[[Backfill], None]] = {
    "pause": services.pause,
    "resume": services.resume,
    "switch": services.switch,
    "roll-back": services.roll_back,
    "cancel": services.cancel,
    "clean": services.clean,
}


class Command(BaseCommand):
    help = (
        "Work over all CVs or jobs again after a new parser, reader, embedding model or ranking. What is new is kept beside "
        "what is in use until you switch to it; until you clean up you can roll back. Workers do the work; people's "
        "corrections stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "act",
            choices=["start", "list", "status", "work", "rate", *_ACTS],
            help="start one; list all; status: how far one is, and what would be otherwise; work on one here until it is "
            "ready; set its rate; pause, resume, switch, roll-back; cancel: throw away what was made; clean: what was replaced",
        )
        parser.add_argument(
            "which", nargs="?", default="", help="of start the kind: parse, read, embed or match; else a number"
        )
        parser.add_argument("--to", default="", metavar="PROVIDER", help="start embed: the provider to embed with")
        parser.add_argument(
            "--rate", type=int, metavar="N", help=f"start and rate: most rows a minute (default {services.RATE})"
        )
        parser.add_argument("--all", action="store_true", help="start parse: also what today's parser has read")

    def handle(self, *args: Any, **options: Any) -> None:
        in_use.refresh()
        try:
            self._act(options)
        except CvmatchError as error:
            raise CommandError(error.message) from error

    def _act(self, options: dict[str, Any]) -> None:
        act = options["act"]
        if act == "list":
            for backfill in Backfill.objects.all():
                self.stdout.write(_line(backfill))
            return
        backfill = _started(options) if act == "start" else _found(options["which"])
        if act == "rate":
            services.set_rate(backfill, _rate(options))
        elif act in _ACTS:
            _ACTS[act](backfill)
        if act in {"work", "switch", "roll-back"}:
            _work(backfill)
        self.stdout.write(_line(backfill))
        for line in _told(backfill) if act == "status" else ():
            self.stdout.write(line)


def _started(options: dict[str, Any]) -> Backfill:
    return services.start_backfill(
        what=options["which"], to_version=options["to"], rate=_rate(options), everything=options["all"]
    )


def _rate(options: dict[str, Any]) -> int:
    return services.RATE if options["rate"] is None else int(options["rate"])


def _found(number: str) -> Backfill:
    backfill = Backfill.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if backfill is None:
        raise CommandError(f"There is no back-fill {number or 'without its number'}; see manage.py backfill list.")
    return backfill


def _work(backfill: Backfill) -> None:
    """Until it is ready, switched or rolled back; waits where its rate or another process says so."""
    while backfill.state in {Backfill.State.RUNNING, Backfill.State.SWITCHING, Backfill.State.ROLLING_BACK}:
        report = work_on(backfill.pk, most_at_once=None)
        backfill.refresh_from_db()
        if backfill.error:
            raise CommandError(backfill.error)
        if not report.claimed and backfill.state in Backfill.WORKING[:1]:
            time.sleep(1)


def _line(backfill: Backfill) -> str:
    way = f"{backfill.from_version or '?'} → {backfill.to_version}"
    counts = f"{backfill.done:,} of {backfill.total:,} done, {backfill.failed:,} failed, {backfill.differing:,} differ"
    return f"{backfill.pk}  {backfill.what} {way}  {backfill.state}: {counts}, {backfill.rate:,} a minute"


def _told(backfill: Backfill) -> Iterator[str]:
    summary = Summary.from_json(backfill.summary_json)
    if backfill.error:
        yield f"  {backfill.error}"
    for name, share in summary.measures.items():
        yield f"  {name}: {share:.0%}"
    if summary.corrected:
        yield f"  {summary.corrected:,} have corrections, which hold over the new reading"
    for title, counter in (
        ("Facts", summary.facts),
        ("Skills that come", summary.gained),
        ("Skills that go", summary.lost),
    ):
        if counter:
            yield f"  {title}"
            yield from (f"    {count:>7,}  {name}" for name, count in counter.most_common(MOST_SHOWN))
