"""Turns the parser's own sureness into a probability, by a small logistic model fitted on CVs whose truth is known.

A rule says 0.85 because it felt right to who wrote it. What that means shows only on documents: ``benchmarks/calibration.py``
counts how often such values are right and writes the weights of ``data/calibration.json``. What the model looks at is the
parser's number, the kind of value, its shape, the entry and the document around it; never a word of the CV.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from ingestion.quality import assess, kind_of
from ingestion.values import Document, Evidence, Line, ParsedCV

Features = dict[str, float]
DATA = Path(__file__).parent / "data" / "calibration.json"
_LEAST, _MOST = 0.01, 0.995
# What an entry of these kinds has when it was read whole.
_WHOLE = {
    "work": ("name", "position", "startDate"),
    "volunteer": ("organization", "startDate"),
    "education": ("institution", "studyType", "endDate"),
}
_FAMILIES = {"pdf": "pdf", "docx": "office", "odt": "office", "rtf": "office", "html": "html"}
_MOST_ENTRIES = 200  # that are compared with each other: no career has more, and a made-up file may have thousands
_PARTS = re.compile(r"[.[\]]+")


@dataclass(frozen=True, slots=True)
class Model:
    """The weight of each feature; one without a weight, such as a kind never seen, counts for nothing."""

    weights: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = DATA) -> Self:
        return cls(json.loads(path.read_text(encoding="utf-8"))["weights"])

    def probability(self, features: Features) -> float:
        """The chance that a value with these features is right, never quite 0 or 1."""
        sure = 1 / (1 + math.exp(-sum(self.weights.get(name, 0.0) * value for name, value in features.items())))
        return round(min(_MOST, max(_LEAST, sure)), 3)


@cache
def fitted() -> Model:
    """The model that comes with the parser."""
    return Model.load()


def calibrated(parsed: ParsedCV, document: Document, model: Model) -> ParsedCV:
    """The same values, each with the probability that it is right."""
    found = features_of(parsed, document)
    notes = {path: replace(note, confidence=model.probability(found[path])) for path, note in parsed.evidence.items()}
    return replace(parsed, evidence=notes)


def features_of(parsed: ParsedCV, document: Document) -> dict[str, Features]:
    """What is known of each value by its path; ``parsed`` has the parser's own confidence still."""
    data = parsed.to_json()
    around = _of_document(parsed, document)
    starts = [line.start for line in document.lines]
    values = {path: _value_at(data, path) for path in parsed.evidence}
    repeats = Counter((kind_of(path), value.casefold()) for path, value in values.items())
    found = {}
    for path, note in parsed.evidence.items():
        kind = kind_of(path)
        own = {**_of_value(values[path]), **_of_entry(data, path), **around}
        own["repeated"] = float(repeats[kind, values[path].casefold()] > 1)
        own["unclear"] = min(1.0, 10 * (1 - _certainty(document.lines, starts, note)))  # below 0.9 all is unclear
        own["goes on"] = float(document.text[note.span.end : note.span.end + 2].lstrip(" \n\t")[:1].islower())
        found[path] = dict(_named(kind, note.confidence, own))
    return found


def _named(kind: str, raw: float, own: Features) -> Iterator[tuple[str, float]]:
    """Each feature for all values and once more for its section, so that both can be learnt from what there is."""
    section = kind.split(".")[0]
    sure = math.log(max(0.02, raw) / max(0.02, 1 - raw))
    yield from (("bias", 1.0), ("raw", sure), (f"kind {kind}", 1.0), (f"raw {kind}", sure))
    for name, value in own.items():
        if value:
            yield name, value
            yield f"{name} {section}", value


def _value_at(data: Mapping[str, Any], path: str) -> str:
    node: Any = data
    for part in _PARTS.split(path.strip("]")):
        try:
            node = node[int(part)] if isinstance(node, list) else node[part]
        except (KeyError, IndexError):
            return ""
    return node if isinstance(node, str) else ""


def _of_value(value: str) -> Features:
    return {
        "words": min(4.0, math.log1p(value.count(" "))),
        "small letter": float(value[:1].islower()),
        "digits": float(any(c.isdigit() for c in value)),
        "open bracket": float(value.count("(") != value.count(")")),
        "punctuation": float(value[-1:] in ",:;|-–" or ": " in value),
        "joined": float(any(sign in value for sign in (" | ", " · ", " • "))),
        "tiny": float(len(value) < 3),
    }


def _of_entry(data: Mapping[str, Any], path: str) -> Features:
    """How much of its entry was not found: a job without a date is less sure to be a job."""
    section, _, rest = path.partition("[")
    number = rest.partition("]")[0]
    rows = data.get(section)
    if not isinstance(rows, list) or not number.isdecimal() or section not in _WHOLE:
        return {}
    row = rows[int(number)] if int(number) < len(rows) else {}
    missing = [name for name in _WHOLE[section] if not row.get(name)]
    texts = [value for value in row.values() if isinstance(value, str)]
    return {
        "missing of entry": len(missing) / len(_WHOLE[section]),
        "no date": float(not row.get("startDate") and not row.get("endDate")),
        "said twice": float(len(set(texts)) < len(texts)),
        "alone": float(len(rows) == 1),
        "uneven": _uneven(rows, path.rpartition(".")[2].partition("[")[0]),
    }


def _uneven(rows: list[Mapping[str, Any]], name: str) -> float:
    """The share of entries without what this one has: a text may have been given to a neighbour."""
    some = rows[:_MOST_ENTRIES]
    return sum(not row.get(name) for row in some) / len(some)


def _of_document(parsed: ParsedCV, document: Document) -> Features:
    quality = assess(parsed)
    family = "scan" if document.scanned else _FAMILIES.get(document.format, "plain")
    return {
        f"format {family}": 1.0,
        "incomplete": 1 - quality.completeness,
        "not in order": 1 - (1.0 if quality.order is None else quality.order),
        "repeats": 1 - (1.0 if quality.uniqueness is None else quality.uniqueness),
        "columns": float(_has_columns(document)),
        "no headings": float(not any(line.level or line.bold for line in document.lines)),
    }


def _has_columns(document: Document) -> bool:
    """Whether the text goes back up the page somewhere."""
    return any(a.page == b.page and b.y0 < a.y0 - 40 for a, b in pairwise(document.lines))


def _certainty(lines: tuple[Line, ...], starts: list[int], note: Evidence) -> float:
    """Of the least certain line that the value was read from."""
    first = max(0, bisect_right(starts, note.span.start) - 1)
    touched = [line.certainty for line in lines[first : first + 40] if line.start < note.span.end]
    return min(touched, default=1.0)
