"""Every command explains itself, with each of its options."""

from __future__ import annotations

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

OURS = ("cvmatch", "cvmatch.core", "jobs", "ingestion", "matching")
NAMES = sorted(name for name, app in get_commands().items() if app in OURS)
DJANGOS_OWN = {
    option for action in BaseCommand().create_parser("manage.py", "x")._actions for option in action.option_strings
}


def test_the_commands_that_other_programs_call_are_there() -> None:
    promised = {
        "parse_cv",
        "import_jobs",
        "match_cv",
        "rank",
        "run_stage",
        "sync_schedules",
        "demo",
        "evaluate_parsing_quality",
    }
    assert promised <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_help_says_what_the_command_does_and_names_each_option(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    told = parser.format_help()
    assert command.help
    for action in parser._actions:
        own = [option for option in action.option_strings if option not in DJANGOS_OWN]
        assert all(option in told for option in own)
        if own or not action.option_strings:
            assert action.help, f"{name}: {action.dest} is not explained"
