"""The kinds of sources that can be connected, as people choose among them, and examples of what a parameter takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from ingestion.sources import About, FetchedSource, Parameter
from ingestion.syncing import kind_of

# The first that fits the pattern of a parameter is shown as an example of it.
_EXAMPLES = ("30", "acme", "https://example.com/jobs", "name@example.com", "acme:4711")


@dataclass(frozen=True)
class Choice:
    """One kind. ``needs`` are the parameters that it does not work without."""

    kind: str
    about: About
    is_fetched: bool

    @property
    def needs(self) -> tuple[Parameter, ...]:
        return tuple(one for one in self.about.parameters if one.required)

    @property
    def words(self) -> str:
        return f"{self.kind} {self.about.label} {self.about.summary}".lower()


def list_kinds(words: str = "") -> list[Choice]:
    """The kinds in whose name or summary all the words stand, by label; those that only read files last."""
    wanted = words.lower().split()
    found = [choice for choice in _all(tuple(settings.JOB_SOURCES)) if all(word in choice.words for word in wanted)]
    return sorted(found, key=lambda choice: (not choice.is_fetched, choice.about.label.lower()))


def hint(parameter: Parameter) -> str:
    """What would be right for a parameter, in words: its own help, or an example that has its form."""
    if parameter.help or not parameter.pattern:
        return parameter.help
    example = next((text for text in _EXAMPLES if re.fullmatch(parameter.pattern, text)), "")
    return f"For example {example}." if example else ""


@lru_cache(maxsize=4)
def _all(kinds: tuple[str, ...]) -> tuple[Choice, ...]:
    sources = {kind: kind_of(kind) for kind in kinds}
    return tuple(Choice(kind, source.about, isinstance(source, FetchedSource)) for kind, source in sources.items())
