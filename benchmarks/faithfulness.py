"""Whether explanations are true: what they cite is deleted from the CV, and the real pipeline has to notice.

    .venv/bin/python -m benchmarks.faithfulness [--matches 500] [--seed 1]

For each match of the demo's CVs and jobs, and for each kind of thing asked, one finding with evidence is drawn. All the
places it cites are deleted, the text is read, embedded, compared and scored anew, and what the finding holds up must be lower:
the part of the score that it names, or for a sentence the likeness of its nearest line. Then as many characters are deleted at
random elsewhere, and it must not be lower. Also counted: places that hold the words they quote, missing skills that stand in
the CV under none of their names, and counterfactuals that equal the scorer's answer.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingestion.models import CV
    from matching.accounts import Explainer, Scored
    from matching.ranking import Line
    from matching.values import Account, Finding, Part, Score

Span = tuple[int, int]
# A likeness is kept with eight bits a number, which moves it by about 0.001.
LIKENESS_NOISE = 0.005
# A part that loses a source, such as the dates of work, weighs less; a text that is a few words shorter does too, but
# by much less than this.
LOST_WEIGHT = 0.75


class Remembering:
    """An embedding provider that gives each text to the real one only once: edited CVs share nearly all their lines."""

    def __init__(self, backend: str, options: Mapping[str, Any]) -> None:
        from cvmatch.core.backends import build

        self._real = build({"BACKEND": backend, "OPTIONS": options})
        self._known: dict[str, Any] = {}
        self.name: str = self._real.name

    def embed(self, texts: Sequence[str]) -> list[Any]:
        new = sorted({text for text in texts if text not in self._known})
        self._known |= dict(zip(new, self._real.embed(new), strict=True)) if new else {}
        return [self._known[text] for text in texts]

    def warm_up(self) -> None:
        self._real.warm_up()


@dataclass(frozen=True)
class Trial:
    """One finding whose evidence was deleted, and what else was deleted instead; whether what it holds up was lower."""

    kind: str
    cited_lowers: bool
    random_lowers: bool


@dataclass
class Report:
    """What was counted; ``claims`` are the other promises by name: how many hold, of how many."""

    matches: int = 0
    trials: list[Trial] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    claims: Counter[str] = field(default_factory=Counter)
    explaining_s: float = 0.0

    def shares(self, kind: str | None = None) -> tuple[float, float, int]:
        """The share of trials in which deleting what is cited lowers, in which a random deletion does not, and how many."""
        chosen = [trial for trial in self.trials if kind in (None, trial.kind)]
        count = max(1, len(chosen))
        lowered = sum(trial.cited_lowers for trial in chosen)
        stayed = sum(not trial.random_lowers for trial in chosen)
        return lowered / count, stayed / count, len(chosen)

    def claim(self, name: str, holds: bool) -> None:
        self.claims[name] += 1
        self.kept[name] += holds


def measure(texts: Sequence[str], *, top: int, seed: int, now: datetime) -> Report:
    """The report over the ``top`` jobs of each CV text; the jobs in the database are embedded already."""
    report, chance = Report(), random.Random(seed)
    for text in texts:
        _Subject(text, now).measure(report, top, chance)
    return report


class _Subject:
    """One CV as a text, its matches, and what they become when the text is edited."""

    def __init__(self, text: str, now: datetime) -> None:
        self._now = now
        self._cv = _store(text)
        self._job_ids: list[int] = []
        self._after: dict[str, tuple[Mapping[int, Scored], Explainer]] = {}

    def measure(self, report: Report, top: int, chance: random.Random) -> None:
        lines, explainer = _ranked(self._cv, self._now, top)
        self._job_ids = list(lines)
        for job_id, scored in lines.items():
            started = time.perf_counter()
            account = explainer.account(scored)
            report.explaining_s += time.perf_counter() - started
            report.matches += 1
            _check(report, account, explainer, scored, self._cv)
            for finding in _drawn(account, chance):
                trial = self._trial(job_id, scored, account, finding, chance)
                report.trials += [trial] if trial else []

    def _trial(
        self, job_id: int, scored: Scored, account: Account, finding: Finding, chance: random.Random
    ) -> Trial | None:
        text = self._cv.text
        spans = [(place.start, place.end) for place in finding.evidence]
        same = [f for f in account.findings if f.part == finding.part and f.kind == finding.kind] + [finding]
        taken = [(place.start, place.end) for other in same for place in other.evidence]
        others = _elsewhere(text, [end - start for start, end in spans], taken, chance)
        if others is None:
            return None
        lowers = [
            _is_lower(finding, scored, *self._edited(without(text, deleted), job_id)) for deleted in (spans, others)
        ]
        return Trial(finding.kind.value, *lowers)

    def _edited(self, text: str, job_id: int) -> tuple[Scored | None, Explainer]:
        """The same job with another text of the CV, all the way through the pipeline; no row of it stays."""
        from django.db import transaction

        if text not in self._after:
            with transaction.atomic():
                self._after[text] = _compared(_store(text), self._now, self._job_ids)
                transaction.set_rollback(True)
        lines, explainer = self._after[text]
        return lines.get(job_id), explainer


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with these characters deleted."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def _store(text: str) -> CV:
    from ingestion.extract import read_document
    from matching.one_off import embedded_cv

    return embedded_cv(read_document(text.encode(), filename="cv.txt", max_bytes=10**7), filename="cv.txt")


def _ranked(cv: CV, now: datetime, top: int) -> tuple[Mapping[int, Scored], Explainer]:
    """The best jobs of a CV, and who can explain them."""
    from matching.ranking import rank
    from matching.search import Side

    return _explainable(cv, rank(Side.JOBS_FOR_CV, [cv.pk], now=now, top=top)[cv.pk].lines, now)


def _compared(cv: CV, now: datetime, job_ids: Iterable[int]) -> tuple[Mapping[int, Scored], Explainer]:
    """The same for given jobs."""
    from matching.ranking import score_pairs
    from matching.search import Side

    pairs = [(cv.pk, job_id) for job_id in job_ids]
    return _explainable(cv, list(score_pairs(Side.JOBS_FOR_CV, pairs, now=now).values()), now)


def _explainable(cv: CV, lines: Sequence[Line], now: datetime) -> tuple[Mapping[int, Scored], Explainer]:
    from jobs.models import Job
    from matching.accounts import Explainer, Scored

    jobs = Job.objects.in_bulk([line.job_id for line in lines])
    scored = {line.job_id: Scored(cv.pk, line.job_id, line.found, line.score, now) for line in lines}
    return scored, Explainer({cv.pk: cv}, jobs)


def _drawn(account: Account, chance: random.Random) -> Iterator[Finding]:
    """One finding that has evidence and counts, of each kind that there is."""
    by_kind: dict[str, list[Finding]] = {}
    for finding in account.findings:
        if finding.evidence and finding.part:
            by_kind.setdefault(finding.kind.value, []).append(finding)
    for kind in sorted(by_kind):
        yield chance.choice(by_kind[kind])


def _elsewhere(text: str, lengths: Sequence[int], taken: Sequence[Span], chance: random.Random) -> list[Span] | None:
    """Random places of these lengths that touch neither what is taken nor each other; None where there is no room."""
    chosen: list[Span] = []
    for length in lengths:
        for _ in range(300):
            start = chance.randrange(max(1, len(text) - length))
            span = (start, start + length)
            if text[slice(*span)].strip() and not any(span[0] <= b and a <= span[1] for a, b in (*taken, *chosen)):
                chosen.append(span)
                break
        else:
            return None
    return chosen


def _is_lower(finding: Finding, before: Scored, after: Scored | None, explainer: Explainer) -> bool:
    """Whether what the finding holds up is lower than before, or gone."""
    from matching.values import Asks

    if after is None:
        return True
    if finding.kind == Asks.SENTENCE:
        found = explainer.account(after).findings
        likeness = {other.subject: other.similarity for other in found}.get(finding.subject)
        return likeness is None or likeness < (finding.similarity or 0.0) - LIKENESS_NOISE
    was, is_now = _part(before, finding.part), _part(after, finding.part)
    if is_now.value is None:
        return True
    return is_now.value < (was.value or 0.0) - 1e-9 or is_now.weight < LOST_WEIGHT * was.weight


def _part(scored: Scored, name: str) -> Part:
    return next(part for part in scored.score.parts if part.name == name)


def _check(report: Report, account: Account, explainer: Explainer, scored: Scored, cv: CV) -> None:
    from matching.accounts import rescored_with
    from matching.values import Asks, State

    pair = explainer.pair(scored)
    for finding in account.findings:
        for place in finding.evidence:
            report.claim("evidence says what is quoted", cv.text[place.start : place.end] == place.text)
        if finding.kind in (Asks.SKILL, Asks.LANGUAGE) and finding.state == State.MISSING:
            report.claim("missing is absent by all its names", _is_absent(finding.subject, cv.matched_text))
    for option in account.raises:
        finding = next(f for f in account.findings if (f.kind, f.subject) == (option.kind, option.subject))
        report.claim(
            "counterfactual is the scorer's answer", _answer(rescored_with(finding, scored, pair)) == option.score
        )


def _answer(rescored: Score | None) -> float | None:
    return rescored.score if rescored else None


def _is_absent(skill_id: str, text: str) -> bool:
    """Under all its names, except those that are ordinary words where nothing around them says otherwise. ``text`` is the
    one that is matched: the name of a school and a contact address, which are hidden in it, show no skill."""
    from jobs.skills.vocabulary import vocabulary

    skill = vocabulary().get(skill_id)
    names = set(skill.terms) - skill.in_context - skill.exact_case
    return not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faithfulness", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--matches", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cvmatch-bench-"))
    os.environ.update(CVMATCH_VAR_DIR=str(folder), CVMATCH_LOG_LEVEL="ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    os.environ.pop("DATABASE_URL", None)
    from benchmarks.spine import django_on_embedded_database, say_machine

    try:
        say_machine()
        with django_on_embedded_database():
            _print(_measure_demo(options.matches, options.seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure_demo(matches: int, seed: int) -> Report:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from cvmatch.core import runner
    from cvmatch.core.queue import get_stage
    from cvmatch.demo import cv_files
    from ingestion.extract import read_document

    real = settings.EMBEDDING_PROVIDERS[settings.EMBEDDING_PROVIDER]
    own = {"backend": real["BACKEND"], "options": real.get("OPTIONS", {})}
    settings.EMBEDDING_PROVIDERS["remembering"] = {"BACKEND": "benchmarks.faithfulness.Remembering", "OPTIONS": own}
    settings.EMBEDDING_PROVIDER = "remembering"
    call_command("createcachetable", verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("demo", stdout=nowhere)
    for stage in ("read_jobs", "embed_jobs", "count_words"):
        while runner.run(get_stage(stage), limit=500, trigger="command").claimed:
            pass
    files = [read_document(path.read_bytes(), filename=path.name, max_bytes=10**7) for path in cv_files()]
    texts = [document.text for document in files]
    return measure(texts, top=-(-matches // len(texts)), seed=seed, now=timezone.now())


def _print(report: Report) -> None:
    out = sys.stdout.write
    out(f"{report.matches} matches, {len(report.trials)} findings drawn, ")
    out(f"{report.matches / report.explaining_s:.0f} explanations/s\n\n")
    out(f"{'what is asked':<14}{'drawn':>7}{'cited lowers':>15}{'random does not':>18}\n")
    for kind in (*sorted({trial.kind for trial in report.trials}), None):
        lowered, stayed, count = report.shares(kind)
        out(f"{kind or 'all':<14}{count:>7}{lowered:>14.1%}{stayed:>17.1%}\n")
    out("\n")
    for name, of in sorted(report.claims.items()):
        out(f"{name:<40} {report.kept[name]} of {of}\n")


if __name__ == "__main__":
    main()
