"""The score never depends on who somebody is: the same CV of another person reaches the matching letter for letter.

What reaches it is compared as a whole: words, facts, skills and every text that is embedded. Scores follow from that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from django.utils import timezone

from cvmatch import demo
from ingestion.extract import read_document
from ingestion.identity import hide_in
from ingestion.models import CV
from ingestion.parse import parse_document
from ingestion.services import keep_text
from ingestion.values import Basics, Document, Education, ParsedCV, Resume
from matching.embedding.passages import cv_passages
from matching.embedding.text import cv_text, cv_title_spans, cv_title_text
from matching.learning.choices import shipped_weights
from matching.models import LearnedRanker
from matching.profiles import cv_profile
from matching.ranking import rank
from matching.search import Side
from matching.values import CVProfile
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle
from tests.swapping import Change, exchange, rename, swapped, with_line

pytestmark = pytest.mark.django_db

T = TypeVar("T")
REAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "cv-real"
NAMES = ("Jennifer Washington", "Mohammed Al-Rashid", "Nguyễn Thị Lan", "Jean-Luc de la Tour", "Sean O’Brien")
SCHOOLS = ("Harvard University", "Technische Hochschule Ingolstadt", "Eastfield Community College")
# Each line beside another that says it of somebody else.
LINES = (
    ("Date of birth: 3 May 1990", "Date of birth: 14 December 1961"),
    ("Born in Lagos, Nigeria", "Born on 3 May 1990 in Bonn"),
    ("Nationality: German", "Nationality: Nigerian"),
    ("Marital status: single", "Marital status: widowed"),
    ("Married, two children", "Single"),
    ("Gender: female", "Gender: male"),
    ("Age: 29", "Age: 61"),
    ("29 years old", "61 years old"),
    ("German citizen", "British national"),
    ("Photo: portrait.jpg", "Photo: me.png"),
    ("Ms.", "Mr"),
    ("(she/her)", "(he/him)"),
)
SHE_OR_HE = {"he": "she", "his": "her", "him": "her", "himself": "herself"}


@dataclass(frozen=True)
class Seen:
    """All that matching gets to see of a CV."""

    words: tuple[str, ...]
    profile: CVProfile
    text: str
    titles: str
    passages: tuple[str, ...]


def seen(document: Document) -> Seen:
    """By way of a stored row, as an upload would come."""
    cv = keep_text(filename="cv", text=document.text, parsed=parse_document(document))
    shown, parsed = cv.matched_text, cv.parsed
    return Seen(
        words=tuple(shown.split()),
        profile=cv_profile(cv, today=date(2026, 1, 5)),
        text=cv_text(shown, parsed),
        titles=cv_title_text(parsed, shown),
        passages=tuple(" ".join(shown[p.start : p.end].split()) for p in cv_passages(shown, cv_title_spans(parsed))),
    )


@cache
def documents(real: bool) -> tuple[tuple[str, Document, ParsedCV], ...]:
    """Our own CVs with what is read from them, or those of others with what is true of them."""
    return tuple(_real() if real else _own())


def _own() -> Iterator[tuple[str, Document, ParsedCV]]:
    for file in demo.cv_files():
        document = read_document(file.read_bytes(), filename=file.name, max_bytes=10_000_000)
        yield file.name, document, parse_document(document)


def _real() -> Iterator[tuple[str, Document, ParsedCV]]:
    for file in sorted((REAL / "files").iterdir()):
        truth = json.loads((REAL / "truth" / f"{file.stem}.json").read_text(encoding="utf-8"))
        yield (
            file.name,
            read_document(file.read_bytes(), filename=file.name, max_bytes=10_000_000),
            ParsedCV.from_json(truth),
        )


ours_and_others = pytest.mark.parametrize("real", [False, True], ids=["our own CVs", "CVs of others"])


def require(real: bool) -> tuple[tuple[str, Document, ParsedCV], ...]:
    if real and not REAL.is_dir():
        pytest.skip("../shared/data/cv-real is not here")
    return documents(real)


def some(values: Sequence[T], number: int) -> list[T]:
    """Two of them, others for the next document: all of them come round many times."""
    return [values[(2 * number + step) % len(values)] for step in range(2)]


def differing(document: Document, *changes: Change) -> list[int]:
    """The numbers of the changes after which matching sees something else."""
    as_it_is = seen(swapped(document, lambda text: text))
    others = [swapped(document, change) for change in changes]
    return [n for n, other in enumerate(others) if other.text != document.text and seen(other) != as_it_is]


@ours_and_others
def test_another_name_changes_nothing(real: bool) -> None:
    changed = {
        name: differing(document, *(rename(truth.resume.basics.name, other) for other in some(NAMES, number)))
        for number, (name, document, truth) in enumerate(require(real))
        if truth.resume.basics.name
    }
    assert len(changed) > 10
    assert {name: numbers for name, numbers in changed.items() if numbers} == {}


@ours_and_others
def test_other_pronouns_change_nothing(real: bool) -> None:
    changed = {name: differing(document, exchange(SHE_OR_HE)) for name, document, _ in require(real)}
    assert {name: numbers for name, numbers in changed.items() if numbers} == {}


@ours_and_others
def test_a_line_about_the_person_may_say_anything(real: bool) -> None:
    pairs, changed = 0, []
    for number, (name, document, _) in enumerate(require(real)):
        place = next((n for n, line in enumerate(document.lines) if "@" in line.text), 0)
        for one, other in some(LINES, number):
            pairs += 1
            if seen(with_line(document, one, after=place)) != seen(with_line(document, other, after=place)):
                changed.append((name, one, other))
    # A line in the narrow column of one layout is read into the address, and what is read of the column changes with it.
    assert len(changed) <= 0.01 * pairs, changed
    assert real or changed == []


@ours_and_others
def test_another_school_changes_nothing(real: bool) -> None:
    changed, compared = [], 0
    for name, document, truth in require(real):
        schools = {entry.institution for entry in truth.resume.education} - {""}
        # A name that is broken over two lines cannot be exchanged line by line.
        if schools and all(
            document.text.count(school) == " ".join(document.text.split()).count(school) for school in schools
        ):
            compared += len(SCHOOLS)
            changed += [(name, n) for n in differing(document, *(exchange(dict.fromkeys(schools, s)) for s in SCHOOLS))]
    assert compared >= 30
    # Where a school stands in a line with something else, the reader of entries may cut the two apart at another place.
    assert len(changed) <= 0.07 * compared, changed


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("Ruby hails from Leeds. Before that, Ruby was a cook.", ["Ruby"]),
        ("Mara’s team of five", ["Mara"]),
        ("He held his post; she hers", ["He", "his", "she", "hers"]),
        ("Mrs. Okafor and Herr Dr. Weiß", ["Mrs", "Okafor", "Herr", "Weiß"]),
        ("Proud mother of two", ["mother", "two"]),
        ("Degrees from Uppsala University and Chalmers", ["Uppsala", "Chalmers"]),
        ("An Ivy League graduate of a prestigious programme", ["Ivy", "prestigious"]),
        ("Single\n29 years old\nBritish national", ["Single", "29", "British"]),
    ],
)
def test_what_tells_of_the_person_in_running_text_goes(said: str, hidden: list[str]) -> None:
    first = "Ruby" if "Ruby" in said else "Mara"
    schools = tuple(Education(institution=name) for name in ("Uppsala University", "Chalmers University of Technology"))
    left = hide_in(said, ParsedCV(Resume(basics=Basics(name=f"{first} Lindqvist"), education=schools)))
    assert [word for word in hidden if word in left] == []


@pytest.mark.parametrize(
    "said",
    [
        "Built services in Ruby and Go",
        "Ruby, Rails, PostgreSQL",
        "Single page applications",
        "Taught children of two classes",
        "Image and picture editing",
        "National sales of 2 million",
        "10 years of experience",
        "Passport control at the airport",
        "Managed the university hospital's pharmacy",
    ],
)
def test_what_is_said_of_the_work_stays(said: str) -> None:
    parsed = ParsedCV(
        Resume(basics=Basics(name="Ruby Lindqvist"), education=(Education(institution="University of Leeds"),))
    )
    assert hide_in(said, parsed) == said


def test_the_ranked_list_of_another_person_has_the_same_figures_to_the_letter() -> None:
    for number, title in enumerate(("Data Engineer", "Database Administrator", "Cook")):
        make_job(str(number), title)
    told = CV_TEXT.replace(
        "Summary\n", "Date of birth: 3 May 1990\nNationality: Swedish\nSummary\nMara likes her work. "
    )
    other = told.replace("Mara Lindqvist", "Ibrahim Al-Sayed").replace("mara.lindqvist", "ibrahim")
    other = (
        other.replace("Mara likes her", "Ibrahim likes his")
        .replace("3 May 1990", "1961-12-14")
        .replace("Swedish", "Syrian")
    )
    other = other.replace("Uppsala University", "Eastfield Community College")
    cvs = [make_cv(told), make_cv(other)]
    work_until_idle()
    ranked = rank(Side.JOBS_FOR_CV, [cv.pk for cv in cvs], now=timezone.now(), top=10)
    first, second = ([(line.job_id, line.found, line.score) for line in ranked[cv.pk].lines] for cv in cvs)
    assert len(first) == 3
    assert first == second
    searched = CV.objects.filter(pk__in=[cv.pk for cv in cvs]).values_list("search", flat=True)
    assert len(set(searched)) == 1


def test_another_person_stands_beside_the_first_in_an_order_learned_from_choices() -> None:
    job = make_job(company="Acme")
    other = CV_TEXT.replace("Mara Lindqvist", "Ibrahim Al-Sayed").replace("mara.lindqvist", "ibrahim")
    others = [make_cv(CV_TEXT.replace("March 2019", since)) for since in ("March 2010", "May 2024")]
    alike = [make_cv(CV_TEXT), make_cv(other)]
    work_until_idle()
    weights = {name: 0.9 if name == "experience" else 0.1 * share for name, share in shipped_weights().items()}
    LearnedRanker.objects.create(
        organisation="acme", version=1, state="serving", weights_json=weights, wanted_json=weights, steepness=0.0,
        decisions=0, lists=0, people=0, judgement_json={},
    )  # fmt: skip
    ranked = rank(Side.CVS_FOR_JOB, [job.pk], now=timezone.now(), top=10)[job.pk]
    assert ranked.ranker is not None
    order = [line.cv_id for line in ranked.lines]
    assert sorted(order) == sorted(cv.pk for cv in (*alike, *others))
    first, second = (order.index(cv.pk) for cv in alike)
    assert abs(first - second) == 1
    assert ranked.lines[first].score == ranked.lines[second].score
