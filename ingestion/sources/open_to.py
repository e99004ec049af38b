"""Where people may live who work remotely, from the wording of remote job boards: "USA, Canada", "Europe", "Worldwide"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cvmatch.core.text import squeeze
from ingestion.sources import wording
from jobs.values import Place

_EVERYWHERE = re.compile(
    r"(?:probably |100% )?(?:remote |fully )?(?:world[ -]?wide|anywhere(?: in the world)?|global(?:ly)?|international|"
    r"everywhere|(?:all (?:over|around) )?(?:the )?world)(?: remote)?",
    re.IGNORECASE,
)
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")
_BETWEEN = re.compile(r"\s*[,;|/]\s*|\s+(?:or|and)\s+")


def open_to(text: str) -> list[Place]:
    """The places of one text; none when everybody may apply. Parts of the world are kept as regions without a country."""
    text = squeeze(_FLAGS.sub(" ", text))
    parts = [part for part in _BETWEEN.split(text) if len(part) > 1]
    if any(_EVERYWHERE.fullmatch(part) for part in parts):
        return []
    places = [wording.place_of(part) for part in parts]
    # A list of countries and parts of the world begins with one; "Austin, TX, USA" ends with one and is a place.
    if len(places) > 1 and places[0] != Place() and not places[0].city:
        return [place for place in places if place != Place()]
    return wording.places_of(text)


def open_to_all(texts: Iterable[str]) -> list[Place]:
    """The places of several texts; none as soon as one of them is everywhere."""
    found: list[Place] = []
    for text in texts:
        places = open_to(text)
        if not places:
            return []
        found += places
    return found
