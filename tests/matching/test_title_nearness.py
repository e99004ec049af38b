"""A job's title beside the titles and lines of a CV: where titles stand, and which of them counts."""

from __future__ import annotations

import numpy as np

from ingestion.extract import read_document
from ingestion.parse import parse_document
from matching.coverage import TITLE_LINES, title_nearness
from matching.embedding.passages import cv_passages
from matching.embedding.text import cv_title_spans
from matching.values import Passage, Passages, Role

CV = b"""Mira Lind
Staff Nurse
mira.lind@example.org

Experience
Ward Manager
St Example Hospital, Leeds
01/2020 - Present
Led a ward of 24 beds and planned the rota
Staff Nurse
Northern Clinic, York
03/2015 - 12/2019
Cared for patients after heart surgery

Education
BSc Nursing
University of Leeds
2012 - 2015
"""


def axis(*places: int) -> np.ndarray:
    """Unit vectors along the given axes, one a row."""
    return np.eye(384, dtype=np.float32)[list(places)]


def passages(roles: list[Role], vectors: np.ndarray) -> Passages:
    return Passages(tuple(Passage(i, i + 1, role) for i, role in enumerate(roles)), vectors)


def test_titles_are_cut_out_where_they_stand_each_wording_once() -> None:
    document = read_document(CV, filename="cv.txt", max_bytes=10_000)
    spans = cv_title_spans(parse_document(document))
    assert sorted(document.text[span.start : span.end] for span in spans) == ["Staff Nurse", "Ward Manager"]


def test_titles_are_passages_of_their_own_however_short() -> None:
    document = read_document(CV, filename="cv.txt", max_bytes=10_000)
    found = cv_passages(document.text, cv_title_spans(parse_document(document)))
    named = [document.text[p.start : p.end] for p in found if p.role is Role.TITLE]
    assert sorted(named) == ["Staff Nurse", "Ward Manager"]
    assert any(p.role is Role.SHOWS for p in found)


def test_only_titles_are_the_nearest_title_and_every_line_may_be_a_nearest_line() -> None:
    cv = passages([Role.TITLE, Role.SHOWS], axis(1, 0))
    near = title_nearness(axis(0)[0], cv)
    assert near.best_title == 0
    assert near.title_lines == 0.5


def test_the_nearest_lines_are_a_few_and_not_all() -> None:
    cv = passages([Role.SHOWS] * (TITLE_LINES + 3), axis(*[0] * TITLE_LINES, 1, 2, 3))
    assert title_nearness(axis(0)[0], cv).title_lines == 1
    assert title_nearness(axis(0)[0], cv).best_title is None


def test_nothing_is_said_of_a_job_without_a_title_vector_or_a_cv_without_passages() -> None:
    empty = Passages((), np.zeros((0, 384), dtype=np.float32))
    assert title_nearness(None, passages([Role.TITLE], axis(0))).best_title is None
    assert title_nearness(axis(0)[0], empty).title_lines is None
