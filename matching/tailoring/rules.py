"""Proposes edits without a language model: by what the job asks for and where the CV says it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from jobs.skills.vocabulary import vocabulary
from matching.tailoring.applying import HEADINGS
from matching.tailoring.standing import unit_of
from matching.tailoring.support import names_of_one, says_the_same, squeezed
from matching.tailoring.values import AskedSkill, CVLine, Edit, EditKind, Facts, Shown

MUST, NICE = 2, 1
# So many lines are reworded, entries reordered and skills listed: a CV should stay the person's own.
REPHRASED, REORDERED, LISTED = 6, 3, 8
# A list of skills goes above the work where it holds so many of those that are asked.
TELLING_LIST = 3
_LONGEST_NAME_WORDS = 4
_SPARE = {
    "interests": "Interests say nothing about this job.",
    "references": "References are given when they are asked for.",
}
_PERSONAL = re.compile(
    r"\W*(?:date of birth|marital status|gender|religion|geburtsdatum|familienstand|geschlecht|konfession)\b\s*[:–-][^|\t]{0,40}",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"(\s*[,;|•·]\s*)")
_LABEL = re.compile(r"(?:\s*[-*•▪–]\s+)?(?:[^,;|•·:]{0,40}:\s*)?")
_MARK = re.compile(r"\s*[-*•▪–]\s+")


def rules(facts: Facts) -> list[Edit]:
    """The edits that need no language model, in the order in which they matter."""
    rephrased = list(_rephrased(facts))
    changed = {edit.before for edit in rephrased}
    reordered = [edit for edit in _items_in_order(facts) if edit.before not in changed]
    return [*rephrased, *_listed(facts), *_first_items(facts), *reordered, *_section_up(facts), *_spared(facts)]


def _rephrased(facts: Facts) -> Iterator[Edit]:
    """Sentences that name a skill in other words than the job, in the job's words with their own behind them."""
    by_unit: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for asked in facts.asked:
        if asked.state is Shown.STATED and not any(squeezed(own) == squeezed(asked.words) for own in asked.said):
            own = next((own for own in asked.said if says_the_same(asked.skill_id, own, asked.words)), "")
            for number in asked.lines[:2] if own else ():
                if _reads_well(facts.line(number), own, asked.skill_id):
                    by_unit[unit_of(facts.lines, number)].append((own, asked.words))
    for (first, last), words in sorted(by_unit.items())[:REPHRASED]:
        if not any(line.is_fixed or line.is_heading for line in facts.lines[first - 1 : last]):
            told = "; ".join(f"the job says “{asked}” for your “{own}”" for own, asked in words)
            text = _joined(facts, first, last)
            yield Edit(EditKind.REPHRASE, f"{first}-{last}", text, _in_words(text, words), f"{told}.", (text,))


def _reads_well(line: CVLine, own: str, skill_id: str) -> bool:
    """Names of products may stand anywhere; what is done has its form in a sentence, and only in a list none."""
    is_name = vocabulary().get(skill_id).kind in {"technology", "tool"}
    found = re.search(rf"(?<!\w){re.escape(own)}(?![\w-])(?!\s*\d)", line.text)
    return found is not None and (is_name or line.section == "skills")


def _in_words(text: str, words: Sequence[tuple[str, str]]) -> str:
    for own, asked in words:
        text = re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", lambda _, both=f"{asked} ({own})": both, text, count=1)  # type: ignore[misc]
    return text


def _listed(facts: Facts) -> Iterator[Edit]:
    """Skills that are asked and stand only within sentences, or are implied by others, among the skills."""
    own = [line for line in facts.lines if line.section == "skills"]
    there = {line.number for line in own}
    found = [
        asked for asked in facts.asked if asked.lines and (asked.state is Shown.IMPLIED or not there & {*asked.lines})
    ]
    named = [(name, asked) for asked in found if (name := _claim(asked))][:LISTED]
    if not named:
        return
    evidence = tuple(dict.fromkeys(facts.line(asked.lines[0]).text.strip() for _, asked in named))
    items = ", ".join(dict.fromkeys(name for name, _ in named))
    place, text = _place_of_list(facts, own, items)
    if place:
        yield Edit(EditKind.MAKE_EXPLICIT, place, "", text, _why_listed([asked for _, asked in named]), evidence)


def _claim(asked: AskedSkill) -> str:
    """The name it can be listed under; nothing where it is a language, or no single name."""
    skill = vocabulary().get(asked.skill_id)
    if skill.is_language:
        return ""
    own = () if asked.state is Shown.IMPLIED else asked.said
    same = any(squeezed(one) == squeezed(asked.words) for one in own)
    words = [asked.words] if not same and any(says_the_same(asked.skill_id, one, asked.words) for one in own) else []
    for name in (*words, *own) if own else (skill.name,):
        named = any(one.skill_id == asked.skill_id for one in names_of_one(name))
        if named and len(name.split()) <= _LONGEST_NAME_WORDS:
            return name
    return ""


def _why_listed(listed: Sequence[AskedSkill]) -> str:
    implied = [asked for asked in listed if asked.state is Shown.IMPLIED]
    told = [f"{asked.said[0]} is not done without {asked.name}" for asked in implied]
    return "; ".join(["Asked for, and your CV shows it where it is easily missed", *told]) + "."


def _place_of_list(facts: Facts, own: Sequence[CVLine], items: str) -> tuple[str, str]:
    """Above the first of the skills; where there are none, in a section of its own above the work."""
    first = next((line for line in own if not line.is_heading and line.text.strip()), None)
    if first is not None and not facts.line(max(first.number - 1, 1)).is_heading:
        return "", ""
    if first is not None:
        mark = _MARK.match(first.text)
        return f">{first.number}", (mark[0] if mark else "") + items
    heading = next((line for line in facts.lines if line.is_heading and line.section in {"work", "education"}), None)
    if heading is None or heading.number == 1 or facts.language not in HEADINGS:
        return "", ""
    return f">{heading.number}", f"{HEADINGS[facts.language]}\n{items}"


def _first_items(facts: Facts) -> Iterator[Edit]:
    """In each entry the item that shows most of what is asked comes first."""
    runs = [list(run) for is_item, run in groupby(facts.lines, _is_item) if is_item]
    for run in [run for run in runs if run[0].section in {"work", "projects"}][:REORDERED]:
        units = sorted({unit_of(facts.lines, line.number) for line in run if line.is_bullet})
        worth = {unit: _worth(facts, *unit) for unit in units}
        best = max(units, key=lambda unit: worth[unit], default=None)
        if best is not None and worth[best] > worth[units[0]]:
            text = _joined(facts, *best)
            named = ", ".join(asked.name for asked in facts.asked if {*asked.lines} & {*range(best[0], best[1] + 1)})
            where = f"{best[0]}-{best[1]}>{units[0][0]}"
            yield Edit(EditKind.MOVE_UP, where, text, text, f"It shows what is asked for: {named}.", (text,))


def _is_item(line: CVLine) -> bool:
    return (line.is_bullet or line.continues) and not line.is_fixed


def _worth(facts: Facts, first: int, last: int) -> int:
    inside = set(range(first, last + 1))
    return sum(MUST if asked.must else NICE for asked in facts.asked if inside & {*asked.lines})


def _items_in_order(facts: Facts) -> Iterator[Edit]:
    """In lists of skills those that are asked come first."""
    worth = {squeezed(own): MUST if asked.must else NICE for asked in reversed(facts.asked) for own in asked.said}
    for line in facts.lines:
        if line.section == "skills" and not (line.is_heading or line.is_fixed or line.continues):
            after = _in_order(line.text, worth)
            if after != line.text:
                yield Edit(
                    EditKind.MOVE_UP, str(line.number), line.text, after, "What is asked for comes first.", (line.text,)
                )


def _in_order(text: str, worth: Mapping[str, int]) -> str:
    label = _LABEL.match(text)
    start = label.end() if label else 0
    end = "." if text.endswith(".") else ""
    pieces = _SEPARATORS.split(text[start:].removesuffix("."))
    items, gaps = pieces[::2], [*pieces[1::2], ""]
    if not all(item.strip() for item in items) or "(" in text:
        return text
    ordered = sorted(items, key=lambda item: -worth.get(squeezed(item), 0))
    return text[:start] + "".join(item + gap for item, gap in zip(ordered, gaps, strict=True)) + end


def _section_up(facts: Facts) -> Iterator[Edit]:
    """A list of skills that holds what is asked stands above the work."""
    sections = _sections(facts)
    skills = [span for span in sections if facts.line(span[0]).section == "skills"]
    work = [span for span in sections if facts.line(span[0]).section == "work"]
    if len(skills) != 1 or not work or skills[0][0] < work[0][0]:
        return
    first, last = skills[0]
    shown = [asked for asked in facts.asked if {*asked.lines} & {*range(first, last + 1)}]
    if len(shown) >= TELLING_LIST:
        text, named = _joined(facts, first, last), ", ".join(asked.name for asked in shown[:TELLING_LIST])
        yield Edit(
            EditKind.MOVE_UP, f"{first}-{last}>{work[0][0]}", text, text, f"It holds {named}, which are asked for.", ()
        )


def _spared(facts: Facts) -> Iterator[Edit]:
    """What says nothing about the work, or should not be known when people are chosen."""
    for first, last in _sections(facts):
        section = facts.line(first).section
        inside = {*range(first, last + 1)}
        is_asked = any(inside & {*asked.lines} for asked in facts.asked)
        # Activities may be among the interests; what has dates or names says more than a hobby.
        if section in _SPARE and not is_asked and not any(facts.line(number).is_fixed for number in inside):
            yield Edit(EditKind.CUT, f"{first}-{last}", _joined(facts, first, last), "", _SPARE[section], ())
    for line in facts.lines:
        if line.section not in _SPARE and _PERSONAL.fullmatch(line.text):
            yield Edit(EditKind.CUT, str(line.number), line.text, "", "Nobody should choose people by this.", ())


def _sections(facts: Facts) -> list[tuple[int, int]]:
    """From each heading to before the next one."""
    heads = [line.number for line in facts.lines if line.is_heading]
    return [(first, after - 1) for first, after in pairwise([*heads, len(facts.lines) + 1])]


def _joined(facts: Facts, first: int, last: int) -> str:
    return "\n".join(line.text for line in facts.lines[first - 1 : last])
