"""Wrong settings are said at start, by id."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.checks import run_checks

from cvmatch import pipeline

# A pipeline whose first stage is not there.
BROKEN = (replace(pipeline.STAGES[0], function="ingestion.stages.gone"), *pipeline.STAGES[1:])


def ids() -> set[str]:
    return {message.id for message in run_checks() if message.id and message.id.startswith("cvmatch.")}


def test_the_settings_of_the_tests_are_sound() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "cvmatch.E001"),
        ("EMBEDDING_PROVIDER", "psychic", "cvmatch.E002"),
        ("STAGE_BATCH", {"parse_everything": 5}, "cvmatch.E004"),
        ("STAGE_MINUTES", {"parse_everything": 5}, "cvmatch.E004"),
        ("LLM", {"URL": "ftp://models.example", "MODEL": "small"}, "cvmatch.E005"),
        ("LLM", {"URL": "http://models.example/v1", "MODEL": ""}, "cvmatch.E005"),
    ],
)
def test_a_wrong_setting_is_named_by_its_check(settings, name: str, value, expected: str) -> None:
    setattr(settings, name, value)
    assert ids() == {expected}


def test_a_stage_that_does_not_exist_is_found_before_it_is_due(settings) -> None:
    settings.PIPELINE = f"{__name__}.BROKEN"
    assert ids() == {"cvmatch.E003"}
