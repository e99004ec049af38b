"""Reading the occupation and the level out of job titles as companies write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.titles import Level, read_title


@pytest.mark.parametrize(
    ("title", "core"),
    [
        ("Data Engineer (m/w/d)", "Data Engineer"),
        ("Erzieher*in (w/m/d) ab sofort", "Erzieher"),
        ("Softwareentwickler:in (all genders) 100% remote", "Softwareentwickler"),
        ("Ingénieur(e) DevOps (H/F) - CDI - Paris", "Ingénieur DevOps"),
        ("Accountant, Hamburg", "Accountant"),
        ("Registered Nurse, Austin, TX", "Registered Nurse"),
        ("Project Manager in Berlin", "Project Manager"),
        ("HGV Class 1 Driver - £18.50 per hour - Leeds", "HGV Class 1 Driver"),
        ("Sales Manager DACH (f/m/d) – up to €90k", "Sales Manager DACH"),
        ("REQ-12345 Accountant, London", "Accountant"),
        ("Ref: 88231 Care Assistant (Nights) Part-time 24h per week", "Care Assistant"),
        ("UX Designer, Remote", "UX Designer"),
        ("Software Engineer II", "Software Engineer"),
        ("Pflegefachkraft (m/w/d) in Vollzeit", "Pflegefachkraft"),
    ],
)
def test_place_pay_gender_and_numbers_are_left_out(title: str, core: str) -> None:
    assert read_title(title).core == core


@pytest.mark.parametrize(
    "title",
    [
        "Teacher of Mathematics",
        "Contract Manager",
        "New Business Manager",
        "Lead Generation Specialist",
        "Stage Manager",
        "Staff Nurse",
        "Front-End Engineer",
        "Engineer, Test Automation",
        "C++ Developer",
        "Chef de Partie",
        "Machine Learning Engineer - NLP",
    ],
)
def test_words_that_belong_to_the_occupation_stay(title: str) -> None:
    reading = read_title(title)
    assert reading.core == title
    assert reading.level is None


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Sr. Java Developer", Level.SENIOR),
        ("Data Scientist - Senior", Level.SENIOR),
        ("Registered Nurse (Senior)", Level.SENIOR),
        ("Lead Nurse | Leeds", Level.LEAD),
        ("Staff Software Engineer", Level.LEAD),
        ("Head of Marketing", Level.HEAD),
        ("Director of Finance", Level.HEAD),
        ("Junior UX Designer", Level.JUNIOR),
        ("Graduate Civil Engineer", Level.JUNIOR),
        ("Werkstudent Data Science", Level.INTERN),
        ("Marketing Internship", Level.INTERN),
        ("Mid-level Developer", Level.MID),
        ("Internal Auditor", None),
        ("Internist", None),
        ("Data Engineer", None),
    ],
)
def test_the_level_is_read_when_it_is_said(title: str, level: Level | None) -> None:
    assert read_title(title).level is level


def test_levels_are_ordered() -> None:
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4, 5]


def test_a_title_that_is_nothing_but_a_level_keeps_its_word() -> None:
    assert read_title("Senior").core == "Senior"
    assert read_title("   ").core == ""


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_title_breaks_the_reader_or_loses_its_core(title: str) -> None:
    reading = read_title(title)
    assert bool(reading.core) == bool(title.strip())


@settings(deadline=None)
@given(
    st.sampled_from(["Nurse", "Data Engineer", "Koch", "Comptable"]),
    st.sampled_from(["Senior ", "Junior ", "Lead ", ""]),
)
def test_reading_a_core_again_changes_nothing(occupation: str, prefix: str) -> None:
    core = read_title(prefix + occupation).core
    assert core == occupation
    assert read_title(core).core == core
