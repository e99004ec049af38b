"""Tables of matching: vectors, predictions with what they were made from, evaluations, and what is at Google."""

from __future__ import annotations

from matching.models.evaluations import EvaluationRun
from matching.models.predictions import Explanation, Match, Prediction, PredictionQuerySet, Snapshot
from matching.models.talent import TalentCompany, TalentPosting
from matching.models.vectors import (
    DIMENSIONS,
    Corpus,
    CVEmbedding,
    CVPassages,
    CVVector,
    JobEmbedding,
    JobPassages,
    JobVector,
    Kind,
    Lexeme,
    PassageVectors,
    TextEmbedding,
)

__all__ = [
    "DIMENSIONS",
    "CVEmbedding",
    "CVPassages",
    "CVVector",
    "Corpus",
    "EvaluationRun",
    "Explanation",
    "JobEmbedding",
    "JobPassages",
    "JobVector",
    "Kind",
    "Lexeme",
    "Match",
    "PassageVectors",
    "Prediction",
    "PredictionQuerySet",
    "Snapshot",
    "TalentCompany",
    "TalentPosting",
    "TextEmbedding",
]
