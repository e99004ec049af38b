"""A parsed CV against what the CV really says: right, given and expected values by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rapidfuzz import fuzz

from ingestion.values import Education, ParsedCV, Work

Item = TypeVar("Item")
_SAME_NAME, _SAME_DEGREE, _SAME_CERTIFICATE = 90, 80, 85  # token-set similarity in percent


@dataclass(frozen=True, slots=True)
class Counts:
    """How many values were expected, how many were given, and how many of those are right."""

    right: int = 0
    given: int = 0
    expected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.given + other.given, self.expected + other.expected)

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.given + self.expected) if self.given + self.expected else 1.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What a CV really says, and what else counts as right."""

    parsed: ParsedCV
    layout: str = ""
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Truth:
        meta = data.get("meta") or {}
        parsed = ParsedCV.from_json({**data, "meta": {"format": str(meta.get("format", ""))}})
        return cls(
            parsed, str(meta.get("layout", "")), tuple(meta.get("nameAccept", ())), tuple(meta.get("phoneAccept", ()))
        )


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """Counts by field for one document; only fields that its truth shows."""

    name: str
    format: str
    layout: str
    fields: Mapping[str, Counts] = field(default_factory=dict)

    @property
    def f1(self) -> float:
        return sum(c.f1 for c in self.fields.values()) / len(self.fields) if self.fields else 1.0


def compare(name: str, predicted: ParsedCV, truth: Truth) -> DocumentResult:
    """Counts right values field by field; a document without prediction compares as an empty one."""
    counted = {field_name: rule(predicted, truth) for field_name, rule in _RULES.items()}
    shown = {field_name: counts for field_name, counts in counted.items() if counts.expected}
    return DocumentResult(name, truth.parsed.format, truth.layout, shown)


def summarise(results: Sequence[DocumentResult], key: Callable[[DocumentResult], str]) -> dict[str, dict[str, Counts]]:
    """Counts added up by group and field."""
    groups: dict[str, dict[str, Counts]] = {}
    for result in results:
        group = groups.setdefault(key(result) or "unknown", {})
        for field_name, counts in result.fields.items():
            group[field_name] = group.get(field_name, Counts()) + counts
    return dict(sorted(groups.items()))


def macro_f1(fields: Mapping[str, Counts]) -> float:
    return sum(c.f1 for c in fields.values()) / len(fields) if fields else 0.0


def _plain(text: str) -> str:
    return re.sub(r"[^\w+#]+", " ", text.casefold()).strip()


def _one(given: str, accepted: Iterable[str], same: Callable[[str], str]) -> Counts:
    wanted = {same(text) for text in accepted if text}
    return Counts(int(bool(given) and same(given) in wanted), int(bool(given)), int(bool(wanted)))


def _sets(given: Iterable[str], expected: Iterable[str], same: Callable[[str], str] = _plain) -> Counts:
    one, other = {same(t) for t in given} - {""}, {same(t) for t in expected} - {""}
    return Counts(len(one & other), len(one), len(other))


def _pairs(
    given: Sequence[Item], expected: Sequence[Item], alike: Callable[[Item, Item], bool]
) -> list[tuple[Item, Item]]:
    """Each expected item with the first fitting one that is still free."""
    free, found = list(given), []
    for item in expected:
        match = next((g for g in free if alike(g, item)), None)
        if match is not None:
            free.remove(match)
            found.append((match, item))
    return found


def _similar(one: str, other: str, percent: int) -> bool:
    return not other or (bool(one) and fuzz.token_set_ratio(_plain(one), _plain(other)) >= percent)


def _same_job(given: Work, expected: Work) -> bool:
    return _similar(given.name, expected.name, _SAME_NAME) and _similar(given.position, expected.position, _SAME_NAME)


def _same_study(given: Education, expected: Education) -> bool:
    degrees = f"{given.study_type} {given.area}".strip(), f"{expected.study_type} {expected.area}".strip()
    return _similar(given.institution, expected.institution, _SAME_NAME) and _similar(*degrees, _SAME_DEGREE)


def _job_pairs(predicted: ParsedCV, truth: Truth) -> list[tuple[Work, Work]]:
    """Jobs with the same start are paired first, as people hold the same job at the same place twice."""
    given, expected = predicted.resume.work, truth.parsed.resume.work
    exact = _pairs(given, expected, lambda g, e: _same_job(g, e) and g.start_date[:7] == e.start_date[:7])
    left = (
        [w for w in given if not any(w is g for g, _ in exact)],
        [w for w in expected if not any(w is e for _, e in exact)],
    )
    return exact + _pairs(*left, _same_job)


def _jobs(predicted: ParsedCV, truth: Truth) -> Counts:
    pairs = _job_pairs(predicted, truth)
    return Counts(len(pairs), len(predicted.resume.work), len(truth.parsed.resume.work))


def _job_dates(predicted: ParsedCV, truth: Truth) -> Counts:
    """Starts and ends to the precision of the truth."""
    ends = [(g.start_date, e.start_date) for g, e in _job_pairs(predicted, truth)]
    ends += [(g.end_date, e.end_date) for g, e in _job_pairs(predicted, truth)]
    expected = sum(bool(w.start_date) + bool(w.end_date) for w in truth.parsed.resume.work)
    given = sum(bool(w.start_date) + bool(w.end_date) for w in predicted.resume.work)
    return Counts(sum(bool(e) and g[: len(e[:7])] == e[:7] for g, e in ends), given, expected)


def _studies(predicted: ParsedCV, truth: Truth) -> Counts:
    given, expected = predicted.resume.education, truth.parsed.resume.education
    return Counts(len(_pairs(given, expected, _same_study)), len(given), len(expected))


def _certificates(predicted: ParsedCV, truth: Truth) -> Counts:
    given = [c.name for c in predicted.resume.certificates]
    expected = [c.name for c in truth.parsed.resume.certificates]
    found = _pairs(given, expected, lambda g, e: _similar(g, e, _SAME_CERTIFICATE))
    return Counts(len(found), len(given), len(expected))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _address(text: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?|[/#?]+$", "", text.casefold())


def _links(parsed: ParsedCV) -> list[str]:
    basics = parsed.resume.basics
    return [basics.url, *(p.url or f"{p.network}/{p.username}" for p in basics.profiles)]


def _skills(parsed: ParsedCV) -> list[str]:
    return [name for s in parsed.resume.skills for name in (s.name, *s.keywords)]


_RULES: dict[str, Callable[[ParsedCV, Truth], Counts]] = {
    "name": lambda p, t: _one(p.resume.basics.name, t.names or [t.parsed.resume.basics.name], _plain),
    "e-mail": lambda p, t: _one(p.resume.basics.email, [t.parsed.resume.basics.email], str.casefold),
    "phone": lambda p, t: _one(p.resume.basics.phone, t.phones or [t.parsed.resume.basics.phone], _digits),
    "links": lambda p, t: _sets(_links(p), _links(t.parsed), _address),
    "skills": lambda p, t: _sets(_skills(p), _skills(t.parsed)),
    "work": _jobs,
    "work dates": _job_dates,
    "education": _studies,
    "languages": lambda p, t: _sets(p.language_names, t.parsed.language_names),
    "certificates": _certificates,
}
