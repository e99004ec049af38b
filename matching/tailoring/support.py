"""What a CV supports: which skills it names, in which words one may be said for another, and what implies what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cvmatch.core.text import squeeze
from ingestion.values import ParsedCV
from jobs.skills import SkillMention, find_listed_skills, find_skills_and_languages
from jobs.skills.data_files import read_esco_names
from jobs.skills.folding import fold_term
from jobs.skills.vocabulary import shipped_vocabulary, vocabulary
from matching.linking.concepts import SAYINGS, preferred, read_sayings
from matching.tailoring.standing import is_taken_back
from matching.tailoring.values import CVLine

IMPLIES = Path(__file__).parent / "data" / "implies.txt"
# A certificate is what its paper says, by no other name.
_NO_OTHER_NAME = {"certificate"}
# Here a name of a skill tells nothing of having it.
_NOT_OWN = re.compile(
    r"(?:work|volunteer|education|awards|publications|certificates)\[\d+\]\.(?:name|institution|organization|awarder|publisher|issuer|url)$"
    r"|basics\.(?:name|email|phone|url|profiles|location)|references\["
)
# Who hired Java developers, sold Oracle licences or taught Python courses shows another skill than these.
_OF_OTHERS = re.compile(
    r"[ \t-]*(?:/?[ \t]*\w+[ \t]+)?(?:developers|engineers|programmers|administrators|analysts|candidates|specialists|experts"
    r"|consultants|customers|clients|vendors|suppliers|students|licen[cs]es|products|trainings?|courses|workshops|entwickler|kunden|experten)\b",
    re.IGNORECASE,
)
_NOT_OWN_SECTIONS = {"references", "interests"}
_TAILS = ("js", "language", "framework", "library")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the CV that name a skill, and the line that they stand in; 0 where somebody added it by hand."""

    skill_id: str
    words: str
    line: int


@dataclass(frozen=True)
class Support:
    """Every place that supports a skill, in reading order, and what follows from them."""

    said: tuple[Said, ...]

    def of(self, skill_id: str) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.skill_id == skill_id)

    def implying(self, skill_id: str) -> tuple[Said, ...]:
        """Places that name what cannot be had without the skill."""
        narrower = narrower_than(skill_id)
        return tuple(one for one in self.said if one.skill_id in narrower)

    def allows(self, skill_id: str, words: str) -> bool:
        """Whether the skill may be claimed in these words: the CV's own, others for the same, or its name if it is implied."""
        if any(says_the_same(skill_id, one.words, words) for one in self.of(skill_id)):
            return True
        return bool(self.implying(skill_id)) and squeezed(words) == squeezed(vocabulary().get(skill_id).name)


def read_support(
    text: str,
    lines: Sequence[CVLine],
    parsed: ParsedCV,
    *,
    removed: Collection[str],
    added: Iterable[SkillMention] = (),
) -> Support:
    """What the text supports, without skills that a person took away (``removed``) and with those that they ``added``."""
    owned = [(e.span.start, e.span.end) for path, e in parsed.evidence.items() if _NOT_OWN.match(path)]
    found = []
    for mention in _of_one_section(text, lines):
        line = text.count("\n", 0, mention.start) + 1
        taken = any(start < mention.end and mention.start < end for start, end in owned)
        own = lines[line - 1]
        taken |= own.section in _NOT_OWN_SECTIONS or bool(_OF_OTHERS.match(text, mention.end))
        if not taken and not is_taken_back(lines, line):
            found.append(Said(mention.skill_id, squeeze(mention.surface), line))
    found += [Said(mention.skill_id, mention.surface, 0) for mention in added]
    return Support(tuple(one for one in found if one.skill_id not in removed))


def _of_one_section(text: str, lines: Sequence[CVLine]) -> Iterator[SkillMention]:
    """What the text names; a name does not go on below a blank line or in the heading of the next section."""
    for mention in named_in(text):
        first = text.count("\n", 0, mention.start)
        below = lines[first + 1 : text.count("\n", 0, mention.end) + 1]
        if not any(line.is_heading or not line.text.strip() for line in below):
            yield mention
            continue
        start = text.rfind("\n", 0, mention.start) + 1
        for one in named_in(lines[first].text):
            if start + one.end > mention.start:
                yield SkillMention(one.skill_id, one.name, start + one.start, start + one.end, one.surface)


def named_in(text: str) -> tuple[SkillMention, ...]:
    """Skills and languages that a text names, by name or as advertisements say it, in reading order; of two that overlap the
    longer one."""
    skills, languages = find_skills_and_languages(text)
    found = sorted((*skills, *languages, *_said(text)), key=lambda one: (one.start - one.end, one.start))
    taken: list[SkillMention] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return tuple(sorted(taken, key=lambda one: one.start))


def names_of_one(words: str) -> tuple[SkillMention, ...]:
    """What these words as a whole are the name of, as an item of a list."""
    return tuple(one for one in (*named_in(words), *find_listed_skills(words)) if one.surface == words)


def says_the_same(skill_id: str, own: str, other: str) -> bool:
    """Whether who says ``own`` may say ``other`` for the same skill.

    Names of the vocabulary are not all one thing: MariaDB is found as MySQL. So another word is let pass only where the
    spelling shows it (k8s, AWS, Postgres), where it is the wider one (Docker for Docker Compose), or where what is named is
    no product and the other word is its proper name.
    """
    first, second = squeezed(own), squeezed(other)
    if first == second:
        return True
    skill = vocabulary().get(skill_id)
    if skill.kind in _NO_OTHER_NAME:
        return False
    if _is_numeronym(own, other) or _is_numeronym(other, own):
        return True
    if re.findall(r"\d+", own) != re.findall(r"\d+", other):
        return False
    if _is_acronym(own, other) or _is_acronym(other, own) or _differ_by_tail(first, second):
        return True
    if re.search(rf"(?<!\w){re.escape(other)}(?!\w)", own, re.IGNORECASE):
        return True
    return skill.kind in {"skill", "subject", "language"} and second == squeezed(skill.name)


def squeezed(words: str) -> str:
    """Small letters and digits alone, with the signs that tell C from C++, and without the s of a plural."""
    folded = re.sub(r"[^\w+#]", "", fold_term(words)).replace("_", "")
    return folded[:-1] if len(folded) > 4 and folded.endswith("s") and not folded.endswith("ss") else folded


@cache
def narrower_than(skill_id: str) -> frozenset[str]:
    """The skills that nobody has without this one."""
    return frozenset(narrow for narrow, wide in implications() if wide == skill_id)


@cache
def implications() -> tuple[tuple[str, str], ...]:
    """Pairs of ids, the narrower skill first. Raises KeyError for a name that the vocabulary does not have."""
    ids = {skill.name.casefold(): skill.id for skill in reversed(tuple(shipped_vocabulary().skills.values()))}
    lines = IMPLIES.read_text(encoding="utf-8").splitlines()
    rows = (line.rpartition(":") for line in lines if line and not line.startswith("#"))
    return tuple(
        (ids[narrow.strip().casefold()], ids[wide.strip().casefold()])
        for narrows, _, wide in rows
        for narrow in narrows.split(";")
    )


def _is_acronym(short: str, long: str) -> bool:
    """AWS of Amazon Web Services, in capitals."""
    initials = "".join(word[0] for word in re.findall(r"\w+", long))
    return len(short) > 1 and short.isupper() and short.casefold() == initials.casefold()


def _is_numeronym(short: str, long: str) -> bool:
    """k8s of Kubernetes: the first letter, how many follow, the last one."""
    told = re.fullmatch(r"(\w)(\d{1,2})(\w)", short.casefold())
    word = long.casefold()
    return bool(told) and word.isalpha() and f"{word[0]}{len(word) - 2}{word[-1]}" == short.casefold()


def _differ_by_tail(first: str, second: str) -> bool:
    """Postgres and PostgreSQL, React and React.js."""
    short, long = sorted((first, second), key=len)
    if not long.startswith(short) or not short:
        return False
    tail = long.removeprefix(short)
    return tail in _TAILS or (len(short) > 6 and len(tail) <= 3)


def _said(text: str) -> Iterator[SkillMention]:
    for found in _sayings()[0].finditer(text):
        skill_id = _sayings()[1][" ".join(found[0].casefold().split())]
        yield SkillMention(skill_id, vocabulary().get(skill_id).name, found.start(), found.end(), found[0])


@cache
def _sayings() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What advertisements say instead of the labels of ESCO, of two words or more: one alone means too many things."""
    ids = {names[0].lower(): skill_id for skill_id, names in read_esco_names().items()}
    known = shipped_vocabulary().skills
    said: dict[str, str] = {}
    for label, sayings in read_sayings(SAYINGS):
        skill_id = ids.get(preferred(label), "")
        for saying in sayings if skill_id in known else ():
            if " " in saying:
                said.setdefault(saying.casefold(), skill_id)
    words = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted(said, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE), said
