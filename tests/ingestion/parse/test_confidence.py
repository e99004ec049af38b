"""The confidence of a value is a probability: bounded, monotone, and what it was fitted to be."""

from __future__ import annotations

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion.extract import read_document
from ingestion.parse import parse_document, parse_raw
from ingestion.parse.confidence import Model, calibrated, features_of, fitted
from ingestion.quality import calibration_of, judge
from ingestion.quality.truth import Truth

PROJECT = Path(__file__).resolve().parents[3]
DATA = PROJECT / ".." / "shared" / "data"
CV = """Ada Quill
ada@example.org
+44 20 7946 0958

Experience
Baker, Loaf Ltd
March 2019 - Present
- Baked rye bread.

Education
University of Leeds
BSc Food Science, 2015 - 2018

Skills
Baking, Rye, Sourdough
"""


@pytest.fixture(scope="module")
def document():
    return read_document(CV.encode(), filename="cv.txt", max_bytes=10_000)


def test_every_value_keeps_its_place_and_gets_a_probability(document):
    raw, parsed = parse_raw(document), parse_document(document)
    assert raw.resume == parsed.resume
    assert raw.evidence.keys() == parsed.evidence.keys()
    for path, note in parsed.evidence.items():
        assert 0 < note.confidence < 1
        assert (note.span, note.page) == (raw.evidence[path].span, raw.evidence[path].page)


def test_surer_rules_never_end_in_a_lower_probability(document):
    raw, model = parse_raw(document), fitted()
    for path, note in raw.evidence.items():
        given = []
        for sure in (0.3, 0.5, 0.7, 0.9, 0.99):
            changed = replace(raw, evidence={**raw.evidence, path: replace(note, confidence=sure)})
            given.append(calibrated(changed, document, model).evidence[path].confidence)
        assert given == sorted(given), path


def test_letters_that_were_hard_to_recognise_are_a_feature(document):
    blurred = replace(document, lines=tuple(replace(line, certainty=0.96) for line in document.lines), scanned=True)
    for features in features_of(parse_raw(blurred), blurred).values():
        assert features["unclear"] == pytest.approx(0.4)
        assert features["format scan"] == 1
    assert "unclear" not in features_of(parse_raw(document), document)["basics.name"]


def test_a_kind_of_value_that_was_never_seen_gets_what_all_share():
    model = Model({"bias": 0.5, "raw": 1.0, "kind work.name": 3.0})
    assert model.probability({"bias": 1, "raw": 0.0, "kind nobody.knows": 1}) == pytest.approx(0.622, abs=1e-3)
    assert model.probability({"bias": 1, "raw": 99.0}) == 0.995
    assert model.probability({"bias": 1, "raw": -99.0}) == 0.01


def test_the_weights_know_no_word_of_a_cv():
    names = json.loads((PROJECT / "ingestion" / "parse" / "data" / "calibration.json").read_text())["weights"]
    allowed = {"kind", "raw", "format", *_feature_words()}
    assert {word for name in names for word in name.split() if "." not in word} <= allowed


def _feature_words():
    text = "bias words small letter digits open bracket punctuation tiny missing of entry no date said twice alone repeated"
    text += " unclear goes on joined uneven incomplete not in order repeats columns headings pdf office html scan plain"
    sections = "basics work volunteer education skills languages certificates projects awards publications interests references"
    return set(text.split()) | set(sections.split())


def benchmark(name):
    sys.path.insert(0, str(PROJECT / "benchmarks"))
    try:
        return __import__(name)
    finally:
        sys.path.pop(0)


def test_the_fit_finds_the_chances_that_made_the_data_and_leaves_out_slopes_that_run_backwards():
    chance = random.Random(7)
    rows, right = [], []
    for _ in range(4000):
        kind, raw = chance.choice(["even", "sure", "odd"]), chance.choice([-1.0, 0.0, 2.0])
        rows.append({"bias": 1.0, "raw": raw, f"kind {kind}": 1.0, f"raw {kind}": raw})
        share = {"even": 0.5, "sure": 0.95, "odd": 0.9 if raw < 0 else 0.3}[kind]
        right.append(chance.random() < share)
    model = Model(benchmark("logistic").fit(rows, right))

    def given(kind, raw):
        return model.probability({"bias": 1.0, "raw": raw, f"kind {kind}": 1.0, f"raw {kind}": raw})

    assert given("even", 0.0) == pytest.approx(0.5, abs=0.06)
    assert given("sure", 0.0) == pytest.approx(0.95, abs=0.03)
    for kind in ("even", "sure", "odd"):
        assert given(kind, -1.0) <= given(kind, 0.0) <= given(kind, 2.0)


def test_the_picture_of_reliability_shows_each_tenth_that_has_values():
    from ingestion.quality import Judged

    figures = calibration_of([Judged("x", "x", c, r) for c, r in ((0.95, True), (0.95, True), (0.25, False))])
    svg = benchmark("reliability").draw([("Before", figures), ("After", figures)])
    assert svg.count("<circle") == 4
    assert "2 values at 0.950: 1.000 right" in svg
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>\n")


def test_confidences_hold_on_layouts_that_nothing_was_fitted_on():
    folder = DATA / "cv-layouts"
    if not folder.is_dir():
        pytest.skip("../shared/data/cv-layouts is not here")
    judged = []
    for file in sorted((folder / "files").iterdir()):
        if file.suffix not in (".docx", ".odt", ".html", ".pdf"):
            continue
        truth = Truth.from_json(json.loads((folder / "truth" / f"{file.stem}.json").read_text(encoding="utf-8")))
        if truth.parsed.format != "scanpdf":
            document = read_document(file.read_bytes(), filename=file.name, max_bytes=10_000_000)
            judged += judge(parse_document(document), truth)
    assert len(judged) > 1000
    assert calibration_of(judged).ece < 0.08
