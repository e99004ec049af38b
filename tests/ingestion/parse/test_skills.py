"""Skills in all the ways that people set them apart, with or without a word on how well they are known."""

from __future__ import annotations

import pytest

from ingestion.extract import read_document
from ingestion.parse import parse_document


def skills_of(*lines: str) -> list[tuple[str, tuple[str, ...]]]:
    text = "\n".join(["Ada Quill", "ada@example.org", "", "SKILLS", *lines])
    document = read_document(text.encode(), filename="cv.txt", max_bytes=100_000)
    return [(skill.name, skill.keywords) for skill in parse_document(document).resume.skills]


def names_of(*lines: str) -> list[str]:
    return [name for name, _ in skills_of(*lines)]


def test_a_label_heads_names_that_only_spaces_part():
    assert skills_of("Systems: Power BI SAP MM Microsoft Excel", "Rescue: CPR ACLS BLS") == [
        ("Systems", ("Power BI", "SAP MM", "Microsoft Excel")),
        ("Rescue", ("CPR", "ACLS", "BLS")),
    ]


def test_a_name_between_known_ones_is_a_name_too():
    assert names_of("Python Krumelix TypeScript Docker") == ["Python", "Krumelix", "TypeScript", "Docker"]


def test_words_that_no_vocabulary_knows_stay_together():
    assert names_of("Sourdough starter care") == ["Sourdough starter care"]


@pytest.mark.parametrize(
    "line",
    ["Python (Advanced)", "Python: Advanced", "Python - 5 years", "Python 90%", "Python 4/5", "Python ★★★★☆", "Python Advanced",
     "Python (Less than 1 year)", "Python – Grundkenntnisse", "Python (débutant)", "Python (5+ años)"],
)  # fmt: skip
def test_how_well_a_skill_is_known_is_no_part_of_its_name(line):
    assert names_of(line, "Docker") == ["Python", "Docker"]


def test_an_and_parts_the_last_two_of_a_list_but_no_single_name():
    assert names_of("Excel, Word and PowerPoint") == ["Excel", "Word", "PowerPoint"]
    assert names_of("Python, Health and Safety")[-1] == "Health and Safety"


def test_members_in_brackets_are_skills_of_their_own():
    assert names_of("Testing (Jest, Cypress), Docker") == ["Testing", "Jest", "Cypress", "Docker"]


def test_a_sentence_is_no_skill_but_names_some():
    assert names_of("- Wrote many small services in Python and kept them alive with Docker") == ["Python", "Docker"]


def test_colons_need_no_space_and_addresses_are_no_labels():
    assert skills_of("Databases:PostgreSQL,MySQL") == [("Databases", ("PostgreSQL", "MySQL"))]
    assert all(not keywords for _, keywords in skills_of("https://ada.example.org", "Python"))


def test_a_table_of_labels_is_read_row_by_row():
    table = ("Skill\tKeywords", "Planning\tRoute Planning Procurement Warehouse Management", "Tools\tPower BI SAP MM")
    document = read_document(
        "<html><body><h1>Ada Quill</h1><h2>Skills</h2><table>{}</table></body></html>".format(
            "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("\t")) + "</tr>" for row in table)
        ).encode(),
        filename="cv.html",
        max_bytes=100_000,
    )
    skills = parse_document(document).resume.skills
    assert [(s.name, s.keywords) for s in skills] == [
        ("Planning", ("Route Planning", "Procurement", "Warehouse Management")),
        ("Tools", ("Power BI", "SAP MM")),
    ]


def test_skills_named_only_in_the_text_are_kept_apart_with_their_place():
    work = "EXPERIENCE\nDeveloper, Crumb Ltd\t2019 - 2021\n- Built services in Python with PostgreSQL\n"
    text = f"Ada Quill\n\n{work}\nSKILLS\nPython, Git\n"
    document = read_document(text.encode(), filename="cv.txt", max_bytes=100_000)
    parsed = parse_document(document)
    assert [(m.name, document.text[m.start : m.end]) for m in parsed.mentioned_skills] == [("PostgreSQL", "PostgreSQL")]
    assert "PostgreSQL" not in parsed.skill_names
