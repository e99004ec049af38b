"""A local server that plays Google Cloud Talent Solution: companies, jobs, batches as operations, and search, over real gRPC.

It is made of the request and response classes of Google's own library, and refuses what its documentation says is refused.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import grpc
from google.cloud import talent_v4 as talent
from google.longrunning import operations_pb2
from google.protobuf import empty_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from cvmatch.core.places import Point, distance_km, locate

TENANT = "projects/bakery/tenants/north"
BATCH_LIMIT, QUERY_LIMIT, PAGE_LIMIT, LIST_LIMIT = 200, 255, 100, 1000
ALLOWED = talent.LocationFilter.TelecommutePreference.TELECOMMUTE_ALLOWED


class Refusal(Exception):
    """Ends a call with a status, or fails one item of a batch."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code, self.message = code, message or f"the server says {code}"

    def status(self) -> status_pb2.Status:
        """With the quota that was hit, as the service says which, in a detail."""
        status = status_pb2.Status(code=code_pb2.Code.Value(self.code), message=self.message)
        if self.code == "RESOURCE_EXHAUSTED":
            limit = {"quota_limit": f"DefaultRequests{self.message if self.message.startswith('Per') else 'PerDay'}"}
            info = error_details_pb2.ErrorInfo(reason="RATE_LIMIT_EXCEEDED", domain="googleapis.com", metadata=limit)
            status.details.add().Pack(info)
        return status


class TalentServer:
    """``calls`` are what came. ``quota`` is how many jobs and companies it still takes; ``failures`` end the next calls of a
    method with a code, ``item_failures`` items of batches by requisition id; ``polls`` is how often an operation is asked after
    before it is done; with ``nameless`` an item that failed comes back without its job, after those that did not."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.companies: dict[str, talent.Company] = {}
        self.jobs: dict[str, talent.Job] = {}
        self.failures: dict[str, list[str]] = defaultdict(list)
        self.item_failures: dict[str, str] = {}
        self.quota: int | None = None
        self.polls, self.nameless = 0, False
        self._operations: dict[str, tuple[operations_pb2.Operation, list[int]]] = {}
        self._ids, self._lock = itertools.count(1), threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(8))
        self._server.add_generic_rpc_handlers(tuple(self._handlers()))
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.endpoint = f"http://127.0.0.1:{port}"

    def close(self) -> None:
        self._server.stop(None).wait()

    def asked(self, method: str) -> list[Any]:
        return [request for name, request in self.calls if name == method]

    @property
    def open_jobs(self) -> dict[str, talent.Job]:
        """By requisition id."""
        return {job.requisition_id: job for job in self.jobs.values() if not _has_ended(job)}

    # Companies

    def create_company(self, request: talent.CreateCompanyRequest) -> talent.Company:
        external_id = request.company.external_id
        _need(external_id and len(external_id) <= 255 and request.company.display_name)
        if any(company.external_id == external_id for company in self.companies.values()):
            raise Refusal("ALREADY_EXISTS")
        self._take_one()
        company = talent.Company(request.company, name=f"{TENANT}/companies/{next(self._ids)}")
        self.companies[company.name] = company
        return company

    def update_company(self, request: talent.UpdateCompanyRequest) -> talent.Company:
        if request.company.name not in self.companies:
            raise Refusal("NOT_FOUND")
        self.companies[request.company.name] = request.company
        return request.company

    def delete_company(self, request: talent.DeleteCompanyRequest) -> empty_pb2.Empty:
        if request.name not in self.companies:
            raise Refusal("NOT_FOUND")
        if any(job.company == request.name for job in self.jobs.values()):
            raise Refusal("FAILED_PRECONDITION")
        del self.companies[request.name]
        return empty_pb2.Empty()

    def list_companies(self, request: talent.ListCompaniesRequest) -> talent.ListCompaniesResponse:
        page, token = _page(list(self.companies.values()), request.page_token, 2)
        return talent.ListCompaniesResponse(companies=page, next_page_token=token)

    # Jobs

    def batch_create_jobs(self, request: talent.BatchCreateJobsRequest) -> operations_pb2.Operation:
        return self._operate(request.jobs, self._create, talent.BatchCreateJobsResponse)

    def batch_update_jobs(self, request: talent.BatchUpdateJobsRequest) -> operations_pb2.Operation:
        return self._operate(request.jobs, self._update, talent.BatchUpdateJobsResponse)

    def batch_delete_jobs(self, request: talent.BatchDeleteJobsRequest) -> operations_pb2.Operation:
        jobs = [talent.Job(name=name) for name in request.names]
        return self._operate(jobs, self._delete, talent.BatchDeleteJobsResponse)

    def list_jobs(self, request: talent.ListJobsRequest) -> talent.ListJobsResponse:
        told = dict(re.findall(r'(\w+) = "([^"]*)"', request.filter))
        _need(told.keys() & {"companyName", "requisitionId"} and request.page_size <= LIST_LIMIT)
        chosen = [
            talent.Job(name=job.name, requisition_id=job.requisition_id)
            for job in self.jobs.values()
            if told.get("companyName", job.company) == job.company
            and told.get("requisitionId", job.requisition_id) == job.requisition_id
            and (told.get("status") == "ALL" or not _has_ended(job))
        ]
        page, token = _page(chosen, request.page_token, 3)
        return talent.ListJobsResponse(jobs=page, next_page_token=token)

    def search_jobs(self, request: talent.SearchJobsRequest) -> talent.SearchJobsResponse:
        query = request.job_query
        _need(len(query.query) <= QUERY_LIMIT and len(query.location_filters) <= 5)
        _need(1 <= request.max_page_size <= PAGE_LIMIT and request.request_metadata.allow_missing_ids)
        likeness = {job.name: _shared(query.query, job) for job in self.jobs.values() if _lets_through(query, job)}
        best = sorted((name for name in likeness if likeness[name]), key=lambda name: -likeness[name])
        page, token = _page(best, request.page_token, request.max_page_size)
        found = [{"job": {"name": name, "requisition_id": self.jobs[name].requisition_id}} for name in page]
        return talent.SearchJobsResponse(matching_jobs=found, next_page_token=token)

    def get_operation(self, request: operations_pb2.GetOperationRequest) -> operations_pb2.Operation:
        operation, left = self._operations[request.name]
        if left[0] > 0:
            left[0] -= 1
            return operations_pb2.Operation(name=request.name, done=False)
        return operation

    def _create(self, job: talent.Job) -> talent.Job:
        if job.company not in self.companies:
            raise Refusal("NOT_FOUND")
        same = (job.company, job.language_code, job.requisition_id)
        if any((other.company, other.language_code, other.requisition_id) == same for other in self.jobs.values()):
            raise Refusal("ALREADY_EXISTS")
        job = talent.Job(job, name=f"{TENANT}/jobs/{next(self._ids)}")
        return self._put(job)

    def _update(self, job: talent.Job) -> talent.Job:
        if job.name not in self.jobs:
            raise Refusal("NOT_FOUND")
        return self._put(job)

    def _put(self, job: talent.Job) -> talent.Job:
        _need(job.title and len(job.title) <= 500 and job.description and len(job.description) <= 100_000)
        _need(job.requisition_id and len(job.requisition_id) <= 255 and not _has_ended(job))
        self._take_one()
        self.jobs[job.name] = job
        return job

    def _delete(self, job: talent.Job) -> talent.Job:
        if job.name not in self.jobs:
            raise Refusal("NOT_FOUND")
        self._take_one()
        return self.jobs.pop(job.name)

    def _take_one(self) -> None:
        if self.quota is not None:
            if self.quota <= 0:
                raise Refusal("RESOURCE_EXHAUSTED")
            self.quota -= 1

    def _operate(
        self, jobs: Iterable[talent.Job], change: Callable[[talent.Job], talent.Job], response: type
    ) -> operations_pb2.Operation:
        jobs = list(jobs)
        _need(0 < len(jobs) <= BATCH_LIMIT)
        if self.quota == 0:
            raise Refusal("RESOURCE_EXHAUSTED")
        results = [self._result(job, change) for job in jobs]
        if self.nameless:
            results = sorted(results, key=lambda result: result.status.code)
        operation = operations_pb2.Operation(name=f"{TENANT}/operations/{next(self._ids)}", done=True)
        operation.response.Pack(response.pb(response(job_results=results)))
        operation.metadata.Pack(talent.BatchOperationMetadata.pb(talent.BatchOperationMetadata(total_count=len(jobs))))
        self._operations[operation.name] = operation, [self.polls]
        return operations_pb2.Operation(name=operation.name, done=False) if self.polls else operation

    def _result(self, job: talent.Job, change: Callable[[talent.Job], talent.Job]) -> talent.JobResult:
        try:
            if job.requisition_id in self.item_failures:
                raise Refusal(self.item_failures[job.requisition_id])
            done = change(job)
        except Refusal as refusal:
            basic = {} if self.nameless else {"name": job.name, "requisition_id": job.requisition_id}
            return talent.JobResult(job=basic, status=refusal.status())
        return talent.JobResult(job={"name": done.name, "requisition_id": done.requisition_id, "company": done.company})

    # gRPC

    def _handlers(self) -> Iterator[grpc.GenericRpcHandler]:
        methods = {
            "google.cloud.talent.v4.CompanyService": ("CreateCompany", "UpdateCompany", "DeleteCompany", "ListCompanies"),
            "google.cloud.talent.v4.JobService": (
                "BatchCreateJobs", "BatchUpdateJobs", "BatchDeleteJobs", "ListJobs", "SearchJobs",
            ),
        }  # fmt: skip
        for service, names in methods.items():
            handlers = {name: self._handler(name, getattr(talent, f"{name}Request").deserialize) for name in names}
            yield grpc.method_handlers_generic_handler(service, handlers)
        ask = self._handler("GetOperation", operations_pb2.GetOperationRequest.FromString)
        yield grpc.method_handlers_generic_handler("google.longrunning.Operations", {"GetOperation": ask})

    def _handler(self, name: str, read: Callable[[bytes], Any]) -> grpc.RpcMethodHandler:
        play = getattr(self, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            with self._lock:
                self.calls.append((name, request))
                try:
                    if self.failures[name] and (failure := self.failures[name].pop(0)):
                        raise Refusal(*failure.split())
                    return play(request)
                except Refusal as refusal:
                    context.abort_with_status(rpc_status.to_status(refusal.status()))

        return grpc.unary_unary_rpc_method_handler(answer, request_deserializer=read, response_serializer=_bytes)


def _bytes(message: Any) -> bytes:
    return message.SerializeToString() if hasattr(message, "SerializeToString") else type(message).serialize(message)


def _need(is_sound: Any) -> None:
    if not is_sound:
        raise Refusal("INVALID_ARGUMENT")


def _page(rows: list[Any], token: str, size: int) -> tuple[list[Any], str]:
    start = int(token or 0)
    return rows[start : start + size], str(start + size) if len(rows) > start + size else ""


def _has_ended(job: talent.Job) -> bool:
    return bool(job.posting_expire_time) and job.posting_expire_time < datetime.now(UTC)


def _shared(query: str, job: talent.Job) -> int:
    words = Counter(re.findall(r"\w+", f"{job.title} {job.description}".lower()))
    return sum(words[word] > 0 for word in set(re.findall(r"\w+", query.lower())))


def _lets_through(query: talent.JobQuery, job: talent.Job) -> bool:
    kinds, since = set(query.employment_types), query.publish_time_range.start_time
    return (
        not _has_ended(job)
        and (not kinds or bool(kinds & set(job.employment_types)))
        and (not since or job.posting_publish_time is None or job.posting_publish_time >= since)
        and (not query.location_filters or any(_is_in(place, job) for place in query.location_filters))
    )


def _is_in(place: talent.LocationFilter, job: talent.Job) -> bool:
    if place.telecommute_preference == ALLOWED:
        return job.posting_region == talent.PostingRegion.TELECOMMUTE
    if place.address:
        return any(address.endswith(place.address) or place.address in address for address in job.addresses)
    centre = Point(place.lat_lng.latitude, place.lat_lng.longitude)
    towns = (locate(address.split(",")[0]) for address in job.addresses)
    return any(town and distance_km(centre, town) <= place.distance_in_miles * 1.609344 for town in towns)
