"""The tuning that is added to the model: what is in its file, and that it does what it is for."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings

from cvmatch.core.backends import build
from matching.embedding import adapter

SAME = [
    ("software engineer", "application developer"),
    ("nurse", "hospital ward staff nurse"),
    ("plumber", "pipe fitter"),
]


def test_factors_come_back_as_the_matrix_that_they_make(tmp_path, monkeypatch) -> None:
    up, down = np.eye(6, 2, dtype=np.float32), np.full((2, 4), 0.5, dtype=np.float32)
    adapter.write_factors(tmp_path / "small.npz", {"layer.weight": (up, down)})
    monkeypatch.setattr(adapter, "FOLDER", tmp_path)
    [(name, delta)] = adapter.read_deltas("small")
    assert name == "layer.weight"
    assert np.allclose(delta, up @ down)


def test_an_adapter_that_is_not_there_is_an_error_and_not_the_plain_model() -> None:
    with pytest.raises(FileNotFoundError):
        list(adapter.read_deltas("no-such-adapter"))


def test_what_is_shipped_is_small_and_finite() -> None:
    assert sum(path.stat().st_size for path in adapter.FOLDER.iterdir()) < 25_000_000
    for name, delta in adapter.read_deltas("cvmatch-1"):
        assert np.isfinite(delta).all(), name
        assert delta.any(), name


@pytest.mark.xdist_group("embedding-minilm")
def test_the_tuned_model_puts_names_of_one_occupation_nearer_and_the_plain_one_stays_to_be_had() -> None:
    tuned, plain = (build(settings.EMBEDDING_PROVIDERS[name]) for name in ("minilm", "minilm-plain"))
    assert tuned.name != plain.name
    texts = [text for pair in SAME for text in pair]
    assert margin(tuned.embed(texts)) > margin(plain.embed(texts)) + 0.05


def margin(vectors: list[np.ndarray]) -> float:
    """How much nearer the pairs are than texts of different pairs, on average."""
    likeness = np.array(vectors) @ np.array(vectors).T
    pair = np.arange(len(vectors)) // 2
    same = (pair[:, None] == pair[None, :]) & ~np.eye(len(vectors), dtype=bool)
    return float(likeness[same].mean() - likeness[pair[:, None] != pair[None, :]].mean())
