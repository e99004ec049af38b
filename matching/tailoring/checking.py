"""Whether an edit says only what the CV says: judged by the two texts alone, whoever made the edit and whatever it claims.

The check is strict on purpose. A true edit that is refused costs a few points; an untrue one that is let pass is a lie in
somebody's application. So nothing may change but what is known to mean the same: a skill may be said in other words for the
same thing, or with what it cannot be had without beside it; whole items and sections may move or go; skills that the CV
shows may be listed. All other words, with their order, their numbers and what they are said of, stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.skills.vocabulary import vocabulary
from matching.tailoring.applying import HEADINGS, Where, place_of
from matching.tailoring.same_words import Unsupported, check_same_words
from matching.tailoring.standing import REACH, is_taken_back, says_less, says_more, unit_of
from matching.tailoring.support import Support, named_in, names_of_one, squeezed
from matching.tailoring.values import CVLine, Edit, EditKind

# Sections that may be left out as a whole, line by line; of the others only items.
_SPARE = {"interests", "references"}
_ABOUT_PERSON = re.compile(
    r"\W*(?:date of birth|born|birthday|age|marital status|gender|sex|religion|geburtsdatum|geboren|familienstand|geschlecht"
    r"|konfession)\b\s*[:–-]?[^|\t]{0,40}",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[,;|•·]\s*")
_LABEL = re.compile(r"^[^,;|•·]{0,40}:\s*|^\s*[-*•▪–]\s+")
_FEWEST_QUOTED = 2
_LONGEST = 600


@dataclass(frozen=True)
class Ground:
    """What edits are held against: the lines of the CV as it is, and what they support."""

    lines: tuple[CVLine, ...]
    support: Support

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


def check(edit: Edit, ground: Ground) -> None:
    """Raises Unsupported where the edit is not one that the CV supports."""
    try:
        where = place_of(edit, len(ground.lines))
    except ValueError as wrong:
        raise Unsupported(str(wrong)) from wrong
    _check_texts(edit, where, ground)
    _check_whole_units(where, ground)
    {
        EditKind.MOVE_UP: _check_move,
        EditKind.REPHRASE: _check_words,
        EditKind.MAKE_EXPLICIT: _check_claim,
        EditKind.CUT: _check_cut,
    }[edit.kind](edit, where, ground)


def _check_texts(edit: Edit, where: Where, ground: Ground) -> None:
    standing = "\n".join(ground.lines[number - 1].text for number in where.lines)
    if edit.before != standing:
        raise Unsupported("It changes words that do not stand there.")
    if edit.after == edit.before and not where.above:
        raise Unsupported("It changes nothing.")
    if len(edit.after) > len(edit.before) + _LONGEST or (edit.kind is not EditKind.CUT and not edit.after.strip()):
        raise Unsupported("It is empty or far too long.")
    # What cannot be seen can hold anything; Cf are marks without width, Co letters of private fonts.
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"} for c in _new_characters(edit)):
        raise Unsupported("It holds characters that cannot be seen.")
    flat = _spaced(ground.text)
    if any(len(quote.strip()) < _FEWEST_QUOTED or _spaced(quote) not in flat for quote in edit.evidence):
        raise Unsupported("Its evidence does not stand in the CV.")
    added = _numbers(edit.after) - _numbers(edit.before)
    if added and not all(_stands_in_skill(number, edit, ground) for number in added):
        raise Unsupported("It brings in a number.")


def _new_characters(edit: Edit) -> set[str]:
    return set(edit.after) - set(edit.before) - {"\n"}


def _numbers(text: str) -> Counter[str]:
    """Every number, also ½, ² and those in full-width digits, as often as it stands there."""
    return Counter(re.findall(r"\d+", unicodedata.normalize("NFKC", text)))


def _stands_in_skill(number: str, edit: Edit, ground: Ground) -> bool:
    """Numbers that are part of a name: the 8 of k8s, the 4 of S/4HANA."""
    names = [name for item in named_in(edit.after) for name in vocabulary().get(item.skill_id).names]
    return any(number in re.findall(r"\d+", name) and squeezed(name) in squeezed(edit.after) for name in names)


def _check_whole_units(where: Where, ground: Ground) -> None:
    """Half a sentence can say the opposite of the whole; so all of it goes together."""
    edges = [unit_of(ground.lines, number) for number in where.lines]
    if edges and (min(first for first, _ in edges) < where.first or max(last for _, last in edges) > where.last):
        raise Unsupported("It takes a sentence apart.")
    if where.above and where.above <= len(ground.lines) and ground.lines[where.above - 1].continues:
        raise Unsupported("It would stand within a sentence.")


def _check_cut(edit: Edit, where: Where, ground: Ground) -> None:
    if edit.after:
        raise Unsupported("What is cut leaves nothing behind.")
    below = ground.lines[where.last : where.last + 1]
    if any(ground.lines[number - 1].is_heading for number in where.lines) and below and not below[0].is_heading:
        raise Unsupported("What stands below the heading would fall under another one.")
    _check_labels(where.lines, ground)
    for number in where.lines:
        line = ground.lines[number - 1]
        spare = (line.section in _SPARE and not line.is_fixed) or bool(_ABOUT_PERSON.fullmatch(line.text))
        first, _ = unit_of(ground.lines, number)
        is_item = ground.lines[first - 1].is_bullet and line.section in {"work", "projects", "volunteer"}
        if not spare and (line.is_fixed or line.is_heading or not is_item):
            raise Unsupported("Employers, degrees, dates and what tells who somebody is stay in a CV.")


def _check_labels(numbers: Sequence[int], ground: Ground) -> None:
    """An item such as "Planned for next year:" says what those below it are."""
    for number in numbers:
        line = ground.lines[number - 1]
        if line.section not in _SPARE and not line.is_heading and line.text.rstrip().endswith(":"):
            raise Unsupported("What stands below it would mean something else.")


def _check_move(edit: Edit, where: Where, ground: Ground) -> None:
    if not where.above:
        _check_order_of_items(edit, where, ground)
    elif edit.after != edit.before:
        raise Unsupported("What moves keeps its words.")
    elif not (_is_within_items(where, ground) or _is_whole_section(where, ground)):
        raise Unsupported("It would stand under another employer or heading.")


def _is_within_items(where: Where, ground: Ground) -> bool:
    """All that it passes are items too, so that it stays in its entry; none of them says what those below it are."""
    passed = ground.lines[where.above - 1 : where.last]
    same = {line.section for line in passed}
    labels = any(line.text.rstrip().endswith(":") for line in passed)
    return (
        len(same) == 1
        and not labels
        and all((line.is_bullet or line.continues) and not line.is_fixed for line in passed)
    )


def _is_whole_section(where: Where, ground: Ground) -> bool:
    """From a heading to before the next one, and to above a heading; the head of the CV stays on top."""
    block, after = ground.lines[where.first - 1 : where.last], ground.lines[where.last : where.last + 1]
    headings = [line.number for line in block if line.is_heading]
    target = ground.lines[where.above - 1]
    ends = not after or after[0].is_heading
    named = all(line.section and line.section != "other" for line in (*block, target) if line.text.strip())
    return headings == [where.first] and ends and target.is_heading and named


def _check_order_of_items(edit: Edit, where: Where, ground: Ground) -> None:
    """The items of a list in another order; where one of them says less than the others, order may carry meaning."""
    line = ground.lines[where.first - 1]
    if (
        where.first != where.last
        or line.section != "skills"
        or line.is_fixed
        or is_taken_back(ground.lines, line.number)
    ):
        raise Unsupported("Only the items of a list of skills may change their order.")
    one, other = _LABEL.sub("", edit.before, count=1), _LABEL.sub("", edit.after, count=1)
    same = _items(one) == _items(other) and _label(edit.before) == _label(edit.after)
    if not same or not all(_items(one)) or "(" in one or ":" in one or says_more(one):
        raise Unsupported("It says something else than the line does.")


def _items(text: str) -> Counter[str]:
    return Counter(_SEPARATOR.split(text.strip(" .,;")))


def _label(text: str) -> str:
    found = _LABEL.match(text)
    return found[0] if found else ""


def _check_words(edit: Edit, where: Where, ground: Ground) -> None:
    lines = ground.lines[where.first - 1 : where.last]
    if any(line.is_fixed or line.is_heading for line in lines) or edit.after.count("\n") != edit.before.count("\n"):
        raise Unsupported("Names, titles, dates and headings stay as they are.")
    if is_taken_back(ground.lines, where.first):
        raise Unsupported("The sentence says that something is not there, or only in part.")
    if not edit.evidence:
        raise Unsupported("It cites nothing of the CV.")
    check_same_words(edit.before, edit.after)


def _check_claim(edit: Edit, where: Where, ground: Ground) -> None:
    """Either a list of skills that the CV shows, or a skill beside the one that implies it."""
    if not edit.evidence:
        raise Unsupported("It cites nothing of the CV.")
    if not where.first:
        _check_list(edit.after.split("\n"), where, ground)
    elif _is_longer_list(edit, where, ground):
        _check_listed(edit.after[len(edit.before) :], ground)
    else:
        _check_words(edit, where, ground)


def _check_list(lines: Sequence[str], where: Where, ground: Ground) -> None:
    below = ground.lines[where.above - 1] if where.above <= len(ground.lines) else None
    above = ground.lines[where.above - 2] if where.above > 1 else None
    *heading, items = lines
    if heading:
        opens = heading[0] in HEADINGS.values() and len(heading) == 1
        if not opens or not (below is None or below.is_heading) or above is None:
            raise Unsupported("It opens a section where none may stand.")
    elif above is None or above.section != "skills" or not above.is_heading or says_more(above.text):
        # Further down it might fall under "Expert".
        raise Unsupported("Skills are listed first among the skills, and nowhere else.")
    elif says_less(above.text):
        raise Unsupported("It would stand under a heading that says less.")
    _check_listed(items, ground)


def _is_longer_list(edit: Edit, where: Where, ground: Ground) -> bool:
    line = ground.lines[where.first - 1]
    is_list = line.section == "skills" and not line.is_fixed and not line.is_heading and where.first == where.last
    plain = ":" not in edit.before and not is_taken_back(ground.lines, line.number)
    around = ground.lines[max(line.number - REACH, 0) : line.number + 1]
    one_kind = plain and not any(says_more(other.text) for other in around if other.section == line.section)
    return is_list and one_kind and edit.after.startswith(f"{edit.before}, ")


def _check_listed(text: str, ground: Ground) -> None:
    """Every item is the name of one skill, and of one that the CV shows; each once."""
    items = list(filter(None, _SEPARATOR.split(text.strip(" -*•▪–"))))
    if len({squeezed(item) for item in items}) < len(items):
        raise Unsupported("It lists the same twice.")
    for item in items:
        named = names_of_one(item)
        if not named:
            raise Unsupported(f"{item!r} is no skill that we know.")
        if not any(ground.support.allows(mention.skill_id, item) for mention in named):
            raise Unsupported(f"The CV does not show {item!r}.")


def _spaced(text: str) -> str:
    return " ".join(text.split())
