"""Links what texts say to concepts of ESCO: cuts phrases, embeds them all at once, and keeps the links that are likely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.skills import SkillMention
from matching.linking.concepts import Concept, read_concepts
from matching.linking.features import Features, Odds, read_fitted
from matching.linking.index import Embed, LabelIndex, Nearest, embedded, read_vectors
from matching.linking.phrases import Phrase, PhraseCutter, sentences

Span = tuple[int, int]
# A phrase, the sentence that it stands in, and the places of the concepts that are named in it.
Query = tuple[str, str, frozenset[int]]
# A phrase that is taken by half or more already has its skill.
TAKEN = 0.5
# Below this cosine to the nearest concept no link was ever likely; most phrases end here.
HOPELESS = 0.5


@dataclass(frozen=True, slots=True)
class Link:
    """``text[start:end]`` means the concept. ``similarity`` is the cosine, ``probability`` what the link is worth, 0 to 1."""

    concept_id: str
    name: str
    start: int
    end: int
    similarity: float
    probability: float


class Linker:
    """Cuts, embeds and judges. ``embed`` is called once for each call of ``link_many``."""

    def __init__(self, concepts: Sequence[Concept], index: LabelIndex, embed: Embed, odds: Odds) -> None:
        self._concepts, self._index, self._embed, self._odds = concepts, index, embed, odds
        self._places = {concept.id: place for place, concept in enumerate(concepts)}
        self.features = Features(concepts)
        alone = frozenset(saying.lower() for concept in concepts for saying in concept.sayings if " " not in saying)
        self._cutter = PhraseCutter(verbs_of(concepts), alone)

    def link(self, text: str, taken: Sequence[Span] = ()) -> tuple[Link, ...]:
        """The links of one text, in reading order; none overlaps another or lies mostly in a ``taken`` span."""
        return self.link_many([text], [taken])[0]

    def link_many(self, texts: Sequence[str], taken: Sequence[Sequence[Span]]) -> list[tuple[Link, ...]]:
        """The same for many texts with one call of the model; ``taken`` are the spans that labels were found at, by text."""
        return [self.chosen(candidates, self._odds) for candidates in self.candidates(texts, taken)]

    def judge_many(self, texts: Sequence[str], named: Sequence[Sequence[SkillMention]]) -> list[tuple[Link, ...]]:
        """All that the texts mean: what is ``named`` in them is weighed like any phrase, so that a name that does not suit its
        sentence, or is part of a phrase that says something else, counts for nothing."""
        return [self.chosen(candidates, self._odds) for candidates in self.candidates(texts, named=named)]

    def concept(self, place: int) -> Concept:
        return self._concepts[place]

    def candidates(
        self,
        texts: Sequence[str],
        taken: Sequence[Sequence[Span]] | None = None,
        named: Sequence[Sequence[SkillMention]] | None = None,
    ) -> list[list[tuple[Phrase, Nearest]]]:
        """The phrases of each text that no span has taken, and its names, with the concepts nearest to them."""
        nothing: list[tuple[()]] = [()] * len(texts)
        asked = [
            self._asked(text, spans, mentions)
            for text, spans, mentions in zip(texts, taken or nothing, named or nothing, strict=True)
        ]
        queries = list({query: None for of_text in asked for _, query in of_text})
        near = dict(zip(queries, self.nearest(queries), strict=True))
        return [
            [(phrase, near[query]) for phrase, query in of_text if query[2] or near[query].best[0] >= HOPELESS]
            for of_text in asked
        ]

    def _asked(self, text: str, taken: Sequence[Span], named: Sequence[SkillMention]) -> list[tuple[Phrase, Query]]:
        """What is looked up: the phrases that are not taken, and the names that stand in a sentence which asks something."""
        names = [one for one in named if one.skill_id in self._places]
        phrases = [phrase for phrase in self._cutter.cut(text) if not _is_taken(phrase, taken)]
        around = list(sentences(text)) if names else []
        phrases += [
            Phrase(one.start, one.end, one.surface, sentence)
            for one in names
            for sentence in around
            if sentence[0] <= one.start < sentence[1]
        ]
        inside = [
            frozenset(self._places[m.skill_id] for m in names if phrase.start <= m.start and m.end <= phrase.end)
            for phrase in phrases
        ]
        return [
            (phrase, (phrase.query, _sentence(text, phrase), places))
            for phrase, places in zip(phrases, inside, strict=True)
        ]

    def nearest(self, queries: Sequence[Query]) -> list[Nearest]:
        """The concepts nearest to each phrase in its sentence, likely or not."""
        if not queries:
            return []
        places = {text: place for place, text in enumerate(sorted({text for query in queries for text in query[:2]}))}
        vectors = np.asarray(self._embed(list(places)), dtype=np.float32)
        phrases, around = [places[query] for query, _, _ in queries], [places[sentence] for _, sentence, _ in queries]
        return self._index.nearest(vectors[phrases], vectors[around], [named for _, _, named in queries])

    def ranked(self, phrase: str, near: Nearest, odds: Odds | None = None) -> list[tuple[float, int]]:
        """Probability and place of the nearest concepts, the likeliest first."""
        likely = (odds or self._odds)(self.features.of(phrase, near)).tolist()
        return sorted(zip(likely, near.places.tolist(), strict=True), key=lambda one: (-one[0], one[1]))

    def chosen(self, candidates: Sequence[tuple[Phrase, Nearest]], odds: Odds) -> tuple[Link, ...]:
        """The likeliest first, as long as it overlaps none before it and names no concept a second time."""
        chosen: list[Link] = []
        for link in sorted(self._links(candidates, odds), key=lambda link: (-link.probability, link.start, link.end)):
            apart = all(link.end <= other.start or other.end <= link.start for other in chosen)
            if apart and all(link.concept_id != other.concept_id for other in chosen):
                chosen.append(link)
        return tuple(sorted(chosen, key=lambda link: link.start))

    def _links(self, candidates: Sequence[tuple[Phrase, Nearest]], odds: Odds) -> Iterator[Link]:
        for phrase, near in candidates:
            probability, place = self.ranked(phrase.query, near, odds)[0]
            if probability >= odds.threshold:
                concept = self._concepts[place]
                similarity = float(near.best[list(near.places).index(place)])
                yield Link(concept.id, concept.name, phrase.start, phrase.end, similarity, probability)


def read_linker(model: str, embed: Embed) -> Linker:
    """The linker over all of ESCO, at the threshold with the best F1. The vectors of the labels are the shipped ones where
    ``embed`` is of the ``model`` that those are of, and are made now where not: 30,000 texts."""
    concepts, fitted = read_concepts(), read_fitted()
    vectors = read_vectors()[0] if model == fitted.model else embedded(concepts, embed)
    return Linker(concepts, LabelIndex(concepts, vectors), embed, fitted.odds)


def read_sure_linker(model: str, embed: Embed) -> Linker | None:
    """The same for the product: it links only what it is sure of, and there is none for a model that nothing was fitted on."""
    fitted = read_fitted()
    if model != fitted.model:
        return None
    concepts = read_concepts()
    return Linker(concepts, LabelIndex(concepts, read_vectors()[0]), embed, fitted.sure_odds)


def verbs_of(concepts: Sequence[Concept]) -> frozenset[str]:
    """The words of doing among those that labels begin with: the ones that also open a label in their -ing form."""
    first = {name.split()[0].lower() for concept in concepts for name in concept.names if " " in name}
    return frozenset(word for word in first if f"{word}ing" in first or f"{word.removesuffix('e')}ing" in first)


def _is_taken(phrase: Phrase, spans: Sequence[Span]) -> bool:
    covered = sum(max(0, min(end, phrase.end) - max(start, phrase.start)) for start, end in spans)
    return covered >= TAKEN * (phrase.end - phrase.start)


def _sentence(text: str, phrase: Phrase) -> str:
    return " ".join(text[slice(*phrase.context)].split())
