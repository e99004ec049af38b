"""Measures finding and linking of skills against sentences in which people marked them."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobs.skills.data_files import read_esco_names
from jobs.skills.finding import find_skills_and_languages
from jobs.skills.matcher import SkillMention
from matching.linking.concepts import preferred
from matching.linking.linker import Link, Linker, Span

# In the label column of the sentences linked to ESCO: too vague to be linked, and no such concept in ESCO.
VAGUE, ABSENT = "UNDERSPECIFIED", "LABEL NOT PRESENT"


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1 of ``hits`` that both sides agree on; ``right`` of the ``found`` and ``met`` of the ``asked``
    where a hit need not be one to one."""

    right: int
    found: int
    met: int
    asked: int

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.met / max(self.asked, 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1.0)
        return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f} ({self.found} found, {self.asked} marked)"


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence, a phrase that was marked in it, and ESCO's label for that in lower case, or VAGUE or ABSENT."""

    sentence: str
    phrase: str
    label: str


def read_marked(path: Path) -> list[Marked]:
    """The rows of a file with the columns sentence, span, sub_span, label."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Marked(row["sentence"], row["sub_span"] or row["span"], _label(row["label"]))
            for row in csv.DictReader(lines)
        ]


def read_spans(path: Path) -> list[tuple[str, frozenset[Span]]]:
    """Texts and the spans that are marked as skill or knowledge, of a file of JSON Lines with tokens and BIO tags, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(" ".join(row["tokens"]), frozenset(_tagged(row))) for row in rows]


def measure_links(
    marked: Sequence[Marked], named: Mapping[str, set[str]], linked: Mapping[str, set[str]]
) -> dict[str, Figures]:
    """Labels per sentence, summed over all: of what the vocabulary names, and of what is linked, names weighed as well. VAGUE
    rows are left out; a sentence whose phrases are all ABSENT has no label."""
    gold: dict[str, set[str]] = {}
    for row in marked:
        if row.label != VAGUE:
            gold.setdefault(row.sentence, set()).update({row.label} - {ABSENT})
    return {way: _labels(gold, found) for way, found in (("names", named), ("links", linked))}


def measure_nearest(marked: Sequence[Marked], linker: Linker) -> tuple[float, float, int]:
    """For phrases that have a label: how often it is that of the nearest concept and of one of the ten nearest; how many."""
    rows = [row for row in marked if row.label not in (VAGUE, ABSENT)]
    near = linker.nearest([(row.phrase, row.sentence, frozenset()) for row in rows])
    names = [[linker.concept(place).name.lower() for place in one.places.tolist()] for one in near]
    first = sum(row.label == of_one[0] for row, of_one in zip(rows, names, strict=True))
    among = sum(row.label in of_one for row, of_one in zip(rows, names, strict=True))
    return first / max(len(rows), 1), among / max(len(rows), 1), len(rows)


def measure_spans(marked: Sequence[frozenset[Span]], found: Sequence[frozenset[Span]]) -> dict[str, Figures]:
    """Spans of each text: the same (``strict``), and sharing a character with one of the other side (``overlap``)."""
    pairs = list(zip(marked, found, strict=True))
    total, asked = sum(map(len, found)), sum(map(len, marked))
    same = sum(len(gold & spans) for gold, spans in pairs)
    right = sum(_touches(span, gold) for gold, spans in pairs for span in spans)
    met = sum(_touches(span, spans) for gold, spans in pairs for span in gold)
    return {"strict": Figures(same, total, same, asked), "overlap": Figures(right, total, met, asked)}


def found_in(texts: Sequence[str], linker: Linker) -> list[tuple[list[SkillMention], tuple[Link, ...]]]:
    """What each text names by a label, and what it means when these are weighed like any phrase."""
    named = [named_skills(text)[0] for text in texts]
    return list(zip(named, linker.judge_many(texts, named), strict=True))


def named_skills(text: str) -> tuple[list[SkillMention], set[str]]:
    """What the text names by a label: where, and ESCO's names of those that ESCO has."""
    skills, languages = find_skills_and_languages(text)
    found = [*skills, *languages]
    return found, {esco_names()[one.skill_id] for one in found if one.skill_id in esco_names()}


@cache
def esco_names() -> Mapping[str, str]:
    """ESCO's preferred label of each skill that it has, by our id."""
    return {skill_id: names[0] for skill_id, names in read_esco_names().items()}


def _label(cell: str) -> str:
    return cell if cell in (VAGUE, ABSENT) else preferred(cell)


def _labels(gold: Mapping[str, set[str]], found: Mapping[str, set[str]]) -> Figures:
    hits = sum(len(labels & found[sentence]) for sentence, labels in gold.items())
    return Figures(hits, sum(len(found[s]) for s in gold), hits, sum(map(len, gold.values())))


def _tagged(row: Mapping[str, Sequence[str]]) -> Iterator[Span]:
    starts = [0]
    for token in row["tokens"]:
        starts.append(starts[-1] + len(token) + 1)
    for tags in (row["tags_skill"], row["tags_knowledge"]):
        begun: int | None = None
        for place, tag in enumerate([*tags, "O"]):
            if begun is not None and not tag.startswith("I"):
                yield starts[begun], starts[place] - 1
                begun = None
            if tag.startswith("B"):
                begun = place


def _touches(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
