"""Fills a database with fictional jobs and CVs for load tests and demos."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.queue import announce
from cvmatch.dummy import filling
from matching.embedding import with_provider

HASHING, MODEL = "hashing", "minilm"


class Command(BaseCommand):
    help = (
        "Fill a database with fictional jobs and CVs that are read and embedded, for load tests and demos. The same seed "
        "gives the same ones; those that are there already stay. Refuses where there are jobs or CVs of your own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cvs", type=int, default=1000, help="how many CVs (default: 1000)")
        parser.add_argument("--jobs", type=int, default=500, help="how many jobs (default: 500)")
        parser.add_argument(
            "--embed",
            choices=("real", HASHING),
            help="real: vectors of the model; hashing: of hashed words, much faster, for a system that runs with "
            "CVMATCH_EMBEDDING_PROVIDER=hashing (default: what the settings say)",
        )
        parser.add_argument("--seed", type=int, default=1, help="another one gives other jobs and CVs (default: 1)")
        parser.add_argument("--force", action="store_true", help="also beside jobs and CVs of your own")

    def handle(self, *, cvs: int, jobs: int, embed: str | None, seed: int, force: bool, **options: Any) -> None:
        if min(cvs, jobs, seed) < 0:
            raise CommandError("Numbers cannot be below zero.")
        if not force and filling.has_own_data():
            raise CommandError("There are jobs or CVs of your own in this database; --force puts dummies beside them.")
        configured = settings.EMBEDDING_PROVIDER
        name = _provider(embed, configured)
        with with_provider(name):
            filling.fill(jobs=jobs, cvs=cvs, seed=seed, say=self.stdout.write)
        if name == configured:
            announce("cv.embedded")  # workers, where there are any, make the first lists
        else:
            self.stdout.write(
                f"Vectors are of {name}, and the settings search by {configured}: start everything with "
                f"CVMATCH_EMBEDDING_PROVIDER={name}, or workers embed all of it anew."
            )


def _provider(embed: str | None, configured: str) -> str:
    if embed == HASHING:
        return HASHING
    return MODEL if embed == "real" and configured == HASHING else configured
