"""Which postings are worth a comparison: those that share the most keys, rare ones first of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from jobs.identity.fingerprint import Fingerprint

# A key that more postings have (a sentence of a template, a title in a capital) tells little; the oldest are looked at.
COMMON_FROM = 64
COMPARED = 30
# In hundredths of a key; what is rare counts up to three times.
_EXACT = 10_000


def candidates(job: int, mine: Fingerprint, having: Mapping[int, Sequence[int]]) -> list[int]:
    """Up to COMPARED others; ``having`` has for each key the first COMMON_FROM postings with it, by id.

    A common key says nothing, but for the one of exact copies: of copies without number each is found by the oldest.
    """
    shared, exact = Counter[int](), mine.exact
    for key in mine.lookup_keys():
        jobs = having.get(key, ())
        if key == exact:
            shared.update(dict.fromkeys(jobs, _EXACT))
        elif len(jobs) < COMMON_FROM:
            shared.update(dict.fromkeys(jobs, 100 + 200 // (len(jobs) + 1)))
    del shared[job]
    return [other for other, _ in sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:COMPARED]]


def lookup(keys: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Rows (key, job) as ``candidates`` takes them."""
    having: dict[int, list[int]] = {}
    for key, job in keys:
        having.setdefault(key, []).append(job)
    return having
