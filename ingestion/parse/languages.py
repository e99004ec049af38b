"""Languages with their level, from lists, tables and sentences."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from ingestion.parse.cards import without_cards
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Entry, Piece, found, piece_of
from ingestion.values import Line

_NAMES = """english german french spanish italian portuguese dutch polish romanian russian ukrainian czech slovak
    hungarian bulgarian
    greek turkish arabic hebrew persian farsi hindi urdu bengali punjabi tamil telugu marathi gujarati kannada malayalam chinese
    mandarin cantonese japanese korean vietnamese thai indonesian malay tagalog filipino swahili zulu xhosa afrikaans
    yoruba igbo hausa amharic
    somali danish swedish norwegian finnish icelandic estonian latvian lithuanian croatian serbian bosnian slovenian
    slovene albanian macedonian catalan basque galician welsh irish scottish gaelic breton maltese luxembourgish latin esperanto
    armenian georgian azerbaijani kazakh uzbek mongolian nepali sinhala khmer burmese lao tibetan kurdish pashto
    tigrinya quechua guarani
    maori samoan hawaiian setswana sesotho shona kinyarwanda wolof twi javanese sundanese cebuano ilocano belarusian moldovan
    deutsch englisch franzosisch spanisch italienisch portugiesisch niederlandisch polnisch rumanisch russisch turkisch arabisch
    chinesisch japanisch ukrainisch tschechisch ungarisch griechisch schwedisch danisch kroatisch serbisch latein
    anglais allemand francais espagnol italien portugais neerlandais polonais roumain russe arabe chinois japonais turc
    ingles aleman frances espanol castellano italiano portugues neerlandes polaco rumano ruso chino japones catalan
    gallego euskera
    inglese tedesco francese spagnolo portoghese olandese polacco rumeno russo arabo cinese giapponese
    alemao espanhol holandes polones romeno russo mandarim engels duits frans spaans italiaans portugees pools roemeens nederlands
    angielski niemiecki francuski hiszpanski wloski portugalski niderlandzki polski rumunski rosyjski ukrainski
    engleza germana franceza spaniola italiana portugheza olandeza poloneza romana rusa maghiara
    sign gebarden bahasa svenska dansk norsk suomi islenska cestina magyar turkce"""
_LEVEL = re.compile(
    r"(?i)\b(?:[abc][12]\+?|native|mother ?tongue|bilingual|fluent\w*|proficien\w*|professional|intermediate|"
    r"advanced|basic|beginner|"
    r"elementary|conversational|limited|working|full|good|excellent|muttersprach\w*|flie(?:ß|ss)end|verhandlungssicher|grundkenntnisse|"
    r"gut|sehr gut|konversationssicher|courant|langue maternelle|maternelle|bilingue|intermédiaire|notions|"
    r"débutant|lu, écrit, parlé|"
    r"nativo|nativa|fluido|avanzado|intermedio|básico|materna|madrelingua|fluente|ottimo|buono|scolastico|avançado|intermediário|"
    r"moedertaal|vloeiend|goed|basis|ojczysty|biegły|biegle|komunikatywny|podstawowy|średniozaawansowany|zaawansowany|maternă|nativ|"
    r"avansat|mediu|începător|ielts|toefl)\b"
)
_LABEL = re.compile(r"(?i)^(?:fluency|level|niveau|nivel|livello|poziom|proficiency)\s*:?\s*")
_ITEM = re.compile(r"\s*[|;•·]\s*|\s*,\s*(?![^()]*\))|\n")
_PAIR = re.compile(r"\s*:\s*|\s+[–—-]\s+|\t|\s*\((?=[^()]*\)\s*$)|\s*\n\s*")
_EDGES = " \t\n,;:|•·–—-.()/"


@cache
def _known() -> frozenset[str]:
    return frozenset(_NAMES.split())


def is_language(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", fold(text))
    return 0 < len(words) <= 4 and any(w in _known() for w in words)


def read_languages(lines: list[Line]) -> list[Entry]:
    entries: list[dict[str, Piece]] = []
    beside = any(sum(is_language(cell) for cell in line.text.split("\t")) > 1 for line in lines)
    for line in without_cards(lines) if beside else lines:
        for item in _line_items(piece_of(line)):
            _take(item, entries)
    return [
        {
            "language": found(entry["language"], 0.95 if is_language(entry["language"].text) else 0.5),
            **({"fluency": found(entry["fluency"], 0.85)} if "fluency" in entry else {}),
        }
        for entry in entries
    ]


def mentioned_languages(lines: list[Line]) -> list[Entry]:
    """Languages in a cell that holds nothing else, for CVs that name them beside the contact details."""
    for line in lines:
        for cell in piece_of(line).split(re.compile(r"[\t|•]")):
            items = [p.text for p in cell.split(_ITEM)]
            if items and all(fold(item) in _known() for item in items):
                return read_languages([replace(line, text=cell.text, start=cell.start)])
    return []


def _line_items(piece: Piece) -> list[Piece]:
    """Cells that each name a language are items of their own; else a cell is the level of the one before."""
    cells = piece.split(re.compile(r"\t"))
    if sum(is_language(c.text) for c in cells) > 1:
        return [p for c in cells for p in c.split(_ITEM)]
    return piece.split(_ITEM)


def _take(item: Piece, entries: list[dict[str, Piece]]) -> None:
    label = _LABEL.match(item.text)
    if label:
        if entries and label.end() < len(item.text):
            entries[-1].setdefault("fluency", item.cut(label.end()).strip(_EDGES))
        return
    parts = [p.strip(_EDGES) for p in item.split(_PAIR)]
    parts = [p for p in parts if any(c.isalnum() for c in p.text)]
    if not parts:
        return
    first = parts[0]
    if is_language(first.text) or (len(parts) > 1 and not _LEVEL.search(first.text)):
        level = _LEVEL.search(first.text)
        if len(parts) == 1 and level and level.start() > 2:
            parts = [first.cut(0, level.start()).strip(_EDGES), first.cut(level.start())]
        entries.append(dict(zip(("language", "fluency"), parts, strict=False)))
    elif entries and "fluency" not in entries[-1] and _LEVEL.search(first.text):
        entries[-1]["fluency"] = first
    elif not _LEVEL.search(first.text) and len(first.text.split()) <= 2 and first.text[:1].isupper():
        entries.append({"language": first})
