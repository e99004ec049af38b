"""The account of a match in words, by template: sentences for the candidate, talking points for the recruiter.

Both say only what the findings and the parts of the score say, and the gaps as plainly as the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.explain.evidence import WITHIN, years_in_words
from matching.values import Asks, CVProfile, Finding, JobProfile, Part, Raise, Score, State

LISTED, RELATED_LISTED = 4, 2
_NAMED = (Asks.SKILL, Asks.LANGUAGE)
# Parts of the score whose own name says little.
_PARTS = {"semantic": "meaning", "recency": "date of posting", "place": "distance"}


def sentences(*, findings: Sequence[Finding], parts: Sequence[Part], cv: CVProfile, job: JobProfile) -> tuple[str, ...]:
    """For the candidate: what the CV shows of what is asked, what was not found, how experience and place stand."""
    values = {part.name: part.value for part in parts}
    told = (_shown(findings, values, cv, job), _gaps(findings), _circumstances(values, cv, job))
    return tuple(sentence for sentence in told if sentence)


def talking_points(*, findings: Sequence[Finding], raises: Sequence[Raise], score: Score) -> tuple[str, ...]:
    """For the recruiter: what is there, what is there in part, what to ask about, what is not known."""
    return tuple(_points(findings, raises, score))


def _points(findings: Sequence[Finding], raises: Sequence[Raise], score: Score) -> Iterator[str]:
    asked = [finding for finding in findings if finding.kind != Asks.LEVEL]
    stated = [finding.name for finding in asked if finding.state == State.STATED]
    if stated:
        yield f"In the CV: {listed(stated)}."
    near = [_in_part(finding) for finding in asked if finding.state == State.IMPLIED]
    if near:
        yield f"In part: {listed(near)}."
    missing = [finding.name for finding in asked if finding.state == State.MISSING and finding.must]
    if missing:
        yield f"To ask about, since it was not found in the CV: {listed(missing)}."
    if raises:
        yield _weightiest(raises[0])
    unknown = [_PARTS.get(part.name, part.name) for part in score.parts if part.value is None]
    if unknown:
        yield f"Not known and not counted: {listed(unknown)}; the score may lie between {score.low:g} and {score.high:g}."


def _in_part(finding: Finding) -> str:
    if finding.kind == Asks.SENTENCE:
        return f"“{finding.name}”"
    return f"{finding.name} ({'through ' if finding.kind == Asks.SKILL and finding.via != WITHIN else ''}{finding.via})"


def _weightiest(best: Raise) -> str:
    ranks = f", rank {best.rank} to {best.new_rank}" if best.rank and best.new_rank != best.rank else ""
    before = f"from {best.before:g} " if best.before is not None else ""
    return f"Would weigh most: {best.name} ({before}to {best.score:g}{ranks})."


def _shown(findings: Sequence[Finding], values: dict[str, float | None], cv: CVProfile, job: JobProfile) -> str:
    asked = [finding for finding in findings if finding.kind in _NAMED]
    stated = [finding for finding in asked if finding.state == State.STATED]
    near = _near(asked)
    if stated:
        tail = f"; in part {listed(near)}" if near else ""
        names = [f"{finding.name} (added by hand)" if finding.added else finding.name for finding in stated]
        return f"The CV shows {len(stated)} of the {len(asked)} things the job asks for: {listed(names)}{tail}."
    if near:
        return f"The CV names nothing that the job asks for directly; in part it shows {listed(near)}."
    title = values.get("title")
    if not asked and title is not None and min(cv.english, job.english) > 0.5:
        how = "closely" if title >= 0.8 else "in part" if title >= 0.5 else "hardly"
        return f"The posting names no skills that we know; its title matches the CV's titles {how}."
    return ""


def _near(findings: Sequence[Finding]) -> list[str]:
    """What is asked and shown in part, with what shows it; each of those named once."""
    implied = {finding.via: finding for finding in reversed(findings) if finding.state == State.IMPLIED}
    return [_in_part(finding) for finding in reversed(implied.values())][:RELATED_LISTED]


def _gaps(findings: Sequence[Finding]) -> str:
    missing = [finding for finding in findings if finding.state == State.MISSING and finding.kind in _NAMED]
    musts = [finding.name for finding in missing if finding.must]
    if musts:
        return f"Not found in the CV: {listed(musts)}."
    return f"Not found, and only nice to have: {listed([f.name for f in missing])}." if missing else ""


def _circumstances(values: dict[str, float | None], cv: CVProfile, job: JobProfile) -> str:
    told = [part for part in (_years(cv, job), _place(values, cv, job)) if part]
    if not told:
        return ""
    sentence = " and ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _years(cv: CVProfile, job: JobProfile) -> str:
    asked = job.requirements.min_years
    if asked is None or cv.years is None:
        return ""
    return f"{years_in_words(cv.years)} of work can be read from the dates ({asked} asked)"


def _place(values: dict[str, float | None], cv: CVProfile, job: JobProfile) -> str:
    """How far it is, only where both places are known to the map."""
    near = values.get("place")
    if job.remote:
        return "the work is remote"
    if near is None or not (job.place.city and job.place.point and cv.place.point):
        return ""
    how = "within reach" if near >= 0.6 else "some way off" if near >= 0.2 else "far from the place in the CV"
    return f"{job.place.city} is {how}"


def listed(names: Sequence[str]) -> str:
    """ "A, B and C", or "A, B, C, D and 3 more"."""
    shown, rest = list(names[:LISTED]), len(names) - LISTED
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
