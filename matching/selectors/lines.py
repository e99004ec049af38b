"""One line of a ranked list, ready for a page: the score as a bar of parts, what was found, and one sentence why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cvmatch.core.models import Status
from matching.models import Match
from matching.values import Account, Asks, Finding, Part, State, parts_from_json

PART_NAMES = {
    "semantic": "Meaning",
    "skills": "Skills",
    "title": "Title",
    "words": "Words",
    "experience": "Experience",
    "education": "Education",
    "languages": "Languages",
    "place": "Place",
    "pay": "Pay",
    "recency": "Freshness",
}

# Between two parts of the bar, in hundredths of its length.
GAP = 0.4


@dataclass(frozen=True)
class Line:
    """``account`` is None while the explanation is pending or when it failed (``error``)."""

    match: Match
    bar: tuple[str, str]
    account: Account | None
    error: str

    @property
    def why(self) -> str:
        return self.account.sentences[0] if self.account and self.account.sentences else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The must-haves that were not found."""
        found = self.account.findings if self.account else ()
        return tuple(
            finding.name
            for finding in found
            if finding.must and finding.state == State.MISSING and finding.kind != Asks.SENTENCE
        )

    @property
    def musts(self) -> tuple[Finding, ...]:
        """The must-haves that have a name, in the order of the job."""
        found = self.account.findings if self.account else ()
        return tuple(finding for finding in found if finding.must and finding.kind != Asks.SENTENCE)

    @property
    def must_counts(self) -> tuple[tuple[str, int], ...]:
        """How many must-haves are in each state; for jobs that name too many to show one by one."""
        states = [finding.state for finding in self.musts]
        return tuple((state, states.count(state)) for state in State)

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
        _bar(parts_from_json(match.parts_json), float(match.score)),
        account,
        explanation.error if explanation and failed else "",
    )


def _bar(parts: Sequence[Part], score: float) -> tuple[str, str]:
    """The parts that say something side by side, each as wide as its share, together as long as the score.

    Two SVG paths, every other part in each, for two tones: a list has many bars, and rectangles would double its size.
    """
    shares = [part.weight * part.value for part in parts if part.value is not None]
    whole = sum(shares) or 1.0
    x, paths = 0.0, ["", ""]
    for number, share in enumerate(shares):
        width = score * share / whole
        paths[number % 2] += f"M{x:.1f} 0h{max(width - GAP, 0):.1f}v8H{x:.1f}z"
        x += width
    return paths[0], paths[1]
