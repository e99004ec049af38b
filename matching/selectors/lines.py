"""One line of a ranked list, ready for a page: the score as a bar of parts, what was found, and one sentence why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cvmatch.core.models import Status
from matching.models import Match
from matching.values import Account, Finding, Part, parts_from_json

PART_NAMES = {
    "semantic": "Meaning",
    "skills": "Skills",
    "title": "Title",
    "experience": "Experience",
    "place": "Place",
    "pay": "Pay",
    "recency": "Freshness",
}


@dataclass(frozen=True)
class Slice:
    """A piece of the score bar, in hundredths of its length."""

    x: float
    width: float
    name: str


@dataclass(frozen=True)
class Line:
    """``account`` is None while the explanation is pending or when it failed (``error``)."""

    match: Match
    slices: tuple[Slice, ...]
    account: Account | None
    error: str

    @property
    def why(self) -> str:
        return self.account.sentences[0] if self.account and self.account.sentences else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The must-haves that were not found."""
        found = self.account.findings if self.account else ()
        return tuple(finding.name for finding in found if finding.must and finding.state == "missing")

    @property
    def musts(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.account.findings if finding.must) if self.account else ()

    @property
    def must_counts(self) -> tuple[tuple[str, int], ...]:
        """How many must-haves are in each state; for jobs that name too many to show one by one."""
        states = [finding.state for finding in self.musts]
        return tuple((state, states.count(state)) for state in ("stated", "related", "missing"))

    @property
    def spread(self) -> Decimal:
        """The width of the interval."""
        return self.match.high - self.match.low


def line_of(match: Match) -> Line:
    """The match with its explanation, which must have been loaded with it."""
    explanation = getattr(match, "explanation", None)
    done = explanation is not None and explanation.status == Status.COMPLETED
    account = Account.from_json(explanation.body_json) if explanation and done else None
    failed = explanation is not None and explanation.status == Status.FAILED
    return Line(
        match,
        tuple(_slices(parts_from_json(match.parts_json))),
        account,
        explanation.error if explanation and failed else "",
    )


def _slices(parts: Sequence[Part]) -> Iterator[Slice]:
    """Parts that say something, scaled so that together they are as long as the score."""
    known = [(part, part.value) for part in parts if part.value is not None]
    whole = sum(part.weight for part, _ in known) or 1.0
    x = 0.0
    for part, value in known:
        width = 100 * part.weight * value / whole
        if width >= 0.05:
            yield Slice(round(x, 2), round(max(width - 0.4, 0.2), 2), PART_NAMES.get(part.name, part.name))
        x += width
