"""Back-fill of CVs: files are read again by today's parser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from cvmatch.core.errors import CvmatchError, InvalidInput
from ingestion.models import CV
from ingestion.readings import OtherReading, compare_readings, use_reading
from ingestion.stages import read_file
from ingestion.values import PARSER_VERSION
from matching.backfills.values import Made, Side, Summary
from matching.models import Backfill, BackfillItem

State = BackfillItem.State


class Parsing:
    """CVs in use that have a file; the reading in use stays until the switch, and corrections hold over the new one."""

    sides: tuple[Side, ...] = (Side.CV,)
    chunk = 1  # as the stage that reads uploads: a slow file holds up no other

    def versions(self, to_version: str) -> tuple[str, str]:
        if to_version not in {"", PARSER_VERSION}:
            raise InvalidInput(f"The parser of this code is version {PARSER_VERSION}; there is no other here.")
        there = CV.objects.current().parsed().order_by("parser_version").values_list("parser_version", flat=True)
        return ", ".join(version or "?" for version in there.distinct())[:60], PARSER_VERSION

    def rows(self, backfill: Backfill, side: Side) -> QuerySet[CV]:
        rows = CV.objects.current().parsed().exclude(file="")
        return rows if backfill.everything else rows.exclude(parser_version=backfill.to_version)

    def make(self, backfill: Backfill, side: Side, ids: Sequence[int]) -> list[Made]:
        rows = CV.objects.filter(pk__in=ids).defer("search").prefetch_related("corrections")
        return [_made(cv) for cv in rows]

    def keep(self, backfill: Backfill, side: Side, made: Sequence[Made]) -> None:
        """All of it is in the items."""

    def measure(self, backfill: Backfill) -> dict[str, float]:
        return (
            {gettext_noop("CVs in which nothing differs"): 1 - backfill.differing / backfill.done}
            if backfill.done
            else {}
        )

    def switch(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        for item in items:
            before = use_reading(item.cv_id or 0, OtherReading.from_json(item.new_json), instead_of=item.made_of)
            item.state = State.LEFT if before is None else State.SWITCHED
            item.old_json = {} if before is None else before.to_json()
        BackfillItem.objects.bulk_update(items, ["state", "old_json"])

    def roll_back(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Also where people corrected the new reading: what they said holds over the old one too."""
        for item in items:
            of_switch = CV.objects.filter(pk=item.cv_id or 0, parser_version=backfill.to_version)
            now = of_switch.values_list("content_hash", flat=True).first()
            old = OtherReading.from_json(item.old_json)
            put = now is not None and use_reading(item.cv_id or 0, old, instead_of=now) is not None
            item.state = State.ROLLED_BACK if put else State.LEFT
        BackfillItem.objects.bulk_update(items, ["state", "old_json"])

    def forget(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Nothing is elsewhere."""


def _made(cv: CV) -> Made:
    try:
        document, parsed = read_file(cv)
    except CvmatchError as error:
        return Made(cv.pk, cv.content_hash, error=error.message[:300])
    after = OtherReading.of(document, parsed)
    compared = compare_readings(cv, OtherReading.in_use(cv), after)
    has_corrections = any(correction.undone_at is None for correction in cv.corrections.all())
    summary = Summary(compared.counts(), Counter(compared.gained), Counter(compared.lost), int(has_corrections))
    differs = compared.facts + len(compared.gained) + len(compared.lost)
    return Made(cv.pk, cv.content_hash, differs, after.to_json(), summary=summary)
