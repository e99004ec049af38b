"""The whole data flow as one table: which stage runs when, on how many rows, started by which event."""

from __future__ import annotations

from datetime import time

from cvmatch.core.queue import Stage

STAGES: tuple[Stage, ...] = (
    Stage(
        "parse_cvs",
        "ingestion.stages.parse_cvs",
        batch=50,
        minutes=5,
        on=("cv.received",),
        about="Reads uploaded files and understands them as CVs.",
    ),
    Stage(
        "embed_cvs",
        "matching.stages.embed_cvs",
        batch=100,
        minutes=10,
        on=("cv.parsed",),
        about="Turns what was read from a CV into vectors.",
    ),
    Stage(
        "embed_jobs",
        "matching.stages.embed_jobs",
        batch=100,
        minutes=15,
        on=("jobs.changed",),
        about="Turns new and changed jobs into vectors.",
    ),
    Stage(
        "match_cvs",
        "matching.stages.match_cvs",
        batch=50,
        minutes=20,
        on=("cv.embedded", "cv.match_requested"),
        about="Finds and ranks the jobs for CVs not matched in the last 24 hours.",
    ),
    Stage(
        "match_jobs",
        "matching.stages.match_jobs",
        batch=50,
        minutes=20,
        on=("job.match_requested",),
        about="Finds and ranks the CVs for jobs that somebody has asked about.",
    ),
    Stage(
        "explain_matches",
        "matching.stages.explain_matches",
        batch=100,
        minutes=30,
        on=("prediction.ready",),
        about="Writes down why each match scored as it did.",
    ),
    Stage(
        "count_words",
        "matching.stages.count_words",
        batch=10,
        minutes=60,
        on=("jobs.imported",),
        about="Counts how rare each word is, for search by words.",
    ),
    Stage(
        "reread_jobs",
        "jobs.stages.reread_jobs",
        batch=200,
        minutes=60,
        on=("skills.changed",),
        about="Reads again what jobs ask for after a change of the skills vocabulary.",
    ),
    Stage(
        "reread_skills",
        "ingestion.stages.reread_skills",
        batch=100,
        minutes=60,
        on=("skills.changed",),
        about="Looks for skills in CVs again after a change of the skills vocabulary.",
    ),
    Stage(
        "retry_failed",
        "cvmatch.core.stages.retry_failed",
        batch=500,
        minutes=60,
        about="Gives parked rows whose waiting time is over another try.",
    ),
    Stage(
        "clean_up",
        "cvmatch.maintenance.clean_up",
        batch=5000,
        daily_at=time(2, 0),
        about="Removes old results, logs and jobs that ended long ago.",
    ),
    Stage(
        "expire_jobs",
        "jobs.stages.expire_jobs",
        batch=5000,
        daily_at=time(1, 0),
        about="Closes jobs whose last day has passed.",
    ),
)
