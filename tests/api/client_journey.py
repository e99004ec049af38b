"""What a program does with the generated client: a file, its matches, a posting pushed, a word of feedback. Checked by mypy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from cvmatch_client import AuthenticatedClient
from cvmatch_client.api.c_vs import upload_and_parse
from cvmatch_client.api.feedback import give_feedback
from cvmatch_client.api.jobs import get_job, push_jobs
from cvmatch_client.api.matches import get_cv_status, get_recommendations
from cvmatch_client.models import (
    AcceptedCVOut,
    FeedbackIn,
    FeedbackInKind,
    JobDetailOut,
    JobIn,
    MarkOut,
    PredictionOut,
    Problem,
    StatusOut,
    UploadAndParseFileParams,
    UpsertOut,
)
from cvmatch_client.types import File

MOST_POLLS = 20


@dataclass(frozen=True)
class Outcome:
    """What the program has seen."""

    created: int
    titles: list[str]
    marked: str
    refusal: Problem


def journey(url: str, key: str, text: bytes, wait: Callable[[], object]) -> Outcome:
    """Pushes a posting, uploads a CV, polls until it is matched, saves the best job and asks for one that is not there."""
    with AuthenticatedClient(base_url=url, token=key) as client:
        posting = JobIn(external_id="acme-1", title="Data Engineer", description="Python and SQL.", country="DE")
        pushed = push_jobs.sync(client=client, body=[posting], source="acme")
        assert isinstance(pushed, UpsertOut), pushed
        wait()
        file = UploadAndParseFileParams(file=File(payload=BytesIO(text), file_name="cv.txt"))
        cv = upload_and_parse.sync(client=client, body=file)
        assert isinstance(cv, AcceptedCVOut), cv
        for _ in range(MOST_POLLS):
            status = get_cv_status.sync(cv.id, client=client)
            assert isinstance(status, StatusOut), status
            if status.status == "completed":
                break
            wait()
        found = get_recommendations.sync(cv.id, client=client)
        assert isinstance(found, PredictionOut), found
        jobs = [get_job.sync(match.job_id, client=client) for match in found.matches]
        titles = [job.title for job in jobs if isinstance(job, JobDetailOut)]
        feedback = FeedbackIn(kind=FeedbackInKind.SAVE, match_id=found.matches[0].id)
        mark = give_feedback.sync(client=client, body=feedback)
        assert isinstance(mark, MarkOut), mark
        refusal = get_job.sync(10**9, client=client)
        assert isinstance(refusal, Problem), refusal
        return Outcome(pushed.created, titles, mark.kind, refusal)
