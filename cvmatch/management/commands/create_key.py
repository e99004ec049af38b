"""Makes an API key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cvmatch.core.auth import create_key
from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Scope, User


class Command(BaseCommand):
    help = "Make an API key for a user and print it. It cannot be shown again; only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="whose key; it may never do more than this user")
        parser.add_argument("--name", default="command line", help="what the key is for (default: command line)")
        parser.add_argument("--days", type=int, default=None, help="days until it expires (default: never)")
        parser.add_argument(
            "--scopes",
            nargs="+",
            choices=Scope.values,
            metavar="SCOPE",
            help=f"what it may be used for (default: all that the user may do): {', '.join(Scope.values)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user named {options['username']!r}.")
        days = options["days"]
        expires_at = timezone.now() + timedelta(days=days) if days else None
        scopes = [Scope(name) for name in options["scopes"]] if options["scopes"] else None
        try:
            secret = create_key(user=user, name=options["name"], expires_at=expires_at, scopes=scopes)
        except InvalidInput as error:
            raise CommandError(error.message) from error
        self.stdout.write(secret)
