"""What a CV shows, each thing with all the places in its text where it stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingestion.values import ParsedCV
from jobs.requirements import Part, Segment
from jobs.requirements.facts import lowest_degree
from jobs.skills import SkillMention, find_languages
from jobs.skills.skill import Skill
from jobs.titles import Level, read_title
from matching.values import Place, SkillLink

# Own titles that tell how senior a person is; the scorer reads as many.
TITLES = 2
_DATE = re.compile(r"work\[\d+\]\.(?:startDate|endDate)")
_POSITION = re.compile(r"work\[\d+\]\.position")
_LABEL = re.compile(r"basics\.label")
_WORD = re.compile(r"[^\s,;|/()]+")


@dataclass(frozen=True)
class Shown:
    """Skills and languages by id, without a place where somebody added them by hand; ``meant`` are phrases that mean a
    skill without naming it, by its id.

    ``seen`` is the text with the person hidden at the same places. ``dates`` are those of work, ``levels`` the words of
    the own titles that tell how senior somebody is, ``studies`` by degree the places of education; ``by_years`` is the
    level that the years of work alone would tell.
    """

    seen: str
    skills: Mapping[str, tuple[Place, ...]]
    dates: tuple[Place, ...]
    levels: tuple[Place, ...]
    studies: Mapping[str, tuple[Place, ...]]
    by_years: Level | None = None
    meant: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)


def shown_in(
    text: str, matched_text: str, mentions: Iterable[SkillMention], parsed: ParsedCV, links: Iterable[SkillLink] = ()
) -> Shown:
    """``mentions`` are all of a skill or language, also those beyond the text, which people added."""
    by_skill: dict[str, list[Place]] = defaultdict(list)
    for mention in mentions:
        place = place_in(text, mention.start, mention.end)
        by_skill[mention.skill_id] += [place] if place else []
    for language_id, place in _fluencies(text, parsed):
        if language_id in by_skill:
            by_skill[language_id].append(place)
    return Shown(
        seen=matched_text[: len(text)],
        skills={skill_id: in_order(places) for skill_id, places in by_skill.items()},
        dates=_read(text, parsed, _DATE),
        levels=_levels(text, parsed),
        studies=_studies(text, parsed),
        meant=_meant(text, links),
    )


def _meant(text: str, links: Iterable[SkillLink]) -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for link in links:
        place = place_in(text, link.start, link.end)
        found[link.skill_id] += [place] if place else []
    return {skill_id: in_order(places) for skill_id, places in found.items() if places}


def within_longer_names(seen: str, skill: Skill) -> tuple[Place, ...]:
    """Where a name of the skill stands as part of another name, as "Negotiation" in "Contract negotiation".

    Names that are also ordinary words are left out.
    """
    folded = seen.casefold()
    names = [name for name in set(skill.terms) - skill.in_context - skill.exact_case if name.casefold() in folded]
    found = (re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", seen, re.IGNORECASE) for name in sorted(names))
    return in_order(Place(match.start(), match.end(), match.group()) for matches in found for match in matches)


def place_in(text: str, start: int | None, end: int | None) -> Place | None:
    """The characters with what stands there; None outside the text."""
    if start is None or end is None or not 0 <= start < end <= len(text):
        return None
    return Place(start, end, text[start:end])


def in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once, in reading order, without those inside another."""
    chosen: list[Place] = []
    for place in sorted(set(places), key=lambda place: (place.start, -place.end)):
        if not chosen or place.end > chosen[-1].end:
            chosen.append(place)
    return tuple(chosen)


def _read(text: str, parsed: ParsedCV, path: re.Pattern[str]) -> tuple[Place, ...]:
    spans = (evidence.span for name, evidence in parsed.evidence.items() if path.fullmatch(name))
    return in_order(place for span in spans if (place := place_in(text, span.start, span.end)))


def _levels(text: str, parsed: ParsedCV) -> tuple[Place, ...]:
    """The words in label and positions that tell the same level as the first of the titles that tells one."""
    told = (read_title(title).level for title in parsed.titles[:TITLES])
    level = next((level for level in told if level is not None), None)
    titles = (*_read(text, parsed, _LABEL), *_read(text, parsed, _POSITION))
    same = (title for title in titles if level is not None and read_title(title.text).level == level)
    return in_order(place for title in same for place in _level_words(text, title))


def _level_words(text: str, title: Place) -> tuple[Place, ...]:
    """ "Senior" in "Senior Nurse": the fewest words that tell the level of the title by themselves, wherever they stand."""
    words = [(title.start + match.start(), title.start + match.end()) for match in _WORD.finditer(title.text)]
    level = read_title(title.text).level
    for count in (1, 2, 3):
        runs = [(words[at][0], words[at + count - 1][1]) for at in range(len(words) - count + 1)]
        told = [Place(*run, text[slice(*run)]) for run in runs if read_title(text[slice(*run)]).level == level]
        if told:
            return tuple(told)
    return (title,)


def _studies(text: str, parsed: ParsedCV) -> Mapping[str, tuple[Place, ...]]:
    """The degrees of the education with their places, read as the scorer's profile reads them."""
    found: dict[str, list[Place]] = defaultdict(list)
    for number, entry in enumerate(parsed.resume.education):
        told = f"{entry.study_type} in {entry.area}"
        asked = lowest_degree([Segment(Part.MUST, told, 0, len(told))])
        evidence = parsed.evidence.get(f"education[{number}].studyType") or parsed.evidence.get(
            f"education[{number}].area"
        )
        place = place_in(text, evidence.span.start, evidence.span.end) if evidence else None
        if asked and place:
            found[asked.degree].append(place)
    return {degree: in_order(places) for degree, places in found.items()}


def _fluencies(text: str, parsed: ParsedCV) -> Iterable[tuple[str, Place]]:
    """The words that say how well a language is known, by language."""
    for number, language in enumerate(parsed.resume.languages):
        evidence = parsed.evidence.get(f"languages[{number}].fluency")
        named = find_languages(f"Languages: {language.language}")
        place = place_in(text, evidence.span.start, evidence.span.end) if evidence else None
        if place and named:
            yield named[0].skill_id, place
