"""Matches over HTTP: lists and their lines, tasks, similar jobs, streams."""

from __future__ import annotations

from matching.api.alerts import router as alerts
from matching.api.bulk import router as bulk
from matching.api.feedback import router as feedback
from matching.api.matches import router as matches
from matching.api.similar import router as similar
from matching.api.tasks import router as tasks

routers = (matches, tasks, similar, feedback)

__all__ = ["alerts", "bulk", "routers"]
