"""Hides who a person is from everything that matches: name, contact data and personal details, place by place.

Hidden characters become spaces, so that the text keeps its length and every span into it stays true.
"""

from __future__ import annotations

import re

from ingestion.parse.wordlists import either, read_words
from ingestion.values import ParsedCV

# Fields of the parsed CV whose places in the text tell who somebody is; work, skills and education do not.
_PERSONAL_FIELDS = ("basics.name", "basics.email", "basics.phone", "basics.url", "basics.profiles")
# Repeats are bounded or end at a sign of their own, so that no text, however made, takes long.
_CONTACT = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,100}\.\S+|(?:https?://|www\.)\S+|(?:linkedin|github|xing)\.[^\s/]{1,100}/\S+|"
    r"\+\d[\d ()/.-]{7,}\d",
    re.IGNORECASE,
)
# What names a personal detail in the languages that we read; some short ones, such as BI, are also names of skills.
_LABELS = read_words("labels")["identity"]
_PLAIN = either(label for label in _LABELS if len(label) > 4 or label.startswith(("sex", "pł", "né", "ag", "âg")))
_SHORT = either(label for label in _LABELS if len(label) <= 4)
_SET_APART = r"[ \t]*(?:[:\t|]|[.]:?|[–-]\s)[ \t]*"
# "Date of birth: 3 May 1990", "Geburtsort Bonn", "DNI 00000000T": a detail ends with its line or at the sign that opens the next.
_DETAIL = re.compile(
    rf"(?:^.{{0,3}}|[|•·\t;,][ \t]*)(?<!\w)(?:"
    rf"(?:{_PLAIN})(?:{_SET_APART}|[ \t]+(?=\d|\w+(?: \w+)?[ \t]*(?:$|[|•·\t])))[^\n|•·\t]*"
    rf"|(?:{_SHORT})(?:{_SET_APART}|[ \t]+)[^\W\d_]{{0,4}}\d(?:[./-]?\w| (?=\d)){{3,30}})",
    re.IGNORECASE | re.MULTILINE,
)


def hide_identity(text: str, parsed: ParsedCV, read: ParsedCV | None = None) -> str:
    """The text of the same length with the person hidden; what only looks like a name elsewhere is left alone.

    ``read`` is what the file was read as, where a person has corrected it to ``parsed``: its places are hidden too.
    """
    for start, end in _personal_spans(text, parsed, read or parsed):
        text = text[:start] + re.sub(r"\S", " ", text[start:end]) + text[end:]
    return text


def hide_in(words: str, parsed: ParsedCV) -> str:
    """Any text taken from the CV, such as its summary, with name, contact data and personal details blanked."""
    for pattern in _patterns(parsed):
        words = pattern.sub(" ", words)
    return words


def _personal_spans(text: str, parsed: ParsedCV, read: ParsedCV) -> list[tuple[int, int]]:
    read_name = read.resume.basics.name
    fields = [
        e.span
        for path, e in read.evidence.items()
        if path.startswith(_PERSONAL_FIELDS) and (path != "basics.name" or not _is_title(read_name, parsed))
    ]
    spans = [(span.start, min(span.end, len(text))) for span in fields]
    return spans + [match.span() for pattern in _patterns(parsed) for match in pattern.finditer(text)]


def _is_title(name: str, parsed: ParsedCV) -> bool:
    """Whether what was read as a name is a job title, as on top of CVs that were made anonymous."""
    return any(name.casefold() in title.casefold() for title in parsed.titles)


def _patterns(parsed: ParsedCV) -> list[re.Pattern[str]]:
    return [_CONTACT, _DETAIL, *(_as_written(words) for words in map(_words, _personal_values(parsed)) if words)]


def _personal_values(parsed: ParsedCV) -> set[str]:
    """The name, as it was read and as it was corrected, and what else a person has put right about who they are."""
    name, corrected = parsed.resume.basics.name, parsed.corrected
    values = {name} if "basics.name" in corrected or not _is_title(name, parsed) else set()
    values |= {was for was in [corrected.get("basics.name", "")] if not _is_title(was, parsed)}
    basics = parsed.resume.basics
    stated = {"basics.email": basics.email, "basics.phone": basics.phone, "basics.url": basics.url}
    return values | {value for path, value in stated.items() if path in corrected}


def _words(value: str) -> list[str]:
    return re.findall(r"\w+", value)


def _as_written(words: list[str]) -> re.Pattern[str]:
    """The words in their order, whatever signs stand between them; no sign is part of a word, or a match could take forever."""
    return re.compile(r"(?<!\w)" + r"\W{1,4}".join(words) + r"(?!\w)", re.IGNORECASE)
