"""Finds names of skills and languages letter by letter in a text, each with the exact place where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from jobs.skills.context import (
    belongs_to_phrase,
    describes_people_or_market,
    is_list_gap,
    stands_as_language,
    stands_as_skill,
)
from jobs.skills.folding import FoldedText, fold_term, fold_text, without_accents
from jobs.skills.skill import Skill
from jobs.skills.versions import end_of_version, has_telling_version

_SPELLINGS = (
    ("ization", "isation"),
    ("izing", "ising"),
    ("modeling", "modelling"),
    ("labor", "labour"),
    ("center", "centre"),
)
# "github.com/someone" is an address, and knowing GitHub is not what it says.
_ADDRESS_ENDINGS = (".com", ".org", ".net/", ".io/", ".de/")


@dataclass(frozen=True, slots=True)
class SkillMention:
    """A skill where it stands: ``text[start:end] == surface``."""

    skill_id: str
    name: str
    start: int
    end: int
    surface: str


@dataclass(frozen=True, slots=True)
class _Term:
    """One way to write a skill. ``written`` is set when only that spelling, with its capitals, counts."""

    skill: Skill
    written: str | None
    needs_context: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    term: _Term
    start: int
    end: int


class Matcher:
    """All names of skills in one Aho-Corasick automaton: one pass over a text, whatever the number of terms."""

    def __init__(self, skills: Iterable[Skill]) -> None:
        self._automaton = ahocorasick.Automaton()
        for pattern, term in _patterns(skills).items():
            self._automaton.add_word(pattern, (len(pattern), term))
        self._automaton.make_automaton()

    def find(self, text: str) -> tuple[SkillMention, ...]:
        """Every mention in reading order; the longest match wins and none overlap."""
        folded = fold_text(text)
        hits = _longest(self._hits(folded))
        return tuple(_mention(text, hit) for hit in _believable(text, hits))

    def find_listed(self, text: str) -> tuple[SkillMention, ...]:
        """The same in a text known to be a list of skills, where no name needs the words around it as a witness."""
        return tuple(_mention(text, hit) for hit in _longest(self._hits(fold_text(text))))

    def _hits(self, folded: FoldedText) -> Iterator[_Hit]:
        lowered = folded.folded
        for last, (length, term) in self._automaton.iter(lowered):
            first, end = last + 1 - length, last + 1
            # Most hits are letters inside a word; this line keeps them from costing a call each.
            if first and lowered[first - 1].isalnum():
                continue
            if not _starts_word(lowered, first) or (length == 2 and lowered[first - 1 : first] == "-"):
                continue  # the UX of HP-UX
            end = _word_end(lowered, first, end, term)
            if end:
                start, stop = folded.span(first, end)
                if term.written is None or folded.original[start:stop] == term.written:
                    yield _Hit(term, start, stop)


def _patterns(skills: Iterable[Skill]) -> dict[str, _Term]:
    """Folded spellings; a term's own spelling goes before the variants derived for another skill."""
    own: dict[str, _Term] = {}
    derived: dict[str, _Term] = {}
    for skill in skills:
        for name in skill.terms:
            in_context = name in skill.in_context
            exact = name in skill.exact_case or (in_context and not name.islower())
            term = _Term(skill, name if exact else None, in_context or skill.is_language)
            folded = fold_term(name)
            own.setdefault(folded, term)
            if not exact:
                derived.update((variant, term) for variant in _variants(folded) if variant not in derived)
    return derived | own


def _variants(folded: str) -> Iterator[str]:
    """The same term with a hyphen or a space, British or American, with or without accents."""
    spellings = {folded, without_accents(folded)}
    for american, british in _SPELLINGS:
        spellings |= {s.replace(american, british) for s in spellings} | {
            s.replace(british, american) for s in spellings
        }
    for spelling in sorted(spellings):
        yield spelling
        yield spelling.replace(" ", "-")
        if len(spelling) > 4:
            yield spelling.replace("-", " ")


def _starts_word(lowered: str, start: int) -> bool:
    if start == 0:
        return True
    before = lowered[start - 1]
    if before in "_@":
        return False
    # "F#" inside "PDF#", ".NET" inside "ASP.NET" and the "js" of "foo.js" are parts of something else.
    return before not in ".#+" or not lowered[start - 2 : start - 1].isalnum()


def _word_end(lowered: str, start: int, end: int, term: _Term) -> int:
    """Where the word ends that the pattern closes, a plural s included; 0 when the pattern ends inside a word."""
    after = lowered[end : end + 1]
    if lowered.startswith(_ADDRESS_ENDINGS, end):
        return 0
    if _is_boundary(lowered[end - 1], after):
        return end
    if after == "s" and term.written is None and end - start >= 4 and _is_boundary("s", lowered[end + 1 : end + 2]):
        return end + 1
    return 0


def _is_boundary(last: str, after: str) -> bool:
    if not after:
        return True
    if last in "+#":
        return not after.isalpha() and after not in "+#"
    return not (after.isalnum() or after in "_+#@" or "\u0300" <= after <= "\u036f")


def _longest(hits: Iterable[_Hit]) -> list[_Hit]:
    chosen: list[_Hit] = []
    reached = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.start >= reached:
            chosen.append(hit)
            reached = hit.end
    return chosen


def _believable(text: str, hits: list[_Hit]) -> list[_Hit]:
    """Drops the ambiguous hits that neither the words around them nor a neighbour in a list make sense of."""
    hits = [hit for hit in hits if not _misleads(text, hit)]
    sure = [not hit.term.needs_context or _makes_sense(text, hit) for hit in hits]
    if not all(sure):
        _vouch_along_lists(text, hits, sure)
    return [hit for hit, kept in zip(hits, sure, strict=True) if kept]


def _vouch_along_lists(text: str, hits: list[_Hit], sure: list[bool]) -> None:
    """Carries certainty from neighbour to neighbour, once forwards and once backwards."""
    pairs = [(left, left + 1) for left in range(len(hits) - 1)]
    for left, right in pairs:
        if _explain_each_other(hits[left], hits[right]) and _same_list(text, hits[left], hits[right]):
            sure[left] = sure[right] = True
    for neighbour, here in (*pairs, *((right, left) for left, right in reversed(pairs))):
        if sure[neighbour] and not sure[here] and _same_list(text, hits[here], hits[neighbour]):
            sure[here] = True


def _explain_each_other(one: _Hit, other: _Hit) -> bool:
    """ "Go and Rust", "Word, Excel": two such names side by side, with their capitals, are no accident."""
    return all(hit.term.written is not None and not hit.term.skill.is_language for hit in (one, other))


def _misleads(text: str, hit: _Hit) -> bool:
    reads_otherwise = describes_people_or_market if hit.term.skill.is_language else belongs_to_phrase
    return hit.term.needs_context and reads_otherwise(text, hit.start, hit.end)


def _makes_sense(text: str, hit: _Hit) -> bool:
    if hit.term.skill.is_language:
        return stands_as_language(text, hit.start, hit.end)
    return stands_as_skill(text, hit.start, hit.end) or has_telling_version(text, hit.end, hit.term.skill)


def _same_list(text: str, one: _Hit, other: _Hit) -> bool:
    first, second = sorted((one, other), key=lambda hit: hit.start)
    same_kind = one.term.skill.is_language == other.term.skill.is_language
    return same_kind and is_list_gap(text[first.end : second.start])


def _mention(text: str, hit: _Hit) -> SkillMention:
    skill = hit.term.skill
    end = end_of_version(text, hit.end, skill)
    return SkillMention(skill.id, skill.name, hit.start, end, text[hit.start : end])
