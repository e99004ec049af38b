"""Hides who a person is from everything that matches: name, contact data and personal details, place by place.

Hidden characters become spaces, so that the text keeps its length and every span into it stays true.
"""

from __future__ import annotations

import re

from ingestion.values import ParsedCV

# Fields of the parsed CV whose places in the text tell who somebody is; work, skills and education do not.
_PERSONAL_FIELDS = ("basics.name", "basics.email", "basics.phone", "basics.url", "basics.profiles")
_CONTACT = re.compile(
    r"\S+@\S+\.\S+|(?:https?://|www\.)\S+|(?:linkedin|github|xing)\.\S+/\S+|\+\d[\d ()/.-]{7,}\d", re.IGNORECASE
)
# Lines such as "Date of birth: 3 May 1990" or "Nationalität: deutsch", in the languages whose headings we read.
_DETAIL = re.compile(
    r"^.{0,3}\b(?:date of birth|birth ?date|place of birth|d\.?o\.?b\.?|born(?: on| in)?|age|nationality|citizenship|gender|sex|"
    r"marital status|civil status|religion|geburts(?:datum|ort|tag)|geboren(?: am)?|alter|staatsangehörigkeit|nationalität|"
    r"geschlecht|familienstand|konfession|date de naissance|né(?:e)? le|nationalité|sexe|état civil|situation familiale|"
    r"fecha de nacimiento|nacionalidad|sexo|estado civil|data di nascita|nato a|nata a|nazionalità|stato civile|"
    r"data de nascimento|nacionalidade|geboortedatum|nationaliteit|burgerlijke staat|data urodzenia|narodowość|stan cywilny|"
    r"data nașterii|naționalitate|stare civilă)\b\s*[:.\t–-].*$",
    re.IGNORECASE | re.MULTILINE,
)


def hide_identity(text: str, parsed: ParsedCV) -> str:
    """The text of the same length with the person hidden; what only looks like a name elsewhere is left alone."""
    for start, end in _personal_spans(text, parsed):
        text = text[:start] + re.sub(r"\S", " ", text[start:end]) + text[end:]
    return text


def hide_in(words: str, parsed: ParsedCV) -> str:
    """Any text taken from the CV, such as its summary, with name, contact data and personal details blanked."""
    for pattern in _patterns(parsed):
        words = pattern.sub(" ", words)
    return words


def _personal_spans(text: str, parsed: ParsedCV) -> list[tuple[int, int]]:
    fields = [
        e.span
        for path, e in parsed.evidence.items()
        if path.startswith(_PERSONAL_FIELDS) and (path != "basics.name" or _name(parsed))
    ]
    spans = [(span.start, min(span.end, len(text))) for span in fields]
    return spans + [match.span() for pattern in _patterns(parsed) for match in pattern.finditer(text)]


def _name(parsed: ParsedCV) -> str:
    """The person's name; none when what was read as one is a job title, as on top of CVs that were made anonymous."""
    name = parsed.resume.basics.name
    return "" if any(name.casefold() in title.casefold() for title in parsed.titles) else name


def _patterns(parsed: ParsedCV) -> list[re.Pattern[str]]:
    words = _name(parsed).split()
    if not words:
        return [_CONTACT, _DETAIL]
    name = re.compile(r"\b" + r"\W{1,3}".join(map(re.escape, words)) + r"\b", re.IGNORECASE)
    return [_CONTACT, _DETAIL, name]
