"""Reads ESCO occupations: labels that run together are cut apart, and the description is told from them."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

LONGEST_LABEL = 9
ROUNDS = 6
START, END = "<", ">"
# No label starts or ends with one of these.
JOINING = frozenset("and or of in for the & with to at by on".split())
Label = tuple[str, ...]


@dataclass(frozen=True)
class Occupation:
    """One ESCO occupation; the first label is the preferred one."""

    id: str
    labels: tuple[str, ...]
    description: str


def read_occupations(path: Path) -> list[Occupation]:
    """The occupations of the file; one whose description cannot be told from its labels is left out."""
    with path.open(encoding="utf-8") as lines:
        rows = [(row["id"].rsplit("/", 1)[1], row["description"]) for row in csv.DictReader(lines) if _is_one(row)]
    parts = {key: found for key, text in rows if (found := _split(text.split()))}
    labels = cut_labels([(preferred, run) for preferred, run, _ in parts.values()])
    return [
        Occupation(key, tuple(dict.fromkeys(" ".join(label) for label in own)), description)
        for (key, (_, _, description)), own in zip(parts.items(), labels, strict=True)
    ]


def _is_one(row: dict[str, str]) -> bool:
    """A row may also be a group of occupations, whose text is of another kind."""
    return "/occupation/" in row["id"]


def _split(words: Sequence[str]) -> tuple[Label, Label, str] | None:
    """Preferred label, the labels after it, and the description, which begins with the preferred label in the plural."""
    stems = [_singular(word) for word in words]
    best = (0, 0)
    for start in range(1, len(words)):
        if words[start][0].isupper() or words[start][0].isdigit():
            same = 0
            while same < start and start + same < len(words) and stems[same] == stems[start + same]:
                same += 1
            best = max(best, (same, -start))
    size, start = best[0], -best[1]
    return (tuple(words[:size]), tuple(words[size:start]), " ".join(words[start:])) if size else None


def _singular(word: str) -> str:
    word = re.sub(r"[^a-z0-9]", "", word.lower())
    for plural, singular in (("men", "man"), ("people", "person"), ("ies", "y")):
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    return re.sub(r"(?<=[^s])s$|(?<=ss|ch|sh)es$|(?<=x)es$", "", word)


def cut_labels(runs: Sequence[tuple[Label, Label]]) -> list[list[Label]]:
    """The labels of each (preferred label, labels run together), most probable under a bigram model of labels.

    The model starts from the preferred labels, whose ends are known, and is counted anew from its own cuts ROUNDS times
    (Viterbi training).
    """
    known = [preferred for preferred, _ in runs]
    cuts: list[list[Label]] = []
    labels: list[Label] = known
    for _ in range(ROUNDS):
        model = _Bigrams(labels)
        cuts = [[preferred, *_best_cut(run, model)] for preferred, run in runs]
        labels = known + [label for cut in cuts for label in cut]
    return cuts


class _Bigrams:
    """Probability of a label by its words, with absolute discounting towards single words (Ney, Essen, Kneser 1994)."""

    DISCOUNT = 0.6

    def __init__(self, labels: Iterable[Label]) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        for label in labels:
            words = [START, *(word.lower() for word in label), END]
            self._pairs.update(pairwise(words))
        self._firsts: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        for (first, second), count in self._pairs.items():
            self._firsts[first] += count
            self._kinds[first] += 1
            self._seconds[second] += count
        self._total = sum(self._seconds.values())

    def log(self, first: str, second: str) -> float:
        single = (self._seconds[second] + 0.1) / (self._total + 0.1 * len(self._seconds))
        seen = self._firsts[first]
        if not seen:
            return math.log(single)
        rest = self.DISCOUNT * self._kinds[first] / seen
        return math.log(max(self._pairs[first, second] - self.DISCOUNT, 0) / seen + rest * single)


def _best_cut(words: Label, model: _Bigrams) -> list[Label]:
    """The cut of highest probability, by dynamic programming over where the last label starts."""
    lower = [word.lower() for word in words]
    starts = [model.log(START, word) if word not in JOINING else -math.inf for word in lower]
    ends = [model.log(word, END) if word not in JOINING else -math.inf for word in lower]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        inside = ends[end - 1]
        choices = []
        for start in range(end - 1, max(end - LONGEST_LABEL, 0) - 1, -1):
            choices.append((best[start][0] + starts[start] + inside, start))
            if start:
                inside += model.log(lower[start - 1], lower[start])
        best.append(max(choices))
    cut, end = [], len(words)
    while end:
        cut.append(words[best[end][1] : end])
        end = best[end][1]
    return cut[::-1]
