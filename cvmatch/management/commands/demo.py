"""Fills an embedded installation with fictional jobs, CVs and accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from cvmatch import demo
from cvmatch.accounts.demo import ACCOUNTS, PASSWORD
from cvmatch.core.addresses import is_loopback
from cvmatch.core.models import User
from ingestion.models import CV, Candidate
from ingestion.services import receive_cv
from ingestion.sources import Item
from ingestion.sources.jsonld import JsonLdSource
from ingestion.syncing import import_rows
from jobs.models import Job
from jobs.stages import read_jobs
from matching.stages import embed_jobs

SOURCE = "demo"


class Command(BaseCommand):
    help = (
        "Load the demo: fictional jobs and CVs of many professions, and three accounts. "
        "Only with the embedded database; never where DATABASE_URL is set or CVMATCH_DEMO is 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are jobs or CVs already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loopback(settings.HOST):
            raise CommandError(f"HOST is {settings.HOST}: accounts with known passwords stay on the loopback address.")
        if not settings.DEMO:
            raise CommandError(
                "The demo is for the embedded database only: unset DATABASE_URL, and CVMATCH_DEMO if set."
            )
        if options["if_empty"] and (Job.objects.exists() or CV.objects.exists()):
            self.stdout.write("There is data already; the demo is left alone.")
            return
        roles = {account.name.value: account.name for account in ACCOUNTS}
        with transaction.atomic():
            users = {name: _account(name, role) for name, role in roles.items()}
            jobs = _load_jobs()
        # Before the CVs come in, so that their first lists are made from all the jobs and not from the first hundred.
        self.stdout.write(f"{jobs} jobs loaded; embedding them …")
        for stage in (read_jobs, embed_jobs):
            while stage(limit=1000).more:
                pass
        with transaction.atomic():
            cvs = _load_cvs(users["recruiter"], users["candidate"])
        _note_logins()
        self.stdout.write(f"{cvs} CVs loaded; the workers read, embed and match them now.")


def _account(name: str, role: str) -> User:
    user, _ = User.objects.get_or_create(username=name, defaults={"role": role})
    user.role = role
    user.is_staff = user.is_superuser = role == User.Role.ADMIN
    user.set_password(PASSWORD)
    user.save()
    return user


def _load_jobs() -> int:
    rows = demo.load_jobs(timezone.now())
    items = (Item(number, row) for number, row in enumerate(rows, start=1))
    counts = import_rows(source_name=SOURCE, source=JsonLdSource(), rows=items, report=lambda rejected: None)
    return counts.created + counts.updated + counts.unchanged


def _load_cvs(recruiter: User, candidate: User) -> int:
    """One CV belongs to the candidate's account; the others came in by the recruiter."""
    files = demo.cv_files()
    person, _ = Candidate.objects.get_or_create(user=candidate)
    for number, path in enumerate(files):
        known = CV.objects.filter(filename=path.name, candidate__user=candidate if number == 0 else None).first()
        receive_cv(
            content=path.read_bytes(),
            filename=path.name,
            uploaded_by=recruiter,
            candidate=person if number == 0 else known.candidate if known else None,
            interactive=False,
        )
    return len(files)


def _note_logins() -> None:
    lines = [f"  {account.name.value} / {PASSWORD}  {account.purpose}" for account in ACCOUNTS]
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    (settings.VAR_DIR / "demo-logins.txt").write_text("\n".join(["Demo log-ins:", *lines, ""]), encoding="utf-8")
