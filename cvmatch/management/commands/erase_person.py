"""Erases one person for good, for somebody who asks outside of the pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cvmatch.core.errors import NotFound
from cvmatch.management.people import add_person_arguments, find_person, get_user
from cvmatch.my_data.erasing import erase_account
from ingestion.erasing import erase_candidate


class Command(BaseCommand):
    help = "Erases a person: every version of their CV, all that was made from it, files, and their account if they have one."

    def add_arguments(self, parser: CommandParser) -> None:
        add_person_arguments(parser)

    def handle(self, *, user: str | None, candidate: int | None, by: str, **options: Any) -> None:
        try:
            person, admin = find_person(user=user, candidate=candidate), get_user(by)
        except NotFound as error:
            raise CommandError(str(error)) from error
        if person.user is not None:
            erase_account(user=person.user, by=admin)
        elif person.candidate is not None:
            erase_candidate(candidate=person.candidate, by=admin)
        self.stdout.write("Erased. Backups from before have it until they are removed; a restore erases it again.")
