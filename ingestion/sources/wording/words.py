"""Words for the workplace and the level, and a text that comes in several parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from ingestion.sources import clean
from jobs.titles import Level

# In this order: what denies "remote" is read before it, and a part of the time at home is not all of it.
_WORKPLACES = (
    (
        "on_site",
        r"\b(?:not|no|non)[\s_-]*(?:fully[\s_-]*)?(?:remote|hybrid|telecommut\w*|home[\s_-]*office)|\bkein homeoffice",
    ),
    (
        "hybrid",
        r"hybrid|part(?:ly|ially)?[\s_-]*remote|remote[\s_-]*part|temporary[\s_-]*remote|teilweise|flex[\s_-]*office",
    ),
    (
        "remote",
        r"remote|telecommut|tele[\s_-]*travail|work(?:ing)?[\s_-]*from[\s_-]*(?:home|anywhere)|\bwfh\b|home[\s_-]*(?:office|based|working)|"
        r"\bvirtual\b|\banywhere\b|\bworldwide\b|distributed",
    ),
    (
        "on_site",
        r"\bon[\s_-]*site\b|\bin[\s_-]*(?:the[\s_-]*)?(?:office|person)\b|\bat[\s_-]*the[\s_-]*office|vor ort|"
        r"pr[ée]sentiel|^office$",
    ),
)
_LEVELS = (
    (Level.INTERN, r"intern(?:ship)?s?\b|student|trainee|apprentice|praktik|werkstudent|stag(?:e|iaire)\b|ausbildung"),
    (
        Level.HEAD,
        r"director|executive|\bhead\b|vice[\s_-]*president|\bvp\b|\bsvp\b|\bc[\s_-]*level|\bchief\b|\bpartner\b|gesch[äa]ftsf",
    ),
    (Level.LEAD, r"\blead(?:er(?:ship)?)?\b|principal|\bstaff\b|manage(?:r|ment)|supervis|f[üu]hrung"),
    (Level.MID, r"mid[\s/_-]*senior"),
    (Level.SENIOR, r"senior|\bsr\b|expert|confirm[ée]"),
    (
        Level.JUNIOR,
        r"junior|\bjr\b|entry|graduate|beginner|no[\s_-]*experience|berufseinst|absolvent|d[ée]butant|associate",
    ),
    (
        Level.MID,
        r"\bmid(?:dle)?\b|mid[\s_-]*(?:level|career)|intermediate|experienced|professional|regular|berufserfahren",
    ),
)
_WORKPLACE_PATTERNS = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _WORKPLACES)
_LEVEL_PATTERNS = tuple((level, re.compile(words, re.IGNORECASE)) for level, words in _LEVELS)


def workplace_of(*texts: str) -> str:
    """remote, hybrid, on_site or nothing, from the first text that says one of them: the surest field comes first."""
    for text in texts:
        for name, pattern in _WORKPLACE_PATTERNS:
            if pattern.search(text):
                return name
    return ""


def level_of(text: str) -> str:
    """A value of jobs.titles.Level from words for a level ("Senior Level", "entry-level"); empty where it says none.

    "Experienced" stands between beginners and executives on the scales of the services, so it is the middle.
    """
    spaced = text.replace("_", " ")
    return next((level.value for level, pattern in _LEVEL_PATTERNS if pattern.search(spaced)), "")


def sections_html(parts: Iterable[tuple[str, str]]) -> str:
    """(heading, HTML or plain text) in order as one safe HTML text; parts without text are left out."""
    return "".join(_section(heading.strip(), content) for heading, content in parts if content.strip())


def _section(heading: str, content: str) -> str:
    safe = clean.safe_html(content)
    if re.match(r"\s*<li\b", safe):  # items of a list that the page of the service would put around them
        safe = f"<ul>{safe}</ul>"
    return f"<h3>{escape(heading)}</h3>{safe}" if heading else safe
