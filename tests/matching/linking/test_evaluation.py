"""The figures of finding and linking skills, on small files of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from django.core.management import call_command

from matching.linking.evaluation import measure_links, measure_spans, read_marked, read_spans


def test_vague_rows_are_left_out_and_absent_ones_ask_for_no_label(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    path.write_text(
        "sentence,span,sub_span,label\n"
        "You knit tea cosies.,knit tea cosies,,Knit tea cosies\n"
        "You knit tea cosies.,tea,,UNDERSPECIFIED\n"
        "You sing.,sing,,LABEL NOT PRESENT\n"
        "It depends.,depends,,UNDERSPECIFIED\n"
    )
    marked = read_marked(path)
    named = {
        "You knit tea cosies.": {"knit tea cosies", "cook"},
        "You sing.": {"sing songs"},
        "It depends.": {"depend"},
    }
    figures = measure_links(marked, named, {sentence: set() for sentence in named})
    assert (figures["names"].right, figures["names"].found, figures["names"].asked) == (1, 3, 1)
    assert str(figures["links"]) == "P 0.000 R 0.000 F1 0.000 (0 found, 1 marked)"


def test_spans_are_read_from_tags_and_compared_strictly_and_by_overlap(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl.gz"
    row = {
        "tokens": ["You", "bake", "fresh", "bread", "with", "rye"],
        "tags_skill": ["O", "B", "I", "I", "O", "O"],
        "tags_knowledge": ["O", "O", "O", "O", "O", "B"],
    }
    with gzip.open(path, "wt") as lines:
        lines.write(json.dumps(row))
    ((text, spans),) = read_spans(path)
    assert sorted(text[start:end] for start, end in spans) == ["bake fresh bread", "rye"]
    figures = measure_spans([spans], [frozenset({(4, 8), (26, 29), (0, 3)})])
    assert (figures["strict"].right, figures["strict"].asked) == (1, 2)
    assert (figures["overlap"].right, figures["overlap"].found, figures["overlap"].met) == (2, 3, 2)


def test_the_command_says_what_is_missing(tmp_path: Path, capsys) -> None:
    call_command("evaluate_skills", dir=tmp_path)
    assert capsys.readouterr().out.count("is not there; left out.") == 3
