"""Passages: which lines are compared, how their vectors are kept, and how a CV answers a job."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.coverage import answers, coverage
from matching.embedding.passages import MOST_PASSAGES, cv_passages, job_passages
from matching.values import Candidate, Passage, Passages, Role

JOB = """We are a family business since 1921 and make clocks.

Requirements
- Five years of Python and Django
- You keep servers running day and night

Nice to have
- Some knowledge of clockwork and gears

What we offer
- A fine view over the old town
"""


def passages(*rows: tuple[Role, list[float]]) -> Passages:
    vectors = np.zeros((len(rows), 384), dtype=np.float32)
    for number, (_, head) in enumerate(rows):
        vectors[number, : len(head)] = head
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Passages(tuple(Passage(i, i + 1, role) for i, (role, _) in enumerate(rows)), vectors)


def test_what_a_job_asks_is_kept_with_its_role_and_what_it_offers_is_left_out() -> None:
    found = [(passage.role, JOB[passage.start : passage.end]) for passage in job_passages(JOB)]
    assert (Role.MUST, "- Five years of Python and Django") in found
    assert (Role.NICE, "- Some knowledge of clockwork and gears") in found
    assert not any("fine view" in text for _, text in found)


def test_the_lines_of_a_cv_keep_their_places_and_headings_and_dates_are_none() -> None:
    text = "Work\n\n2019 – 2021\n  Built the booking service in Python  \nSkills\n"
    (only,) = cv_passages(text)
    assert text[only.start : only.end] == "Built the booking service in Python"


def test_a_long_paragraph_is_cut_at_its_sentences() -> None:
    text = " ".join(f"In year {number} I led the team of the harbour office in town." for number in range(8))
    found = cv_passages(text)
    assert len(found) == 8
    assert all(text[passage.start : passage.end].endswith("town.") for passage in found)


def test_an_endless_text_has_a_bounded_number_of_passages() -> None:
    assert len(cv_passages("one line of some words\n" * 5000)) == MOST_PASSAGES


@given(st.text())
def test_any_text_gives_places_inside_it(text: str) -> None:
    for passage in (*cv_passages(text), *job_passages(text)):
        assert 0 <= passage.start < passage.end <= len(text)
        assert text[passage.start : passage.end].strip() == text[passage.start : passage.end]


def test_vectors_come_back_from_their_column_almost_as_they_were() -> None:
    random = np.random.default_rng(1)
    vectors = random.normal(size=(20, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = Passages(tuple(Passage(i, i + 3, Role.DUTY) for i in range(20)), vectors)
    again = Passages.load(kept.to_json(), kept.to_bytes())
    assert again.passages == kept.passages
    assert np.abs(again.vectors @ vectors.T - vectors @ vectors.T).max() < 0.005


def test_no_passages_are_kept_and_read_as_none() -> None:
    none = Passages((), np.zeros((0, 384), dtype=np.float32))
    assert Passages.load(none.to_json(), none.to_bytes()).vectors.shape == (0, 384)
    assert coverage(none, none) is None
    assert answers(none, none) == ()


def test_each_sentence_is_answered_by_its_nearest_line_and_musts_count_most() -> None:
    job = passages((Role.MUST, [1, 0]), (Role.NICE, [0, 1]))
    cv = passages((Role.SHOWS, [0, 1]), (Role.SHOWS, [1, 1]))
    best = answers(job, cv)
    assert [(answer.asked, answer.shown) for answer in best] == [(0, 1), (1, 0)]
    assert best[0].cosine == pytest.approx(0.7071, abs=1e-3)
    without_must = coverage(job, passages((Role.SHOWS, [0, 1])))
    without_nice = coverage(job, passages((Role.SHOWS, [1, 0])))
    assert without_must is not None
    assert without_nice is not None
    assert without_nice > without_must


def test_signals_survive_their_column() -> None:
    signals = Candidate(7, 0.5, None, 0.25, skills_cosine=0.1, coverage=0.3)
    assert Candidate.from_json(signals.to_json()) == signals
    assert Candidate.from_json(signals.to_json() | {"of_a_later_version": 1}) == signals
