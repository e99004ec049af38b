"""Who the CV is about: name and label, from the top of the document."""

from __future__ import annotations

import re

from ingestion.parse.heads import split_commas
from ingestion.parse.labels import opens_with_label
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Found, Piece, found, piece_of
from ingestion.parse.places import place_score
from ingestion.parse.sections import heading_kind
from ingestion.parse.words import find_degree, glued_at, organisation_score, title_score
from ingestion.values import Document, Line, Span

_WORD = r"[^\W\d_](?:[\w'’.-]|(?<=-)\n)*"
_NAME = re.compile(rf"{_WORD}(?:\s+{_WORD}){{1,6}}")
_BAD_NAME = re.compile(
    r"[@/\d|]|https?:|www\.|\b(?:curriculum|vitae|resume|résumé|lebenslauf|cv|page|updated|skip to|references|phone|"
    r"e-?mail|address|street|road|avenue|drive|lane|floor|apartment|linkedin|indeed)\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[|•·\t]\s*|\s+[–—]\s+|\n")
# German diplomas before a name; unlike a doctorate they are no part of it, and their brackets are none of a name's signs.
_DIPLOMA = re.compile(r"(?:Dipl\.[\s-]?[A-Z]\w*\.?(?:\s?\((?:FH|TH|TU|BA|DH|Univ)\.?\))?,?\s+)+")
# How a page greets those who open it before the name.
_GREETING = re.compile(
    r"(?i)(?:(?:hi|hello|hey|hallo|bonjour|hola|ciao|olá|cześć|salut)[,!]?\s+)?(?:i['’]m|i am|my name is|ich bin|je suis|soy|"
    r"me llamo|sono|mi chiamo|sou|ik ben|jestem|sunt)\s+(?=[A-ZÀ-Þ])"
)
_PARTICLES = set(
    "van von der den de del della di da dos das do du la le zu zur af av el al bin ibn ter ten y e i".split()
)
_FIRST_LINES = 15
_MOST_LINES = 40  # within which a table of personal data begins


def find_name(document: Document, top: list[Line], email: str) -> tuple[Found | None, Found | None]:
    """The name, and a label when it stands on the same line."""
    if (named := _labelled_name([*top, *document.lines[:_MOST_LINES]])) is not None:
        return named, None
    lines = _where_names_stand(document, top, fold(email.split("@")[0]))
    best: tuple[float, list[Piece]] | None = None
    largest = max((line.size for line in lines), default=0)
    for number, line in enumerate(lines):
        pieces = _with_more_lines(_name_pieces(line), lines, number)
        score = _name_score(pieces[0], line, number, largest, email) if pieces else 0
        if score > 0 and (best is None or score > best[0]):
            best = (score, pieces)
    if best is None:
        return None, None
    score, pieces = best
    label = found(pieces[1], 0.85) if len(pieces) > 1 and title_score(pieces[1].text) else None
    return _placed(pieces[0], lines, min(0.98, 0.5 + score / 10)), label


def _labelled_name(lines: list[Line]) -> Found | None:
    """``Name: Jörg Krümel``, as in a table of personal data."""
    for line in lines:
        label = opens_with_label(line)
        value = label[1] if label and label[0] == "name" else None
        diploma = _DIPLOMA.match(value.text) if value else None
        value = value.cut(diploma.end()) if value and diploma else value
        if value and _NAME.fullmatch(value.text.replace(",", "")) and not _BAD_NAME.search(value.text):
            return found(value, 0.97, _written(value.text))
    return None


def _where_names_stand(document: Document, top: list[Line], local: str) -> list[Line]:
    """The first lines, and what a box that is read last may hold: large letters on the first page, or words of the e-mail."""
    first = top[:_FIRST_LINES] or list(document.lines[:_FIRST_LINES])
    sizes = sorted(line.size for line in document.lines if line.size)
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    large = [line for line in document.lines if line.page == 1 and line.size > 1.25 * usual > 0 and line not in first]
    named = [line for line in document.lines if len(line.text) < 80 and sum(_known_words(line.text, local)) > 1]
    return first + large + [line for line in named if line not in first and line not in large]


def _known_words(text: str, local: str) -> list[bool]:
    """For each longer word whether the first part of the e-mail, without accents, holds it."""
    return [fold(word) in local for word in re.findall(r"[^\W\d_]+", text) if len(word) > 2]


def _placed(name: Piece, lines: list[Line], confidence: float) -> Found:
    """The name as people write it; one of two lines ends where its second line ends, whatever stands between."""
    value = found(name, confidence, _written(name.text))
    _, broken, second = name.text.replace("\t", "\n").rpartition("\n")
    ends = (line.start + len(second) for line in lines if line.start > name.start and line.text.startswith(second))
    return Found(value.value, Span(name.start, next(ends, name.end)), value.confidence) if broken else value


def _written(name: str) -> str:
    """``KRÜMEL, Jörg`` as Jörg Krümel: given name first, capitals only where names have them."""
    name = re.sub(r"\s+", " ", re.sub(r"-\s+(?=[^\W\d_a-zß-ÿ])", "-", re.sub(r"-\s+(?=[a-zß-ÿ])", "", name))).strip()
    family, comma, given = name.partition(", ")
    comma = "" if find_degree(given) or len(given) < 3 else comma
    name = f"{given} {family}" if comma else name
    return _cased(name) if name.isupper() else " ".join(_cased(w) if comma and w.isupper() else w for w in name.split())


def _cased(words: str) -> str:
    def cased(number: int, word: str) -> str:
        low = word.lower()
        if (low in _PARTICLES and number) or not any(c in "aeiouyäöüàáâãåæèéêëìíîïòóôõøùúûýœ" for c in low):
            return low if low in _PARTICLES and number else word
        capital = re.sub(r"(^|[-'’.])(\w)", lambda m: m[1] + m[2].upper(), low)
        return re.sub(r"^Mc(\w)", lambda m: "Mc" + m[1].upper(), capital)

    return " ".join(cased(number, word) for number, word in enumerate(words.split()))


def _name_pieces(line: Line) -> list[Piece]:
    whole = piece_of(line).strip("\"'“”«» \t")
    for lead in (_GREETING, _DIPLOMA):
        before = lead.match(whole.text)
        whole = whole.cut(before.end()).strip(" .!") if before and before.end() < len(whole.text) else whole
    pieces = [q for p in whole.split(_SEPARATOR) for q in split_commas(p)]
    if len(pieces) > 1 and _is_family_first(pieces[0], pieces[1], line):
        return [piece_of(line).cut(pieces[0].start - line.start, pieces[1].end - line.start), *pieces[2:]]
    titles = [b for b in line.breaks if title_score(line.text[b:]) >= 0.7 and not title_score(line.text[:b])]
    cut = titles[-1] if titles else 0
    if cut and len(pieces) == 1:
        return [piece_of(line).cut(0, cut).strip(), piece_of(line).cut(cut).strip()]
    if pieces and title_score(pieces[0].text) and (cut := glued_at(pieces[0].text)):
        pieces = [pieces[0].cut(0, cut), pieces[0].cut(cut), *pieces[1:]]
    return pieces


def _is_family_first(family: Piece, given: Piece, line: Line) -> bool:
    """``Krümel, Jörg``: one or two words, a comma, and one or two that are no title and no degree."""
    between = line.text[family.end - line.start : given.start - line.start]
    short = len(family.text.split()) <= 2 and len(given.text.split()) <= 2
    plain = all(re.fullmatch(r"[^\W\d_][\w'’. -]*", p.text) for p in (family, given))
    return (
        between.strip() == ","
        and short
        and plain
        and not title_score(given.text)
        and not find_degree(given.text)
        and place_score(f"{family.text}, {given.text}") < 0.8
        and (len(family.text.split()) == 1 or (family.text.isupper() and not given.text.isupper()))
    )


def _name_score(piece: Piece, line: Line, number: int, largest: float, email: str) -> float:
    text = piece.text.replace(",", " ")
    if not _NAME.fullmatch(text) or _BAD_NAME.search(text) or heading_kind(text) or len(text) > 60:
        return 0
    words = list(re.findall(r"[^\W\d_]+", text))
    if all(map(heading_kind, words)):
        return 0
    capital = sum(w[0].isupper() for w in words) / len(words)
    local = fold(email.split("@")[0])
    known = sum(_known_words(text, local))
    score = 1.0 + 2.0 * capital + 1.5 * min(known, 2) - 0.12 * number
    score += 2.0 * (bool(largest) and line.size >= 0.98 * largest) + 1.0 * (line.level == 1)
    score += 1.0 * (number == 0 and line.level <= 1) - 1.5 * (organisation_score(text) >= 1)
    score -= 2.5 * title_score(text) + 3.5 * (place_score(text) >= 0.8) + 0.5 * max(0, len(words) - 5)
    return score if capital >= 0.5 and score > 1 else 0


def _with_more_lines(pieces: list[Piece], lines: list[Line], number: int) -> list[Piece]:
    """A long name in large letters may take two or three lines, with small print of another column between them."""
    if not pieces or not _is_large(lines[number], lines):
        return pieces
    first, line = pieces[0], lines[number]
    for following in lines[number + 1 : number + 6]:
        second = following.text.split("\t")[0].split(" | ")[0]
        same = (
            abs(following.size - line.size) < 0.5 and following.bold == line.bold and abs(following.x0 - line.x0) < 200
        ) or (first.text.endswith("-") and following is lines[number + 1] and following.bold == line.bold)
        if same and re.fullmatch(r"[^\W\d_][\w'’.\s-]*", second) and not title_score(second):
            hyphen = (
                "-" if lines[lines.index(following) - 1].text.endswith("-") and not first.text.endswith("-") else ""
            )
            between = "\n" if "\t" not in line.text else "\t"
            first = Piece(f"{first.text}{hyphen}{between}{second}", first.start)
    return [first, *pieces[1:]]


def _is_large(line: Line, lines: list[Line]) -> bool:
    """The largest letters of all, and clearly larger than most."""
    others = sorted(one.size for one in lines if abs(one.size - line.size) >= 0.5)
    return bool(others) and line.size > others[-1] and line.size > 1.25 * others[len(others) // 2]


def find_label(lines: list[Line], name: Found | None) -> Found | None:
    """The line below the name, when it reads as a title."""
    named = [i for i, line in enumerate(lines) if name and line.start < name.span.end and name.span.start <= line.end]
    start = named[-1] if named else -1
    for line in lines[start + 1 : start + 5]:
        for piece in piece_of(line).split(_SEPARATOR):
            text = piece.text
            plain = not re.search(r"[@\d]|https?:|www\.", text) and 3 < len(text) < 70 and not text.endswith(".")
            if not plain or place_score(text) >= 0.8 or (name and fold(text) == fold(name.value)):
                continue
            if title_score(text) >= 0.7:
                return found(piece, 0.9)
            beside_name = (
                start >= 0 and line is lines[start + 1 : start + 2][0] and len(piece_of(line).split(_SEPARATOR)) == 1
            )
            if beside_name and not heading_kind(text) and organisation_score(text) < 1 and len(text.split()) <= 8:
                return found(piece, 0.6)
    return None
