"""What would raise a score, by asking the real scorer about the CV with one thing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from matching.values import Asks, Finding, Raise, Score, Standing, State

# The most that are told.
RAISES = 5
# Nobody can add a sentence's answer to a profile, so the scorer has no answer for it.
_COUNTERFACTUAL = (Asks.SKILL, Asks.LANGUAGE, Asks.YEARS, Asks.LEVEL, Asks.DEGREE)

ScoreWith = Callable[[Finding], Score | None]


def raises(
    findings: Sequence[Finding], scored: Score, *, score_with: ScoreWith, standing: Standing | None
) -> tuple[Raise, ...]:
    """The additions that would raise the score most, with the rank they would give in the list as it stands.

    ``score_with`` gives the scorer's answer for the CV that shows what a finding asks for; None where it cannot say.
    """
    better = [option for option in _options(findings, scored, score_with, standing) if option.score > scored.score]
    return tuple(sorted(better, key=lambda option: (-option.score, option.name))[:RAISES])


def _options(
    findings: Sequence[Finding], scored: Score, score_with: ScoreWith, standing: Standing | None
) -> Iterator[Raise]:
    for finding in findings:
        after = score_with(finding) if _is_open(finding) else None
        if after is not None:
            ranks = (standing.rank(scored.mean), standing.rank(after.mean)) if standing else (None, None)
            yield Raise(finding.name, after.score, finding.subject, finding.kind, scored.score, *ranks)


def _is_open(finding: Finding) -> bool:
    return finding.state != State.STATED and finding.kind in _COUNTERFACTUAL
