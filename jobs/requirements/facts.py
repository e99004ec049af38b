"""Reads single facts from the segments of a posting: years of experience, degree, the level of a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jobs.requirements.segments import Part, Segment, is_nice
from jobs.requirements.values import DegreeAsked, YearsAsked

_WORD_NUMBERS = {
    1: "one|eine?m?|einjährige|un|une|una",
    2: "two|zwei|deux|dos",
    3: "three|drei|trois|tres",
    4: "four|vier|quatre|cuatro",
    5: "five|fünf|cinq|cinco",
    6: "six|sechs|seis",
    7: "seven|sieben|sept|siete",
    8: "eight|acht|huit|ocho",
    9: "nine|neun|neuf|nueve",
    10: "ten|zehn|dix|diez",
    12: "twelve|zwölf|douze|doce",
    15: "fifteen|fünfzehn|quinze|quince",
}
_VALUE = {
    word: value
    for value, words in _WORD_NUMBERS.items()
    for word in words.replace("eine?m?", "ein|eine|einem").split("|")
}
_NUMBER = r"(?:\d{1,2}|" + "|".join(_WORD_NUMBERS.values()) + ")"
_YEARS = re.compile(
    rf"(?:(?:at least|a minimum of|minimum(?: of)?|min\.?|more than|over|mindestens|mehr als|wenigstens|"
    rf"au moins|minimum|plus de|al menos|"
    rf"mínimo(?: de)?|más de)\s+)?"
    rf"\b(?P<low>{_NUMBER})\s*(?:\(\d{{1,2}}\)\s*)?(?:\+|or more|plus)?\s*(?:(?:-|–|to|bis|à|a|y|or|oder|"
    rf"und)\s*(?P<high>{_NUMBER})\s*\+?\s*)?"
    rf"(?:or more\s+)?(?:full\s+|volle\s+)?(?:years?|yrs?\.?|jahr(?:en?|es)?|jährige\w*|ans?|années?|años?)(?=\W|$)['’]?",
    re.IGNORECASE,
)
# Most sentences name no years: this costs a tenth of the pattern above.
_ANY_YEARS = re.compile(r"ye?a?rs?\b|j[aä]hr|\bans?\b|année|años?\b", re.IGNORECASE)
_EXPERIENCE = re.compile(
    r"experience|experienced|working|worked|track record|practice|post[- ]qualif|qualified|in a similar|"
    r"in a comparable|background|"
    r"(?:berufs)?erfahrung|praxis|expérience|experiencia|leading|teaching|behind the wheel|on the road",
    re.IGNORECASE,
)
_NOT_EXPERIENCE = re.compile(
    r"years? old|years? of age|jahre alt|ans d'âge|\bage[d]?\b|founded|in business|history|warranty|"
    r"contract|fixed[- ]term|befristet|"
    r"for (?:over|more than|the (?:last|past))|seit|depuis|desde hace|(?:last|past|next|every|"
    r"all) \w+ years|program(?:me)?\b|we have (?:been|worked)|our \w+ years",
    re.IGNORECASE,
)
_MOST_YEARS = 25

_DEGREES: tuple[tuple[str, str], ...] = (
    (
        "school",
        r"high[- ]school (?:diploma|degree)|secondary school (?:certificate|diploma)|GCSEs?|"
        r"A[- ]levels|GED\b|Schulabschluss|Abitur|baccalauréat|bachillerato|leaving certificate",
    ),
    (
        "vocational",
        r"(?:abgeschlossene\w* |kaufmännische\w* |technische\w* |"
        r"handwerkliche\w* )*(?:Berufs)?Ausbildung(?! von)|completed (?:apprenticeship|"
        r"vocational training)|apprenticeship|"
        r"vocational (?:training|qualification|diploma|degree)|NVQ(?: Level)? \d|Level [2-4] (?:diploma|"
        r"qualification|NVQ)|City (?:&|and) Guilds|HNC|HND|BTEC|trade certificate|"
        r"associate(?:'s)? degree|BTS\b|DUT\b|CAP\b|bac ?\+ ?2|formación profesional|ciclo formativo|"
        r"journeyman(?:'s)? (?:licen[cs]e|certificate)|Meister(?:brief|titel)?\b",
    ),
    (
        "bachelor",
        r"bachelor(?:['’]?s)?(?: (?:degree|of \w+))?|B\.?Sc\b\.?|B\.?A\b\.?(?= )|B\.?Eng\b\.?|LL\.?B\b|"
        r"undergraduate degree|university degree|college degree|"
        r"(?<!master['’]s )(?<!doctoral )degree[- ](?:in|level|qualified|educated)|"
        r"(?:nursing|teaching|engineering|law|accounting|relevant|first|good|technical|four-year) degree|a degree|"
        r"(?:abgeschlossenes )?(?:Hochschul)?[Ss]tudium|Hochschulabschluss|licence(?= en)|bac ?\+ ?3|"
        r"grado(?= en)|licenciatura|título universitario|diplôme universitaire",
    ),
    (
        "master",
        r"master(?:['’]s)(?: degree)?|master (?:of|degree|in)\b(?: \w+)?|M\.?Sc\b\.?|M\.?Eng\b\.?|"
        r"M\.?A\b\.?(?= (?:in|or|degree))|MBA\b|LL\.?M\b|postgraduate degree|"
        r"bac ?\+ ?5|diplôme d'ingénieur|école d'ingénieurs?|máster|Masterabschluss|"
        r"Diplom(?:ingenieur)?\b|Magister|staatsexamen",
    ),
    (
        "doctorate",
        r"Ph\.?D\b\.?|doctorate|doctoral degree|Promotion in|promoviert\w*|doctorat|doctorado|"
        r"medical degree|M\.?D\b\.?(?= degree)",
    ),
)
_DEGREE_PATTERNS = tuple(
    (degree, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for degree, words in _DEGREES
)

# "fluent German and good English" are two clauses; "good spoken and written English" is one, found on the second try.
_CLAUSE = re.compile(r"[,;]|\b(?:and|und|et|y)\b", re.IGNORECASE)
_COMMA = re.compile(r"[,;]")
_CEFR = re.compile(r"\b([ABC][12])\b")
_LEVEL_WORDS: tuple[tuple[str, str], ...] = (
    ("native", r"native|mother tongue|muttersprach|maternel|nativ[oa]|bilingual|bilingue"),
    (
        "C1",
        r"fluent|fluency|proficien|verhandlungssicher|fließend|business level|courant|fluido|excellent|"
        r"advanced|sehr gut",
    ),
    ("B2", r"good|working knowledge|professional|conversational|gute|bon niveau|intermediate|buen"),
    ("A2", r"basic|grundkenntn|notions|básic"),
)
_LEVEL_PATTERNS = tuple((level, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for level, words in _LEVEL_WORDS)


def most_years(segments: Iterable[Segment]) -> YearsAsked | None:
    """The longest experience that is asked as a must; of "3-5 years" the lower end counts."""
    found = [years for segment in segments for years in _years(segment)]
    return max(found, key=lambda years: (years.years, -years.start), default=None)


def lowest_degree(segments: Iterable[Segment]) -> DegreeAsked | None:
    """The lowest degree that the first sentence about degrees accepts: "Bachelor's or Master's" asks for a bachelor."""
    for segment in segments:
        if segment.part in (Part.ABOUT, Part.OFFER, Part.DUTIES):
            continue
        for degree, pattern in _DEGREE_PATTERNS:
            match = pattern.search(segment.text)
            if match and not is_nice(segment, segment.start + match.start(), segment.start + match.end()):
                return DegreeAsked(degree, segment.start + match.start(), segment.start + match.end())
    return None


def names_degree(segment: Segment) -> bool:
    return any(pattern.search(segment.text) for _degree, pattern in _DEGREE_PATTERNS)


def language_level(segment: Segment, start: int, end: int) -> str | None:
    """The level said in the same clause, on the scale A1 … C2 or native."""
    first, last = start - segment.start, end - segment.start
    for stop in (_CLAUSE, _COMMA):
        before = stop.split(segment.text[:first])[-1]
        after = stop.split(segment.text[last:])[0]
        level = _level_said(after) or _level_said(before)
        if level:
            return level
    return None


def _level_said(clause: str) -> str | None:
    exact = _CEFR.search(clause)
    if exact:
        return exact.group(1)
    return next((level for level, words in _LEVEL_PATTERNS if words.search(clause)), None)


def _years(segment: Segment) -> Iterator[YearsAsked]:
    if segment.part in (Part.ABOUT, Part.OFFER) or not _ANY_YEARS.search(segment.text):
        return
    for match in _YEARS.finditer(segment.text):
        start, end = segment.start + match.start(), segment.start + match.end()
        value = _value(match.group("low"))
        if value <= _MOST_YEARS and _is_experience(segment, match) and not is_nice(segment, start, end):
            yield YearsAsked(value, start, end)


def _is_experience(segment: Segment, match: re.Match[str]) -> bool:
    around = segment.text[max(0, match.start() - 60) : match.end() + 80]
    if _NOT_EXPERIENCE.search(around):
        return False
    return segment.part is Part.MUST or _EXPERIENCE.search(around) is not None


def _value(number: str) -> int:
    return int(number) if number.isdigit() else _VALUE[number.lower()]
