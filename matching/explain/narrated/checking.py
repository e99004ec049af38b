"""Whether a sentence of a language model holds: it may say nothing that the facts it cites do not say.

The check is strict on purpose. A true sentence that is dropped costs nothing, since the words by template are there; a
false one that is kept costs trust.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jobs.skills import find_languages, find_listed_skills, find_skills
from matching.explain.narrated.facts import Fact
from matching.values import State

LONGEST = 320
# The share of the telling words that must stand in the facts cited.
GROUNDED = 0.7
# Words compare by this many letters, so that "builds" is "build".
STEM = 5

_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_COUNTED = re.compile(rf"\b(\d+(?:[.,]\d+)*|{'|'.join(_NUMBER_WORDS)})\b\W*(\w*)", re.IGNORECASE)
_DENIAL = re.compile(
    r"\b(?:not|no|none|nothing|never|without|neither|missing|lacks?|lacking|absent|absence|unmentioned|n't)\b|n['’]t\b",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\bnot (?:found|mentioned|named|shown|stated|listed)\b|\bno mention\b|\bdoes not (?:name|mention|show|state|list)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:related|close|close to|similar|in part|partly|suggests?|implied|implies|near|likely)\b", re.I
)
_CONTACT = re.compile(r"@|https?:|www\.|\w\.\w{2,3}/")
# Who somebody is has no place in the reasons for a match.
_PERSON = re.compile(
    r"\b(?:he|she|him|his|her|hers|himself|herself|mr|mrs|ms|miss|sir|madam|aged|born|married)\b", re.I
)
_WORD = re.compile(r"[^\W\d_][\w+#.-]*")
# What a sentence needs to be one, whatever it is about.
_OPENERS = frozenset(
    "the this these it in with both also not no there work experience evidence among of for under at on as".split()
)
_GLUE = frozenset(
    """
    about above also among another appear appears around asked asks available based before being between both candidate
    close could cover covers demonstrate demonstrates demonstrated described describes description does each evidence
    experience explicit explicitly expected found from further have having here however implied implies include includes
    including into items job jobs know knowledge known level like line lines list listed lists mention mentioned mentions
    more most must name named names near need needed needs nice nothing only other part partly points position
    posting present read related requested require required requirement requirements requires role same section shown
    show shows several similar since skill skills specific state stated states statement such suggest suggests than that
    their them there these they this those though through under used uses using very well were what when where which
    while with within without words work worked working would years year yet your
    """.split()
)


def holds(text: str, cites: Sequence[str], *, facts: Mapping[str, Fact], private: frozenset[str]) -> bool:
    """Whether the sentence says nothing but what the facts with those ids say, and nothing of who the person is."""
    if not cites or any(one not in facts for one in cites) or not 0 < len(text) <= LONGEST or "\n" in text:
        return False
    cited = [facts[one] for one in dict.fromkeys(cites)]
    ground = "\n".join(fact.words for fact in cited)
    return (
        _has_one_meaning(text, cited)
        and _tells_nobody(text, ground, private)
        and _numbers(text) <= _numbers(ground)
        and _skills(text) <= _sayable(cited)
        and _names_are_known(text, ground)
        and _is_grounded(text, ground)
    )


def _has_one_meaning(text: str, cited: Sequence[Fact]) -> bool:
    """It says of what is missing that it was not found, of the rest that it is there, and never both at once."""
    if all(fact.state == State.MISSING for fact in cited):
        return _NOT_FOUND.search(text) is not None and len(_DENIAL.findall(text)) == 1
    if any(fact.state == State.MISSING for fact in cited) or _DENIAL.search(text):
        return False
    is_firm = all(fact.state == State.STATED for fact in cited)
    return is_firm or _HEDGE.search(text) is not None


def _tells_nobody(text: str, ground: str, private: frozenset[str]) -> bool:
    known = {word.casefold() for word in re.findall(r"\w{3,}", ground)}
    said = {word.casefold() for word in re.findall(r"\w{3,}", text)}
    return not (_CONTACT.search(text) or _PERSON.search(text) or said & (private - known))


def _numbers(text: str) -> set[tuple[str, str]]:
    """Numbers with what they count, "nine years" as 9 and "year", and each by itself."""
    found = _COUNTED.findall(text)
    numbers = [(_NUMBER_WORDS.get(number.casefold(), number), noun.casefold()[:STEM]) for number, noun in found]
    return {(number, noun) for number, noun in numbers if len(noun) > 3} | {(number, "") for number, _ in numbers}


def _sayable(cited: Sequence[Fact]) -> set[str]:
    """The skills a sentence may name: of what is missing only the thing itself, not its neighbours in the posting."""
    words = (fact.asked if fact.state == State.MISSING else f"{fact.words}\n{fact.asked}" for fact in cited)
    return {skill_id for text in words for skill_id in _skills(text)}


def _skills(text: str) -> set[str]:
    found = (*find_skills(text), *find_listed_skills(text), *find_languages(text))
    return {mention.skill_id for mention in found}


def _names_are_known(text: str, ground: str) -> bool:
    """Words with a capital stand in the facts; the first one may also be one that opens sentences."""
    known = {word.casefold() for word in _words(ground)} | {"cv"}
    first, *rest = _words(text) or [""]
    names = [word for word in rest if not word.islower()]
    return (first.casefold() in known | _OPENERS) and all(name.casefold() in known for name in names)


def _is_grounded(text: str, ground: str) -> bool:
    telling = [word.casefold() for word in _words(text) if len(word) > 3 and word.casefold() not in _GLUE]
    stems = {word.casefold()[:STEM] for word in _words(ground)}
    return not telling or sum(word[:STEM] in stems for word in telling) / len(telling) >= GROUNDED


def _words(text: str) -> list[str]:
    return [word.strip(".-") for word in _WORD.findall(text)]
