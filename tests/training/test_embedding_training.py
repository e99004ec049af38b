"""The loss, the figures and the choice of what is held out when the embedding is trained."""

from __future__ import annotations

import numpy as np
import torch

from training.embedding import Batch, contrast
from training.embedding_data import Concept
from training.embedding_quality import average_precision


def batch(owners: list[int], foreign: torch.Tensor | None = None) -> Batch:
    size = len(owners)
    everywhere = torch.ones(size, size, dtype=torch.bool)
    return Batch([""] * size, torch.tensor(owners), everywhere if foreign is None else foreign)


def test_the_loss_is_lower_when_texts_of_one_concept_are_together() -> None:
    together = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    apart = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    owners = batch([0, 0, 1, 1])
    assert contrast(together, owners, 0.05) < contrast(apart, owners, 0.05)


def test_concepts_that_share_a_name_are_not_pushed_apart() -> None:
    vectors = torch.tensor([[1.0, 0], [0.8, 0.6], [1, 0], [0, 1]])
    foreign = torch.ones(4, 4, dtype=torch.bool)
    strict = contrast(vectors, batch([0, 0, 1, 1]), 0.05)
    foreign[0, 2] = foreign[2, 0] = foreign[1, 2] = foreign[2, 1] = False
    assert contrast(vectors, batch([0, 0, 1, 1], foreign), 0.05) < strict


def test_average_precision_is_that_of_the_book() -> None:
    likeness = np.array([[0.9, 0.8, 0.7, 0.6]], dtype=np.float32)
    assert average_precision(likeness, np.array([1]), np.array([1, 0, 1, 0])) == (1 + 2 / 3) / 2


def test_a_text_is_not_found_by_itself() -> None:
    likeness = np.array([[-np.inf, 0.5, 0.9]], dtype=np.float32)
    assert average_precision(likeness, np.array([7]), np.array([7, 7, 0])) == 0.5


def test_a_tenth_of_the_concepts_is_held_out_and_always_the_same() -> None:
    held = [Concept(f"{number}", ("x",), (), ("y",)).held_out for number in range(2000)]
    assert 150 < sum(held) < 250
    assert held == [Concept(f"{number}", ("x",), (), ("y",)).held_out for number in range(2000)]
