"""Brings the database and the static files up to this version of the code; safe to run again and again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from cvmatch.core.addresses import is_loopback


class Command(BaseCommand):
    help = (
        "Migrates, makes the tables of the caches, collects static files, writes the "
        "schedules, and loads the demo into an empty embedded database unless CVMATCH_DEMO is 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-static", action="store_true", help="leave the static files alone")

    def handle(self, *, without_static: bool, **options: Any) -> None:
        self.stdout.write("Database tables …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not without_static:
            self.stdout.write("Static files …")
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("Schedules …")
        call_command("sync_schedules")
        if settings.DEMO and is_loopback(settings.HOST):
            self.stdout.write("Demo data …")
            call_command("demo", "--if-empty")
