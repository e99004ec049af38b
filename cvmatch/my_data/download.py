"""All that is kept about a person as one ZIP archive, written piece by piece while it is sent."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from cvmatch.core.models import User
from cvmatch.my_data.holdings import HOLDINGS, Holding, Person
from ingestion.models import CV, Candidate
from ingestion.selectors import list_corrections
from matching.models import Match, MatchTask
from matching.selectors import jobs_for_cv

_PIECE = 64 * 1024
README = """What cvmatch keeps about you, {date}.

{files}
cvs/version-N/            each version of your CV; cvs/once-N/ what you only had matched
  file/                   the file itself, as you uploaded it
  text.txt                the text that was found in it
  matched_text.txt        the same text as matching sees it: without name, contacts and personal details
  resume.json             what was read from it, as JSON Resume (jsonresume.org), with what you corrected
  read.json               the same before corrections, where there are any
  corrections.json        what was corrected by hand, by whom and when
  matches.json            the newest list of jobs for it: scores, their parts, and why

All times are UTC. JSON files can be opened with any text editor. Left out are secrets such as passwords, and numbers that
only say something to a program; what is left out, and why, says docs/privacy.md.
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


def person_of(user: User) -> Person:
    """Somebody with an account, and their CV if there is one."""
    return Person(user, Candidate.objects.filter(user=user).first())


def stream_archive(person: Person) -> Iterator[bytes]:
    """The archive in pieces; at no time more of it is in memory than one CV's file and some rows."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("README.txt", _readme())
        for holding in HOLDINGS:
            for _ in _add_rows(archive, holding, person):
                yield sink.taken()
        for folder, pk in _folders(person):
            for _ in _add_cv(archive, folder, CV.objects.get(pk=pk)):
                yield sink.taken()
    yield sink.taken()


def _readme() -> str:
    files = "\n".join(f"{holding.file:<25} {holding.about}" for holding in HOLDINGS)
    return README.format(date=timezone.now().strftime("%d %B %Y"), files=files)


def _add_rows(archive: zipfile.ZipFile, holding: Holding, person: Person) -> Iterator[None]:
    """One row after the other, as one list of JSON."""
    if holding.is_one:
        archive.writestr(holding.file, _json(next(holding.read(person), {})))
        return
    with archive.open(holding.file, "w") as entry:
        before = "[\n"
        for row in holding.read(person):
            entry.write((before + _json(row)).encode())
            before = ",\n"
            yield
        entry.write(b"[]\n" if before == "[\n" else b"\n]\n")


def _folders(person: Person) -> Iterator[tuple[str, int]]:
    """The folder of each CV: all versions of the person's, and what they only had matched."""
    if person.candidate is not None:
        for pk, version in person.candidate.cvs.order_by("version").values_list("pk", "version"):
            yield f"cvs/version-{version}", pk
    if person.user is not None:
        once = MatchTask.objects.filter(user=person.user, cv__expires_at__isnull=False)
        for pk in once.order_by("cv").values_list("cv", flat=True):
            yield f"cvs/once-{pk}", pk


def _add_cv(archive: zipfile.ZipFile, folder: str, cv: CV) -> Iterator[None]:
    """One CV, file by file; a file that is not there any more is said to be missing."""
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
    archive.writestr(f"{folder}/matched_text.txt", cv.matched_text)
    for name, content in (
        ("resume", cv.parsed.to_json()),
        ("read", cv.read_json),
        ("corrections", [_correction(row) for row in list_corrections(cv)]),
        ("matches", [_match(line.match) for line in jobs_for_cv(cv).lines]),
    ):
        archive.writestr(f"{folder}/{name}.json", _json(content))
        yield


def _json(content: Any) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _correction(row: Any) -> dict[str, Any]:
    names = ("path", "kind", "was_json", "value_json", "made_at", "undone_at")
    made_by = str(row.made_by) if row.made_by is not None else ""
    return {**{name.removesuffix("_json"): getattr(row, name) for name in names}, "made_by": made_by}


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
