"""Works on one queue until told to stop; stands before the command of the same name that the library has."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Work on the queue that the environment variable Q_CLUSTER_NAME names, until a signal says stop."

    def handle(self, *args: Any, **options: Any) -> None:
        from cvmatch.core.cluster import Leader  # late: the library reads its settings when it is loaded

        Leader().run()
