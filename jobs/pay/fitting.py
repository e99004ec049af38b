"""Fits the pay models: ridge regression on the logarithm of pay, with an interval by cross-conformal calibration.

The centre and how far off it is are each predicted for every job by a fit that has not seen it. Their ratio is one number a
job whose quantiles make the interval, so that its coverage holds whatever the centre is worth (J. Lei et al.,
Distribution-Free Predictive Inference for Regression, 2018, with folds instead of one split).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from jobs.insights import share_between
from jobs.pay.facts import PaidJob, features_of, title_words
from jobs.pay.model import LEAST_ALIKE, CurrencyModel, Measured, PayModels, Titles, measure

# Of the jobs of a currency; with fewer nothing is fitted. So many of them must have titles that are like others.
LEAST_JOBS, LEAST_CALIBRATING = 100, 50
# Of the jobs of a country that say their pay; with fewer its currency is not known.
LEAST_OF_COUNTRY, ONE_CURRENCY = 20, 0.9
COVERAGE, ACCEPTED = 0.8, (0.75, 0.85)
# Amounts that are so many times off the median of their currency are slips: pay of an hour given as that of a year.
FAR_OFF = 8
# Weights are drawn to zero as if each feature had been seen in so many jobs that it made no difference in.
_SHRINK_CENTRE, _SHRINK_SPREAD = 2.0, 20.0
_LEAST_SEEN, _MOST_FEATURES = 3, 2000
_FOLDS, _SEED, _TESTED = 8, 2026, 0.2
# Keeps the spread of jobs that were hit exactly from being nothing.
_LEAST_OFF = 0.02

Numbers = NDArray[np.float64]


def train(jobs: Sequence[PaidJob]) -> PayModels:
    """Models of all currencies with enough jobs, each measured before on a fifth of its jobs that it had not seen.

    A currency whose coverage there is certainly beyond 75 to 85 % has none. The same jobs in the same order give the same.
    """
    order = np.random.default_rng(_SEED).permutation(len(jobs))
    tested = {int(place) for place in order[: int(len(jobs) * _TESTED)]}
    trial = fit([job for place, job in enumerate(jobs) if place not in tested])
    held_out = [jobs[place] for place in sorted(tested)]
    measured = {
        currency: measure(trial, [(job.facts, job.amount) for job in held_out if job.currency == currency])
        for currency in trial.by_currency
    }
    final = fit(jobs)
    served = {name: each for name, each in final.by_currency.items() if _holds(measured.get(name))}
    return PayModels(served, final.currency_of, measured)


def fit(jobs: Sequence[PaidJob]) -> PayModels:
    """Models of all currencies with enough jobs; nothing is measured."""
    models = {currency: _fit([job for job in jobs if job.currency == currency]) for currency in _currencies(jobs)}
    fitted = {currency: model for currency, model in models.items() if model}
    return PayModels(fitted, _currency_of(jobs), {})


def _holds(measured: Measured | None) -> bool:
    if measured is None or not measured.given:
        return False
    between = share_between(round(measured.coverage * measured.given), measured.given)
    assert between.low is not None
    assert between.high is not None
    return between.low <= ACCEPTED[1] and between.high >= ACCEPTED[0]


def _currencies(jobs: Sequence[PaidJob]) -> list[str]:
    counted = Counter(job.currency for job in jobs)
    return sorted(name for name, count in counted.items() if count >= LEAST_JOBS)


def _currency_of(jobs: Sequence[PaidJob]) -> dict[str, str]:
    """By country the currency that nearly all of its jobs pay in."""
    pairs = Counter((job.facts.country, job.currency) for job in jobs if job.facts.country)
    totals = Counter(job.facts.country for job in jobs)
    return {
        country: currency
        for (country, currency), count in sorted(pairs.items())
        if totals[country] >= LEAST_OF_COUNTRY and count >= ONE_CURRENCY * totals[country]
    }


def _fit(jobs: Sequence[PaidJob]) -> CurrencyModel | None:
    middle = float(np.median([job.amount for job in jobs]))
    kept = [job for job in jobs if middle / FAR_OFF <= job.amount <= middle * FAR_OFF]
    features = [features_of(job.facts) for job in kept]
    names, matrix = _matrix(features)
    logs = np.log(np.array([job.amount for job in kept]))
    words = [title_words(job.facts.title) for job in kept]
    titles = dict(Counter(words))
    off = logs - _unseen(matrix, logs, _SHRINK_CENTRE)
    size = np.log(np.abs(off) + _LEAST_OFF)
    ratios = off / np.exp(_unseen(matrix, size, _SHRINK_SPREAD))
    alike = Titles(titles)
    counted = {each: alike.count_alike(each) - 1 for each in titles}  # besides the job itself
    ratios = ratios[[counted[each] >= LEAST_ALIKE for each in words]]
    if len(ratios) < LEAST_CALIBRATING:
        return None
    low, high = _quantiles(ratios)
    return CurrencyModel(
        names,
        _ridge(matrix, logs, _SHRINK_CENTRE),
        _ridge(matrix, size, _SHRINK_SPREAD),
        low,
        float(np.median(ratios)),
        high,
        titles,
    )


def _matrix(features: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], csr_matrix]:
    """Names of the columns, and a row of ones and zeros for each job with the constant last."""
    counted = Counter(name for each in features for name in each)
    often = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_FEATURES]
    names = tuple(name for name, count in often if count >= _LEAST_SEEN)
    columns = {name: column for column, name in enumerate(names)}
    indices, ends = list[int](), [0]
    for each in features:
        indices += [*sorted(columns[name] for name in each if name in columns), len(names)]
        ends.append(len(indices))
    return names, csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(features), len(names) + 1))


def _unseen(matrix: csr_matrix, wanted: Numbers, shrink: float) -> Numbers:
    """For each row what a fit on the other folds says."""
    folds = np.random.default_rng(_SEED).permutation(len(wanted)) % _FOLDS
    said = np.empty(len(wanted))
    for fold in range(_FOLDS):
        held = folds == fold
        said[held] = matrix[held] @ _ridge(matrix[~held], wanted[~held], shrink)
    return said


def _ridge(matrix: csr_matrix, wanted: Numbers, shrink: float) -> Numbers:
    """Weights by least squares, drawn to zero but for the constant, which is the last."""
    squares = (matrix.T @ matrix).toarray()
    penalty = np.full(len(squares), shrink)
    penalty[-1] = 1e-9
    weights: Numbers = np.linalg.solve(squares + np.diag(penalty), matrix.T @ wanted)
    return weights


def _quantiles(ratios: Numbers) -> tuple[float, float]:
    """The tenth part cut off at each end, with the correction that makes the coverage hold for a finite number."""
    tail = (1 - COVERAGE) / 2
    ordered = np.sort(ratios)
    above = min(len(ordered), ceil((len(ordered) + 1) * (1 - tail)))
    return float(ordered[len(ordered) - above]), float(ordered[above - 1])
