"""manage.py rank: a labelled collection through the production code, in a database that is gone afterwards."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = {
    "engineer": "Mara Lindqvist\nData Engineer\n\nExperience\nData Engineer, Nordlicht\n2019 - 2024\n\nSkills\nPython, SQL",
    "nurse": "Tom Okafor\nRegistered Nurse\n\nExperience\nNurse, City Hospital\n2015 - 2020\n\nSkills\nWound care, triage",
}
JOBS = {
    "j-nurse": "Registered Nurse\nOur ward looks for a nurse with wound care and triage experience.",
    "j-engineer": "Data Engineer\nYou build pipelines in Python and SQL with Kafka.",
}
TITLES = {"j-nurse": "Registered Nurse", "j-engineer": "Senior Data Engineer"}
CASES = {
    "title-to-title": ({"nurse": "Nurse", "engineer": "Data Engineer"}, TITLES),
    "cv-to-job": (PEOPLE, JOBS),
    "job-to-cv": (JOBS, PEOPLE),
}


def rows(path: Path, texts: dict[str, str]) -> Path:
    lines = "\n".join(json.dumps({"id": key, "text": text}) for key, text in texts.items())
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        file.write(lines)
    return path


def databases() -> list[str]:
    """Scratch databases of this test process: others may have some of their own beside them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{connection.settings_dict['NAME']}_scratch_"],
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("kind", "ranker"),
    [
        ("title-to-title", "default"),
        ("cv-to-job", "default"),
        ("job-to-cv", "default"),
        ("cv-to-job", "bm25"),
        ("job-to-cv", "dense"),
    ],
)
def test_a_run_is_in_trec_form_best_first_and_leaves_no_database(kind: str, ranker: str, tmp_path) -> None:
    queries, corpus = CASES[kind]
    out, home = tmp_path / "run.trec", connection.settings_dict["NAME"]
    call_command(
        "rank",
        queries=rows(tmp_path / "q.jsonl", queries),
        corpus=rows(tmp_path / "c.jsonl.gz", corpus),
        kind=kind,
        ranker=ranker,
        out=out,
    )
    best: dict[str, str] = {}
    scores: dict[str, list[float]] = {}
    for line in out.read_text().splitlines():
        query, q0, document, rank, score, tag = line.split(" ")
        assert (q0, tag, document in corpus) == ("Q0", f"cvmatch-{ranker}", True)
        scores.setdefault(query, []).append(float(score))
        assert int(rank) == len(scores[query])
        best.setdefault(query, document)
    assert set(best) == set(queries)
    assert all(query.removeprefix("j-") == document.removeprefix("j-") for query, document in best.items())
    assert all(listed == sorted(listed, reverse=True) for listed in scores.values())
    assert connection.settings_dict["NAME"] == home
    assert databases() == []
    assert Job.objects.count() == 0


def test_the_top_lines_are_kept_and_no_others(tmp_path) -> None:
    queries, corpus = CASES["title-to-title"]
    paths = rows(tmp_path / "q.jsonl", queries), rows(tmp_path / "c.jsonl", corpus)
    call_command("rank", queries=paths[0], corpus=paths[1], kind="title-to-title", top=1, out=tmp_path / "run")
    assert len((tmp_path / "run").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"id": 1}\n', r"c\.jsonl:1"),
        (b'{"id": 1, "text": "x"}\nnot json\n', r"c\.jsonl:2"),
        (b"\xff\xfe\x00broken", r"c\.jsonl"),
        (None, "No such file"),
    ],
)
def test_a_collection_that_cannot_be_read_is_named(content: bytes | None, reason: str, tmp_path) -> None:
    queries, corpus = rows(tmp_path / "q.jsonl", {"1": "Nurse"}), tmp_path / "c.jsonl"
    if content is not None:
        corpus.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("rank", queries=queries, corpus=corpus, kind="title-to-title", out=tmp_path / "run")


def test_a_collection_that_is_not_compressed_although_its_name_says_so_is_named(tmp_path) -> None:
    corpus = tmp_path / "c.jsonl.gz"
    corpus.write_bytes(b"plain text")
    with pytest.raises(CommandError, match=r"c\.jsonl\.gz"):
        call_command("rank", queries=corpus, corpus=corpus, kind="title-to-title", out=tmp_path / "run")


def test_the_scratch_database_goes_also_when_the_run_fails(tmp_path) -> None:
    home = connection.settings_dict["NAME"]
    paths = rows(tmp_path / "q.jsonl", {"1": "Nurse"}), rows(tmp_path / "c.jsonl", {"1": "Nurse"})
    with pytest.raises(CommandError, match="nowhere"):
        call_command("rank", queries=paths[0], corpus=paths[1], kind="title-to-title", out=tmp_path / "nowhere" / "run")
    assert databases() == []
    assert connection.settings_dict["NAME"] == home
    assert Job.objects.count() == 0
