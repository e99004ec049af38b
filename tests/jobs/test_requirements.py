"""Reading what a job asks for: must and nice, years, degree, languages, and where it says so."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.requirements import JobRequirements, asking_segments, read_requirements
from jobs.skills import find_all_skills
from jobs.titles import Level

POSTING = """About us
Twenty years of experience in Java consulting.

Your responsibilities
- Build data pipelines with Airflow

What you’ll need
- 5+ years of experience with Python and SQL
- Bachelor's or Master's degree in computer science or physics
- Fluent German (C1) and good English
- Experience with Kafka is a plus
- Terraform required, Kubernetes preferred

Nice to have:
- Go, Rust
- Polish

We offer
- German lessons, Tableau training, a contract of 3 years
"""


def asked(text: str, title: str = "Engineer") -> dict[str, bool]:
    return {skill.name: skill.must for skill in read_requirements(title, text).skills}


def test_headings_tell_must_from_nice() -> None:
    skills = asked(POSTING)
    assert skills["Python"]
    assert skills["SQL"]
    assert not skills["Go"]
    assert not skills["Rust"]


def test_wording_inside_the_requirements_tells_it_too() -> None:
    skills = asked(POSTING)
    assert not skills["Apache Kafka"]
    assert skills["Terraform"]
    assert not skills["Kubernetes"]


def test_what_the_company_is_or_gives_is_not_asked() -> None:
    assert not {"Java", "Tableau"} & set(asked(POSTING))


def test_a_duty_is_a_must_only_where_no_requirements_are_listed() -> None:
    assert asked(POSTING)["Apache Airflow"] is False
    assert asked("Your tasks\n- Build pipelines with Airflow")["Apache Airflow"] is True


def test_subjects_of_a_degree_are_not_skills() -> None:
    assert "Physics" not in asked(POSTING)


def test_a_skill_of_the_title_is_a_must_and_points_into_the_text_where_it_can() -> None:
    requirements = read_requirements("Kotlin Developer (Kafka)", "Kafka would be nice. We also use Docker.")
    skills = {skill.name: skill for skill in requirements.skills}
    assert skills["Apache Kafka"].must
    assert skills["Apache Kafka"].start == 0
    assert skills["Kotlin"].must
    assert skills["Kotlin"].start is None


@pytest.mark.parametrize(
    ("text", "must"),
    [
        ("Python is a must; Docker is a plus", {"Python": True, "Docker": False}),
        ("Experience in Python, ideally with Django", {"Python": True, "Django": False}),
        ("Ideally you know Terraform", {"Terraform": False}),
        ("Requirements: SQL. Nice to have: Tableau.", {"SQL": True, "Tableau": False}),
        ("DATEV erforderlich, Kenntnisse in SAP wären von Vorteil", {"DATEV": True, "SAP": False}),
        ("Profil recherché : comptabilité. DATEV serait un plus.", {"Bookkeeping": True, "DATEV": False}),
        ("Requisitos:\n- contabilidad\nSe valorará: DATEV", {"Bookkeeping": True, "DATEV": False}),
    ],
)
def test_nice_to_have_is_understood_in_sentences_and_languages(text: str, must: dict[str, bool]) -> None:
    assert asked(text) == must


@pytest.mark.parametrize(
    ("text", "years", "words"),
    [
        ("5+ years of experience", 5, "5+ years"),
        ("at least three years in a similar role", 3, "at least three years"),
        ("3-5 years' experience with SQL", 3, "3-5 years'"),
        ("minimum of 2 years’ experience", 2, "minimum of 2 years’"),
        ("mindestens drei Jahre Berufserfahrung", 3, "mindestens drei Jahre"),
        ("Mindestens 1 Jahr Berufserfahrung", 1, "Mindestens 1 Jahr"),
        ("au moins 3 ans d'expérience", 3, "au moins 3 ans"),
        ("al menos dos años de experiencia", 2, "al menos dos años"),
        ("2 years of experience with SQL and 6 years of experience in sales", 6, "6 years"),
    ],
)
def test_years_of_experience_are_read_with_their_words(text: str, years: int, words: str) -> None:
    read = read_requirements("Clerk", text).years
    assert read is not None
    assert read.years == years
    assert text[read.start : read.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "You must be 18 years old",
        "We have been in business for 30 years and have experience",
        "A fixed-term contract of 2 years",
        "10 years of experience would be a plus",
        "About us\n40 years of experience in cheese",
    ],
)
def test_other_years_are_not_asked_experience(text: str) -> None:
    assert read_requirements("Clerk", text).min_years is None


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("Bachelor's or Master's degree in law", "bachelor"),
        ("Master's degree in statistics", "master"),
        ("PhD in chemistry", "doctorate"),
        ("Abgeschlossene Ausbildung als Pflegefachkraft", "vocational"),
        ("Diplôme bac+5", "master"),
        ("Completed apprenticeship as an electrician", "vocational"),
        ("Certified Scrum Master with master data experience", None),
        ("A Master's degree is a plus", None),
    ],
)
def test_the_lowest_degree_that_is_enough_is_read(text: str, degree: str | None) -> None:
    assert read_requirements("Clerk", text).degree == degree


def test_languages_come_with_level_and_firmness() -> None:
    read = {
        language.name: (language.must, language.level) for language in read_requirements("Clerk", POSTING).languages
    }
    assert read == {"German": (True, "C1"), "English": (True, "B2"), "Polish": (False, None)}


def test_the_level_comes_from_the_title() -> None:
    assert read_requirements("Senior Nurse", "").level is Level.SENIOR
    assert read_requirements("Nurse", "").level is None


def test_an_empty_text_asks_for_nothing() -> None:
    assert read_requirements("", "") == JobRequirements()


def test_requirements_survive_a_json_column() -> None:
    requirements = read_requirements("Senior Kotlin Developer", POSTING)
    assert JobRequirements.from_json(json.loads(json.dumps(requirements.to_json()))) == requirements
    assert JobRequirements.from_json({}) == JobRequirements()


LINES = st.sampled_from(
    [*POSTING.splitlines(), "3-5 years’ experience; Go, R", "ﬁ İ ß", "Requirements:", "• SQL\u00a0von Vorteil", ""]
)


@settings(deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=20), st.sampled_from(["\n", " ", "\r\n", "; "]))
def test_every_span_lies_in_the_text_and_says_what_is_claimed(lines: list[str], joint: str) -> None:
    text = joint.join(lines)
    requirements = read_requirements("Python Developer", text)
    for skill in requirements.skills:
        if skill.start is not None and skill.end is not None:
            assert skill.skill_id in {
                mention.skill_id for mention in find_all_skills(text) if mention.start == skill.start
            }
            assert text[skill.start : skill.end].strip()
    for fact in (requirements.years, requirements.degree_asked, *requirements.languages):
        if fact is not None:
            assert 0 <= fact.start < fact.end <= len(text)
    assert len({skill.skill_id for skill in requirements.skills}) == len(requirements.skills)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("This is a full-time position.", "full_time"),
        ("Teilzeit, 20 Stunden", "part_time"),
        ("Full-time or part-time", None),
        ("A six-month internship in Lyon", "internship"),
        ("Fixed-term, maternity cover", "temporary"),
        ("Outside IR35", "contract"),
        ("About us\nWe offer full-time childcare.", None),
        ("A full-time degree in law", None),
    ],
)
def test_the_kind_of_employment_is_read_from_the_text(text: str, kind: str | None) -> None:
    said = read_requirements("Clerk", text).employment
    assert (said.kind if said else None) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Marketing Intern", "internship"), ("Praktikant (m/w/d) Einkauf", "internship"), ("Internal Auditor", None)],
)
def test_an_internship_is_known_by_its_title(title: str, kind: str | None) -> None:
    said = read_requirements(title, "Some text").employment
    assert (said.kind if said else None) == kind


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("This role is fully remote within the EU.", "remote"),
        ("Hybrid working, two days a week in the office", "hybrid"),
        ("Three days from home", "hybrid"),
        ("This is an on-site position. No remote work.", "on_site"),
        ("Work from home.", "remote"),
        ("You service remote monitoring systems in remote areas", None),
        ("Repair of hybrid vehicles", None),
    ],
)
def test_where_the_work_is_done_is_read_from_the_text(text: str, place: str | None) -> None:
    said = read_requirements("Clerk", text).workplace
    assert (said.place if said else None) == place


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Salary: £28,500 - £32,000 per annum", ("28500", "32000", "GBP", "YEAR")),
        ("Gehalt: 45.000–55.000 € pro Jahr", ("45000", "55000", "EUR", "YEAR")),
        ("$25.50 per hour", ("25.50", "25.50", "USD", "HOUR")),
        ("We pay 60-70k EUR", ("60000", "70000", "EUR", "YEAR")),
        ("Gehalt ab 3.200 € brutto im Monat", ("3200", "3200", "EUR", "MONTH")),
        ("salaire 2 400 € par mois", ("2400", "2400", "EUR", "MONTH")),
        ("You manage a budget of £28,500 per year", None),
        ("A bonus of £3,000 per year", None),
        ("We turned over €30 million", None),
        ("£25 voucher", None),
    ],
)
def test_pay_is_read_from_the_text(text: str, pay: tuple[str, ...] | None) -> None:
    said = read_requirements("Clerk", text).pay_said
    assert ((said.minimum, said.maximum, said.currency, said.period) if said else None) == pay
    if said:
        digits = re.sub(r"\D", "", text[said.start : said.end])
        assert digits.startswith(re.sub(r"\D|0+$", "", said.minimum))


@pytest.mark.parametrize(
    "text",
    [
        "We are a consultancy for Java.",
        "Founded in 1998, with sales in 20 countries.",
        "Nordlicht Analytics develops Python software for hospitals.",
        "Brightwell is a leading provider of logistics.",
        "Wir sind ein Dienstleister für Buchhaltung.",
    ],
)
def test_what_an_employer_says_of_itself_without_a_heading_is_not_asked(text: str) -> None:
    assert asked(text) == {}
    assert asking_segments(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "We are a small team and look for somebody with Java.",
        "Java is required.",
        "We are looking for a Java developer.",
        "Wir suchen Java-Kenntnisse.",
        "Java, Spring Boot",
    ],
)
def test_what_is_asked_without_a_heading_is_asked(text: str) -> None:
    assert asked(text)["Java"]
    assert [text[start:end] for _, start, end in asking_segments(text)] == [text]
