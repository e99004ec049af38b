"""A CV as the checker of tailoring sees it, made from plain text by the real parser."""

from __future__ import annotations

from ingestion.parse import parse_document
from jobs.skills import find_skills_and_languages
from matching.tailoring.checking import Ground
from matching.tailoring.lines import read_lines
from matching.tailoring.standing import unit_of
from matching.tailoring.support import read_support
from matching.tailoring.values import Edit, EditKind
from tests.parsing import read

CV_TEXT = """Mara Lindqvist
Data Engineer
mara.lindqvist@example.com
Berlin, Germany
Date of birth: 4 May 1990

Summary
Data engineer who builds pipelines in Python and Postgres for 9 hospitals.

Experience
Data Engineer, Nordlicht Analytics, Berlin
March 2019 - Present
- Moved nightly jobs to Apache Airflow.
- Built web services with Django for the Siemens account
  and ran them on k8s.
- Worked with a team that had no experience in Rust.

Junior Developer, Westwind GmbH, Hamburg
January 2016 - February 2019
- Wrote reports in MariaDB.
- Helped 12 colleagues with Docker Compose.
- Hired Java developers.

Education
Uppsala University
BSc Computer Science, 2012 - 2015

Skills
Excel, Python, Apache Airflow, Docker Compose
Basic Terraform

Languages
English (native), German (B1)

Interests
Sailing
"""


def ground_of(text: str = CV_TEXT) -> Ground:
    document = read(text)
    parsed = parse_document(document)
    lines = read_lines(document.text, parsed)
    named = {mention.skill_id for found in find_skills_and_languages(document.text) for mention in found}
    assert named, "a CV without a skill proves nothing"
    return Ground(lines, read_support(document.text, lines, parsed, removed=()))


def number_of(ground: Ground, words: str) -> int:
    """The number of the first line that holds the words."""
    return next(line.number for line in ground.lines if words in line.text)


def edit_of(ground: Ground, words: str, old: str, new: str, kind: EditKind = EditKind.REPHRASE) -> Edit:
    """An edit of the sentence that holds the words, with honest evidence."""
    first, last = unit_of(ground.lines, number_of(ground, words))
    text = "\n".join(line.text for line in ground.lines[first - 1 : last])
    assert old in text
    return Edit(kind, f"{first}-{last}", text, text.replace(old, new), "a reason", (text,))


def listed(ground: Ground, items: str) -> Edit:
    """An edit that lists these among the skills."""
    first = number_of(ground, "Excel, Python")
    return Edit(EditKind.MAKE_EXPLICIT, f">{first}", "", items, "a reason", ("Data Engineer",))


def move(ground: Ground, words: str, above: str, lines: int = 1) -> Edit:
    first = number_of(ground, words)
    text = "\n".join(line.text for line in ground.lines[first - 1 : first - 1 + lines])
    where = f"{first}-{first + lines - 1}>{number_of(ground, above)}"
    return Edit(EditKind.MOVE_UP, where, text, text, "a reason")


def cut(ground: Ground, words: str, lines: int = 1) -> Edit:
    first = number_of(ground, words)
    text = "\n".join(line.text for line in ground.lines[first - 1 : first - 1 + lines])
    return Edit(EditKind.CUT, f"{first}-{first + lines - 1}", text, "", "a reason")
