"""One match in full: the parts of its score, what was found where, and both texts with the places marked in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from cvmatch.core.errors import NotFound
from cvmatch.core.highlight import Mark, Segment, segments
from cvmatch.core.models import User
from matching.models import Match, Prediction
from matching.selectors.lines import PART_NAMES, Line, line_of
from matching.values import Finding, Part, Place, parts_from_json

# Characters shown on each side of quoted words.
AROUND = 48
_BULLETS = " \u2022\u00b7-–*▪●◦"


@dataclass(frozen=True)
class PartRow:
    """A part of the score in points; ``width`` is how much of it was reached, in hundredths."""

    name: str
    points: float | None
    full: float
    width: float


@dataclass(frozen=True)
class Quote:
    """The words of the CV that carry a finding, with what stands around them on the same line."""

    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Shown:
    """A finding with its number, and which of its places are really in the texts shown."""

    number: int
    finding: Finding
    in_cv: bool
    in_job: bool
    quote: Quote | None


@dataclass(frozen=True)
class MatchPage:
    """``is_stale`` says that a text changed after the explanation was written, so that some places are not shown."""

    line: Line
    parts: tuple[PartRow, ...]
    findings: tuple[Shown, ...]
    cv_text: tuple[Segment, ...]
    job_text: tuple[Segment, ...]
    is_stale: bool
    before: int | None
    after: int | None

    @property
    def match(self) -> Match:
        return self.line.match


def get_match_page(user: User, pk: int) -> MatchPage:
    """The match if this user may see it; raises NotFound. A candidate sees the lines of their own CVs' lists only."""
    match = _visible(user).filter(pk=pk).first()
    if match is None:
        raise NotFound("There is no such match, or it is not yours to see. Lists are made anew every day.")
    line = line_of(match)
    findings = tuple(_shown(line, match.cv.text, match.job.description))
    lost = any(
        (item.finding.in_cv is not None and not item.in_cv) or (item.finding.in_job is not None and not item.in_job)
        for item in findings
    )
    before, after = _neighbours(match)
    return MatchPage(
        line=line,
        parts=tuple(_part_row(part) for part in parts_from_json(match.parts_json)),
        findings=findings,
        cv_text=segments(match.cv.text, _marks(findings, "cv")),
        job_text=segments(match.job.description, _marks(findings, "job")),
        is_stale=lost,
        before=before,
        after=after,
    )


def _visible(user: User) -> QuerySet[Match]:
    matches = Match.objects.select_related("prediction", "cv__candidate", "job", "explanation").defer(
        "cv__search",
        "cv__matched_text",
        "cv__parsed_json",
        "cv__read_json",
        "cv__skills_json",
        "job__search",
        "job__description_html",
    )
    if user.is_recruiter:
        return matches
    return matches.filter(cv__candidate__user=user, prediction__side=Prediction.Side.JOBS_FOR_CV)


def _shown(line: Line, cv_text: str, job_text: str) -> Iterator[Shown]:
    for number, finding in enumerate(line.account.findings if line.account else ()):
        in_cv = _is_there(finding.in_cv, cv_text)
        quote = _quote(finding.in_cv, cv_text) if finding.in_cv and in_cv else None
        yield Shown(number, finding, in_cv, _is_there(finding.in_job, job_text), quote)


def _quote(place: Place, text: str) -> Quote:
    """The line around the place, cut to a few words on both sides."""
    line_start = text.rfind("\n", 0, place.start) + 1
    line_end = text.find("\n", place.end)
    before = text[line_start : place.start].replace("\t", " ").lstrip(_BULLETS)
    after = text[place.end : line_end if line_end >= 0 else len(text)].replace("\t", " ").rstrip()
    if len(before) > AROUND:
        before = f"… {before[-AROUND:].partition(' ')[2]}"
    if len(after) > AROUND:
        after = f"{after[:AROUND].rpartition(' ')[0]} …"
    return Quote(before, place.text, after)


def _is_there(place: Place | None, text: str) -> bool:
    """A mark is made only where the text still says what the explanation quotes."""
    return place is not None and text[place.start : place.end] == place.text


def _marks(findings: Sequence[Shown], side: str) -> Iterator[Mark]:
    """Each mark leads to its counterpart on the other side, or else to the finding itself."""
    for item in findings:
        here, there = (item.in_cv, item.in_job) if side == "cv" else (item.in_job, item.in_cv)
        place = item.finding.in_cv if side == "cv" else item.finding.in_job
        if place is None or not here:
            continue
        other = "job" if side == "cv" else "cv"
        yield Mark(
            place.start,
            place.end,
            anchor=f"{side}-{item.number}",
            target=f"{other}-{item.number}" if there else f"finding-{item.number}",
            state=item.finding.state,
            title=item.finding.name,
            key=str(item.number),
        )


def _part_row(part: Part) -> PartRow:
    return PartRow(
        PART_NAMES.get(part.name, part.name), part.points, part.full_points, round(100 * (part.value or 0.0), 1)
    )


def _neighbours(match: Match) -> tuple[int | None, int | None]:
    """The matches one rank above and one below in the same list."""
    ranks = {match.rank - 1, match.rank + 1}
    near = dict(
        Match.objects.filter(prediction_id=match.prediction_id, rank__in=ranks).order_by().values_list("rank", "pk")
    )
    return near.get(match.rank - 1), near.get(match.rank + 1)
