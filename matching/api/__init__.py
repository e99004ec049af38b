"""Matches over HTTP: lists and their lines, tasks, similar jobs, streams, CVs fitted to a job."""

from __future__ import annotations

from matching.api.alerts import router as alerts
from matching.api.bulk import router as bulk
from matching.api.feedback import router as feedback
from matching.api.matches import router as matches
from matching.api.optimise import router as optimise
from matching.api.optimise_bulk import router as optimise_bulk
from matching.api.similar import router as similar
from matching.api.tasks import router as tasks

# Its addresses begin like those of one CV, which would take what follows for an id.
routers = (matches, tasks, similar, feedback, optimise_bulk, optimise)

__all__ = ["alerts", "bulk", "routers"]
