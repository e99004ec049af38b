"""The figures of an evaluation as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingestion.quality.assessment import CHECKS, KINDS
from ingestion.quality.calibration import by_kind, calibration_of
from ingestion.quality.figures import Evaluation, summary
from ingestion.quality.truth import Counts, macro_f1

WORST = 10


def lines_of(evaluation: Evaluation) -> Iterator[str]:
    """Everything worth reading: the whole, by format, findings, worst documents, failures, and truth where there is any."""
    yield from _by_format(evaluation)
    yield from _findings(evaluation)
    yield from _worst(evaluation)
    yield from _failures(evaluation)
    if evaluation.known:
        yield from _fields(evaluation.fields(), len(evaluation.known))
        for what in ("format", "layout"):
            yield from _truth_by(what, evaluation.truth_by(what), list(evaluation.fields()))
        yield from _worst_against_truth(evaluation)
        yield from _reliability(evaluation)


def _by_format(evaluation: Evaluation) -> Iterator[str]:
    total = summary(evaluation.readings)
    yield f"{total['documents']} documents, {total['failed']} could not be read, {total['needs_look']} need a look"
    yield f"\n{'by format':<12}{'documents':>10}{'failed':>8}{'look':>6}{'score':>8}" + "".join(
        f"{c:>14}" for c in CHECKS
    )
    for name, group in {**evaluation.by_format, "all": evaluation.readings}.items():
        row = summary(group)
        shares = "".join(f"{_share(row[check]):>14}" for check in CHECKS)
        yield (
            f"{name:<12}{row['documents']:>10}{row['failed']:>8}{row['needs_look']:>6}{_share(row['score']):>8}{shares}"
        )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _findings(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.finding_counts:
        yield "\nfindings, most frequent first"
        for kind, count in evaluation.finding_counts:
            yield f"{count:>6}  {KINDS.get(kind, kind)}"


def _worst(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.worst:
        yield "\nworst documents first"
    for reading in evaluation.worst[:WORST]:
        if reading.quality:
            kinds = dict.fromkeys(KINDS.get(f.kind, f.kind) for f in reading.quality.findings)
            yield f"{reading.quality.score:.3f}  {reading.name}  {'; '.join(kinds)}"


def _failures(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.causes:
        yield "\nfailures by cause"
    for cause, count in evaluation.causes:
        names = [reading.name for reading in evaluation.failed if reading.error == cause]
        more = f" and {count - 3} more" if count > 3 else ""
        yield f"{count:>6}  {cause or 'No reason was kept.'}  ({', '.join(names[:3])}{more})"


def _fields(fields: Mapping[str, Counts], documents: int) -> Iterator[str]:
    yield f"\nagainst the truth of {documents} documents: macro F1 {macro_f1(fields):.3f}"
    yield f"{'field':<16}{'precision':>10}{'recall':>10}{'F1':>10}{'expected':>10}"
    for name, c in sorted(fields.items(), key=lambda item: item[1].f1):
        yield f"{name:<16}{c.precision:>10.3f}{c.recall:>10.3f}{c.f1:>10.3f}{c.expected:>10}"


def _truth_by(what: str, groups: Mapping[str, Mapping[str, Counts]], names: list[str]) -> Iterator[str]:
    yield f"\n{'F1 by ' + what:<28}{'macro':>8}" + "".join(f"{name[:10]:>11}" for name in names)
    for group, fields in groups.items():
        cells = "".join(f"{fields[name].f1:>11.3f}" if name in fields else f"{'-':>11}" for name in names)
        yield f"{group[:27]:<28}{macro_f1(fields):>8.3f}{cells}"


def _worst_against_truth(evaluation: Evaluation) -> Iterator[str]:
    yield "\nfurthest from the truth first"
    for result in evaluation.worst_results[:WORST]:
        weakest = sorted(result.fields.items(), key=lambda item: item[1].f1)[:4]
        weak = ", ".join(f"{name} {counts.f1:.2f}" for name, counts in weakest if counts.f1 < 1)
        yield f"{result.f1:.3f}  {result.name}  {weak}"


def _reliability(evaluation: Evaluation) -> Iterator[str]:
    figures = calibration_of(evaluation.judged)
    if not figures.count:
        return
    yield f"\nconfidence: expected calibration error {figures.ece:.3f} over {figures.count} values"
    yield f"{'confidence':<16}{'values':>8}{'mean':>8}{'right':>8}"
    for b in figures.bins:
        if b.count:
            yield f"{b.low:.1f} to {b.high:.1f}{'':<6}{b.count:>8}{b.confidence:>8.3f}{b.accuracy:>8.3f}"
    yield f"\n{'ECE by field':<28}{'values':>8}{'right':>8}{'mean':>8}{'ECE':>8}{'AUC':>8}"
    worst_first = sorted(by_kind(evaluation.judged).items(), key=lambda item: -item[1].ece * item[1].count)
    for kind, own in worst_first:
        auc = "-" if own.auc is None else f"{own.auc:.2f}"
        yield f"{kind:<28}{own.count:>8}{own.accuracy:>8.3f}{own.confidence:>8.3f}{own.ece:>8.3f}{auc:>8}"
