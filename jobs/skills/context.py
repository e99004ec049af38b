"""Decides whether a term that is also an everyday word – Go, R, Excel, German – is meant as a skill where it stands."""

from __future__ import annotations

import re

_CUES = """
    programming language languages lang developer developers development engineer engineers engineering programmer
    script scripts scripting code coding backend frontend services service microservices framework library libraries
    statistics statistical analysis tidyverse package packages spreadsheet spreadsheets macro macros formulas pivot
    database databases query queries apache hadoop cluster clusters ios xcode embedded firmware compiler ms
    microsoft office adobe autodesk google software tool tools skills skill knowledge proficiency expertise
    certified certification developerin entwickler entwicklerin programmierung kenntnisse kenntnissen sprache
    développeur programmation langage logiciel desarrollador programación lenguaje avanzado avancé sicher monitoring
    pipeline pipelines methods team teams coach environment regulatory officer advanced
"""
_CUE_WORDS = frozenset(_CUES.split())
_LEADS = """
    in using with on via mit à en avec con usando of like including e.g. eg z.b. einschließlich
"""
_LEADING_WORDS = frozenset(_LEADS.split())
_WORDS_BEFORE = re.compile(r"([\w.#+/-]+)\W{0,3}$")
_WORDS_AFTER = re.compile(r"^\W{0,2}([\w#+-]+)(?:\W{1,2}([\w#+-]+))?")
_PHRASE_AFTER = re.compile(r"^\s+(?:to|at|for|the|us|up|out|of|a|an|our|your|beyond|zu|auf|à|de)\b")

_LANGUAGE_CUES = re.compile(
    r"\b(?:[abc][12]\b|fluent|fluency|native|mother tongue|bilingual|proficien\w*|speak\w*|spoken|written|language\w*"
    r"|conversational|basic|intermediate|working knowledge|knowledge|business level|(?:good|excellent|"
    r"very good|advanced)\b"
    r"|fließend\w*|verhandlungssicher\w*|muttersprach\w*|sprach\w*|kenntniss\w*|gute\b|sehr gut\w*|grundkenntn\w*"
    r"|courant|langue\w*|maternel\w*|bilingue|maîtrise|niveau|parlé|lu,? écrit"
    r"|fluido|nativo|nativa|idioma\w*|nivel|dominio|hablado)",
    re.IGNORECASE,
)
_INITIAL_AFTER = re.compile(r"\. ?[A-Z][a-z.]")
_PEOPLE_OR_MARKET = re.compile(
    r"^[\s-]+(?:market|company|companies|customers?|clients?|law|tax|gaap|citizens?|border|government|industry"
    r"|accounting|subsidiary|cuisine|restaurant|standards?|bank|employment|economy|lessons?)",
    re.IGNORECASE,
)

NEAR = 30
LANGUAGE_NEAR = 40


def belongs_to_phrase(text: str, start: int, end: int) -> bool:
    """True for "Go the extra mile", "R&D" and "C. Smith": whatever is near, it is not the skill."""
    after = text[end : end + NEAR]
    if _PHRASE_AFTER.match(after) or after[:1] in ("&", "'", "’"):
        return True
    return end - start == 1 and _INITIAL_AFTER.match(after) is not None


def describes_people_or_market(text: str, start: int, end: int) -> bool:
    """True for the German market, English customers, a French company: no language is asked there."""
    return _PEOPLE_OR_MARKET.match(text[end : end + LANGUAGE_NEAR]) is not None


def stands_as_skill(text: str, start: int, end: int) -> bool:
    """True when the words on either side of text[start:end] speak of tools or knowledge."""
    after = text[end : end + NEAR]
    if end - start > 1 and _is_item(text, start, end, ",;|/:•·"):
        return True
    before = _WORDS_BEFORE.search(text[max(0, start - NEAR) : start].lower())
    if before and (before.group(1) in _CUE_WORDS or before.group(1) in _LEADING_WORDS):
        return True
    following = _WORDS_AFTER.match(after.lower())
    return following is not None and any(word in _CUE_WORDS for word in following.groups())


def stands_as_language(text: str, start: int, end: int) -> bool:
    """True when a level, "fluent", "speak" and the like are near on the line, or the language is all of the line."""
    if _is_item(text, start, end, ""):
        return True
    before = text[max(0, start - LANGUAGE_NEAR) : start].rpartition("\n")[2]
    after = text[end : end + LANGUAGE_NEAR].partition("\n")[0]
    return bool(_LANGUAGE_CUES.search(before) or _LANGUAGE_CUES.search(after))


def _is_item(text: str, start: int, end: int, separators: str) -> bool:
    """True for what stands by itself between separators or the ends of a line, after a bullet or not."""
    before = text[max(0, start - NEAR) : start].rpartition("\n")[2].strip(" \t-–*•·▪")
    after = text[end : end + NEAR].partition("\n")[0].strip()
    return before[-1:] in ("", *separators) and after[:1] in ("", *separators)


_LIST_SEPARATOR = re.compile(
    r"\s*(?:[,;/|•·&+]|\n\s*[-•*·–]?|\s[-–]\s|\b(?:and|or|und|oder|et|ou|y|o|e)\b|,\s*(?:and|or|und))\s*(?:\(\s*)?",
    re.IGNORECASE,
)


def is_list_gap(gap: str) -> bool:
    """True when only a comma, a slash, an "and" or a new bullet stands between two terms."""
    return len(gap) <= 8 and _LIST_SEPARATOR.fullmatch(gap) is not None
