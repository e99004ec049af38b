"""Tables of matching: vectors, predictions with what they were made from, decisions of recruiters, marks of
candidates, evaluations, what was learned from choices, and what is at Google."""

from __future__ import annotations

from matching.models.decisions import CandidateTag, Decision, DecisionEvent, Note, Reason, Stage, Tag
from matching.models.evaluations import EvaluationRun
from matching.models.learned import LearnedRanker, organisation_of
from matching.models.marks import Interaction, JobMark
from matching.models.predictions import Explanation, Match, Prediction, PredictionQuerySet, Snapshot
from matching.models.talent import TalentCompany, TalentPosting
from matching.models.tasks import MatchTask
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
    "CandidateTag",
    "Corpus",
    "Decision",
    "DecisionEvent",
    "EvaluationRun",
    "Explanation",
    "Interaction",
    "JobEmbedding",
    "JobMark",
    "JobPassages",
    "JobVector",
    "Kind",
    "LearnedRanker",
    "Lexeme",
    "Match",
    "MatchTask",
    "Note",
    "PassageVectors",
    "Prediction",
    "PredictionQuerySet",
    "Reason",
    "Snapshot",
    "Stage",
    "Tag",
    "TalentCompany",
    "TalentPosting",
    "TextEmbedding",
    "organisation_of",
]
