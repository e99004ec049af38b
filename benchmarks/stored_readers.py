"""Simulated readers as rows: they are shown stored lists in the order of their arm and act through what pages call."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.utils import timezone

from benchmarks.readers import LINES, Visit, World, examined
from cvmatch.core.models import Status, User
from ingestion.models import CV, Candidate
from jobs.models import Job
from matching import feedback
from matching.experiments import keeping, running
from matching.experiments.judging import Judgement
from matching.experiments.keeping import Plan
from matching.experiments.serving import arrange
from matching.learning.choices import Weights, mean_with, shipped_weights
from matching.models import Experiment, Interaction, Match, Prediction, RankingConfig
from matching.selectors.lines import Line
from matching.values import Part, ShownLine, parts_to_json

START = datetime(2026, 1, 5, tzinfo=UTC)
JOBS, BATCH = 300, 5_000
SIDE = Prediction.Side.JOBS_FOR_CV


@dataclass
class Planted:
    """What the lines that were shown deserve: openings that were to be expected, and the same had all been looked at."""

    shown: int = 0
    opened: float = 0.0
    deserved: float = 0.0

    def add(self, position: int, opened: float) -> None:
        self.shown += 1
        self.opened += examined(position) * opened
        self.deserved += opened


@dataclass(frozen=True)
class Site:
    """The users of a world with their lists; ``planted`` by position grows as they read."""

    world: World
    users: list[User]
    lists: list[list[tuple[Line, ...]]]
    planted: dict[int, Planted] = field(default_factory=lambda: defaultdict(Planted))

    def read(self, day: int) -> None:
        """One day of all of them; in one transaction, since nobody waits for a disk here."""
        with transaction.atomic():
            for visit in self.world.visits(day):
                self._read(visit)

    def _read(self, visit: Visit) -> None:
        user, lines = self.users[visit.reader], self.lists[visit.reader][visit.number]
        shown = arrange(user, SIDE, lines)[: visit.depth]
        at = START + timedelta(days=visit.day, hours=visit.hour)
        told = [
            ShownLine(line.match.pk, line.match.job_id, line.match.cv_id, position, line.variant)
            for position, line in enumerate(shown, start=1)
        ]
        feedback.note_shown(user=user, lines=told, surface=Interaction.Surface.LIST, at=at)
        simulated = self.world.lists[visit.reader][visit.number]
        seen = [simulated[line.match.rank - 1] for line in shown]
        for position, line in enumerate(seen, start=1):
            self.planted[position].add(position, line.opened)
        for did in self.world.acts(visit, seen):
            match = shown[did.position - 1].match
            done = {"open": did.opened, "apply": did.applied, "hide": did.hidden}
            for kind in (kind for kind, was_done in done.items() if was_done):
                feedback.note(user=user, job_id=match.job_id, kind=kind, match=match, at=at)


def store(world: World, name: str) -> Site:
    """Users, CVs and lists of a world; ``name`` tells its users from those of others."""
    users = User.objects.bulk_create(
        [User(username=f"{name}-{number}", role=User.Role.CANDIDATE) for number in range(world.people)]
    )
    people = Candidate.objects.bulk_create([Candidate(user=user) for user in users])
    cvs = CV.objects.bulk_create([CV(candidate=person, version=1, size=1) for person in people], BATCH)
    jobs, coins = _jobs(), random.Random(f"{world.seed}:jobs")
    lists = [
        Prediction(side=SIDE, cv=cv, status=Status.COMPLETED)
        for cv, mine in zip(cvs, world.lists, strict=True)
        for _ in mine
    ]
    Prediction.objects.bulk_create(lists, BATCH)
    made = Match.objects.bulk_create(
        [
            _match(prediction, rank, job, line.parts)
            for prediction, lines in zip(lists, (lines for mine in world.lists for lines in mine), strict=True)
            for rank, (line, job) in enumerate(zip(lines, coins.sample(jobs, LINES), strict=True), start=1)
        ],
        BATCH,
    )
    matches = iter(made)
    return Site(world, users, [[_lines(matches) for _ in mine] for mine in world.lists])


def _lines(matches: Iterator[Match]) -> tuple[Line, ...]:
    return tuple(Line(match, ("", ""), None, "") for match in islice(matches, LINES))


def _jobs() -> list[Job]:
    if not Job.objects.filter(source="readers").exists():
        Job.objects.bulk_create(
            Job(
                source="readers",
                external_id=str(number),
                title=f"Job {number}",
                changed_at=timezone.now(),
                row_hash="",
                content_hash="",
            )
            for number in range(JOBS)
        )
    return list(Job.objects.filter(source="readers").order_by("pk"))


def _match(prediction: Prediction, rank: int, job: Job, parts: tuple[Part, ...]) -> Match:
    shipped = shipped_weights()
    score = Decimal(f"{100 * mean_with(parts, shipped, shipped):.1f}")
    return Match(
        prediction=prediction, rank=rank, cv_id=prediction.cv_id, job=job, score=score, low=score, high=score,
        band="partial", parts_json=parts_to_json(parts),
    )  # fmt: skip


def run(site: Site, plan: Plan) -> list[Judgement]:
    """One experiment on the site from its start until the world's last day, or until it stops itself; judged every night."""
    pk = keeping.start(keeping.create_experiment(plan, by=None).pk).pk
    # As if it had been started on the first day, and the same each time: salts are drawn otherwise.
    Experiment.objects.filter(pk=pk).update(started_at=START, salt=salt_of(site.world))
    running.forget()
    judgements: list[Judgement] = []
    for day in range(site.world.days):
        site.read(day)
        keeping.judge_running(now=START + timedelta(days=day + 1))
        experiment = Experiment.objects.get(pk=pk)
        judgements.append(Judgement.from_json(experiment.judgement_json))
        if experiment.state != Experiment.State.RUNNING:
            return judgements
    keeping.stop(pk, because="The days of the simulation are over.")
    return judgements


def salt_of(world: World) -> str:
    return f"salt {world.seed}"


def config(name: str, weights: Weights) -> RankingConfig:
    return keeping.add_config(name=name, weights=weights, by=None)
