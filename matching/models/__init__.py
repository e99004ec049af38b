"""Tables of matching: vectors, predictions with what they were made from, decisions of recruiters, marks of
candidates, alerts, tailored CVs, evaluations, experiments, what was learned from choices, and what is at Google."""

from __future__ import annotations

from matching.models.alerts import Alert, AlertDigest, AlertSubscription
from matching.models.backfills import Backfill, BackfillItem
from matching.models.decisions import CandidateTag, Decision, DecisionEvent, Note, Reason, Stage, Tag
from matching.models.evaluations import EvaluationRun
from matching.models.experiments import Experiment, RankingConfig, RankingRelease
from matching.models.index_health import IndexHealth
from matching.models.learned import LearnedRanker, organisation_of
from matching.models.marks import Interaction, JobMark
from matching.models.predictions import Explanation, Match, Prediction, PredictionQuerySet, Snapshot
from matching.models.tailorings import ModelUse, Tailoring, TailoringBatch
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
    "Backfill",
    "BackfillItem",
    "CVEmbedding",
    "CVPassages",
    "CVVector",
    "CandidateTag",
    "Corpus",
    "Decision",
    "DecisionEvent",
    "EvaluationRun",
    "Experiment",
    "Explanation",
    "IndexHealth",
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
    "ModelUse",
    "Note",
    "PassageVectors",
    "Prediction",
    "PredictionQuerySet",
    "RankingConfig",
    "RankingRelease",
    "Reason",
    "Snapshot",
    "Stage",
    "Tag",
    "Tailoring",
    "TailoringBatch",
    "TalentCompany",
    "TalentPosting",
    "TextEmbedding",
    "organisation_of",
]
