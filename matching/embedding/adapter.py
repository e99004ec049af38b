"""Low-rank changes to a model's weights: how they are kept in a file, and which matrices they add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "weights"
Matrix = NDArray[np.float32]


def read_deltas(name: str) -> Iterator[tuple[str, Matrix]]:
    """What is to be added to each weight of the model, by the weight's name; shapes are those of the weights.

    Each is the product of two thin matrices, ``up`` (out, rank) and ``down`` (rank, in): low-rank adaptation (Hu et al.
    2021), added once when the model is loaded, so that a tuned model is as fast as a plain one.
    """
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        for key in file.files:
            weight, _, part = key.rpartition("|")
            if part == "up":
                yield weight, file[key].astype(np.float32) @ file[f"{weight}|down"].astype(np.float32)


def write_factors(path: Path, factors: Mapping[str, tuple[Matrix, Matrix]]) -> None:
    """Keeps ``(up, down)`` of each weight in half precision."""
    parts = {"up": 0, "down": 1}
    arrays = {
        f"{weight}|{part}": pair[i].astype(np.float16) for weight, pair in factors.items() for part, i in parts.items()
    }
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # the stub takes the names for other arguments
