"""What a job asks for and a CV does not show: to be learnt, or told where it is there; never to be claimed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ingestion.models import CV
from jobs.models import Job
from jobs.skills import related, skill_name
from matching.scoring.parts import DEGREES
from matching.tailoring.support import Support
from matching.tailoring.values import Facts, Gap, Shown
from matching.values import Asks, CVProfile, SkillLink
from matching.values.asked import Asked, asked_by

# From this share on one skill is near enough to another to be a beginning.
_NEAR = 0.4


def read_gaps(
    cv: CV, job: Job, facts: Facts, support: Support, profile: CVProfile, links: Sequence[SkillLink]
) -> tuple[Gap, ...]:
    """Must-haves first. ``links`` are phrases of the CV that a model takes for a skill without being sure."""
    shown = {asked.skill_id for asked in facts.asked if asked.state is not Shown.MISSING}
    near = {link.skill_id: cv.matched_text[link.start : link.end].strip() for link in links}
    return tuple(gap for asked in asked_by(job.requirements) for gap in _gap(asked, profile, shown, support, near))


def _gap(
    asked: Asked, profile: CVProfile, shown: Collection[str], support: Support, near: Mapping[str, str]
) -> Iterator[Gap]:
    importance = "must" if asked.must else "nice"
    if asked.kind is Asks.SKILL and asked.subject not in shown:
        if asked.subject in profile.skills:
            yield Gap(
                asked.name, importance, "Your CV names it, but does not say that you did it. If you did, say where."
            )
        else:
            yield _skill_gap(asked, importance, support, near.get(asked.subject, ""))
    elif asked.kind is Asks.LANGUAGE and asked.subject not in profile.skills:
        yield Gap(
            asked.name, importance, "Not in your CV. If you speak it, list it with your level; else it takes a course."
        )
    elif asked.kind is Asks.DEGREE and _is_lower(profile.degree, asked.subject):
        yield Gap(asked.name, importance, "Your CV shows a lower degree or none. Say what comes closest, as it is.")


def _skill_gap(asked: Asked, importance: str, support: Support, phrase: str) -> Gap:
    if phrase:
        advice = "Your CV has words that may mean it. If they do, say so yourself; we do not claim it for you."
        return Gap(asked.name, importance, advice, (phrase,))
    others = {one.skill_id: one.words for one in support.said if related(asked.subject, one.skill_id) >= _NEAR}
    if others:
        skill_id, words = next(iter(others.items()))
        advice = f"Not in your CV. You know {skill_name(skill_id)}, which is close: learn it from there, and do not claim it yet."
        return Gap(asked.name, importance, advice, (words,))
    learn = "Learn it" if importance == "must" else "It would help to learn it"
    return Gap(asked.name, importance, f"Not in your CV. {learn}, or add where you used it; do not claim it.")


def _is_lower(own: str | None, asked: str) -> bool:
    return asked in DEGREES and (own not in DEGREES or DEGREES.index(own) < DEGREES.index(asked))
