"""Words that tell titles, employers, schools and degrees apart; they only vote, structure decides."""

from __future__ import annotations

import re
from functools import cache

from ingestion.parse.wordlists import either, fold, folded, read_words

_TITLES = read_words("titles")
_TITLE_WORDS = folded(_TITLES["words"])
_TITLE_ENDINGS = tuple(folded(_TITLES["endings"]))
_TITLE_PHRASES = re.compile(rf"\b(?:{either(word for word in _TITLE_WORDS if ' ' in word)})\b")
_SENIORITY = re.compile(rf"\b(?:{either(folded(_TITLES['seniority']))})\b")
_EMPLOYERS = read_words("organisations")
_ORGANISATION = re.compile(
    rf"\b(?:{either(folded((*_EMPLOYERS['forms'], *_EMPLOYERS['words'])))})(?!\w)"
    rf"|&\ (?:co|sons|partners?)\b|\b\w+(?:{either(folded(_EMPLOYERS['endings']))})\b"
)
_SCHOOLS = read_words("schools")
_SCHOOL = re.compile(rf"(?<!\w)(?:{either(folded(_SCHOOLS['words']))})(?!\w)")
_SCHOOL_IN_CAPITALS = re.compile(rf"(?<!\w)(?:{'|'.join(_SCHOOLS['capitals'])})(?!\w)")
_DEGREE = re.compile(
    rf"""(?<![\w])(?:
    (?:bachelor|master|associate|doctor|licenciate|magister|bachelier)(?:['’]?s)?(?:\s+degree)?\s+(?:of|en|in)\s+
        (?:applied\s+)?(?:science|arts|engineering|business\ administration|technology|laws?|education|
        philosophy|commerce|fine\ arts|
        nursing|architecture|medicine|music|social\ work|public\ health|public\ administration|design|computer\ applications|
        business|economics|sciences)(?:\s+(?:and|&)\s+(?:arts|science|technology))?(?:\s*\((?:hons?|honours|honors)\.?\))?
    | (?:bachelor|master|associate)(?:['’]?s)?(?:\s+(?:degree|diploma))?(?:\s+(?:of|in)\b)?
    | bachelor\w*
    | b\.?\s?sc\.?|m\.?\s?sc\.?|b\.?\s?a\.?|m\.?\s?a\.?|b\.?\s?s\.?|m\.?\s?s\.?|b\.?\s?eng\.?|m\.?\s?eng\.?|
    b\.?\s?tech\.?|m\.?\s?tech\.?|b\.?\s?com\.?
    | b\.?\s?ed\.?|m\.?\s?ed\.?|ll\.?\s?b\.?|ll\.?\s?m\.?|m\.?\s?b\.?\s?a\.?|bba|m\.?\s?phil\.?|ph\.?\s?d\.?|
    d\.?\s?phil\.?|mbbs|m\.?d\.?|j\.?d\.?|mfa|bfa|mpa|mph|msw|bsw|bsn|msn|
      dba|edd|pgce|pgdip|hnd|hnc|fdsc|mca|bca|b\.?arch\.?|m\.?arch\.?|ba\s\(hons\)|meng|beng|mres|btec
    | {either(read_words("degrees")["words"])}
    | doctorate|postdoc\w*|staatlich\s+\w+|dipl\.?-?\s?\w+\.?|lic\.?
    | diplom(?:a|e|ă|-?\w*(?:in|ingenieur|kaufmann|informatiker\w*)?)?\b(?:\s+(?:of|in)\b)?
    | high\s+school(?:\s+diploma)?|secondary\s+school(?:\s+certificate)?|a[\s-]levels?|gcses?|ged|apprenticeship
    | international\s+baccalaureate|(?:advanced|higher\s+national|graduate|postgraduate|national)\s+(?:diploma|certificate)
    | associate\s+degree|foundation\s+degree|certificate(?:\s+(?:of|in)\b)?|nvq\s+level\s+\d
    )(?:\s*\((?:hons?|honours|honors)\.?\))?(?![\w])""",
    re.VERBOSE | re.IGNORECASE,
)


@cache
def title_score(text: str) -> float:
    """How much the text reads as a job title, in [0, 1]."""
    words = re.findall(r"[\w'-]+", fold(text))
    if not words or len(words) > 10:
        return 0.0
    hits = [_is_title_word(w) for w in words]
    if _TITLE_PHRASES.search(" ".join(words)):
        hits[0] = True
    head = hits[-1] or (len(words) > 1 and (hits[0] or any(hits)))
    return min(1.0, 0.7 * any(hits) + 0.15 * head + 0.15 * bool(_SENIORITY.search(" ".join(words))))


_GLUED = re.compile(r"(?<=[^\W\d_])(?=[A-ZÀ-Þ][\w&.'’-]*)")


@cache
def glued_at(text: str) -> int:
    """Where a title and another name ran together without a space, or 0: ``Project EngineerAcme`` → 16."""
    for match in _GLUED.finditer(text):
        before, after = text[: match.start()], text[match.start() :]
        if not before[-1].islower() and not after[1:2].islower():
            continue
        last, first = re.findall(r"[\w-]+$", before), re.findall(r"^[\w-]+", after)
        if last and first and (_is_title_word(last[0]) or (_is_title_word(after.split()[-1]) and before[-1].isupper())):
            return match.start()
    return 0


def _is_title_word(word: str) -> bool:
    folded = fold(word)
    male = folded.removesuffix("in")  # German: Leiterin, Köchin
    return folded in _TITLE_WORDS or male in _TITLE_WORDS or male.endswith(_TITLE_ENDINGS)


@cache
def titleness(text: str) -> float:
    """Title against employer; words such as *software* name both, and count little beside a title's own word."""
    title = title_score(text)
    return title - (0.3 if title >= 0.85 else 1.0) * organisation_score(text)


@cache
def organisation_score(text: str) -> float:
    words = fold(text)
    return 1.0 if _ORGANISATION.search(words) else 0.3 if re.search(r"[A-Z]\w+ [A-Z]", text) else 0.0


@cache
def is_school(text: str) -> bool:
    return bool(_SCHOOL.search(fold(text)) or _SCHOOL_IN_CAPITALS.search(text))


def find_degree(text: str) -> re.Match[str] | None:
    """The first degree in the text; one that opens the text or a bracket is preferred by its place."""
    return next((m for m in _DEGREE.finditer(text) if _plausible(m[0])), None)


def _plausible(degree: str) -> bool:
    """Short forms are degrees only in capitals: ``BA`` and ``MS``, not ``ba`` or ``ms``; ``a`` never is."""
    letters = re.sub(r"[\W_]", "", degree)
    return len(letters) > 3 or (letters[:1].isupper() and len(letters) > 1)
