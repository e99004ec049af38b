"""All that is kept about a candidate as one ZIP archive, written piece by piece while it is sent."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils import timezone

from cvmatch.core.models import User, Webhook
from ingestion.models import CV, Candidate
from ingestion.selectors import list_corrections
from ingestion.viewings import list_views
from jobs.models import SavedSearch
from matching.models import Alert, AlertSubscription, Interaction, JobMark, Match
from matching.selectors import jobs_for_cv

_PIECE = 64 * 1024
README = """What cvmatch keeps about you, {date}.

account.json          your account
cvs/version-N/        each version of your CV:
  file/               the file itself, as you uploaded it
  text.txt            the text that was found in it
  resume.json         what was read from it, as JSON Resume (jsonresume.org), with what you corrected
  corrections.json    what was corrected by hand, by whom and when
  matches.json        the newest list of jobs for it: scores, their parts, and why
marked_jobs.json      the jobs you saved, hid or judged, and when you went to apply
actions.json          what you did with jobs you were shown, once an hour at most
views.json            who opened your CV, and when
searches.json         the searches for jobs that you keep
alerts.json           what you follow, and what you were told of it
webhooks.json         addresses of yours that are told when something happens, without their secrets

All times are UTC. JSON files can be opened with any text editor.
"""


class _Sink:
    """Takes what the archive writes and gives it on; it cannot go back, so that nothing has to be kept."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def stream_archive(user: User) -> Iterator[bytes]:
    """The archive in pieces; at no time more of it is in memory than one CV's file and rows."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("README.txt", README.format(date=timezone.now().strftime("%d %B %Y")))
        for name, content in _documents(user):
            archive.writestr(name, json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            yield sink.taken()
        candidate = Candidate.objects.filter(user=user).first()
        ids = candidate.cvs.order_by("version").values_list("pk", flat=True) if candidate else []
        for pk in ids:
            for _ in _add_cv(archive, CV.objects.get(pk=pk)):
                yield sink.taken()
    yield sink.taken()


def _documents(user: User) -> Iterator[tuple[str, Any]]:
    account = ("username", "first_name", "last_name", "email", "role", "date_joined", "last_login")
    yield "account.json", {name: getattr(user, name) for name in account}
    marks = JobMark.objects.filter(user=user)
    job = ("job_id", "job__title", "job__company")
    yield "marked_jobs.json", _rows(marks, *job, "kind", "reason", "verdict", "applied_at", "marked_at")
    actions = Interaction.objects.filter(user=user)
    yield "actions.json", _rows(actions, *job, "kind", "reason", "position", "created_at")
    searches = SavedSearch.objects.filter(user=user).order_by("name")
    yield "searches.json", _rows(searches, "name", "query", "is_shared", "created_at")
    follows = AlertSubscription.objects.filter(user=user).order_by("pk")
    told = Alert.objects.filter(user=user, digest__isnull=False).order_by("pk")
    yield "alerts.json", {
        "follows": _rows(follows, "kind", "min_score", "cadence", "by_email", "created_at"),
        "told": _rows(told, *job, "score", "created_at", "read_at"),
    }
    hooks = Webhook.objects.filter(user=user).order_by("pk")
    yield "webhooks.json", _rows(hooks, "url", "events", "is_active", "off_reason", "created_at")
    candidate = Candidate.objects.filter(user=user).first()
    views = list_views(candidate) if candidate else None
    yield "views.json", _rows(views, "user_name", "cv__version", "how", "at") if views is not None else []


def _rows(rows: QuerySet[Any], *names: str) -> list[dict[str, Any]]:
    return [
        dict(zip((name.replace("__", "_") for name in names), row, strict=True)) for row in rows.values_list(*names)
    ]


def _add_cv(archive: zipfile.ZipFile, cv: CV) -> Iterator[None]:
    """One version, file by file; a file that is not there any more is said to be missing."""
    folder = f"cvs/version-{cv.version}"
    # In a folder of its own, so that no name that somebody gave it can be that of another file here.
    name = PurePath(cv.filename.replace("\\", "_")).name or "cv"
    try:
        with cv.file.open("rb") as stored, archive.open(f"{folder}/file/{name}", "w") as entry:
            for piece in iter(lambda: stored.read(_PIECE), b""):
                entry.write(piece)
                yield
    except (OSError, ValueError):
        archive.writestr(f"{folder}/file/missing.txt", "The stored file is not there any more.")
    archive.writestr(f"{folder}/text.txt", cv.text)
    for name, content in (
        ("resume", cv.parsed.to_json()),
        ("corrections", [_correction(row) for row in list_corrections(cv)]),
        ("matches", [_match(line.match) for line in jobs_for_cv(cv).lines]),
    ):
        archive.writestr(
            f"{folder}/{name}.json", json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        )
        yield


def _correction(row: Any) -> dict[str, Any]:
    names = ("path", "kind", "was_json", "value_json", "made_at", "undone_at")
    return {**{name.removesuffix("_json"): getattr(row, name) for name in names}, "made_by": _name(row.made_by)}


def _name(user: Model | None) -> str:
    return str(user) if user is not None else ""


def _match(match: Match) -> dict[str, Any]:
    explanation = getattr(match, "explanation", None)
    return {
        "rank": match.rank,
        "job_id": match.job_id,
        "title": match.job.title,
        "company": match.job.company,
        "score": match.score,
        "low": match.low,
        "high": match.high,
        "band": match.band,
        "parts": match.parts_json,
        "explanation": explanation.body_json if explanation is not None else {},
    }
