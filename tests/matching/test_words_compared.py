"""The words of a pair are compared by BM25 over the whole texts, and the fusion of rankers follows both."""

from __future__ import annotations

import pytest

from matching.embedding import get_provider
from matching.rankers import RRF_K, bm25, dense, rrf
from matching.search import Side
from matching.search.comparing import compare
from matching.services import refresh_words
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db

ROMANIAN = (
    "Ana Pop\nInginer\nProiectarea instalațiilor de ventilație și climatizare pentru clădiri publice",
    "Dan Rus\nInginer mecanic\nInstalații de ventilație, ventilație industrială, conducte și pompe de căldură",
    "Ion Lup\nBucătar\nMeniuri sezoniere, aprovizionare, igiena bucătăriei",
)
JOB = "Proiectarea și livrarea sistemelor de ventilație. Ventilație, conducte, pompe și instalații pentru clădiri."


def ready() -> int:
    for text in ROMANIAN:
        make_cv(text)
    job = make_job("1", "Inginer instalații", JOB)
    work_until_idle()
    refresh_words()
    return job.pk


def test_the_words_of_a_pair_are_the_share_of_its_bm25_score_over_all_words() -> None:
    job = ready()
    scores = dict(bm25(Side.CVS_FOR_JOB, job, 10))
    found = compare(Side.CVS_FOR_JOB, [(job, cv) for cv in scores], model=get_provider().name)[job]
    shares = {candidate.target_id: candidate.words for candidate in found}
    ratios = [scores[cv] / shares[cv] for cv in scores]
    assert len(ratios) >= 2
    assert ratios == pytest.approx([ratios[0]] * len(ratios))


def test_fusion_adds_the_reciprocal_places_of_both_lists() -> None:
    job = ready()
    places = [[target for target, _ in ranker(Side.CVS_FOR_JOB, job, 10)] for ranker in (bm25, dense)]
    for target, score in rrf(Side.CVS_FOR_JOB, job, 10):
        expected = sum(1 / (RRF_K + order.index(target) + 1) for order in places if target in order)
        assert score == pytest.approx(expected)
