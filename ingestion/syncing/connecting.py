"""Connects job sources: checks what people say about one, tries it, starts and stops its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cvmatch.core.backends import build
from cvmatch.core.errors import InvalidInput
from cvmatch.core.http import HttpFetch
from cvmatch.core.models import User
from cvmatch.core.queue import announce
from ingestion.models import NAME_PATTERN, OPEN, Source, SyncRun
from ingestion.sources import FetchedSource, JobSource, Parameter, Rejected
from ingestion.syncing.running import Fetcher
from ingestion.syncing.secrets import FROM_ENVIRONMENT, Secrets, resolve, seal, unseal
from jobs.values import JobPosting

LEAST_MINUTES = 5
PREVIEWED = 10

Options = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Preview:
    """What a source would give: its first postings, and the reasons against items among them."""

    postings: tuple[JobPosting, ...]
    rejected: tuple[Rejected, ...]


def connect_source(
    *,
    name: str,
    kind: str,
    options: Options,
    secrets: Secrets,
    every_minutes: int = 1440,
    grace_days: int = 2,
    connected_by: User | None = None,
) -> Source:
    """Connect a source; its first run is due at once. Raises InvalidInput for a name that is taken or a wrong parameter."""
    if not re.fullmatch(NAME_PATTERN, name):
        raise InvalidInput(
            "A name begins with a letter or digit and has letters, digits, dots and dashes, at most 40 of them."
        )
    check_parameters(kind, options, secrets)
    _check_can_be_asked(kind, kind_of(kind))
    _check_schedule(every_minutes)
    row, is_new = Source.objects.get_or_create(
        name=name,
        defaults={
            "kind": kind,
            "options": dict(options),
            "sealed": seal(secrets),
            "every_minutes": every_minutes,
            "grace_days": grace_days,
            "connected_by": connected_by,
        },
    )
    if not is_new:
        raise InvalidInput(f"There is a source “{name}” already.")
    return row


def change_source(source: Source, *, options: Options, secrets: Secrets, every_minutes: int, grace_days: int) -> Source:
    """Change how a source is read. Secrets that are not named keep their values; an empty value takes one away."""
    known = unseal(source.sealed) if set(secrets) != _secret_names(source.kind) else {}
    kept = {name: value for name, value in {**known, **secrets}.items() if value}
    check_parameters(source.kind, options, kept)
    _check_schedule(every_minutes)
    source.options, source.sealed = dict(options), seal(kept)
    source.every_minutes, source.grace_days = every_minutes, grace_days
    source.save(update_fields=["options", "sealed", "every_minutes", "grace_days"])
    return source


def pause(source: Source) -> None:
    """No run of it is begun any more; one that is open goes on to its end."""
    Source.objects.filter(pk=source.pk).update(is_paused=True)


def resume(source: Source) -> None:
    """Its runs go on as planned; one that was due meanwhile is due now."""
    Source.objects.filter(pk=source.pk).update(is_paused=False)


def request_sync(source: Source, *, trigger: str = SyncRun.Trigger.PERSON) -> SyncRun:
    """Ask for a run; while one is open, that one is returned."""
    by_person = trigger == SyncRun.Trigger.PERSON
    with transaction.atomic():
        new = SyncRun(source=source, trigger=trigger, interactive=by_person)
        SyncRun.objects.bulk_create([new], ignore_conflicts=True)
        run = SyncRun.objects.open().select_for_update().filter(source=source).first()
        if run is None:  # it ended just now
            run = SyncRun.objects.create(source=source, trigger=trigger, interactive=by_person)
        Source.objects.filter(pk=source.pk).update(next_run_at=timezone.now() + timedelta(minutes=source.every_minutes))
        announce("sync.requested")
    return run


def start_due(*, limit: int) -> int:
    """Ask for a run of every source whose time has come; returns how many."""
    due = list(Source.objects.due().order_by("next_run_at")[:limit])
    for source in due:
        request_sync(source, trigger=SyncRun.Trigger.SCHEDULE)
    if not due and SyncRun.objects.claimable().exists():  # the wait of some run is over
        announce("sync.requested")
    return len(due)


def delete_old_runs(*, before: datetime, limit: int) -> int:
    """Forget runs that ended before that moment, but not the newest of a source; returns how many."""
    newer = SyncRun.objects.filter(source=OuterRef("source"), pk__gt=OuterRef("pk"))
    old = SyncRun.objects.filter(Exists(newer), finished_at__lt=before).exclude(status__in=OPEN)
    return SyncRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]


def preview(*, kind: str, options: Options, secrets: Secrets) -> Preview:
    """The first postings that a source would give, without storing any. Raises InvalidInput and FetchFailed."""
    source = build_source(kind, options, secrets)
    with _fetcher(f"{kind}:preview", source, conditional=False) as fetch:
        mapped = _first_postings(source, fetch)
    return Preview(
        tuple(one for one in mapped if isinstance(one, JobPosting)),
        tuple(one for one in mapped if isinstance(one, Rejected)),
    )


def mapper_of(source: Source) -> FetchedSource:
    """The strategy of a connected source, with all its parameters. Raises InvalidInput."""
    return build_source(source.kind, source.options, unseal(source.sealed))


def fetcher_of(source: Source, mapper: FetchedSource) -> AbstractContextManager[Fetcher]:
    """What asks the source's server within its limits."""
    return _fetcher(source.name, mapper, conditional=True)


def build_source(kind: str, options: Options, secrets: Secrets) -> FetchedSource:
    """The strategy of a kind with these parameters. Raises InvalidInput."""
    check_parameters(kind, options, secrets)
    given = {**options, **resolve(secrets)}
    spec = settings.JOB_SOURCES[kind]
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    source = build({**spec, "OPTIONS": {**spec.get("OPTIONS", {}), **fields}})
    return _check_can_be_asked(kind, source)


def kind_of(kind: str) -> JobSource:
    """A source of the kind without parameters, for what it says about itself. Raises InvalidInput."""
    if kind not in settings.JOB_SOURCES:
        raise InvalidInput(
            f"There is no kind of source “{kind}”; there are: {', '.join(sorted(settings.JOB_SOURCES))}."
        )
    source: JobSource = build(settings.JOB_SOURCES[kind])
    return source


def check_parameters(kind: str, options: Options, secrets: Secrets) -> None:
    """Raises InvalidInput, naming the parameter; it never quotes a secret."""
    wanted = {one.name: one for one in kind_of(kind).about.parameters}
    for name in {**options, **secrets}:
        if name not in wanted or wanted[name].secret != (name in secrets):
            raise InvalidInput(f"“{name}” is not {'a secret' if name in secrets else 'an open'} parameter of {kind}.")
    for name, parameter in wanted.items():
        _check(parameter, secrets.get(name) if parameter.secret else options.get(name))


def _check(parameter: Parameter, given: str | list[str] | None) -> None:
    values = [given] if isinstance(given, str) else list(given or [])
    values = [value for value in values if value]
    if parameter.required and not values:
        raise InvalidInput(f"{parameter.label} is needed.", details={"parameter": parameter.name})
    if len(values) > 1 and not parameter.many:
        raise InvalidInput(f"{parameter.label} takes one value.", details={"parameter": parameter.name})
    if not all(_fits(parameter, value) for value in values):
        raise InvalidInput(f"{parameter.label} is not of the form it must have.", details={"parameter": parameter.name})


def _fits(parameter: Parameter, value: str) -> bool:
    if parameter.secret and value.startswith(FROM_ENVIRONMENT):
        return True
    if parameter.choices and value not in {code for code, _ in parameter.choices}:
        return False
    return not parameter.pattern or re.fullmatch(parameter.pattern, value) is not None


def _check_can_be_asked(kind: str, source: JobSource) -> FetchedSource:
    if not isinstance(source, FetchedSource):
        raise InvalidInput(f"“{kind}” reads files; it cannot be asked for anything.")
    return source


def _check_schedule(every_minutes: int) -> None:
    if every_minutes < LEAST_MINUTES:
        raise InvalidInput(f"A source is read every {LEAST_MINUTES} minutes at most.")


def _secret_names(kind: str) -> set[str]:
    return {one.name for one in kind_of(kind).about.parameters if one.secret}


def _fetcher(name: str, source: FetchedSource, *, conditional: bool) -> HttpFetch:
    return HttpFetch(name, windows=source.about.windows, conditional=conditional, **settings.FETCH)


def _first_postings(source: FetchedSource, fetch: Any) -> list[JobPosting | Rejected]:
    def mapped() -> Iterator[JobPosting | Rejected]:
        for page in source.pages(fetch):
            for row in page.rows:
                yield from (row,) if isinstance(row, Rejected) else source.postings(row)

    return list(islice(mapped(), PREVIEWED))
