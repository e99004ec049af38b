"""One match in full: the parts of its score, what was found where, and both texts with the places marked in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from cvmatch.core.errors import NotFound
from cvmatch.core.highlight import Mark, Segment, segments
from cvmatch.core.models import User
from ingestion.identity import close
from ingestion.naming import label_for, name_for, text_for
from matching.experiments.serving import in_order, ordering_for
from matching.models import Match
from matching.selectors.lines import PART_NAMES, Line, line_of
from matching.selectors.visible import visible_matches
from matching.values import Asks, Finding, Fit, Part, Place, fit_from_json, parts_from_json

# Characters shown on each side of quoted words.
AROUND = 48
# Places of one finding that are quoted; all of them are marked in the text.
QUOTED = 2
_BULLETS = " \u2022\u00b7-–*▪●◦"


@dataclass(frozen=True)
class PartRow:
    """A part of the score in points; ``width`` is how much of it was reached, in hundredths, ``words`` what it rests on."""

    name: str
    points: float | None
    full: float
    width: float
    words: str = ""


@dataclass(frozen=True)
class Quote:
    """The words of the CV that carry a finding, with what stands around them on the same line."""

    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Shown:
    """A finding with its number, and those of its places that are really in the texts shown.

    ``quotes`` are the first of the places in the CV, each with the words around it.
    """

    number: int
    finding: Finding
    part: str
    places: tuple[Place, ...]
    in_job: bool
    quotes: tuple[Quote, ...]

    @property
    def is_wish(self) -> bool:
        """Nice to have; the level of a title is neither that nor a must."""
        return not self.finding.must and self.finding.kind != Asks.LEVEL

    @property
    def others(self) -> int:
        """How many places there are besides, where two are quoted."""
        return len(self.places) - len(self.quotes) if len(self.quotes) == QUOTED else 0

    @property
    def similarity(self) -> str:
        """The cosine with two digits, where one line answers another; words that are the same need none."""
        return f"{self.finding.similarity:.2f}" if self.finding.similarity is not None and self.places else ""


@dataclass(frozen=True)
class Person:
    """Who a match is about, as the user may know them: without name and contacts for those who read blind."""

    name: str
    label: str
    email: str = ""
    phone: str = ""
    is_blind: bool = False


@dataclass(frozen=True)
class MatchPage:
    """``is_stale`` says that a text changed after the explanation was written, so that some places are not shown."""

    line: Line
    person: Person
    parts: tuple[PartRow, ...]
    findings: tuple[Shown, ...]
    cv_text: tuple[Segment, ...]
    job_text: tuple[Segment, ...]
    is_stale: bool
    for_job: Fit | None = None
    for_person: Fit | None = None

    @property
    def match(self) -> Match:
        return self.line.match


def get_match_page(user: User, pk: int) -> MatchPage:
    """The match if this user may see it; raises NotFound. A candidate sees the lines of their own CVs' lists only."""
    pages = list_match_pages(user, [pk])
    if not pages:
        raise NotFound("There is no such match, or it is not yours to see. Lists are made anew every day.")
    return pages[0]


def list_match_pages(user: User, ids: Sequence[int]) -> list[MatchPage]:
    """Those of the matches that this user may see, in the order of the ids; one query."""
    found = {match.pk: match for match in _visible(user).filter(pk__in=ids)}
    return [_page(user, found[pk]) for pk in dict.fromkeys(ids) if pk in found]


def find_neighbours(user: User, match: Match) -> tuple[int | None, int | None, int]:
    """The matches above and below in the same list as this user is shown it, and the place of this one in it."""
    side = match.prediction.side
    if ordering_for(user, side):
        order = [line.pk for line, _ in in_order(user, side, Match.objects.filter(prediction=match.prediction_id))]
        place = order.index(match.pk)
        return order[place - 1] if place else None, next(iter(order[place + 1 :]), None), place + 1
    ranks = {match.rank - 1, match.rank + 1}
    near = dict(
        Match.objects.filter(prediction_id=match.prediction_id, rank__in=ranks).order_by().values_list("rank", "pk")
    )
    return near.get(match.rank - 1), near.get(match.rank + 1), match.rank


def _page(user: User, match: Match) -> MatchPage:
    line, cv_text = line_of(match), text_for(user, match.cv)
    findings = tuple(_shown(line, cv_text, match.job.description))
    return MatchPage(
        line=line,
        person=_person(user, match),
        parts=_part_rows(line, parts_from_json(match.parts_json)),
        findings=findings,
        cv_text=_closed(segments(cv_text, _marks(findings, "cv"))),
        job_text=segments(match.job.description, _marks(findings, "job")),
        is_stale=any(_is_lost(item, match) for item in findings),
        for_job=fit_from_json(match.fits_json.get("for_job")),
        for_person=fit_from_json(match.fits_json.get("for_person")),
    )


def _person(user: User, match: Match) -> Person:
    name, label = name_for(user, match.cv), label_for(user, match.cv)
    if user.is_blind:
        return Person(name, label, is_blind=True)
    return Person(name, label, getattr(match, "email", "") or "", getattr(match, "phone", "") or "")


def _is_lost(item: Shown, match: Match) -> bool:
    """Whether one of its places says something else in a text by now."""
    in_job = item.finding.in_job
    moved = any(not _is_there(place, match.cv.text) for place in item.finding.evidence)
    return moved or (in_job is not None and not item.in_job)


def _visible(user: User) -> QuerySet[Match]:
    """With all that a page shows; what only blind reading needs is loaded for it alone, contacts for all others."""
    matches = visible_matches(user).select_related("prediction", "cv__candidate", "job", "explanation")
    matches = matches.defer("cv__search", "cv__read_json", "cv__skills_json", "job__search", "job__description_html")
    if user.is_blind:
        return matches
    basics = KeyTransform("basics", "cv__parsed_json")
    contacts = {name: KeyTextTransform(name, basics) for name in ("email", "phone")}
    return matches.defer("cv__matched_text", "cv__parsed_json").annotate(**contacts)


def _closed(text: Sequence[Segment]) -> tuple[Segment, ...]:
    return tuple(replace(segment, text=close(segment.text)) for segment in text)


def _shown(line: Line, cv_text: str, job_text: str) -> Iterator[Shown]:
    for number, finding in enumerate(line.account.findings if line.account else ()):
        places = tuple(place for place in finding.evidence if _is_there(place, cv_text))
        quotes = tuple(_quote(place, cv_text) for place in _first_of_lines(places, cv_text)[:QUOTED])
        part = PART_NAMES.get(finding.part, finding.part)
        yield Shown(number, finding, part, places, _is_there(finding.in_job, job_text), quotes)


def _first_of_lines(places: Sequence[Place], text: str) -> list[Place]:
    """One place of each line: what stands beside it is quoted with it."""
    lines: dict[int, Place] = {}
    for place in places:
        lines.setdefault(text.rfind("\n", 0, place.start), place)
    return list(lines.values())


def _quote(place: Place, text: str) -> Quote:
    """The line around the place, cut to a few words on both sides."""
    line_start = text.rfind("\n", 0, place.start) + 1
    line_end = text.find("\n", place.end)
    before = text[line_start : place.start].replace("\t", " ").lstrip(_BULLETS)
    after = text[place.end : line_end if line_end >= 0 else len(text)].replace("\t", " ").rstrip()
    before, after = close(before), close(after)
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
        here = item.places if side == "cv" else (item.finding.in_job,) if item.in_job else ()
        there = item.in_job if side == "cv" else bool(item.places)
        target = f"{'job' if side == 'cv' else 'cv'}-{item.number}" if there else f"finding-{item.number}"
        for nth, place in enumerate(here):
            if place is not None:
                anchor = f"{side}-{item.number}" + (f"-{nth}" if nth else "")
                yield Mark(
                    place.start, place.end, anchor, target, item.finding.state, item.finding.name, str(item.number)
                )


def _part_rows(line: Line, parts: Sequence[Part]) -> tuple[PartRow, ...]:
    words = {reason.part: reason.words for reason in line.account.reasons} if line.account else {}
    return tuple(
        PartRow(
            PART_NAMES.get(part.name, part.name),
            part.points,
            part.full_points,
            round(100 * (part.value or 0.0), 1),
            words.get(part.name, ""),
        )
        for part in parts
    )
