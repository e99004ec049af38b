"""What tells two openings apart that one source shows at the same time with nearly the same text: another ward, pay, site."""

from __future__ import annotations

import re

from rapidfuzz.fuzz import ratio, token_set_ratio

from cvmatch.core.places import distance_km
from jobs.identity.fingerprint import Fingerprint
from jobs.identity.names import Likeness, Title, compare_companies
from jobs.identity.towns import Distance, Spot, compare_spots

_WORD = re.compile(r"[^\W_]+")
# One source gives the address of one employer in one way: what is further apart is another building.
_ONE_SITE_KM = 1.0
# "Paediatrics" and "Pediatrics"; shorter words that differ by a letter are other words.
_SPELT_ALIKE, _LONG_ENOUGH = 85, 5
_WITHIN = 92
# The other kinds do not exclude each other: an internship may be full time.
_OTHER_HOURS = {"full_time", "part_time"}


def is_another_opening(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether one employer's two postings in one source say what cannot both be true of one opening.

    For postings that the source shows at the same time: it would not give a second number to what it shows already. What
    only one of them says ("Nurse" and "Nurse, Ward 5") is no contradiction, and neither is a wording or an estimate of pay.
    """
    if a.source != b.source or compare_companies(a.company, b.company) is not Likeness.SAME:
        return False
    return (
        _are_other_titles(a, b)
        or bool(a.references and b.references and not set(a.references) & set(b.references))
        or {a.employment, b.employment} == _OTHER_HOURS
        or _is_other_pay(a, b)
        or _is_elsewhere(a.spot, b.spot)
    )


def _are_other_titles(a: Fingerprint, b: Fingerprint) -> bool:
    if None not in (a.title.level, b.title.level) and a.title.level != b.title.level:
        return True
    if not (a.title.words and b.title.words):
        return False  # stored before details were read
    places = {*_WORD.findall(a.spot.name), *_WORD.findall(b.spot.name)}
    mine, theirs = _only_in(a.title, b.title) - places, _only_in(b.title, a.title) - places
    # Other names of the work may stand for one opening; a detail is no name.
    return (
        bool(mine and theirs)
        or bool(mine and b.title.core in a.title.core)
        or bool(theirs and a.title.core in b.title.core)
    )


def _only_in(mine: Title, other: Title) -> set[str]:
    """What the one says beside the name of the work (a ward, a team, a shift) and the other nowhere."""
    return {word for word in mine.details if not _is_said(word, other.words)}


def _is_said(word: str, words: tuple[str, ...]) -> bool:
    if word in words:
        return True
    return len(word) >= _LONG_ENOUGH and word.isalpha() and any(ratio(word, each) >= _SPELT_ALIKE for each in words)


def _is_other_pay(a: Fingerprint, b: Fingerprint) -> bool:
    """From and to without anything in common; what boards round may differ by the hundredth."""
    if not (a.pay and b.pay) or a.currency != b.currency:
        return False
    return max(a.pay[0], b.pay[0]) > 1.01 * min(a.pay[1], b.pay[1])


def _is_elsewhere(a: Spot, b: Spot) -> bool:
    """Another building or town, so far as both say where; "Berlin" may be the same as "Berlin Mitte"."""
    if a.point and b.point:
        return distance_km(a.point, b.point) > _ONE_SITE_KM
    if a.postal_code and b.postal_code:
        return a.postal_code != b.postal_code
    distance = compare_spots(a, b)
    return distance is Distance.NEAR or (distance is Distance.OTHER_NAME and token_set_ratio(a.name, b.name) < _WITHIN)
