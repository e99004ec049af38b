"""Makes of one CV and one job a CV for that job: edits, each held against the CV; gaps; the scores; new files.

``tailor`` reads and scores with the parser and the scorer of every other match and writes nothing to the database. A proposer
says which edits to make (:func:`rules` by default); each is checked (:mod:`matching.tailoring.checking`) whoever proposed it.
"""

from __future__ import annotations

from ingestion.models import CV
from jobs.models import Job
from matching.tailoring import engine
from matching.tailoring.files import docx_of, pdf_of
from matching.tailoring.rules import rules
from matching.tailoring.values import (
    AskedSkill,
    CVLine,
    DiffLine,
    Edit,
    EditKind,
    Facts,
    Gap,
    Proposer,
    RefusedEdit,
    Shown,
    Tailored,
)

__all__ = [
    "AskedSkill",
    "CVLine",
    "DiffLine",
    "Edit",
    "EditKind",
    "Facts",
    "Gap",
    "Proposer",
    "RefusedEdit",
    "Shown",
    "Tailored",
    "as_docx",
    "as_pdf",
    "rules",
    "tailor",
]


def tailor(cv: CV, job: Job, *, proposer: Proposer = rules) -> Tailored:
    """The CV for that job. Raises InvalidInput where the CV has not been read or has no vectors yet.

    What the proposer raises goes through to the caller. Takes about a second, most of it for the model.
    """
    return engine.tailor(cv, job, proposer=proposer)


def as_docx(tailored: Tailored) -> bytes:
    """The new CV as a Word file."""
    return docx_of(tailored.text_after.split("\n"), tailored.styles)


def as_pdf(tailored: Tailored) -> bytes:
    """The new CV as a PDF file. Raises InvalidInput where its text has letters that the font has not."""
    return pdf_of(tailored.text_after.split("\n"), tailored.styles)
