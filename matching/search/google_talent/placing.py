"""Puts a batch of jobs to Google Cloud Talent Solution: creates, updates, and each instead of the other where it has to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from matching.search.google_talent.client import (
    ALREADY_EXISTS,
    NOT_FOUND,
    OK,
    PASSING,
    QUOTA_SPENT,
    RESOURCE_EXHAUSTED,
    JobResult,
    TalentAlreadyThere,
    TalentMissing,
    TalentQuotaSpent,
    TalentService,
    TalentUnavailable,
)
from matching.search.google_talent.posting import TalentJob

# The service takes 200; of a batch of half as many less is lost when it fails.
BATCH = 100


@dataclass(frozen=True)
class Placed:
    """It stands there, under this name and company."""

    name: str
    company_id: str


@dataclass(frozen=True)
class Removed:
    """It does not stand there any more."""


@dataclass(frozen=True)
class Held:
    """The service took no more before its turn came: for today where the quota is spent, else for some minutes."""

    quota: bool
    reason: str


@dataclass(frozen=True)
class Refused:
    """The service does not take it; ``passing`` where it may the next time."""

    reason: str
    passing: bool


Outcome = Placed | Removed | Held | Refused


class Companies(Protocol):
    """What is remembered of the companies there: by our id for each, what the service calls it."""

    def names(self, company_ids: Iterable[str]) -> dict[str, str]: ...

    def remember(self, company_id: str, name: str) -> None: ...

    def forget(self, company_ids: Iterable[str]) -> None: ...


def place(jobs: Sequence[TalentJob], service: TalentService, companies: Companies) -> list[Outcome]:
    """What became of each job, in their order; never more than BATCH at once. Raises TalentRefused for all of them."""
    placing = _Placing(service, companies)
    held = _until_it_fails(lambda: placing.run(jobs))
    return [placing.outcomes.get(job.requisition_id, held) for job in jobs]


def remove(names: Sequence[str], service: TalentService) -> list[Outcome]:
    """What became of each job that was to be deleted; one that is not there is as good as deleted."""
    outcomes: dict[str, Outcome] = {}

    def run() -> None:
        for name, result in zip(names, service.delete_jobs(names), strict=True):
            outcomes[name] = Removed() if result.code in {OK, NOT_FOUND} else _failed(result)

    held = _until_it_fails(run)
    return [outcomes.get(name, held) for name in names]


def _until_it_fails(run: Callable[[], None]) -> Held:
    """What holds for those that had no turn."""
    try:
        run()
    except TalentQuotaSpent as error:
        return Held(quota=True, reason=error.message)
    except TalentUnavailable as error:
        return Held(quota=False, reason=error.message)
    return Held(quota=False, reason="It was not answered.")


class _Placing:
    """One batch; ``outcomes`` fill up by requisition id, so that what was done before a failure is known."""

    def __init__(self, service: TalentService, companies: Companies) -> None:
        self._service, self._companies = service, companies
        self._names: dict[str, str] = {}
        self.outcomes: dict[str, Outcome] = {}

    def run(self, jobs: Sequence[TalentJob]) -> None:
        self._names = self._companies.names(job.company_id for job in jobs)
        for job in {job.company_id: job for job in jobs if job.company_id not in self._names}.values():
            self._names[job.company_id] = self._place_company(job.company_id, job.company)
        self._take_away([job for job in jobs if _moves(job)])
        gone = self._update([job for job in jobs if job.name and not _moves(job)])
        # In the order that the jobs came in: the best is taken where not all are.
        new = {job.requisition_id for job in jobs if not job.name or _moves(job)} | {job.requisition_id for job in gone}
        there = self._create([replace(job, name="") for job in jobs if job.requisition_id in new])
        for job in self._update(self._found(there)):
            self._refuse(job, "It is there, and then it is not.", passing=True)

    def _update(self, jobs: Sequence[TalentJob]) -> list[TalentJob]:
        """Returns those that are not there."""
        results = self._service.update_jobs([self._sent(job) for job in jobs]) if jobs else []
        missing = []
        for job, result in zip(jobs, results, strict=True):
            if result.code == NOT_FOUND:
                missing.append(job)
            else:
                self._settle(job, replace(result, name=job.name))
        return missing

    def _create(self, jobs: Sequence[TalentJob]) -> list[TalentJob]:
        """Returns those that are there already."""
        results = self._service.create_jobs([self._sent(job) for job in jobs]) if jobs else []
        there = []
        for job, result in zip(jobs, results, strict=True):
            if result.code == ALREADY_EXISTS:
                there.append(job)
            elif result.code == NOT_FOUND:
                self._companies.forget([job.company_id])
                self._refuse(job, "Its company was deleted there and will be made again.", passing=True)
            else:
                self._settle(job, result)
        return there

    def _found(self, jobs: Sequence[TalentJob]) -> list[TalentJob]:
        """The jobs with the names that the service has for them."""
        found = []
        for company_id in dict.fromkeys(job.company_id for job in jobs):
            of_company = [job for job in jobs if job.company_id == company_id]
            names = self._service.job_names(self._names[company_id], [job.requisition_id for job in of_company])
            for job in of_company:
                if job.requisition_id in names:
                    found.append(replace(job, name=names[job.requisition_id]))
                else:
                    self._refuse(job, "It is there, and is not listed there.", passing=True)
        return found

    def _take_away(self, moving: Sequence[TalentJob]) -> None:
        """A job cannot change its company there: it goes, and is made anew."""
        if moving:
            self._service.delete_jobs([job.name for job in moving])

    def _place_company(self, company_id: str, display_name: str) -> str:
        try:
            name = self._service.create_company(company_id, display_name)
        except TalentAlreadyThere:
            name = self._adopt_company(company_id, display_name)
        self._companies.remember(company_id, name)
        return name

    def _adopt_company(self, company_id: str, display_name: str) -> str:
        name = self._service.company_names().get(company_id, "")
        if not name:
            raise TalentUnavailable("A company is at Google Cloud Talent Solution, and is not listed there.")
        try:
            self._service.update_company(name, company_id, display_name)
        except TalentMissing:
            name = self._service.create_company(company_id, display_name)
        return name

    def _sent(self, job: TalentJob) -> Mapping[str, Any]:
        sent = {**job.body, "requisition_id": job.requisition_id, "company": self._names[job.company_id]}
        return sent | {"name": job.name} if job.name else sent

    def _settle(self, job: TalentJob, result: JobResult) -> None:
        placed = result.code == OK and result.name
        self.outcomes[job.requisition_id] = Placed(result.name, job.company_id) if placed else _failed(result)

    def _refuse(self, job: TalentJob, reason: str, *, passing: bool) -> None:
        self.outcomes[job.requisition_id] = Refused(reason, passing)


def _moves(job: TalentJob) -> bool:
    return bool(job.name) and job.stands_under != job.company_id


def _failed(result: JobResult) -> Outcome:
    if result.code == RESOURCE_EXHAUSTED:
        return Held(quota=True, reason=QUOTA_SPENT)
    return Refused(
        f"Google Cloud Talent Solution: {result.code}. {result.message}".strip(), result.code in {*PASSING, OK}
    )
