"""The only writers of CVs: receive a file, store what was read from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cvmatch.core.models import REQUEUED, Purpose, Status, User, WebhookEvent
from cvmatch.core.queue import announce
from cvmatch.core.text import content_hash
from ingestion.changes import Change
from ingestion.clock import keep_longer
from ingestion.consents import note_upload
from ingestion.corrections import Corrected, added_words, corrected, removed_names, without_corrected
from ingestion.extract import check_content
from ingestion.identity import hide_identity, hide_in
from ingestion.integrity import blank_concerns
from ingestion.models import CV, Candidate, Correction, skills_to_json, upload_path
from ingestion.quality import assess
from ingestion.values import PARSER_VERSION, ParsedCV
from jobs import taxonomy
from jobs.models import SkillChange, naming_any
from jobs.skills import SkillMention, find_all_skills, find_languages, find_skills_and_languages, skills_version

_READING = (
    "text", "matched_text", "name", "label", "parsed_json", "read_json", "parser_version", "skills_json",
    "completeness", "findings", "quality", "format", "content_hash", "read_at",
)  # fmt: skip


def receive_cv(
    *,
    content: bytes,
    filename: str,
    uploaded_by: User | None,
    candidate: Candidate | None = None,
    interactive: bool,
    expires_at: datetime | None = None,
) -> CV:
    """Keep an uploaded file as the newest version of the candidate's CV and start its way through the pipeline.

    Without ``candidate`` it belongs to the uploader when that is a candidate, and to a new candidate otherwise. The same
    bytes again are not a new version: the version that has them is returned. With ``expires_at`` it is only matched, for
    nobody's list of CVs, and erased then. Raises UnreadableDocument before anything is stored when the file is empty, too
    large or of a type that cannot be read.
    """
    file_format = check_content(content, filename=filename, max_bytes=settings.MAX_UPLOAD_BYTES)
    digest = hashlib.sha256(content).hexdigest()
    path = upload_path(CV(sha256=digest), "")
    with _without_stray_file(path), transaction.atomic():
        owner = _owner(uploaded_by, candidate) if expires_at is None else Candidate.objects.create()
        versions = list(owner.cvs.only("version", "is_latest", "sha256"))
        latest = next((version for version in versions if version.is_latest), None)
        if latest is not None and latest.sha256 == digest:
            return owner.cvs.get(pk=latest.pk)
        if latest is not None:
            owner.cvs.filter(is_latest=True).update(is_latest=False)
        number = 1 + max((version.version for version in versions), default=0)
        cv = _new_version(owner, number, digest, filename, file_format, uploaded_by, interactive)
        cv.expires_at = expires_at
        cv.size, cv.file.name = len(content), default_storage.save(path, ContentFile(content))
        cv.save()
        if expires_at is None:
            keep_longer(candidate=owner)
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
    cv.text = text.replace("\x00", " ")  # PostgreSQL keeps no NUL; the same length keeps every span true
    cv.format = "scan" if parsed.scanned else parsed.format
    is_first = not cv.is_read
    store_reading(cv, parsed)
    _make_current(cv)
    announce("cv.parsed", [cv.pk], interactive=cv.interactive)
    if is_first:
        cv.tell(WebhookEvent.CV_READ)


def store_reading(
    cv: CV, read: ParsedCV, history: Sequence[Correction] | None = None, *, beside: Sequence[str] = ()
) -> None:
    """Make what was read, with the corrections of the CV in it, what is shown and matched from now on.

    The caller holds the row's lock, so that no correction made meanwhile is lost; ``history`` are all of them, undone ones too,
    in their order, where the caller has read them. ``beside`` are columns that the caller has set and wants stored with it.
    """
    history = list(cv.corrections.all()) if history is None else history
    changes = [correction.change for correction in history if correction.undone_at is None]
    taxonomy.refresh()
    reading = corrected(read, changes)
    of_parser = assess(read)
    quality = assess(reading.parsed) if changes else of_parser
    cv.name = reading.parsed.resume.basics.name[:200]
    cv.label = (reading.parsed.titles[0] if reading.parsed.titles else "")[:300]
    cv.parsed_json = reading.parsed.to_json()
    cv.read_json = read.to_json() if changes else {}
    cv.parser_version = read.parser_version
    cv.quality = of_parser.to_json()
    cv.completeness = quality.completeness
    cv.findings = [finding.text for finding in quality.findings]
    cv.matched_text = _matched_text(cv.text, read, reading)
    cv.skills_json = skills_to_json(_skills(cv.matched_text, reading, changes))
    states = [f"{correction.pk}{'' if correction.undone_at is None else ' undone'}" for correction in history]
    cv.content_hash = content_hash(read.parser_version, skills_version(), cv.text, *states)
    cv.read_at = timezone.now()
    cv.save(update_fields=[*_READING, *beside])


def _matched_text(text: str, read: ParsedCV, reading: Corrected) -> str:
    """What people added stands after the text: every place in the text stays true, and none leads to it."""
    valid = text if reading.parsed is read else without_corrected(text, read, reading)
    hidden = hide_identity(blank_concerns(valid, read), reading.parsed, read)
    added = hide_in(added_words(reading), reading.parsed)
    return f"{hidden}\n\n{added}" if added.strip() else hidden


def _skills(matched_text: str, reading: Corrected, changes: list[Change]) -> list[SkillMention]:
    """The skills and languages in the text, without those that people took away and did not name again."""
    skills, languages = find_skills_and_languages(matched_text)
    found = (*skills, *languages)
    taken = tuple(removed_names(changes))
    if not taken:
        return list(found)
    parsed = reading.parsed
    named = {mention.skill_id for name in (*parsed.skill_names, *parsed.language_names) for mention in _named(name)}
    gone = {mention.skill_id for name in taken for mention in _named(name)} - named
    return [mention for mention in found if mention.skill_id not in gone]


def _named(name: str) -> tuple[SkillMention, ...]:
    """What a name by itself stands for, read as an item of a list: many names are also ordinary words."""
    return (*find_all_skills(f"Skills: {name}"), *find_languages(f"Languages: {name}"))


def read_again(*, limit: int, everything: bool = False, failed: bool = False) -> int:
    """Put CVs of another parser version back to be read, newest versions first; returns how many.

    What was read before stays in use until then, and for good where reading fails. ``everything`` takes those of today's
    parser too, ``failed`` those that could not be read.
    """
    rows = CV.objects.exclude(file="").filter(status__in=[Status.COMPLETED, *([Status.FAILED] if failed else [])])
    rows = rows if everything else rows.exclude(parser_version=PARSER_VERSION)
    ids = list(rows.order_by("-is_latest", "pk").values_list("pk", flat=True)[:limit])
    with transaction.atomic():
        # The state is asked again: another command may have taken some of them meanwhile.
        count = rows.filter(pk__in=ids).update(**REQUEUED, attempts=0, interactive=False)
        if count:
            announce("cv.received")
    return count


def read_skills_again(*, limit: int) -> int:
    """Look for skills again in up to ``limit`` CVs that name some that people changed; returns how many.

    What was read from the file and what people corrected stay as they are. Works on the oldest change that is not
    through; below ``limit`` it is.
    """
    taxonomy.refresh()
    with transaction.atomic():
        waiting = SkillChange.objects.filter(cvs_done_to__isnull=False).order_by("pk")
        change = waiting.select_for_update(skip_locked=True).first()
        if change is None:
            return 0
        rows = CV.objects.parsed().filter(naming_any(change.terms, "matched_text"), pk__gt=change.cvs_done_to)
        cvs = list(rows.prefetch_related("corrections").order_by("pk").select_for_update(of=("self",))[:limit])
        for cv in cvs:
            store_reading(cv, cv.read)
        change.cvs_done_to = cvs[-1].pk if len(cvs) == limit else None
        change.save(update_fields=["cvs_done_to"])
        if cvs:
            announce("cv.parsed", [cv.pk for cv in cvs])
    return len(cvs)


def return_to_readable() -> int:
    """Where the newest version of a CV turned out unreadable, the version before it is matched again; returns how many."""
    returned = 0
    unreadable = CV.objects.current().filter(status=Status.FAILED, version__gt=1, content_hash="")
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
    if current is None:
        return
    is_unreadable = current.status == Status.FAILED and not current.is_read
    if current.version < cv.version or is_unreadable:
        _switch_to(cv)


def _switch_to(cv: CV) -> None:
    cv.candidate.cvs.current().update(is_latest=False)
    cv.is_latest = True
    cv.save(update_fields=["is_latest"])


def delete_superseded(*, before: datetime, limit: int) -> int:
    """Remove CV versions for which a later one was read before that moment, with their files; returns how many."""
    later = CV.objects.parsed().filter(
        candidate=OuterRef("candidate"), version__gt=OuterRef("version"), finished_at__lt=before
    )
    old = list(CV.objects.filter(Exists(later), is_latest=False).values_list("pk", flat=True)[:limit])
    CV.objects.filter(pk__in=old).delete()
    return len(old)


def _owner(uploaded_by: User | None, candidate: Candidate | None) -> Candidate:
    """The candidate, locked: two uploads at once become two versions, one after the other."""
    if candidate is None and uploaded_by is not None and not uploaded_by.is_recruiter:
        withheld = uploaded_by.refuses(Purpose.MATCHING)
        candidate, _ = Candidate.objects.get_or_create(user=uploaded_by, defaults={"is_withheld": withheld})
        note_upload(uploaded_by)
    if candidate is None:
        return Candidate.objects.create()
    return Candidate.objects.select_for_update().get(pk=candidate.pk)


def _new_version(
    owner: Candidate,
    number: int,
    digest: str,
    filename: str,
    file_format: str,
    uploaded_by: User | None,
    interactive: bool,
) -> CV:
    return CV(
        candidate=owner,
        version=number,
        uploaded_by=uploaded_by,
        filename=PurePath(filename or "cv").name[-200:],
        sha256=digest,
        format=file_format,
        interactive=interactive,
    )


@contextmanager
def _without_stray_file(path: str) -> Iterator[None]:
    """A file that a failed transaction has stored goes as well: nobody would find it again."""
    through = False
    try:
        yield
        through = True
    finally:
        if not through:
            default_storage.delete(path)
