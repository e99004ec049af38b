"""Fits the weights of the pair score on generated pairs: those that the stage would compare, and no others."""

from __future__ import annotations

import json
from collections.abc import Sequence

from benchmarks.duplicates.bases import Row
from benchmarks.duplicates.score import candidate_pairs, prints
from benchmarks.logistic import fit
from jobs.identity.scoring import WEIGHTS, features, is_ruled_out


def write_weights(worlds: Sequence[Sequence[Row]]) -> int:
    """Fit on the candidate pairs of all worlds together and store the weights; returns how many pairs there were.

    None is at once: what two openings of one source are told apart by does not hold for reposts, and the weights judge those.
    """
    seen, same = [], []
    for rows in worlds:
        known = prints(rows)
        for job, near in candidate_pairs(known).items():
            for other in near:
                if not is_ruled_out(known[job], known[other], at_once=False):
                    seen.append(features(known[job], known[other]))
                    same.append(rows[job - 1].vacancy == rows[other - 1].vacancy)
    weights = dict(sorted(fit(seen, same).items()))
    WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    return len(same)
