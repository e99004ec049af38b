"""The parser on third-party layouts with exact truth; these files are no part of the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.quality import Truth, compare, macro_f1, summarise
from ingestion.values import ParsedCV

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
PICTURES = {".png", ".jpg"}


@pytest.mark.parametrize(("name", "at_least"), [("cv-real", 0.87), ("cv-layouts", 0.95)])
def test_a_data_set_is_read_as_well_as_before(name, at_least):
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"../shared/data/{name} is not here")
    results = []
    for file in sorted((folder / "files").iterdir()):
        truth = Truth.from_json(json.loads((folder / "truth" / f"{file.stem}.json").read_text(encoding="utf-8")))
        if truth.parsed.format == "scanpdf" or file.suffix in PICTURES:
            continue  # recognising letters takes seconds a page and has its own tests
        document = read_document(file.read_bytes(), filename=file.name, max_bytes=10_000_000)
        parsed = parse_document(document)
        assert ParsedCV.from_json(json.loads(json.dumps(parsed.to_json()))) == parsed
        results.append(compare(file.stem, parsed, truth))
    assert macro_f1(summarise(results, lambda _: "all")["all"]) >= at_least
