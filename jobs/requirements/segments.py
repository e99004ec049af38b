"""Cuts a job text into sentences and bullets: which part of the posting each belongs to, and how firmly it asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The parts of a posting; OPEN is text under no heading that we know."""

    MUST = "must"
    NICE = "nice"
    DUTIES = "duties"
    ABOUT = "about"
    OFFER = "offer"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Segment:
    """``text`` is the posting's text[start:end]."""

    part: Part
    text: str
    start: int
    end: int


_HEADINGS: tuple[tuple[Part, str], ...] = (
    (
        Part.NICE,
        r"(?:it(?:'s| is| would be)? )?(?:a )?(?:nice[- ]to[- ]haves?|bonus(?: points| skills)?(?: for| if)?|"
        r"(?:also )?(?:desirable|preferred|advantageous|good to have|beneficial|a plus|pluses|optional)"
        r"(?: (?:skills|qualifications?|experience|requirements|criteria|but not (?:required|essential)))*|"
        r"what would be (?:great|nice)|you(?:'ll| will)? stand out if|extra points|would be a bonus|"
        r"not required,? but welcome|"
        r"von vorteil|wünschenswert|das wäre schön|idealerweise|pluspunkte|souhaité|les plus|un plus|"
        r"deseable|se valorará|valorable)",
    ),
    (
        Part.MUST,
        r"(?:minimum |key |essential |basic |job |your |our |main |core |the )*(?:requirements?|"
        r"qualifications?|must[- ]haves?|"
        r"essentials?(?: (?:criteria|skills))?|required (?:skills|experience|qualifications?)|"
        r"skills(?: (?:and|&) (?:experience|qualifications?|expertise))?|"
        r"experience(?: (?:and|&) (?:skills|qualifications?))?|competenc(?:ies|es)|profile|"
        r"person specification|candidate profile|knowledge(?: and skills)?|"
        r"tech(?:nical)? stack)|"
        r"what (?:we(?:'re| are)? (?:look(?:ing)? for|ask(?: for)?|expect|need)|you(?:'ll| will)? (?:need|"
        r"bring)(?: with you| to the table)?|you have|it takes|you should bring)|"
        r"who (?:you are|we(?:'re| are) looking for)|about you|(?:we are|we're) looking for|you (?:have|"
        r"bring|should have|are)|the ideal candidate|"
        r"(?:ihr|dein|das) profil|das bringst du mit|was du mitbringst|das bringen sie mit|"
        r"ihre qualifikation(?:en)?|(?:das )?erwarten wir|anforderungen|voraussetzungen|"
        r"(?:votre )?profil(?: recherché)?|compétences(?: requises)?|vous avez|requisitos(?: mínimos)?|"
        r"perfil(?: buscado)?|qué buscamos|se requiere",
    ),
    (
        Part.DUTIES,
        r"(?:your |key |main |the |core |day[- ]to[- ]day )*(?:responsibilities|duties|tasks|role|mission|"
        r"job description|accountabilities)(?: (?:and|&) (?:responsibilities|duties|tasks))?|"
        r"what you(?:'ll| will)(?: be)? (?:do(?:ing)?|own|work on)|what you do|the (?:job|position|"
        r"opportunity|work)|about the (?:role|job|position|work)|in this role|a typical (?:day|week)|"
        r"your days?|"
        r"(?:ihre|deine) aufgaben|aufgaben(?:gebiet)?|das erwartet dich|was dich erwartet|tätigkeiten|"
        r"(?:vos |les )?missions?|responsabilidades|funciones|tus tareas|how you will spend your time",
    ),
    (
        Part.OFFER,
        r"(?:our |your )?(?:benefits|perks)(?: (?:and|&) perks)?|what we offer|we offer|(?:what|"
        r"why) you(?:'ll| will) (?:get|love)(?: in return| from us)?|why join us|why us|salary(?: (?:and|"
        r"&) benefits)?|compensation|"
        r"what's in it for you|in return|how to apply|next steps|your application|to apply|the package|"
        r"pay and conditions|"
        r"(?:das bieten )?wir(?: bieten(?: dir| ihnen)?)?|unser angebot|benefits für dich|deine vorteile|"
        r"ihre vorteile|nous offrons|avantages|ce que nous offrons|ofrecemos|qué ofrecemos|beneficios|"
        r"kontakt|contact",
    ),
    (
        Part.ABOUT,
        r"about (?:us|the company|the team|our team|[A-Z][\w&.' -]{1,40})|who we are|our (?:company|team|"
        r"story|mission)|the (?:company|team|practice|school|ward)|company description|"
        r"über uns|wer wir sind|das unternehmen|à propos(?: de nous)?|qui sommes-nous|l'entreprise|"
        r"quiénes somos|sobre nosotros",
    ),
)
_EDGE = r"[\s\W]*"
# A heading alone on its line needs no colon; one that text follows on the same line needs a colon, or it is a sentence.
_ALONE = tuple((part, re.compile(rf"{_EDGE}(?:{words})[\s:!?.…]*", re.IGNORECASE)) for part, words in _HEADINGS)
_INLINE = tuple((part, re.compile(rf"{_EDGE}(?:{words})\s*:", re.IGNORECASE)) for part, words in _HEADINGS)

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bz\.B\.)(?<!\bmin\.)(?<!\bca\.)(?<!\bSr\.)\s+(?=[^\sa-z])|"
    r"(?<=;)\s+|\s+[•·▪●]\s*"
)

_FORWARD_NICE = re.compile(
    r"\b(?:ideally|preferably|nice to have|bonus|optional(?:ly)?|idealerweise|vorzugsweise|optimalerweise|"
    r"gerne auch|idéalement|de préférence|"
    r"preferentemente|idealmente|se valorará|a plus if|bonus points)\b",
    re.IGNORECASE,
)
_BACKWARD_NICE = re.compile(
    r"\b(?:(?:is|are|as|would be|will be|be)?\s*(?:a |an |of )?(?:big |strong |definite |distinct |real |"
    r"clear )?(?:plus|bonus|advantage|asset)\b|advantageous|"
    r"(?:is|are) (?:preferred|desirable|desired|welcome|beneficial|helpful|appreciated|useful)|"
    r"preferred\b|desirable|nice to have|would be (?:nice|great|helpful|useful|welcome)|"
    r"not (?:required|essential|a must)|von vorteil|wünschenswert|gern(?:e)? gesehen|ein plus|un plus|"
    r"un atout|(?:serait|est) (?:apprécié|souhaité)\w*|"
    r"deseable|valorable|se valora|helps\b)",
    re.IGNORECASE,
)
_MUST_WORDS = re.compile(
    r"\b(?:required|must|essential|mandatory|necessary|needed|is a must|you have|zwingend|erforderlich|"
    r"vorausgesetzt|notwendig|exigé\w*|requis\w*|"
    r"indispensable|imprescindible|requerido|obligatori[oa])\b",
    re.IGNORECASE,
)


# A sentence under no heading whose subject is the employer, or that says what it is, makes, or how old and large it is …
_EMPLOYER = re.compile(
    r"\W*(?:we(?:'re| are) (?:an?|the|one of|proud)\b|we (?:build|make|develop|provide|deliver|help|run|operate|sell|produce|"
    r"serve|design|supply|manufacture|write|have (?:been|grown))\b|our (?:company|firm|mission|vision|products?|customers|"
    r"clients|platform|story|business|group)\b|founded\b|established\b|since (?:\d{4}|its|our)\b|"
    r"for (?:over|more than) \w+ years\b|with (?:over|more than) [\d.,]+ (?:employees|people|staff)|headquartered\b|"
    r"as (?:a|the|one of)\b.{0,40}\b(?:leading|largest|fast(?:est)?[- ]growing)\b|wir sind (?:ein|das|die|der)|"
    r"unser unternehmen|seit \d{4}|gegründet|nous sommes une?\b|fondée?\b|somos una?\b|fundada\b)",
    re.IGNORECASE,
)
_EMPLOYER_BY_NAME = re.compile(
    r"\W*(?:The )?[A-Z][\w&.'’-]*(?: (?:[A-Z&][\w&.'’-]*|of|and|for|und|de)){0,5} (?:is (?:an?|the|one of)\b.{0,60}\b"
    r"(?:company|firm|leader|leading|group|charity|provider|practice|school|hospital|clinic|start-?up|agency|bank|maker|"
    r"manufacturer|retailer|supplier|consultancy|organi[sz]ation|trust|business|studio|chain|operator)|"
    r"(?:builds|makes|develops|provides|delivers|helps|runs|operates|sells|produces|writes|serves|designs|supplies|"
    r"manufactures|offers|specialis\w+|specializ\w+) (?!and\b))",
)
# … unless it asks for somebody in the same breath.
_ASKS = re.compile(
    r"\b(?:look(?:ing)? for|seek\w*|hiring|recruit\w*|requir\w+|must|need\w*|you|your|experienced?|candidates?|skills?|knowledge|"
    r"join|suchen?|sie|du|recherch\w+|vous|buscamos|usted|tú)\b",
    re.IGNORECASE,
)


def cut(text: str) -> Iterator[Segment]:
    """The segments of a text in order; headings themselves are left out."""
    part = Part.OPEN
    for line in _LINE.finditer(text):
        heading = _heading(line.group(), _ALONE, whole=True)
        if heading is not None:
            part = heading[0]
            continue
        for start, end in _sentences(text, line.start(), line.end()):
            inline = _heading(text[start:end], _INLINE, whole=False)
            if inline is not None:
                part, start = inline[0], start + inline[1]
            said = text[start:end]
            if said.strip():
                yield Segment(Part.ABOUT if part is Part.OPEN and _is_about_employer(said) else part, said, start, end)


def is_nice(segment: Segment, start: int, end: int) -> bool:
    """Whether what stands at text[start:end] is only nice to have, by its heading or by the words of its sentence."""
    if segment.part is Part.NICE:
        return True
    first, last = start - segment.start, end - segment.start
    if _FORWARD_NICE.search(segment.text, 0, first):
        return True
    backward = _BACKWARD_NICE.search(segment.text, last)
    return backward is not None and _MUST_WORDS.search(segment.text, last, backward.start()) is None


def _is_about_employer(sentence: str) -> bool:
    plain = sentence.replace("’", "'")
    about = _EMPLOYER.match(plain) or _EMPLOYER_BY_NAME.match(plain)
    return about is not None and _ASKS.search(plain) is None


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _SENTENCE_END.finditer(text, start, end):
        yield start, stop.start()
        start = stop.end()
    yield start, end


def _heading(text: str, headings: tuple[tuple[Part, re.Pattern[str]], ...], *, whole: bool) -> tuple[Part, int] | None:
    if whole and len(text) > 90:
        return None
    plain = text.replace("’", "'")
    for part, pattern in headings:
        match = pattern.fullmatch(plain) if whole else pattern.match(plain)
        if match:
            return part, match.end()
    return None
