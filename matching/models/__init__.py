"""Tables of matching: vectors, predictions with what they were made from, decisions of recruiters, marks of
candidates, alerts, evaluations, and what is at Google."""

from __future__ import annotations

from matching.models.alerts import Alert, AlertDigest, AlertSubscription
from matching.models.decisions import CandidateTag, Decision, DecisionEvent, Note, Reason, Stage, Tag
from matching.models.evaluations import EvaluationRun
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
    "Alert",
    "AlertDigest",
    "AlertSubscription",
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
]
