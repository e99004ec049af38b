"""Linking of phrases to concepts, with a provider that knows shared words only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from jobs.skills import SkillMention
from matching.embedding.hashing import HashingProvider
from matching.linking import Concept, Linker, read_concepts
from matching.linking.concepts import preferred, read_sayings
from matching.linking.features import NAMES, Odds, read_fitted
from matching.linking.index import (
    AT_ONCE,
    NEAREST,
    Embed,
    LabelIndex,
    digest,
    embedded,
    index_texts,
    read_vectors,
    write_vectors,
)

CONCEPTS = (
    Concept("1", ("prepare tax returns", "preparing tax declarations"), "Fill in the forms for taxes."),
    Concept("2", ("work in teams",), "Work with others.", ("team player", "teamwork")),
    Concept("3", ("repair bicycles", "repairing bicycles"), "Make bicycles ride again."),
    Concept("4", ("handle stress",), "Stay calm."),
)
# The cosine and half of what both sides share in words: enough to tell these four concepts apart.
ODDS = Odds([10.0 * (name in ("cosine", "both covered")) for name in NAMES], bias=-12.0, threshold=0.5)


# A name is enough for these.
NAMED = Odds([10.0 * (name in ("cosine", "both covered", "named")) for name in NAMES], bias=-9.0, threshold=0.5)


def parts() -> tuple[LabelIndex, Embed]:
    embed = HashingProvider().embed
    return LabelIndex(CONCEPTS, embedded(CONCEPTS, embed)), embed


class CountingProvider(HashingProvider):
    """Notes how often it was asked."""

    calls: list[int] = []

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        self.calls.append(len(texts))
        return super().embed(texts)


@pytest.fixture
def linker() -> Linker:
    return Linker(CONCEPTS, *parts(), ODDS)


def test_a_phrase_is_linked_to_the_concept_that_it_names_with_its_place(linker: Linker) -> None:
    text = "You will prepare our tax returns. You are a real team player."
    first, second = linker.link(text)
    assert (first.concept_id, text[first.start : first.end]) == ("1", "prepare our tax returns")
    assert (second.concept_id, second.name) == ("2", "work in teams")
    assert second.end <= len(text)
    assert 0 < second.similarity <= 1


def test_a_phrase_near_to_no_concept_is_linked_to_none(linker: Linker) -> None:
    assert linker.link("You water the garden every morning.") == ()


def test_a_phrase_that_a_label_has_taken_is_not_linked(linker: Linker) -> None:
    text = "You repair bicycles."
    assert [link.concept_id for link in linker.link(text)] == ["3"]
    assert linker.link(text, [(4, 19)]) == ()


def test_a_concept_is_linked_once_and_links_do_not_overlap(linker: Linker) -> None:
    links = linker.link("You repair bicycles, repair bicycles and work in teams; teamwork is all.")
    assert [link.concept_id for link in links] == ["3", "2"]
    assert links[0].end <= links[1].start


def test_many_texts_are_linked_like_each_alone_with_one_call_of_the_model() -> None:
    counting = CountingProvider()
    index = LabelIndex(CONCEPTS, embedded(CONCEPTS, HashingProvider().embed))
    linker = Linker(CONCEPTS, index, counting.embed, ODDS)
    texts = ["You repair bicycles.", "You prepare tax returns.", ""]
    together = linker.link_many(texts, [(), (), ()])
    assert len(counting.calls) == 1
    assert together == [linker.link(text) for text in texts]


def test_a_name_is_weighed_like_any_phrase_where_all_is_judged(linker: Linker) -> None:
    text = "You prepare tax returns and keep calm."
    tax = SkillMention("1", "prepare tax returns", 4, 23, "prepare tax returns")
    calm = SkillMention("4", "handle stress", 28, 37, "keep calm")
    assert [link.concept_id for link in linker.judge_many([text], [[tax, calm]])[0]] == ["1"]
    (judged,) = Linker(CONCEPTS, *parts(), NAMED).judge_many([text], [[tax, calm]])
    assert [(link.concept_id, text[link.start : link.end]) for link in judged] == [
        ("1", "prepare tax returns"),
        ("4", "keep calm"),
    ]


def test_a_name_in_a_sentence_about_what_the_employer_gives_is_not_judged() -> None:
    text = "We offer bicycles. You prepare tax returns."
    bicycles = SkillMention("3", "repair bicycles", 9, 17, "bicycles")
    (judged,) = Linker(CONCEPTS, *parts(), NAMED).judge_many([text], [[bicycles]])
    assert [link.concept_id for link in judged] == ["1"]


def test_the_nearest_concepts_are_those_that_comparing_with_each_one_finds() -> None:
    """Many concepts, some with sayings and some with equal vectors, and more phrases than are compared at once."""
    numbers = np.random.default_rng(5)
    concepts = [Concept(str(n), (f"n{n}",), "", ("a", "b")[: n % 3]) for n in range(1000)]
    vectors = numbers.normal(size=(2000 + sum(len(c.sayings) for c in concepts), 24)).astype(np.float32)
    vectors[500:600] = vectors[:100]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    phrases = vectors[numbers.integers(0, 2000, AT_ONCE + 40)]
    sayings = iter(vectors[2000:])
    own = [np.array([vectors[place], *(next(sayings) for _ in c.sayings)]) for place, c in enumerate(concepts)]
    found = LabelIndex(concepts, vectors).nearest(phrases, phrases, [frozenset({7})] * len(phrases))
    for phrase, near in zip(phrases, found, strict=True):
        best = np.array([(rows @ phrase).max() for rows in own])
        assert near.best == pytest.approx(best[near.places], abs=1e-5)
        assert near.best[:NEAREST] == pytest.approx(np.sort(best)[::-1][:NEAREST], abs=1e-5)
        assert list(near.places[near.named]) == [7]
        assert len(near.places) in (NEAREST, NEAREST + 1)


def test_the_shipped_sayings_are_all_of_concepts_and_the_shipped_odds_know_every_feature() -> None:
    concepts = read_concepts()
    assert len(concepts) > 13_000
    assert sum(bool(concept.sayings) for concept in concepts) > 150
    assert 0 < read_fitted().threshold < read_fitted().sure < 1


def test_every_line_of_the_sayings_names_a_concept_of_esco() -> None:
    known = {concept.name.lower() for concept in read_concepts()}
    assert {name for name, _ in read_sayings() if preferred(name) not in known} == set()


def test_the_shipped_vectors_are_of_the_shipped_labels_and_sayings() -> None:
    """Where this fails, a label or a saying has changed: run `python -m training.linking`."""
    texts = index_texts(read_concepts())
    vectors, of = read_vectors()
    assert (len(vectors), of) == (len(texts), digest(texts))


def test_vectors_come_back_from_their_file_nearly_as_they_were(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).normal(size=(20, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    write_vectors(vectors, ["a"], tmp_path / "vectors.npz")
    back, of = read_vectors(tmp_path / "vectors.npz")
    assert of == digest(["a"])
    assert np.abs(back @ vectors.T - vectors @ vectors.T).max() < 0.03


def test_vectors_of_other_concepts_are_refused() -> None:
    with pytest.raises(ValueError, match="4 concepts"):
        LabelIndex(CONCEPTS, np.ones((5, 384), dtype=np.float32))
