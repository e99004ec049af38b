"""manage.py evaluate_matching: our own small collections, by several rankers, in one scratch database each."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from benchmarks.evaluation import make
from jobs.models import Job
from matching.measuring import MEASURES
from matching.models import EvaluationRun

pytestmark = pytest.mark.django_db(transaction=True)

OWN = Path(make.__file__).parent


def evaluate(**options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("evaluate_matching", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_every_ranker_is_measured_and_kept_and_no_database_is_left() -> None:
    home = connection.settings_dict["NAME"]
    printed, told = evaluate(only="job-to-cv-small", rankers="default,bm25")
    rows = {row.ranker: row for row in EvaluationRun.objects.all()}
    assert set(rows) == {"default", "bm25"}
    ours = rows["default"]
    assert (ours.collection, ours.kind, ours.queries, ours.documents) == ("job-to-cv-small", "job-to-cv", 6, 24)
    assert set(ours.measures_json) == set(MEASURES)
    assert ours.measures_json["AP"] > 0.5
    assert set(ours.by_query_json["AP"]) == set(make.WORK)
    assert ours.against_json == {}
    assert 0 < rows["bm25"].against_json["AP"] <= 1
    assert f"{ours.measures_json['AP']:.4f}" in printed
    assert told.index("embedded") < told.index("default: 6 queries ranked") < told.index("bm25: 6 queries ranked")
    assert told.count("embedded") == 1
    assert (connection.settings_dict["NAME"], Job.objects.count()) == (home, 0)


def test_what_cannot_be_measured_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Unknown ranker magic; there are"):
        evaluate(rankers="magic")
    with pytest.raises(CommandError, match="no collection with"):
        evaluate(sets=tmp_path)
    with pytest.raises(CommandError, match="no collection nothing; there are job-to-cv-small, titles-small"):
        evaluate(only="nothing")
    folder = tmp_path / "strange"
    folder.mkdir()
    (folder / "qrels.tsv").write_text("q 0 d 1\n")
    for name in ("queries", "corpus"):
        (folder / f"{name}.jsonl").write_text(json.dumps({"id": "q", "text": "x"}) + "\n")
    with pytest.raises(CommandError, match="what queries and documents are is not known"):
        evaluate(sets=tmp_path)
    (folder / "qrels.tsv").write_text("q 0 d\n")
    with pytest.raises(CommandError, match=r"qrels\.tsv: line 1"):
        evaluate(sets=tmp_path)


def test_the_collections_are_what_their_maker_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "HERE", tmp_path)
    make.main()
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.*") if path.is_file()}
    assert made == {path: (OWN / path).read_text() for path in made}
    assert len(made) == 7
