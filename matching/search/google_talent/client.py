"""The one module that knows Google's library: each call of Cloud Talent Solution that cvmatch makes, in plain values."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.failures import Passing
from matching.embedding.pacing import TokenBucket

if TYPE_CHECKING:
    from google.api_core.operation import Operation
    from google.cloud.talent_v4 import CompanyServiceClient, JobServiceClient

# What the service takes in one list of ids, and what it gives in one page of a search.
LISTED_AT_ONCE, FOUND_AT_ONCE = 1000, 100
# An operation is asked after at first so often, then ever more seldom.
FIRST_LOOK_S, LAST_LOOK_S, SLOWER = 0.2, 5.0, 1.6
LIBRARY = "google.cloud.talent_v4"
PLAIN = "http://"
MINUTE_S = 60.0
QUOTA_SPENT = "The quota of Google Cloud Talent Solution is used up."

OK, ALREADY_EXISTS, NOT_FOUND, RESOURCE_EXHAUSTED = "OK", "ALREADY_EXISTS", "NOT_FOUND", "RESOURCE_EXHAUSTED"
# What passes: the same job may well be taken the next time.
PASSING = frozenset({"ABORTED", "CANCELLED", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "UNKNOWN"})


class TalentUnavailable(Passing):
    """The service did not answer, or not to us: it is down, unreachable, or our account may not ask it."""


class TalentQuotaSpent(TalentUnavailable):
    """The service takes no more of us for today."""


class TalentRefused(FetchFailed):
    """What was sent is not what the service takes; the service itself is well."""


class TalentAlreadyThere(TalentRefused):
    """A company of this id exists."""


class TalentMissing(TalentUnavailable):
    """What was named does not exist there: a company that was deleted, else the project or the tenant."""


@dataclass(frozen=True)
class JobResult:
    """What became of one job of a batch: ``code`` by the names of google.rpc.Code, ``name`` where it stands there now."""

    code: str
    name: str = ""
    message: str = ""


UNANSWERED = JobResult("UNKNOWN")


@dataclass(frozen=True)
class FoundPage:
    """One page of a search: our ids, best first, and how to ask for the next page; empty after the last."""

    requisition_ids: tuple[str, ...]
    next_token: str


def is_installed() -> bool:
    """Whether the library is there, without loading it."""
    try:
        return importlib.util.find_spec(LIBRARY) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False


@dataclass(frozen=True)
class TalentService:
    """One tenant of a project. ``endpoint`` with ``http://`` is asked without TLS and without credentials: a local server.

    ``per_minute`` bounds what changes and lists the catalogue, for each process; searches have a quota of their own, ten times
    as large. Every call raises TalentUnavailable, TalentQuotaSpent or TalentRefused, and nothing of Google's.
    """

    project: str
    tenant: str
    endpoint: str = ""
    timeout_s: float = 5.0
    operation_timeout_s: float = 15.0
    per_minute: int = 240

    @property
    def parent(self) -> str:
        return f"projects/{self.project}/tenants/{self.tenant}"

    def search(self, question: Mapping[str, Any], page_token: str = "") -> FoundPage:
        """One page of what the service finds, from the most relevant on."""
        request = {
            "parent": self.parent,
            # Who searches is nobody's business there.
            "request_metadata": {"allow_missing_ids": True},
            "job_view": "JOB_VIEW_ID_ONLY",
            "max_page_size": FOUND_AT_ONCE,
            "page_token": page_token,
            # Order and likeness are judged here; what is left out there is lost.
            "diversification_level": "DISABLED",
            "relevance_threshold": "LOWEST",
            **question,
        }
        with _in_our_words():
            page = self._jobs.search_jobs(request, timeout=self.timeout_s, retry=None)
            return FoundPage(tuple(m.job.requisition_id for m in page.matching_jobs), page.next_page_token)

    def create_jobs(self, jobs: Sequence[Mapping[str, Any]]) -> list[JobResult]:
        """Results in the order of the jobs."""
        keys = [job["requisition_id"] for job in jobs]
        return self._batch("batch_create_jobs", {"jobs": jobs}, keys)

    def update_jobs(self, jobs: Sequence[Mapping[str, Any]]) -> list[JobResult]:
        """Results in the order of the jobs, each of which has the ``name`` that the service gave it."""
        keys = [job["requisition_id"] for job in jobs]
        return self._batch("batch_update_jobs", {"jobs": jobs}, keys)

    def delete_jobs(self, names: Sequence[str]) -> list[JobResult]:
        """Results in the order of the names."""
        return self._batch("batch_delete_jobs", {"names": names}, names, by_name=True)

    def job_names(self, company: str, requisition_ids: Iterable[str]) -> dict[str, str]:
        """What the service calls those of these jobs that it has under this company, also those that ended there."""
        missing, found = set(requisition_ids), {}
        request = {
            "parent": self.parent,
            "filter": f'companyName = "{company}" AND status = "ALL"',
            "page_size": LISTED_AT_ONCE,
            "job_view": "JOB_VIEW_ID_ONLY",
        }
        with self._turn():
            for job in self._jobs.list_jobs(request, timeout=self.timeout_s, retry=None):
                if job.requisition_id in missing:
                    found[job.requisition_id] = job.name
                    missing.discard(job.requisition_id)
                if not missing:
                    break
        return found

    def create_company(self, external_id: str, display_name: str) -> str:
        """What the service calls it. Raises TalentAlreadyThere."""
        company = {"external_id": external_id, "display_name": display_name}
        with self._turn():
            request = {"parent": self.parent, "company": company}
            return str(self._companies.create_company(request, timeout=self.timeout_s, retry=None).name)

    def update_company(self, name: str, external_id: str, display_name: str) -> None:
        """Raises TalentMissing."""
        company = {"name": name, "external_id": external_id, "display_name": display_name}
        with self._turn():
            self._companies.update_company({"company": company}, timeout=self.timeout_s, retry=None)

    def delete_company(self, name: str) -> None:
        """Raises TalentMissing, and TalentRefused while it has jobs."""
        with self._turn():
            self._companies.delete_company({"name": name}, timeout=self.timeout_s, retry=None)

    def company_names(self) -> dict[str, str]:
        """What the service calls each company, by our id for it."""
        with self._turn():
            listed = self._companies.list_companies({"parent": self.parent}, timeout=self.timeout_s, retry=None)
            return {company.external_id: company.name for company in listed}

    @contextmanager
    def _turn(self) -> Iterator[None]:
        wait_s = self._bucket.take(MINUTE_S)
        if wait_s is None:
            raise TalentUnavailable("Too many requests to Google Cloud Talent Solution wait for their turn.")
        time.sleep(wait_s)
        with _in_our_words():
            yield

    @cached_property
    def _bucket(self) -> TokenBucket:
        return TokenBucket(self.per_minute)

    def _batch(
        self, method: str, what: Mapping[str, Any], keys: Sequence[str], *, by_name: bool = False
    ) -> list[JobResult]:
        """Begins a batch and waits for it. What failed may come back without its id: then it is one of those not named."""
        from google.api_core.future.polling import DEFAULT_POLLING

        looks = DEFAULT_POLLING.with_timeout(self.operation_timeout_s).with_delay(FIRST_LOOK_S, LAST_LOOK_S, SLOWER)
        with self._turn():
            begin: Callable[..., Operation] = getattr(self._jobs, method)
            begun = begin({"parent": self.parent, **what}, timeout=self.timeout_s, retry=None)
            answer: Any = begun.result(polling=looks)  # type: ignore[no-untyped-call]
        results = [(_key(result, by_name), _read(result)) for result in answer.job_results]
        known = {key: result for key, result in results if key}
        nameless = iter([result for key, result in results if not key])
        return [known[key] if key in known else next(nameless, UNANSWERED) for key in keys]

    @cached_property
    def _jobs(self) -> JobServiceClient:
        from google.cloud.talent_v4 import JobServiceClient
        from google.cloud.talent_v4.services.job_service.transports import JobServiceGrpcTransport

        if self.endpoint.startswith(PLAIN):
            return JobServiceClient(transport=JobServiceGrpcTransport(channel=self._plain_channel()))
        return JobServiceClient(client_options={"api_endpoint": self.endpoint} if self.endpoint else None)

    @cached_property
    def _companies(self) -> CompanyServiceClient:
        from google.cloud.talent_v4 import CompanyServiceClient
        from google.cloud.talent_v4.services.company_service.transports import CompanyServiceGrpcTransport

        if self.endpoint.startswith(PLAIN):
            return CompanyServiceClient(transport=CompanyServiceGrpcTransport(channel=self._plain_channel()))
        return CompanyServiceClient(client_options={"api_endpoint": self.endpoint} if self.endpoint else None)

    def _plain_channel(self) -> Any:
        import grpc

        return grpc.insecure_channel(self.endpoint.removeprefix(PLAIN))


def _key(result: Any, by_name: bool) -> str:
    return str(result.job.name if by_name else result.job.requisition_id)


def _read(result: Any) -> JobResult:
    from google.rpc.code_pb2 import Code

    code = Code.Name(result.status.code) if result.status.code in Code.values() else "UNKNOWN"
    return JobResult(code, result.job.name, result.status.message)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Says what went wrong without the words of the service: those may quote what was asked."""
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except exceptions.ResourceExhausted as error:
        if "PerMinute" in str(error.metadata):  # over in a minute, not only tomorrow
            raise TalentUnavailable("Google Cloud Talent Solution was asked too often in a minute.") from error
        raise TalentQuotaSpent(QUOTA_SPENT) from error
    except exceptions.AlreadyExists as error:
        raise TalentAlreadyThere("It is at Google Cloud Talent Solution already.", permanent=True) from error
    except exceptions.NotFound as error:
        raise TalentMissing("Google Cloud Talent Solution does not know what it was asked for.") from error
    except (exceptions.InvalidArgument, exceptions.FailedPrecondition) as error:
        raise TalentRefused("Google Cloud Talent Solution refuses it.", permanent=True) from error
    except (exceptions.GoogleAPIError, GoogleAuthError, TimeoutError) as error:
        raise TalentUnavailable(f"Google Cloud Talent Solution cannot be asked: {type(error).__name__}.") from error
