"""Writes two small fictional collections beside this file: titles for titles, and CVs for advertisements with groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

HERE = Path(__file__).parent

TITLES = {
    "Registered Nurse": ("Staff Nurse", "Ward Nurse", "Nurse Practitioner"),
    "Software Developer": ("Programmer", "Application Developer", "Software Engineer"),
    "Pastry Chef": ("Pâtissier", "Confectioner", "Baker"),
    "Bookkeeper": ("Accounts Clerk", "Accounting Assistant", "Payroll Clerk"),
    "Lorry Driver": ("Truck Driver", "HGV Driver", "Delivery Driver"),
    "Primary School Teacher": ("Elementary Teacher", "Class Teacher", "Teaching Assistant"),
    "Electrician": ("Electrical Fitter", "Electrical Technician", "Wireman"),
    "Marketing Manager": ("Head of Marketing", "Brand Manager", "Campaign Manager"),
}

# Occupation: what the advertisement asks, and what two people who do this work write of it.
WORK = {
    "nurse": (
        "Registered Nurse\nOur surgical ward looks for a nurse. You give medication, dress wounds and keep the records of "
        "your patients.\nRequirements:\n- registered nurse\n- experience with wound care and triage",
        (
            "Registered Nurse",
            "Dressed wounds and gave medication on a surgical ward.",
            "Wound care, triage, medication",
        ),
        (
            "Staff Nurse",
            "Looked after patients after operations and kept their records.",
            "Patient care, record keeping",
        ),
    ),
    "developer": (
        "Software Developer\nYou build the web service of a small publisher.\nRequirements:\n- Python and Django\n"
        "- PostgreSQL\n- automated tests",
        (
            "Software Developer",
            "Built web services in Python and Django on PostgreSQL.",
            "Python, Django, PostgreSQL, pytest",
        ),
        ("Web Developer", "Wrote a shop in Python and moved its data to PostgreSQL.", "Python, SQL, HTML, Git"),
    ),
    "chef": (
        "Pastry Chef\nA hotel by the sea looks for a pastry chef who bakes bread and makes desserts for eighty guests.\n"
        "Requirements:\n- trained pastry chef or baker\n- food hygiene",
        ("Pastry Chef", "Made desserts and bread for a hotel of sixty rooms.", "Pastry, desserts, food hygiene"),
        ("Baker", "Baked bread and cakes through the night in a village bakery.", "Baking, dough, food hygiene"),
    ),
    "bookkeeper": (
        "Bookkeeper\nYou keep the books of three shops and do their payroll.\nRequirements:\n- bookkeeping and payroll\n"
        "- spreadsheets",
        (
            "Bookkeeper",
            "Kept the books of a chain of shops and ran the monthly payroll.",
            "Bookkeeping, payroll, Excel",
        ),
        ("Accounts Clerk", "Checked invoices and prepared the yearly accounts.", "Invoices, accounting, Excel"),
    ),
    "driver": (
        "Lorry Driver\nYou bring building material to sites in the county.\nRequirements:\n- driving licence for lorries\n"
        "- loading with a crane",
        (
            "Lorry Driver",
            "Drove lorries with building material and loaded them by crane.",
            "Lorry licence, crane, loading",
        ),
        ("Delivery Driver", "Delivered furniture and planned the day's route.", "Driving, route planning"),
    ),
    "teacher": (
        "Primary School Teacher\nOur school looks for a teacher of a third class.\nRequirements:\n- teaching qualification\n"
        "- lesson planning",
        (
            "Primary School Teacher",
            "Taught a class of twenty-five and planned their lessons.",
            "Teaching, lesson planning",
        ),
        ("Teaching Assistant", "Helped pupils to read and prepared material for lessons.", "Teaching, reading support"),
    ),
}

# Two people of each group for each line of work: the same CVs, told by names and pronouns of the group.
GROUPS = {
    "a": (("Anna Whitfield", "She"), ("Grace Holloway", "She")),
    "b": (("Thomas Whitfield", "He"), ("Samuel Holloway", "He")),
}


def main() -> None:
    _titles(HERE / "titles-small")
    _people(HERE / "job-to-cv-small")


def _titles(folder: Path) -> None:
    queries = {f"q{number}": title for number, title in enumerate(TITLES, start=1)}
    documents = {
        f"d{q[1:]}{letter}": other
        for q, title in queries.items()
        for letter, other in zip("abc", TITLES[title], strict=True)
    }
    _write(folder, queries, documents, {q: [d for d in documents if d[1:-1] == q[1:]] for q in queries})


def _people(folder: Path) -> None:
    queries = {work: texts[0] for work, texts in WORK.items()}
    documents = {
        f"{work}-{group}{number + 1}": _cv(*person, *WORK[work][number + 1])
        for work in WORK
        for group, people in GROUPS.items()
        for number, person in enumerate(people)
    }
    _write(folder, queries, documents, {work: [name for name in documents if name.startswith(work)] for work in WORK})
    rows = ["id,group", *(f"{name},{name.rsplit('-', 1)[1][0]}" for name in documents)]
    (folder / "groups.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _cv(name: str, pronoun: str, title: str, did: str, skills: str) -> str:
    address = name.lower().replace(" ", ".")
    return (
        f"{name}\n{title}\n{address}@example.com\n\nSummary\n{pronoun} likes work that is done well.\n\n"
        f"Experience\n{title}, Northgate\n2017 - 2024\n- {did}\n\nSkills\n{skills}\n"
    )


def _write(
    folder: Path, queries: Mapping[str, str], documents: Mapping[str, str], good: Mapping[str, Iterable[str]]
) -> None:
    folder.mkdir(exist_ok=True)
    for name, texts in (("queries", queries), ("corpus", documents)):
        lines = (json.dumps({"id": key, "text": text}, ensure_ascii=False) for key, text in texts.items())
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    labels = (f"{query} 0 {document} 1" for query, documents_of in good.items() for document in documents_of)
    (folder / "qrels.tsv").write_text("\n".join(labels) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
