"""Findings as numbered facts for a language model: what is asked, what was found, and the words that carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from matching.values import Account, Finding, Place, State

# Characters of a quote, and quotes of one finding.
QUOTE, QUOTES = 160, 2


@dataclass(frozen=True)
class Fact:
    """One finding: ``number`` is its place in the account, ``id`` what sentences cite it by."""

    number: int
    asked: str
    state: State
    via: str
    in_job: str
    in_cv: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"f{self.number}"

    @property
    def words(self) -> str:
        """All that may be said of it: the words of the CV where it shows the thing, those of the job where it does not."""
        if self.state == State.MISSING:
            return f"{self.asked}\n{self.in_job}"
        return "\n".join((self.asked, self.via, *self.in_cv))

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "asked": self.asked,
            "state": self.state.value,
            "shown_by": self.via,
            "job": self.in_job,
            "cv": list(self.in_cv),
        }


def facts_of(account: Account, *, matched_text: str, job_text: str) -> tuple[Fact, ...]:
    """One for each finding; the quotes are cut from the text in which the person is hidden."""
    return tuple(_fact(number, finding, matched_text, job_text) for number, finding in enumerate(account.findings))


def hidden_words(text: str, matched_text: str) -> frozenset[str]:
    """The words that were hidden, in small letters: name, addresses, personal details."""
    words = ((match.group(), match.span()) for match in re.finditer(r"\w{3,}", text))
    return frozenset(word.casefold() for word, (start, end) in words if not matched_text[start:end].strip())


def _fact(number: int, finding: Finding, matched_text: str, job_text: str) -> Fact:
    return Fact(
        number=number,
        asked=finding.name,
        state=finding.state,
        via=finding.via,
        in_job=_quote(finding.in_job, job_text) if finding.in_job else "",
        in_cv=tuple(dict.fromkeys(_quote(place, matched_text) for place in finding.evidence[:QUOTES])),
    )


def _quote(place: Place, text: str) -> str:
    """The line around a place; of a long one what stands nearest."""
    start, stop = text.rfind("\n", 0, place.start) + 1, text.find("\n", place.end)
    end = stop if stop >= 0 else len(text)
    if end - start > QUOTE:
        spare = max(0, QUOTE - (place.end - place.start)) // 2
        start, end = max(start, place.start - spare), min(end, place.end + spare)
    return " ".join(text[start:end].split())
