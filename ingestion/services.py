"""The only writers of CVs and imports: receive a file, store what was read from it, import a file of jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from cvmatch.core.batches import in_batches
from cvmatch.core.models import Status, User
from cvmatch.core.queue import announce
from cvmatch.core.text import content_hash
from ingestion.extract import check_content
from ingestion.identity import hide_identity
from ingestion.models import CV, Candidate, skills_to_json, upload_path
from ingestion.quality import assess
from ingestion.sources import Rejected
from ingestion.values import ParsedCV
from jobs.services import upsert_jobs
from jobs.skills import find_languages, find_skills, skills_version
from jobs.values import JobPosting, UpsertCounts

IMPORT_PAGE = 500


def receive_cv(
    *, content: bytes, filename: str, uploaded_by: User | None, candidate: Candidate | None = None, interactive: bool
) -> CV:
    """Keep an uploaded file as the newest version of the candidate's CV and start its way through the pipeline.

    Without ``candidate`` it belongs to the uploader when that is a candidate, and to a new candidate otherwise. The same
    bytes again are not a new version: the version that has them is returned. Raises UnreadableDocument before anything
    is stored when the file is empty, too large or of a type that cannot be read.
    """
    check_content(content, filename=filename, max_bytes=settings.MAX_UPLOAD_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        owner = _owner(uploaded_by, candidate)
        latest = owner.cvs.current().filter(sha256=digest).first()
        if latest is not None:
            return latest
        cv = _new_version(owner, content, digest, filename, uploaded_by, interactive)
        announce("cv.received", [cv.pk], interactive=interactive)
    return cv


def keep_text(*, filename: str, text: str, parsed: ParsedCV) -> CV:
    """Keep a CV that came as text and is parsed already: no file, a new candidate, announced like any other."""
    cv = CV.objects.create(
        candidate=Candidate.objects.create(),
        version=1,
        filename=filename[-200:],
        size=len(text.encode()),
        status=Status.COMPLETED,
        finished_at=timezone.now(),
    )
    store_parse(cv, text, parsed)
    return cv


def store_parse(cv: CV, text: str, parsed: ParsedCV) -> None:
    """Keep what was read from a CV and announce it; called inside the transaction that completes the row."""
    quality = assess(parsed)
    cv.text = text.replace("\x00", " ")  # PostgreSQL keeps no NUL; the same length keeps every span true
    cv.name = parsed.resume.basics.name[:200]
    cv.label = (parsed.titles[0] if parsed.titles else "")[:300]
    cv.parsed_json = parsed.to_json()
    cv.completeness = quality.score
    cv.findings = list(quality.findings)
    cv.matched_text = hide_identity(cv.text, parsed)
    cv.skills_json = skills_to_json((*find_skills(cv.matched_text), *find_languages(cv.matched_text)))
    cv.content_hash = content_hash(parsed.parser_version, skills_version(), cv.text)
    cv.save(
        update_fields=[
            "matched_text",
            "text",
            "name",
            "label",
            "parsed_json",
            "skills_json",
            "completeness",
            "findings",
            "content_hash",
        ]
    )
    _make_current(cv)
    announce("cv.parsed", [cv.pk], interactive=cv.interactive)


def return_to_readable() -> int:
    """Where the newest version of a CV turned out unreadable, the version before it is matched again; returns how many."""
    returned = 0
    unreadable = CV.objects.current().filter(status=Status.FAILED, version__gt=1)
    for cv in unreadable.defer("text", "matched_text", "search", "parsed_json"):
        readable = cv.candidate.cvs.parsed().order_by("-version").first()
        if readable is not None:
            with transaction.atomic():
                _switch_to(readable)
            returned += 1
    return returned


def _make_current(cv: CV) -> None:
    """A version that is read after all takes over from an older or unreadable one."""
    current = cv.candidate.cvs.current().exclude(pk=cv.pk).first()
    if current is not None and (current.version < cv.version or current.status == Status.FAILED):
        _switch_to(cv)


def _switch_to(cv: CV) -> None:
    cv.candidate.cvs.current().update(is_latest=False)
    cv.is_latest = True
    cv.save(update_fields=["is_latest"])


def import_postings(
    *, source: str, rows: Iterable[JobPosting | Rejected], report: Callable[[Rejected], None]
) -> UpsertCounts:
    """Store a stream of postings page by page; rejected rows are reported and counted, the rest goes on."""
    counts = UpsertCounts()
    for page in in_batches(rows, IMPORT_PAGE):
        rejected = [row for row in page if isinstance(row, Rejected)]
        for row in rejected:
            report(row)
        postings = [row for row in page if isinstance(row, JobPosting)]
        counts += upsert_jobs(source=source, postings=postings) + UpsertCounts(failed=len(rejected))
    if counts.created or counts.updated:
        announce("jobs.imported")
    return counts


def delete_superseded(*, before: datetime, limit: int) -> int:
    """Remove CV versions for which a later one was read before that moment, with their files; returns how many."""
    later = CV.objects.parsed().filter(
        candidate=OuterRef("candidate"), version__gt=OuterRef("version"), finished_at__lt=before
    )
    old = list(CV.objects.filter(Exists(later), is_latest=False).values_list("pk", flat=True)[:limit])
    CV.objects.filter(pk__in=old).delete()
    return len(old)


def delete_file(name: str) -> None:
    """Remove a stored file once the transaction is through, unless another CV has the same bytes."""

    def delete() -> None:
        if not CV.objects.filter(file=name).exists():
            default_storage.delete(name)

    transaction.on_commit(delete)


def _owner(uploaded_by: User | None, candidate: Candidate | None) -> Candidate:
    """The candidate, locked: two uploads at once become two versions, one after the other."""
    if candidate is None and uploaded_by is not None and not uploaded_by.is_recruiter:
        candidate, _ = Candidate.objects.get_or_create(user=uploaded_by)
    if candidate is None:
        return Candidate.objects.create()
    return Candidate.objects.select_for_update().get(pk=candidate.pk)


def _new_version(
    owner: Candidate, content: bytes, digest: str, filename: str, uploaded_by: User | None, interactive: bool
) -> CV:
    newest = owner.cvs.aggregate(newest=Max("version"))["newest"] or 0
    owner.cvs.current().update(is_latest=False)
    cv = CV(
        candidate=owner,
        version=newest + 1,
        uploaded_by=uploaded_by,
        filename=PurePath(filename or "cv").name[-200:],
        size=len(content),
        sha256=digest,
        interactive=interactive,
    )
    _store_file(cv, content)
    cv.save()
    return cv


def _store_file(cv: CV, content: bytes) -> None:
    """The same bytes are stored once, whoever sent them."""
    path = upload_path(cv, "")
    if default_storage.exists(path):
        cv.file.name = path
    else:
        cv.file.save(cv.filename, ContentFile(content), save=False)
