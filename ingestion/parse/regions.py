"""The country that a CV was most likely written in, from the language of its headings and the towns of its address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ingestion.parse.places import countries_of_city
from ingestion.parse.wordlists import fold, languages_of
from ingestion.values import Line

_HOME = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "pl": "PL", "ro": "RO"}
_PARTS = re.compile(r"[\t|•·,;()]|\s[–—-]\s")
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d[\d-]{2,8}\b(?:\s[A-Z]{2}\b)?")


def likely_country(lines: Iterable[Line], headings: Iterable[str]) -> str:
    """The ISO code, or nothing: no guess is made for English, which is written everywhere.

    A town counts for the language's home country if that has one of this name, else for the country of the largest.
    """
    home = _HOME.get(language_of(headings), "")
    if not home:
        return ""
    for line in lines:
        for part in _PARTS.split(line.text):
            countries = countries_of_city(_POSTCODE.sub("", part).strip(" .:"))
            if countries:
                return home if home in countries else countries[0]
    return home


def language_of(headings: Iterable[str]) -> str:
    """The language that most headings are words of; the first one where several languages share them all."""
    votes: Counter[str] = Counter()
    for heading in headings:
        codes = languages_of("headings").get(fold(heading), frozenset())
        votes.update({code: 1 / len(codes) for code in sorted(codes)})
    return max(votes, key=lambda code: votes[code], default="")
