"""Two or three sentences for a match, by template, that say only what the findings and parts say."""

from __future__ import annotations

from collections.abc import Sequence

from matching.explain.evidence import MISSING, RELATED, STATED
from matching.values import CVProfile, Finding, JobProfile, Part

LISTED, RELATED_LISTED = 4, 2


def sentences(*, findings: Sequence[Finding], parts: Sequence[Part], cv: CVProfile, job: JobProfile) -> tuple[str, ...]:
    """What the CV shows of what is asked, what was not found, and how experience and place stand."""
    values = {part.name: part.value for part in parts}
    told = (_shown(findings, values, cv, job), _gaps(findings), _circumstances(values, cv, job))
    return tuple(sentence for sentence in told if sentence)


def _shown(findings: Sequence[Finding], values: dict[str, float | None], cv: CVProfile, job: JobProfile) -> str:
    stated = [finding.name for finding in findings if finding.state == STATED]
    named = [f"{f.name} (added by hand)" if f.added else f.name for f in findings if f.state == STATED]
    near = _near(findings, stated)
    if stated:
        tail = f", and {_listed(near)}" if near else ""
        return f"The CV shows {len(stated)} of the {len(findings)} things the job asks for: {_listed(named)}{tail}."
    if near:
        return f"The CV shows {_listed(near)}, though nothing the job names directly."
    title = values.get("title")
    if not findings and title is not None and min(cv.english, job.english) > 0.5:
        how = "closely" if title >= 0.8 else "in part" if title >= 0.5 else "hardly"
        return f"The posting names no skills that we know; its title matches the CV's titles {how}."
    return ""


def _near(findings: Sequence[Finding], stated: Sequence[str]) -> list[str]:
    """What the CV shows that is close to something asked, each named once, and not again what was just listed."""
    related = {f.via: f.name for f in reversed(findings) if f.state == RELATED and f.via not in stated}
    return [f"{via} (close to {name})" for via, name in reversed(related.items())][:RELATED_LISTED]


def _gaps(findings: Sequence[Finding]) -> str:
    missing = [finding.name for finding in findings if finding.state == MISSING and finding.must]
    nice = [finding.name for finding in findings if finding.state == MISSING and not finding.must]
    if missing:
        return f"Not found in the CV: {_listed(missing)}."
    return f"Not found, and only nice to have: {_listed(nice)}." if nice else ""


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
    shown = "less than a year" if cv.years < 1 else f"about {cv.years:.0f} year{'' if round(cv.years) == 1 else 's'}"
    return f"{shown} of work can be read from the dates ({asked} asked)"


def _place(values: dict[str, float | None], cv: CVProfile, job: JobProfile) -> str:
    """How far it is, only where both places are known to the map."""
    near = values.get("place")
    if job.remote:
        return "the work is remote"
    if near is None or not (job.place.city and job.place.point and cv.place.point):
        return ""
    how = "within reach" if near >= 0.6 else "some way off" if near >= 0.2 else "far from the place in the CV"
    return f"{job.place.city} is {how}"


def _listed(names: Sequence[str]) -> str:
    shown, rest = list(names[:LISTED]), len(names) - LISTED
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
