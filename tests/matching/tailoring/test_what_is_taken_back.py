"""A name in a CV supports nothing where the words around it say: not, a little, not yet, somebody else."""

from __future__ import annotations

import pytest

from matching.tailoring.checking import check
from matching.tailoring.same_words import Unsupported
from matching.tailoring.standing import says_less
from matching.tailoring.values import EditKind
from tests.tailoring import CV_TEXT, cut, edit_of, ground_of, listed, move

# Each names Kubernetes, and none says that somebody has worked with it.
ITEMS = """No experience with Kubernetes yet, but eager.
Want to learn Kubernetes.
Would like to move to Kubernetes.
Looking forward to working with Kubernetes.
Aspire to become a Kubernetes developer.
Keen on Kubernetes.
My goal is Kubernetes.
Decided against Kubernetes.
Declined to use Kubernetes.
Failed to introduce Kubernetes.
Worked next to the team using Kubernetes.
Kubernetes was run by another team.
Managed the Kubernetes engineers.
Sold Kubernetes trainings.
Recruited for Kubernetes.
Taught by experts in Kubernetes.
Kubernetes certification (in progress)
Preparing for the Kubernetes exam
Studied for Kubernetes, exam in May
Stopped using Kubernetes
Unlike Kubernetes, we used scripts
Zero experience with Kubernetes
Barely any Kubernetes
Can't do Kubernetes
If needed I could use Kubernetes
Attending a course on Kubernetes
Enrolled in a Kubernetes bootcamp
Wrote a job ad asking for Kubernetes
Objective: a position with Kubernetes
Kubernetes: n/a
Angestrebt: Kubernetes
Noch keine Erfahrung mit Kubernetes
Ich möchte Kubernetes lernen
Kubernetes in Planung
Erste Einblicke in Kubernetes
Fără experiență cu Kubernetes
Nu am lucrat cu Kubernetes
Vreau să învăț Kubernetes
Aucune expérience avec Kubernetes
Pas d'expérience en Kubernetes
Sin experiencia en Kubernetes
Nessuna esperienza con Kubernetes
Geen ervaring met Kubernetes
Bez doświadczenia w Kubernetes""".splitlines()

IN_LISTS = """Kubernetes (planned)
Kubernetes - in progress
Kubernetes: 1/5
Kubernetes ●○○○○
Kubernetes 10%
Kubernetes (0 years)
Kubernetes (soon)
Kubernetes (Einsteiger)
Kubernetes (Basis)
Kubernetes, expired
Not yet: Kubernetes
Wishlist: Kubernetes
Noțiuni de bază: Kubernetes
Notions de Kubernetes""".splitlines()

LABELS = [
    "Currently learning:\nKubernetes, Excel",
    "Want to learn:\n- Excel\n- Kubernetes",
    "Beginner\nExcel, Kubernetes",
    "Grundkenntnisse:\nExcel\nKubernetes",
    "Kubernetes\nBeginner",
    "Learning now\n\nKubernetes",
]
SECTIONS = [
    "Learning Goals\nKubernetes",
    "Objective\nA role where I can use Kubernetes",
    "Planned certifications\nKubernetes",
    "Target role\nKubernetes engineer at a bank",
]


def supported(text: str) -> list[str]:
    """The lines that support Kubernetes."""
    ground = ground_of(text)
    return [ground.lines[one.line - 1].text for one in ground.support.of("kubernetes")]


def with_items(items: list[str]) -> str:
    told = "\n".join(f"- {item}" for item in items)
    return CV_TEXT.replace("  and ran them on k8s.", "  and ran them.").replace("- Hired Java", f"{told}\n- Hired Java")


def with_skills(lines: str) -> str:
    return with_items([]).replace("Basic Terraform", lines)


def test_a_cv_that_says_it_supports_it() -> None:
    assert [line.strip() for line in supported(CV_TEXT)] == ["and ran them on k8s."]
    assert supported(with_items(["Ran Kubernetes for 9 hospitals."]))
    for line in ("Kubernetes", "Kubernetes: 4/5", "Kubernetes ●●●●○", "Kubernetes 90%", "Platforms:\nKubernetes"):
        assert supported(with_skills(line)), line


def test_no_item_of_work_supports_what_it_takes_back() -> None:
    assert supported(with_items(ITEMS)) == []


def test_no_line_of_a_list_supports_what_it_takes_back() -> None:
    assert supported(with_skills("\n".join(IN_LISTS))) == []


@pytest.mark.parametrize("lines", LABELS)
def test_what_stands_under_a_label_is_what_the_label_says(lines: str) -> None:
    assert supported(with_skills(lines)) == []


@pytest.mark.parametrize("section", SECTIONS)
def test_what_stands_under_a_heading_is_what_the_heading_says(section: str) -> None:
    assert supported(with_items([]).replace("Interests\n", f"{section}\n\nInterests\n")) == []


@pytest.mark.parametrize(
    "text", ["Machine Learning with Python", "Next.js and React", "Visual Basic", "Built dashboards in Python"]
)
def test_names_that_hold_such_words_take_nothing_back(text: str) -> None:
    assert not says_less(text)


def test_a_name_does_not_go_on_in_the_heading_below() -> None:
    ground = ground_of(CV_TEXT.replace("Basic Terraform", "Platforms: Rust"))
    assert all("\n" not in one.words and "Languages" not in one.words for one in ground.support.said)


STUFFED = [
    ("a skill again and again", "Built web services", "Django", "Django Django Django"),
    ("its other name twice", "Data engineer who", "Postgres", "PostgreSQL (Postgres, PostgreSQL)"),
    ("what it implies twice", "Built web services", "Django", "Python Django Python"),
]


@pytest.mark.parametrize(("words", "old", "new"), [one[1:] for one in STUFFED], ids=[one[0] for one in STUFFED])
def test_nothing_is_said_more_often_to_be_found_more_often(words: str, old: str, new: str) -> None:
    ground = ground_of()
    with pytest.raises(Unsupported):
        check(edit_of(ground, words, old, new), ground)
    with pytest.raises(Unsupported):
        check(listed(ground, "Python, Django, python"), ground)


@pytest.mark.parametrize(
    "line",
    ["Expert:\nExcel, Python", "Experts in\nExcel, Python", "Excel, Python\n5 years", "Since 2010:\nExcel, Python"],
)
def test_no_skill_comes_under_a_label_that_says_more(line: str) -> None:
    ground = ground_of(CV_TEXT.replace("Excel, Python, Apache Airflow, Docker Compose", line))
    with pytest.raises(Unsupported):
        check(edit_of(ground, "Excel, Python", "Python", "Python, Django", EditKind.MAKE_EXPLICIT), ground)


@pytest.mark.parametrize("heading", ["Expert Skills", "Certified Skills", "Basic Skills"])
def test_no_list_stands_under_a_heading_that_says_something_else(heading: str) -> None:
    ground = ground_of(CV_TEXT.replace("Skills\n", f"{heading}\n"))
    with pytest.raises(Unsupported):
        check(listed(ground, "Python"), ground)


@pytest.mark.parametrize("items", ["Excel, Python, 5 years", "Excel expert, Python", "Excel ●●●●●, Python"])
def test_levels_and_years_stay_with_what_they_are_said_of(items: str) -> None:
    ground = ground_of(CV_TEXT.replace("Excel, Python, Apache Airflow, Docker Compose", items))
    turned = ", ".join(reversed(items.split(", ")))
    with pytest.raises(Unsupported):
        check(edit_of(ground, "Excel", items, turned, EditKind.MOVE_UP), ground)


def test_an_item_that_says_what_those_below_it_are_stays_above_them() -> None:
    ground = ground_of(CV_TEXT.replace("- Wrote reports", "- Planned for next year:\n- Wrote reports"))
    for edit in (
        cut(ground, "Planned for"),
        move(ground, "Wrote reports", "Planned for"),
        move(ground, "Helped 12", "Planned for"),
    ):
        with pytest.raises(Unsupported):
            check(edit, ground)
