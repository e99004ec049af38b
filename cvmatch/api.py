"""The HTTP API: routers joined, who may call, and what is raised as answers."""

from __future__ import annotations

from cvmatch.backfills_api import router as backfills
from cvmatch.core.http_api import KeyAuth, SessionAuth
from cvmatch.core.http_api.errors import JsonParser, handle_errors
from cvmatch.experiments_api import router as experiments
from cvmatch.insights.api import router as insights
from cvmatch.my_data.api import router as my_data
from cvmatch.openapi import DescribedAPI
from cvmatch.operations_api import router as operations
from cvmatch.performance_api import router as performance
from cvmatch.webhooks_api import router as webhooks
from ingestion.api.bulk import router as job_streams
from ingestion.api.corrections import router as corrections
from ingestion.api.cvs import router as cvs
from ingestion.api.jobs import push_jobs as _push_jobs  # noqa: F401 - adds its call to the router of the jobs
from ingestion.api.sources import router as sources
from jobs.api import router as jobs
from jobs.searches_api import router as searches
from matching.api import alerts
from matching.api import bulk as match_streams
from matching.api import routers as matches

DESCRIPTION = """
CVs in, explained matches out. Every call needs a session or a key: `Authorization: Bearer cvm_…`.

Three calls from a file to its matches:

1. `POST /api/v1/candidate/upload_and_parse` with the file; the answer's `Location` is the status.
2. `GET /api/v1/cvs/{id}/status` until `status` is `completed`, as often as `Retry-After` says.
3. `GET /api/v1/cvs/{id}/recommendations`.

Two without keeping anything: `POST /api/v1/match` with a text (or `/match/file` with a file), then its `Location` until
it answers 200.

Errors are problem details (RFC 9457): `title`, `status`, `detail`, and `errors` by field where there are any.
"""

api = DescribedAPI(
    title="cvmatch",
    version="1",
    description=DESCRIPTION,
    auth=[KeyAuth(), SessionAuth()],
    urls_namespace="api-v1",
    parser=JsonParser(),
)

api.add_router("/jobs", jobs)
api.add_router("/searches", searches)
api.add_router("/insights", insights)
api.add_router("/alerts", alerts)
for router in (cvs, corrections, *matches, webhooks):
    api.add_router("", router)
api.add_router("/me", my_data)
for router in (job_streams, match_streams):
    api.add_router("/bulk", router)
for router in (operations, performance, experiments, backfills):
    api.add_router("/admin", router)
api.add_router("/admin/sources", sources)

handle_errors(api)
