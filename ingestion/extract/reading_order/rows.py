"""Puts phrases beside each other into rows, and makes whole what was broken at the end of a narrow cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingestion.extract.reading_order.grids import with_whole_tiles
from ingestion.extract.reading_order.labels import with_labels_first
from ingestion.extract.reading_order.phrases import Phrase

_ADDRESS = re.compile(r"(?i)(?:https?://|www\.|@|\w\.[a-z]{2,}/)\S*$")
_REST_OF_ADDRESS = re.compile(r"[\w./?=&%#~+-]+")
_YEAR = r"(?:19|20)\d\d(?:\s*r\.)?"
_UNTIL = r"(?:[–—-]|\b(?:to|until|bis|do|au|à|al|a|até|hasta|tot)\b)"
_ENDS_OPEN = re.compile(rf"{_YEAR}\s*{_UNTIL}$")
_REST_OF_PERIOD = re.compile(rf"(?:[^\W\d]{{3,12}}\.?\s+)?{_YEAR}|[^\W\d]{{3,10}}")
_ENDS_IN_MONTH = re.compile(rf"(?:^[^\W\d]{{3,9}}|(?:{_YEAR}\s*{_UNTIL}|[–—-])\s*[^\W\d]{{3,12}})\.?$")
_BEGINS_WITH_YEAR = re.compile(rf"{_YEAR}(?:\s*[–—-](?:\s*[^\W\d]{{3,10}}\.?)?(?:\s+(?:19|20)\d\d)?)?")


def rows(block: Sequence[Phrase]) -> list[list[Phrase]]:
    """Phrases beside each other, also when their fonts and so their baselines differ a little."""
    lines: list[list[Phrase]] = []
    for phrase in sorted(block, key=lambda p: (p.base, p.x0)):
        last = lines[-1] if lines else None
        beside = last is not None and all(p.x1 <= phrase.x0 + 1 or phrase.x1 <= p.x0 + 1 for p in last)
        if last is not None and beside and phrase.base - last[0].base < 0.4 * max(phrase.size, last[0].size):
            last.append(phrase)
        else:
            lines.append([phrase])
    found = _with_wrapped_cells(with_labels_first([sorted(line, key=lambda p: p.x0) for line in lines]))
    return _with_whole_addresses(_with_whole_periods(with_whole_tiles(found)))


def _with_wrapped_cells(lines: list[list[Phrase]]) -> list[list[Phrase]]:
    """A narrow first cell that wraps below itself becomes whole again: ``Bach-``, ``elor`` → ``Bachelor``."""
    joined: list[list[Phrase]] = []
    for line in lines:
        above = joined[-1] if joined else []
        cell, text = (above[0] if above else None), line[0].text
        wraps = len(above) > 1 and len(line) == 1 and text[:1].islower() and line[0].x1 < above[1].x0
        if cell is not None and wraps and abs(cell.x0 - line[0].x0) < 1:
            hyphen = cell.text.endswith("-")
            above[0] = replace(cell, text=(cell.text[:-1] if hyphen else cell.text + " ") + text)
        else:
            joined.append(line)
    return joined


def _with_whole_periods(lines: list[list[Phrase]]) -> list[list[Phrase]]:
    """A period that wraps in its narrow column comes together: ``Aug``, ``2019 – Present``."""
    joined: list[list[Phrase]] = []
    above: Phrase | None = None
    for line in lines:
        first = line[0]
        aligned = above and min(abs(above.x0 - first.x0), abs(above.x1 - first.x1)) < 1.5
        if above and aligned and first.base - above.base < 2.2 * above.size and _continues(above.text, first.text):
            place = next(i for i, row in enumerate(joined) if row and row[0] is above)
            joined[place][0] = replace(above, text=f"{above.text} {first.text}")
            above = replace(joined[place][0], base=first.base, x0=first.x0, x1=first.x1)
            joined[place][0] = above
            line = line[1:]
        else:
            above = first
        joined.append(line)
    return [line for line in joined if line]


def _continues(period: str, rest: str) -> bool:
    if _ENDS_OPEN.search(period) and _REST_OF_PERIOD.fullmatch(rest):
        return True
    return bool(_ENDS_IN_MONTH.search(period) and _BEGINS_WITH_YEAR.fullmatch(rest))


def _with_whole_addresses(lines: list[list[Phrase]]) -> list[list[Phrase]]:
    """An address that was broken where it met the edge of its column becomes whole again."""
    joined: list[list[Phrase]] = []
    edge = max((line[-1].x1 for line in lines), default=0.0)
    for line in lines:
        above, rest = (joined[-1][-1] if joined else None), line[0]
        beside = above is not None and len(line) == 1 and abs(above.x0 - rest.x0) < 2
        if above and beside and _goes_on(above.text, rest.text, full=above.x1 > edge - 0.7 * above.size):
            joined[-1][-1] = replace(above, text=above.text + rest.text, base=rest.base)
        else:
            joined.append(line)
    return joined


def _goes_on(address: str, rest: str, *, full: bool) -> bool:
    """Broken at one of its marks, or anywhere if it fills the line; words that follow an address begin with a capital."""
    if not (_ADDRESS.search(address) and _REST_OF_ADDRESS.fullmatch(rest)) or _ADDRESS.search(rest):
        return False
    same_case = rest[:1].isupper() == address[-2:-1].isupper() or not rest[:1].isalpha()
    return same_case and (full or address[-1] in "-/._=&@" or rest[0] in "./@?")
