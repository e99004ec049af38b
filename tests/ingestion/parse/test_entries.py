"""Where entries of work, education, certificates and references begin, and what in their heads is what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.values import Document, Line, Resume


def read(*lines: str) -> Document:
    return read_document(
        "\n".join(["Ada Quill", "ada@example.org", "", *lines]).encode(), filename="cv.txt", max_bytes=100_000
    )


def resume_of(*lines: str) -> Resume:
    return parse_document(read(*lines)).resume


def jobs_of(*lines: str) -> list[tuple[str, str, str, str]]:
    work = resume_of("EXPERIENCE", *lines).work
    return [(job.position, job.name, job.start_date, job.end_date) for job in work]


def test_the_section_votes_whether_the_employer_stands_behind_a_title_s_comma_or_below():
    assert jobs_of(
        "Staff Nurse, Cardiology\t2019 - 2021", "Corrib General Hospital", "- Telemetry", "",
        "Senior Nurse, Intensive Care\t2016 - 2019", "Atlantic Hospital Trust", "- Sepsis audit",
    ) == [
        ("Staff Nurse, Cardiology", "Corrib General Hospital", "2019", "2021"),
        ("Senior Nurse, Intensive Care", "Atlantic Hospital Trust", "2016", "2019"),
    ]  # fmt: skip
    assert jobs_of(
        "Baker, Crumb Ltd\t2019 - 2021", "Baked rye bread at night", "", "Baker, Loaf Group\t2016 - 2019", "Made sourdough",
    ) == [("Baker", "Crumb Ltd", "2019", "2021"), ("Baker", "Loaf Group", "2016", "2019")]  # fmt: skip


def test_a_range_that_a_narrow_column_breaks_is_one():
    assert jobs_of("Head Baker", "Crumb Ltd | Oct 2017 –", "Present", "- Led the night shift") == [
        ("Head Baker", "Crumb Ltd", "2017-10", "")
    ]
    assert jobs_of("Head Baker", "Crumb Ltd | Jul 2008", "– Mar 2011", "- Led the night shift") == [
        ("Head Baker", "Crumb Ltd", "2008-07", "2011-03")
    ]


def test_an_address_in_an_entry_is_its_link_and_no_summary():
    (job,) = resume_of("EXPERIENCE", "Head Baker, Crumb Ltd\t2019 - 2021", "https://crumb.example.com/", "- Baked").work
    assert (job.url, job.summary) == ("https://crumb.example.com/", "")


def test_rows_that_name_the_columns_of_a_table_are_no_entries():
    rows = ("Period\tPosition\tEmployer", "2019 – 2021\tHead Baker\tCrumb Ltd", "2016 – 2019\tBaker\tLoaf Group")
    html = "<h1>Ada Quill</h1><h2>Experience</h2><table>{}</table>".format(
        "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("\t")) + "</tr>" for row in rows)
    )
    work = parse_document(read_document(html.encode(), filename="cv.html", max_bytes=100_000)).resume.work
    assert [(job.position, job.name) for job in work] == [("Head Baker", "Crumb Ltd"), ("Baker", "Loaf Group")]


def test_a_change_of_font_parts_a_title_from_a_name():
    document = read("EXPERIENCE", "Head Baker Morgenrot", "2019 - 2021", "- Baked")
    lines = tuple(replace(line, breaks=(11,)) if line.text.startswith("Head") else line for line in document.lines)
    (job,) = parse_document(replace(document, lines=lines)).resume.work
    assert (job.position, job.name) == ("Head Baker", "Morgenrot")


def test_certificates_and_who_gave_them_may_stand_in_either_order():
    for first, second in (
        ("Food Hygiene Certificate", "Bakers' Guild Board"),
        ("Bakers' Guild Board", "Food Hygiene Certificate"),
    ):
        (certificate,) = resume_of("CERTIFICATIONS", first, second, "Mar 2018").certificates
        assert (certificate.name, certificate.issuer, certificate.date) == (
            "Food Hygiene Certificate",
            "Bakers' Guild Board",
            "2018-03",
        )


@pytest.mark.parametrize(
    ("line", "degree", "area"),
    [
        ("BEd in Mathematics", "BEd", "Mathematics"),
        ("Vocational Certificate in Road Transport", "Vocational Certificate", "Road Transport"),
        ("Interaction Design, MA", "MA", "Interaction Design"),
    ],
)
def test_a_degree_keeps_its_kind_and_leaves_its_subject(line, degree, area):
    (study,) = resume_of("EDUCATION", "University of Leeds\t2012 - 2015", line).education
    assert (study.study_type, study.area, study.institution) == (degree, area, "University of Leeds")


def test_schools_without_dates_keep_their_degrees():
    studies = resume_of(
        "EDUCATION", "MSc, Bread History", "Instituto Técnico do Norte", "BSc, Baking", "University of Leeds"
    ).education
    assert [(s.study_type, s.area, s.institution) for s in studies] == [
        ("MSc", "Bread History", "Instituto Técnico do Norte"),
        ("BSc", "Baking", "University of Leeds"),
    ]


def test_references_are_people_or_what_they_say():
    (person,) = resume_of("REFERENCES", "Bo Crust, Head Baker, Loaf Group", "bo@example.net").references
    assert (person.name, person.reference) == ("Bo Crust", "bo@example.net")
    (words,) = resume_of("REFERENCES", "Ada bakes the best rye bread that I have ever eaten.", "Bo Crust").references
    assert (words.name, words.reference) == ("Bo Crust", "Ada bakes the best rye bread that I have ever eaten.")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("REFERENCES", "Available on request"),
        ("REFERENZEN", "Auf Anfrage"),
        ("RÉFÉRENCES", "Sur demande"),
        ("REFERENTIES", "Op aanvraag"),
    ],
)
def test_references_on_request_name_nobody(heading, words):
    assert resume_of(heading, words).references == ()


def test_an_address_under_about_is_no_summary():
    basics = resume_of("ABOUT", "17 Oven Street", "Leeds", "+44 20 7946 0958", "https://ada.example.org").basics
    assert basics.summary == ""


def test_headings_made_of_a_known_noun_open_sections_when_they_look_like_headings():
    assert (
        resume_of("CLINICAL EXPERIENCE", "Nurse, Corrib Hospital\t2019 - 2021", "- Triage").work[0].position == "Nurse"
    )
    assert [s.name for s in resume_of("COMPUTER SKILLS", "Python, Docker").skills] == ["Python", "Docker"]


def test_a_wrapped_address_without_a_link_is_put_together():
    document = read_document(
        b"Ada Quill\nContact\nada.quill.baker@exampl\ne.com\nLeeds\n", filename="cv.txt", max_bytes=100_000
    )
    basics = parse_document(document).resume.basics
    assert (basics.email, basics.url) == ("ada.quill.baker@example.com", "")


def test_the_last_word_of_a_sentence_opens_no_section():
    document = Document(
        "Ada Quill\nEXPERIENCE\nBaker, Rye Ltd\t2019 - 2021\nRaised daily\nengagement.\nCook, Oat Ltd\t2016 - 2018",
        (),
        "pdf",
    )
    lines, start = [], 0
    for text in document.text.split("\n"):
        lines.append(Line(text, start, size=10, bold=True, y0=20.0 * len(lines), y1=20.0 * len(lines) + 10))
        start += len(text) + 1
    resume = parse_document(replace(document, lines=tuple(lines))).resume
    assert [w.name for w in resume.work] == ["Rye Ltd", "Oat Ltd"]
    assert not resume.volunteer
