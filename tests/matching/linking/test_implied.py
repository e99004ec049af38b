"""The skills that a CV means without naming them: found in its lines, stored with its passages, skipped without a model."""

from __future__ import annotations

import pytest

from jobs.skills import SkillMention
from matching import vectors
from matching.embedding.hashing import HashingProvider
from matching.linking import Concept, Linker, read_sure_linker
from matching.linking.features import NAMES, Odds, read_fitted
from matching.linking.implied import Told, implied_skills
from matching.linking.index import LabelIndex, embedded
from matching.models import CVPassages
from matching.values import SkillLink, links_from_json, links_to_json
from tests.support import make_cv, work_until_idle

CONCEPTS = (
    Concept("tax", ("prepare tax returns",), "Fill in the forms for taxes."),
    Concept("bicycles", ("repair bicycles",), "Make bicycles ride again."),
)
# Such as no vocabulary names.
LLAMAS, UNNAMED = Concept("llamas", ("comb white llamas",)), "Summary\nI comb white llamas.\nSpring comes after winter."
ODDS = Odds([10.0 * (name in ("cosine", "both covered")) for name in NAMES], bias=-12.0, threshold=0.5)
TEXT = "Summary\nI prepare tax returns every spring.\nI repair old bicycles.\nPrepare tax returns, and repair bicycles."
LINES = [(8, 43), (44, 66), (67, 108)]


def linker_of(*concepts: Concept) -> Linker:
    embed = HashingProvider().embed
    return Linker(concepts, LabelIndex(concepts, embedded(concepts, embed)), embed, ODDS)


@pytest.fixture
def linker() -> Linker:
    return linker_of(*CONCEPTS)


def test_each_skill_is_linked_once_where_it_is_likeliest_with_its_place_in_the_text(linker: Linker) -> None:
    (links,) = implied_skills(linker, [Told(TEXT, LINES, ())])
    assert [link.skill_id for link in links] == ["tax", "bicycles"]
    assert [TEXT[link.start : link.end].lower() for link in links] == ["prepare tax returns", "repair bicycles"]
    assert all(0 < link.similarity <= 1 for link in links)


def test_a_skill_that_the_text_names_anywhere_is_not_implied(linker: Linker) -> None:
    named = SkillMention(skill_id="tax", name="taxes", surface="Summary", start=0, end=7)
    (links,) = implied_skills(linker, [Told(TEXT, LINES, [named])])
    assert [link.skill_id for link in links] == ["bicycles"]


def test_a_phrase_that_names_another_skill_is_not_linked_and_its_place_is_of_the_text(linker: Linker) -> None:
    named = SkillMention(skill_id="other", name="other", surface="repair old bicycles", start=46, end=65)
    (links,) = implied_skills(linker, [Told(TEXT, LINES[:2], [named])])
    assert [link.skill_id for link in links] == ["tax"]


def test_no_language_is_implied() -> None:
    linker = linker_of(Concept("czech", ("Czech cuisine",)), Concept("tax", ("tax returns",)))
    text = "I cook Czech cuisine. I file tax returns."
    assert {link.concept_id for link in linker.link(text)} == {"czech", "tax"}
    (links,) = implied_skills(linker, [Told(text, [(0, len(text))], ())])
    assert [link.skill_id for link in links] == ["tax"]


def test_only_the_given_lines_of_each_text_are_read(linker: Linker) -> None:
    nothing, bicycles = implied_skills(linker, [Told(TEXT, (), ()), Told(TEXT, LINES[1:2], ())])
    assert nothing == ()
    assert [link.skill_id for link in bicycles] == ["bicycles"]


def test_links_come_back_from_their_column_as_they_were() -> None:
    links = (SkillLink("tax", 3, 9, 0.625), SkillLink("bicycles", 10, 12, 1.0))
    assert links_from_json(links_to_json(links)) == links


def test_a_model_that_nothing_was_fitted_on_links_nothing() -> None:
    assert read_sure_linker("hashing-1", HashingProvider().embed) is None
    assert read_sure_linker(read_fitted().model, HashingProvider().embed) is not None


@pytest.mark.django_db
def test_a_cv_without_a_fitted_model_is_embedded_without_links() -> None:
    cv = make_cv(TEXT)
    work_until_idle()
    assert CVPassages.objects.get(cv=cv).links == ()


@pytest.mark.django_db
def test_links_are_stored_with_the_passages_of_their_cv(monkeypatch: pytest.MonkeyPatch) -> None:
    linker = linker_of(LLAMAS)
    monkeypatch.setattr(vectors, "cv_linker", lambda: linker)
    cv = make_cv(UNNAMED)
    work_until_idle()
    cv.refresh_from_db()
    links = CVPassages.objects.get(cv=cv).links
    assert [(link.skill_id, cv.text[link.start : link.end]) for link in links] == [("llamas", "I comb white llamas")]
