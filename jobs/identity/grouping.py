"""Puts postings that advertise the same vacancy together, so that a row of likenesses never joins unlike ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from types import MappingProxyType

from jobs.identity.fingerprint import Fingerprint
from jobs.identity.scoring import SAME_FROM, compare

# Of a vacancy with more postings so many speak for all, the oldest ones.
SPOKEN_FOR_BY = 8
Pair = tuple[int, int]
# Since when, and until when or None for still.
Seen = tuple[datetime, datetime | None]


class Vacancies:
    """The vacancies around some postings, in memory: ``place`` decides where a posting belongs.

    A posting joins when the mean of its probabilities with the members is SAME_FROM or more and nothing rules out any
    of them (average linkage); two vacancies become one by the same rule. ``vacancy_of`` has only postings that share a
    vacancy; vacancies that were not there before have negative numbers. ``apart`` are pairs (lower id first) that people
    have said are different. ``seen`` says from when to when each was to be seen at its source, None for still; without it
    they were at the same time.
    """

    def __init__(
        self,
        known: Mapping[int, Fingerprint],
        vacancy_of: Mapping[int, int],
        apart: Collection[Pair] = (),
        seen: Mapping[int, Seen] = MappingProxyType({}),
    ) -> None:
        self.known = known
        self.vacancy_of = dict(vacancy_of)
        self.apart = frozenset(apart)
        self.seen = seen
        self._members: dict[int, list[int]] = {}
        for job in sorted(vacancy_of):
            self._members.setdefault(vacancy_of[job], []).append(job)
        self._scores: dict[Pair, float | None] = {}

    def place(self, job: int, candidates: Iterable[int]) -> None:
        """Take the posting out of its vacancy and put it where it belongs now, joining vacancies that it shows to be one."""
        self._leave(job)
        near = {tuple(self.together_with(other)) for other in candidates if other != job and other in self.known}
        found = sorted((-likeness, group) for group in near if (likeness := self._likeness([job], group)) >= SAME_FROM)
        for _, group in found:
            mine = self.together_with(job)
            if group[0] not in mine and (mine == [job] or self._likeness(mine, group) >= SAME_FROM):
                self._join(mine, self.together_with(group[0]))

    def together_with(self, job: int) -> list[int]:
        """The postings of its vacancy, itself included, the oldest first."""
        return self._members.get(self.vacancy_of.get(job, 0), [job])

    def _likeness(self, some: Sequence[int], others: Sequence[int]) -> float:
        """The mean probability over all pairs; 0 where one of them is ruled out."""
        if self.apart and any((min(pair), max(pair)) in self.apart for pair in product(some, others)):
            return 0.0
        total, pairs = 0.0, 0
        for one in some[:SPOKEN_FOR_BY]:
            for other in others[:SPOKEN_FOR_BY]:
                score = self._score(min(one, other), max(one, other))
                if score is None:
                    return 0.0
                total, pairs = total + score, pairs + 1
        return total / pairs

    def _score(self, one: int, other: int) -> float | None:
        pair = (one, other)
        if pair not in self._scores:
            at_once = not (self._was_gone(one, before=other) or self._was_gone(other, before=one))
            self._scores[pair] = compare(self.known[one], self.known[other], at_once=at_once)
        return self._scores[pair]

    def _was_gone(self, job: int, *, before: int) -> bool:
        """Whether the one had ended when the other was first seen, which may then be the same posted again."""
        if job not in self.seen or before not in self.seen:
            return False
        until = self.seen[job][1]
        return until is not None and until <= self.seen[before][0]

    def _leave(self, job: int) -> None:
        vacancy = self.vacancy_of.pop(job, None)
        if vacancy is None:
            return
        self._members[vacancy].remove(job)
        if len(self._members[vacancy]) == 1:
            del self.vacancy_of[self._members.pop(vacancy)[0]]

    def _join(self, some: list[int], others: list[int]) -> None:
        numbers = [self.vacancy_of[jobs[0]] for jobs in (some, others) if jobs[0] in self.vacancy_of]
        # The oldest number stays; new ones count down from nothing.
        number = min((number for number in numbers if number > 0), default=min(0, *self._members, 0) - 1)
        for old in set(numbers):
            del self._members[old]
        self._members[number] = sorted([*some, *others])
        self.vacancy_of |= dict.fromkeys(self._members[number], number)
