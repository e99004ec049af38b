"""How good a parsed CV is: by itself, against the truth where somebody knows it, and whether its confidences hold."""

from ingestion.quality.assessment import BINS, CHECK_BELOW, CHECKS, KINDS, Finding, Quality, assess
from ingestion.quality.calibration import Bin, Calibration, by_kind, calibration_of
from ingestion.quality.correctness import Judged, judge, kind_of
from ingestion.quality.figures import Evaluation, Known, Reading
from ingestion.quality.tables import lines_of
from ingestion.quality.truth import Counts, DocumentResult, Truth, compare, macro_f1, summarise

__all__ = [
    "BINS",
    "CHECKS",
    "CHECK_BELOW",
    "KINDS",
    "Bin",
    "Calibration",
    "Counts",
    "DocumentResult",
    "Evaluation",
    "Finding",
    "Judged",
    "Known",
    "Quality",
    "Reading",
    "Truth",
    "assess",
    "by_kind",
    "calibration_of",
    "compare",
    "judge",
    "kind_of",
    "lines_of",
    "macro_f1",
    "summarise",
]
