"""The demo postings: enough of them, complete, readable and always fresh."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cvmatch.demo import JOBS, load_jobs
from cvmatch.demo.postings import write_postings
from jobs.requirements import read_requirements

NOW = datetime(2031, 7, 14, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return list(load_jobs(NOW))


def plain(description: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(?:p|li|h\d|ul)>", "\n", description)))


def test_there_are_jobs_of_many_kinds_places_and_companies(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 240
    assert len({row["hiringOrganization"]["name"] for row in rows}) >= 55
    assert len({row["jobLocation"]["address"]["addressLocality"] for row in rows}) >= 15


def test_every_row_is_a_job_posting_with_what_the_schema_asks(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert row["@type"] == "JobPosting"
        assert row["title"].strip()
        assert 600 <= len(row["description"]) <= 1800
        assert row["url"].startswith("https://jobs.example.com/")
        assert -90 <= row["jobLocation"]["geo"]["latitude"] <= 90


def test_identifiers_are_unique_and_no_two_texts_are_the_same(rows: list[dict[str, Any]]) -> None:
    assert len({row["identifier"]["value"] for row in rows}) == len(rows)
    assert len({row["description"] for row in rows}) == len(rows)


def test_no_sentence_is_in_a_tenth_of_all_postings(rows: list[dict[str, Any]]) -> None:
    sentences = Counter(
        sentence
        for row in rows
        for sentence in {part.strip() for part in re.split(r"[\n.]", plain(row["description"]))}
        if len(sentence) > 40
    )
    sentence, count = sentences.most_common(1)[0]
    assert count <= len(rows) / 10, sentence


def test_some_jobs_are_remote_and_some_keep_their_pay_to_themselves(rows: list[dict[str, Any]]) -> None:
    assert sum(row.get("jobLocationType") == "TELECOMMUTE" for row in rows) >= 8
    assert 30 <= sum("baseSalary" not in row for row in rows) <= len(rows) / 2
    for row in rows:
        if "baseSalary" in row:
            value = row["baseSalary"]["value"]
            assert 0 < value["minValue"] <= value["maxValue"]


def test_dates_move_with_the_day_of_loading(rows: list[dict[str, Any]]) -> None:
    today = NOW.date()
    for row in rows:
        posted, ends = row["datePosted"], row["validThrough"]
        assert (today - timedelta(days=60)).isoformat() <= posted <= today.isoformat() < ends
    later = next(load_jobs(NOW + timedelta(days=30)))
    assert later["datePosted"] > rows[0]["datePosted"]


def test_the_requirements_reader_understands_them(rows: list[dict[str, Any]]) -> None:
    read = [read_requirements(row["title"], plain(row["description"])) for row in rows]
    assert sum(len(requirements.must_skills) >= 2 for requirements in read) > 0.95 * len(rows)
    for row, requirements in zip(rows, read, strict=True):
        if "experienceRequirements" in row:
            assert requirements.min_years == row["experienceRequirements"]["monthsOfExperience"] // 12, row["title"]


def test_the_committed_file_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_postings(tmp_path / "jobs.jsonl")
    assert (tmp_path / "jobs.jsonl").read_bytes() == JOBS.read_bytes()
