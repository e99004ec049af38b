"""Fits the odds of linking by meaning on sentences of our own and makes the vectors of labels: `python -m training.linking`."""

from __future__ import annotations

import argparse
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from jobs.skills import SkillMention
from matching.linking import Linker
from matching.linking.concepts import preferred, read_concepts
from matching.linking.evaluation import named_skills
from matching.linking.features import NAMES, WEIGHTS, Odds
from matching.linking.index import VECTORS, LabelIndex, Nearest, embedded, index_texts, read_vectors, write_vectors
from matching.linking.phrases import Phrase

ROOT = Path(__file__).parent.parent
SENTENCES = ROOT / "benchmarks" / "skill_sentences.jsonl"
FOLDS = 5
PENALTY = 1.0
# A phrase that is not linked is better than one linked wrongly: of thresholds that do about as well, the highest.
NEARLY_AS_GOOD = 0.005
# Of links that are shown beside what a CV names, this share is to be right over the folds. It is more than is wanted, 0.7: the
# labels of dev were completed by reading what an earlier fit had linked, which flatters it.
SURE = 0.85
THRESHOLDS = np.round(np.arange(0.15, 0.81, 0.05), 2)


@dataclass(frozen=True)
class Sentence:
    """A sentence, the names that are right for it, and one of them for each thing it asks."""

    text: str
    part: str
    right: frozenset[str]
    asked: frozenset[str]


def read_sentences(path: Path = SENTENCES) -> list[Sentence]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = [[[*map(preferred, skill["labels"])] for skill in row["skills"] if skill["labels"]] for row in rows]
    return [
        Sentence(
            row["text"], row["part"], frozenset(n for names in of for n in names), frozenset(names[0] for names in of)
        )
        for row, of in zip(rows, labels, strict=True)
    ]


class Fitting:
    """The candidates of every sentence with their features, computed once, and fits and figures on parts of them.

    ``candidates`` are names and phrases weighed together, which the odds are fitted to; ``beside`` are those phrases that no
    name has taken, which is how CVs are linked."""

    def __init__(self, sentences: Sequence[Sentence], linker: Linker, named: Sequence[Sequence[SkillMention]]) -> None:
        self.sentences, self.linker = sentences, linker
        texts = [sentence.text for sentence in sentences]
        self.candidates = linker.candidates(texts, named=named)
        self.beside = linker.candidates(texts, [[(m.start, m.end) for m in found] for found in named])
        self.rows = [[linker.features.of(p.query, near) for p, near in of_one] for of_one in self.candidates]

    def fit(self, numbers: Sequence[int]) -> tuple[list[float], float]:
        """Logistic regression on standardised features with a ridge penalty; weights and bias in plain units."""
        rows = np.vstack([row for n in numbers for row in self.rows[n]]).astype(float)
        right = np.array([r for n in numbers for r in self._right(n)], dtype=float)
        mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
        design = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])
        penalty = np.append(np.full(rows.shape[1], PENALTY), 0.0)
        found = np.zeros(design.shape[1])
        for _ in range(30):
            odds = 1 / (1 + np.exp(-design @ found))
            slope = design.T @ (right - odds) - penalty * found
            found += np.linalg.solve((design * (odds * (1 - odds))[:, None]).T @ design + np.diag(penalty), slope)
        weights = found[:-1] / scale
        return weights.tolist(), float(found[-1] - weights @ mean)

    def _right(self, number: int) -> Iterator[bool]:
        for _, near in self.candidates[number]:
            yield from (
                self.linker.concept(place).name.lower() in self.sentences[number].right
                for place in near.places.tolist()
            )

    def figures(self, odds: Mapping[int, Odds]) -> tuple[float, float, float]:
        """Precision, recall and F1 of what is linked in the sentences of these numbers, names weighed as well."""
        predicted = [self._linked(self.candidates[n], of_one) for n, of_one in odds.items()]
        return figures([self.sentences[n] for n in odds], predicted)

    def links_right(self, odds: Mapping[int, Odds]) -> tuple[int, int]:
        """How many links beside the names are right, and how many there are."""
        linked = [(self._linked(self.beside[n], of_one), self.sentences[n].right) for n, of_one in odds.items()]
        return sum(len(links & right) for links, right in linked), sum(len(links) for links, _ in linked)

    def _linked(self, candidates: Sequence[tuple[Phrase, Nearest]], odds: Odds) -> set[str]:
        return {link.name.lower() for link in self.linker.chosen(candidates, odds)}


def figures(sentences: Sequence[Sentence], predicted: Sequence[set[str]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the names per sentence, summed over all; any of the right names will do."""
    hits = sum(len(names & s.right) for s, names in zip(sentences, predicted, strict=True))
    given = sum(map(len, predicted))
    missed = sum(max(0, len(s.asked) - len(names & s.right)) for s, names in zip(sentences, predicted, strict=True))
    return hits / max(given, 1), hits / (hits + missed), 2 * hits / (given + hits + missed)


def fold(sentence: Sentence) -> int:
    return int(sha256(sentence.text.encode()).hexdigest(), 16) % FOLDS


def fit_all(fitting: Fitting) -> dict[str, object]:
    """The weights of the whole dev part, with the thresholds that did best over folds of it."""
    dev = [n for n, s in enumerate(fitting.sentences) if s.part == "dev"]
    fitted = [fitting.fit([n for n in dev if fold(fitting.sentences[n]) != k]) for k in range(FOLDS)]
    of_all, precisions = [], []
    for threshold in THRESHOLDS.tolist():
        odds = {n: Odds(*fitted[fold(fitting.sentences[n])], threshold) for n in dev}
        of_all.append((fitting.figures(odds)[2], threshold))
        right, given = fitting.links_right(odds)
        precisions.append((right / max(given, 1), threshold))
        print(f"threshold {threshold:.2f}: F1 {of_all[-1][0]:.3f}, links {right} right of {given}, over folds of dev")
    threshold = max(value for score, value in of_all if score >= max(of_all)[0] - NEARLY_AS_GOOD)
    sure = min((value for score, value in precisions if score >= SURE), default=max(precisions)[1])
    weights, bias = fitting.fit(dev)
    for part in ("dev", "held-out"):
        numbers = [n for n, s in enumerate(fitting.sentences) if s.part == part]
        precision, recall, f1 = fitting.figures(dict.fromkeys(numbers, Odds(weights, bias, threshold)))
        right, given = fitting.links_right(dict.fromkeys(numbers, Odds(weights, bias, sure)))
        print(f"{part}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}; from {sure} on, {right} right of {given} links")
    named = dict(zip(NAMES, np.round(weights, 4).tolist(), strict=True))
    return {"weights": named, "bias": round(bias, 4), "threshold": threshold, "sure": sure}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=Path, default=SENTENCES)
    parser.add_argument("--out", type=Path, default=WEIGHTS.parent, help="folder (default: %(default)s)")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
    import django

    django.setup()
    from matching.embedding import get_provider

    provider, concepts = get_provider(), read_concepts()
    write_vectors(embedded(concepts, provider.embed), index_texts(concepts), options.out / VECTORS.name)
    index = LabelIndex(concepts, read_vectors(options.out / VECTORS.name)[0])  # the odds hold for what is shipped
    linker = Linker(concepts, index, provider.embed, Odds([0.0] * len(NAMES), 0.0, 1.0))
    sentences = read_sentences(options.sentences)
    fitted = fit_all(Fitting(sentences, linker, [named_skills(s.text)[0] for s in sentences]))
    written = json.dumps({"model": provider.name, **fitted}, indent=1)
    (options.out / WEIGHTS.name).write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
