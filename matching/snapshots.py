"""What predictions were made from, gathered under hashes to be stored, and read back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ingestion.values import PARSER_VERSION
from jobs.skills import skills_version
from matching.embedding import get_provider
from matching.models import Snapshot
from matching.ranking import scoring_config
from matching.scoring import SCORING_VERSION, ScoringConfig
from matching.values.snapshots import CVSeen, JobSeen, digest, digest_of, from_json, to_json

_SeenT = TypeVar("_SeenT")


@dataclass(frozen=True)
class Recipe:
    """All that decides a score besides the pair itself; ``vocabulary``, ``parser`` and ``model`` are names of versions."""

    scoring: int
    config: ScoringConfig
    vocabulary: str
    parser: str
    model: str


def current_recipe() -> Recipe:
    """How pairs are scored now."""
    return Recipe(SCORING_VERSION, scoring_config(), skills_version(), PARSER_VERSION, get_provider().name)


class Gathered:
    """Snapshots to be stored, each once."""

    def __init__(self) -> None:
        self._rows: dict[str, Snapshot] = {}
        self._known: dict[CVSeen | JobSeen, str] = {}

    def name(self, value: CVSeen | JobSeen | Recipe) -> str:
        """The hash that the value is stored under."""
        if isinstance(value, Recipe):
            return self._keep(value)
        if value not in self._known:  # every line of a list has the same CV, or the same job
            self._known[value] = self._keep(value)
        return self._known[value]

    def _keep(self, value: CVSeen | JobSeen | Recipe) -> str:
        body = to_json(value)
        key = digest_of(type(value), body)
        self._rows.setdefault(key, Snapshot(sha256=key, kind=_KINDS[type(value)], body_json=body))
        return key

    @property
    def rows(self) -> list[Snapshot]:
        """In the order of their hashes: two writers of the same ones never wait for each other crosswise."""
        return [self._rows[key] for key in sorted(self._rows)]


def load(kind: type[_SeenT], keys: Iterable[str]) -> Mapping[str, _SeenT]:
    """The values under these hashes; those that are gone, or no longer what their hash says, are left out."""
    rows = Snapshot.objects.filter(sha256__in=set(keys), kind=_KINDS[kind])
    read = {row.sha256: _read(kind, row.body_json) for row in rows}
    return {key: value for key, value in read.items() if value is not None and digest(value) == key}


def _read(kind: type[_SeenT], body: Any) -> _SeenT | None:
    """None for what was written by a version whose values had other fields."""
    try:
        return from_json(kind, body)
    except ValueError:
        return None


_KINDS: dict[type[Any], str] = {
    CVSeen: Snapshot.Kind.CV,
    JobSeen: Snapshot.Kind.JOB,
    Recipe: Snapshot.Kind.RECIPE,
}
