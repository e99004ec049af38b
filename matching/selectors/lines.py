"""One line of a ranked list, ready for a page: the score as a bar of parts, what was found, and one sentence why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

# The bar has so many units for a score of 100, whole ones so that it is written in few characters; and between two parts.
UNITS, GAP = 500, 2


@dataclass(frozen=True)
class Line:
    """``account`` is None while the explanation is pending or when it failed (``error``).

    ``variant`` names the experiment and its arm that put the line where it stands, if one did.
    """

    match: Match
    bar: tuple[str, str]
    account: Account | None
    error: str
    variant: str = ""

    def shown_by(self, variant: str) -> Line:
        return replace(self, variant=variant)

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

    Two SVG paths, every other part in each, for two tones, drawn as thick lines: a list has many bars, and each rectangle
    would take four times as many characters.
    """
    shares = [part.weight * part.value for part in parts if part.value is not None]
    whole = sum(shares) or 1.0
    reached, paths = 0.0, ["", ""]
    for number, share in enumerate(shares):
        width = UNITS / 100 * score * share / whole
        if width > GAP:
            paths[number % 2] += f"M{reached:.0f} 4h{width - GAP:.0f}"
        reached += width
    return paths[0], paths[1]
