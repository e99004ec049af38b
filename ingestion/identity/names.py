"""What a person and their schools are called, as patterns for the text around: whole, run together, or by one telling word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from cvmatch.core.places import locate
from ingestion.parse.wordlists import either, fold, folded, read_words
from ingestion.values import ParsedCV
from jobs.skills import find_skills

_LEAST_LETTERS = 3
# "Ruby hails from Tulsa. Before that, Ruby was a cook": begins a clause and is followed by a verb.
_DOES = r"(?:^|(?<=[.!?,]\s)){}(?=\s+(?:[a-z]{{2,}}(?:s|ed)|is|was|has|had)\b)"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})
_OF_ANY_SCHOOL = re.compile(
    rf"(?:{either(word for words in read_words('schools').values() for word in words)}"
    r"|of|the|and|at|de|für|und|technolog\w*|technical|technische|sciences?|arts?|applied|state|national|city|community)",
    re.IGNORECASE,
)
_USUAL = folded(word for name in ("titles", "dates") for words in read_words(name).values() for word in words)


def of_person(parsed: ParsedCV) -> Iterator[re.Pattern[str]]:
    """The name in either order, also as one word as in user names, and the first name alone."""
    for value in filter(_words, _personal_values(parsed)):
        for words in _spellings(_words(value)):
            yield from (_as_written(order) for order in (words, words[::-1]))
        first, *others = value.split()
        if others and value == parsed.resume.basics.name:
            yield from _alone(first)


def of_schools(parsed: ParsedCV) -> Iterator[re.Pattern[str]]:
    """Schools by their whole name, and by the one word in it that only they have."""
    for name in {entry.institution for entry in parsed.resume.education}:
        words = _words(name)
        if len(words) > 1:
            yield _as_written(words)
            telling = [word for word in words if not _OF_ANY_SCHOOL.fullmatch(word)]
            if len(telling) == 1 and locate(telling[0]) is None:
                yield from _alone(telling[0])


def is_title(name: str, parsed: ParsedCV) -> bool:
    """Whether what was read as a name is a job title, as on top of CVs that were made anonymous."""
    return any(name.casefold() in title.casefold() for title in parsed.titles)


def _personal_values(parsed: ParsedCV) -> set[str]:
    """The name, as it was read and as it was corrected, and what else a person has put right about who they are."""
    name, corrected = parsed.resume.basics.name, parsed.corrected
    values = {name} if "basics.name" in corrected or not is_title(name, parsed) else set()
    values |= {was for was in [corrected.get("basics.name", "")] if not is_title(was, parsed)}
    basics = parsed.resume.basics
    stated = {"basics.email": basics.email, "basics.phone": basics.phone, "basics.url": basics.url}
    return values | {value for path, value in stated.items() if path in corrected}


def _words(value: str) -> list[str]:
    return re.findall(r"\w+", value)


def _spellings(words: list[str]) -> list[tuple[str, ...]]:
    """As given, without accents, and with the letters that stand for umlauts in addresses."""
    plain = [fold(word) for word in words]
    umlauts = [fold(word.lower().translate(_UMLAUTS)) for word in words]
    return list(dict.fromkeys((tuple(words), tuple(plain), tuple(umlauts))))


def _as_written(words: Sequence[str]) -> re.Pattern[str]:
    """The words in their order, whatever signs stand between them, or none at all in a name long enough to be nothing else."""
    least = 0 if len("".join(words)) >= 6 else 1
    return re.compile(
        r"(?<![^\W_])" + rf"[\W_]{{{least},4}}".join(map(re.escape, words)) + r"(?![^\W_])", re.IGNORECASE
    )


def _alone(word: str) -> Iterator[re.Pattern[str]]:
    """One word of a name, written with a capital; one that also means something for work only where somebody does something."""
    if len(word) < _LEAST_LETTERS:
        return
    forms = dict.fromkeys((word[:1].upper() + word[1:].lower(), word, word.upper()))
    said = rf"(?:{'|'.join(map(re.escape, forms))})(?:['’]s)?(?![\w-])"
    yield re.compile(_DOES.format(said) if means_something(word) else rf"(?<![\w-]){said}", re.MULTILINE)


@cache
def means_something(word: str) -> bool:
    """Whether it is also an occupation, a month or a skill: Baker, May, Ruby."""
    return fold(word) in _USUAL or bool(find_skills(f"Skills: {word}"))
