"""Tunes the embedding model to occupations and skills: ``python -m training.embedding --help``."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from matching.embedding.adapter import write_factors
from training.embedding_data import Concept, TrainingData, read_training_data
from training.embedding_quality import held_out_figures
from training.lowrank import Student


@dataclass(frozen=True)
class Recipe:
    """All that decides the outcome besides the data."""

    seed: int = 1
    steps: int = 300
    rank: int = 16
    rate: float = 2e-3
    occupations: int = 80
    names_each: int = 4
    skills: int = 16
    kept: int = 2
    temperature: float = 0.05
    title_share: float = 0.4
    sentence_share: float = 0.05
    skill_weight: float = 0.5
    keep_weight: float = 10.0
    # Weights between the plain and the tuned model hold up better on texts unlike those of the training (Wortsman et al.
    # 2022, "Robust fine-tuning of zero-shot models"); the held-out figures, whose texts are alike, lose little.
    share: float = 0.75


@dataclass(frozen=True)
class Batch:
    """Texts with the number of their concept, and which pairs are apart: neither text is a name of the other's concept."""

    texts: list[str]
    concept: Tensor
    foreign: Tensor


@dataclass(frozen=True)
class Kept:
    """Texts, and the vectors that they have by the plain model and should keep."""

    texts: list[str]
    vectors: Tensor

    def part(self, number: int, size: int) -> Kept:
        some = [(number * size + i) % len(self.texts) for i in range(size)]
        return Kept([self.texts[i] for i in some], self.vectors[some])


def main() -> None:
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    recipe = Recipe(**{name: kind(value) for name, kind, value in _changes(arguments.set)})
    data = read_training_data(arguments.data, arguments.titles, arguments.texts)
    student = train(data, recipe, report_each=arguments.report_each)
    write_factors(arguments.out, student.factors())
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")


def train(data: TrainingData, recipe: Recipe, report_each: int) -> Student:
    """The student after ``recipe.steps`` steps; the same data, recipe and threads give the same student."""
    chance = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    student = Student(recipe.rank)
    print(f"before: {held_out_figures(student, data)}", flush=True)
    texts = chance.sample(data.texts, min(len(data.texts), recipe.kept * recipe.steps))
    kept = Kept(texts, torch.from_numpy(student.vectors(texts)))
    optimizer = torch.optim.AdamW(student.parameters(), lr=recipe.rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.rate, recipe.steps, pct_start=0.1)
    for step, (occupations, skills) in enumerate(_batches(data, recipe, chance), start=1):
        optimizer.zero_grad()
        loss = _step(student, occupations, skills, kept.part(step, recipe.kept), recipe)
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 5 == 0:
            print(f"{step}: loss {loss:.3f} after {time.process_time():.0f} s of processor time", flush=True)
        if step % report_each == 0 or step == recipe.steps:
            print(f"{step}: {held_out_figures(student, data)}", flush=True)
    student.go_back(recipe.share)
    print(f"{recipe.share} of it: {held_out_figures(student, data)}", flush=True)
    return student


def _step(student: Student, occupations: Batch, skills: Batch, kept: Kept, recipe: Recipe) -> float:
    """Adds the gradients of one batch and gives its loss."""
    with parametrize.cached():
        sizes = [len(occupations.texts), len(skills.texts), len(kept.texts)]
        vectors = student.embed([*occupations.texts, *skills.texts, *kept.texts])
        of_occupations, of_skills, now = torch.split(vectors, sizes)
        loss = contrast(of_occupations, occupations, recipe.temperature)
        loss = loss + recipe.skill_weight * contrast(of_skills, skills, recipe.temperature)
        loss = loss + recipe.keep_weight * (1 - (now * kept.vectors).sum(1).mean())
        loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def contrast(vectors: Tensor, batch: Batch, temperature: float) -> Tensor:
    """How much nearer a text is to texts of its own concept than to those of others (Khosla et al. 2020).

    For each pair of one concept, the cross entropy of that pair against all texts of other concepts; texts of a concept do
    not compete with each other.
    """
    likeness = vectors @ vectors.T / temperature
    same = batch.concept[:, None] == batch.concept[None, :]
    others = torch.logsumexp(likeness.masked_fill(same | ~batch.foreign, -torch.inf), dim=1, keepdim=True)
    loss = torch.logaddexp(likeness, others) - likeness
    pairs = same & ~torch.eye(len(vectors), dtype=torch.bool)
    return loss[pairs].mean()


def _batches(data: TrainingData, recipe: Recipe, chance: random.Random) -> Iterator[tuple[Batch, Batch]]:
    occupations = [concept for concept in data.occupations if not concept.held_out]
    skills = [concept for concept in data.skills if not concept.held_out]
    for _ in range(recipe.steps):
        yield (
            _batch(chance.sample(occupations, recipe.occupations), recipe.names_each, recipe, chance),
            _batch(chance.sample(skills, recipe.skills), 2, recipe, chance),
        )


def _batch(concepts: Sequence[Concept], each: int, recipe: Recipe, chance: random.Random) -> Batch:
    texts: list[str] = []
    owners: list[int] = []
    for number, concept in enumerate(concepts):
        own = _draw(concept, each, recipe, chance)
        texts += own
        owners += [number] * len(own)
    called = [{name.lower() for name in (*concept.names, *concept.titles)} for concept in concepts]
    shared = torch.tensor([[text.lower() in names for names in called] for text in texts])[:, owners]
    return Batch(texts, torch.tensor(owners), ~(shared | shared.T))


def _draw(concept: Concept, each: int, recipe: Recipe, chance: random.Random) -> list[str]:
    """``each`` different texts of the concept, as far as it has them."""
    drawn: dict[str, str] = {}
    for _ in range(3 * each):
        if len(drawn) < each:
            text = _text(concept, recipe, chance)
            drawn.setdefault(text.lower(), text)
    return list(drawn.values())


def _text(concept: Concept, recipe: Recipe, chance: random.Random) -> str:
    if concept.titles and chance.random() < recipe.title_share:
        return chance.choice(concept.titles)
    sentence_share = recipe.sentence_share if len(concept.names) > 2 else 0.4
    if chance.random() < sentence_share:
        return chance.choice(concept.sentences)
    return chance.choice(concept.names)


def _changes(changes: Sequence[str]) -> Iterator[tuple[str, type, str]]:
    for change in changes:
        name, _, value = change.partition("=")
        yield name, type(getattr(Recipe, name)), value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that training/download.sh filled")
    parser.add_argument("--titles", type=Path, help="CSV.gz with vacancyTitle and conceptUri; without, labels alone")
    parser.add_argument(
        "--texts", type=Path, help="JSON Lines .gz with title and description, whose vectors should stay"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--report-each", type=int, default=60, help="steps between figures on held-out concepts")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="another value of the recipe")
    return parser.parse_args()


if __name__ == "__main__":
    main()
