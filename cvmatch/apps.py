"""The project package as a Django app: where the parts are joined."""

from django.apps import AppConfig


class CvmatchConfig(AppConfig):
    name = "cvmatch"

    def ready(self) -> None:
        from cvmatch import (
            checks,  # noqa: F401 - registers the system checks
            observability,
        )
        from cvmatch.core.queue import on_worker_start
        from cvmatch.metrics import serve_counts
        from cvmatch.tasks import warm_up

        on_worker_start(warm_up)
        on_worker_start(serve_counts)
        observability.start()
