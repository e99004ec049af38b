"""The files for containers agree with settings and commands, as far as that shows without a container engine."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

from cvmatch.settings.base import ENVIRONMENT

PROJECT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = [*sorted((PROJECT / "bin").iterdir()), PROJECT / ".ci" / "run"]
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD"}
# Names that the images and libraries read, not our settings.
OF_THE_IMAGES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PATH", "PROMETHEUS_URL"}
OF_COMPOSE = {"POSTGRES_PASSWORD", "GRAFANA_PASSWORD", "CVMATCH_IMAGE"}
OF_THE_LIBRARIES = {"Q_CLUSTER_NAME", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
KNOWN = set(ENVIRONMENT) | OF_THE_IMAGES | OF_THE_LIBRARIES


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@cache
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(read("docker-compose.yml"))
    return loaded


def example_lines() -> dict[str, tuple[bool, str]]:
    """Name → whether it is set rather than shown as a comment, and the value."""
    pattern = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)
    return {name: (not comment, value) for comment, name, value in pattern.findall(read(".env.example"))}


def our_services() -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose()["services"].items() if service["image"].startswith("cvmatch:")}


def test_the_example_names_every_setting_and_nothing_else() -> None:
    assert set(example_lines()) == set(ENVIRONMENT) | OF_COMPOSE


def test_the_example_sets_only_the_secrets_and_leaves_them_empty() -> None:
    # An optional name that is set to nothing would be an empty value, not the default.
    assert {name: value for name, (is_set, value) in example_lines().items() if is_set} == dict.fromkeys(SECRETS, "")


def test_every_variable_of_the_compose_file_is_known() -> None:
    used = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    assert {name for name in used if not name.startswith("GF_")} <= KNOWN  # Grafana's own
    both = read("docker-compose.yml") + read("docker-compose.prod.yml")
    assert set(re.findall(r"\$\{(\w+)", both)) <= set(example_lines())


def test_every_variable_of_the_dockerfile_is_known() -> None:
    final_stage = read("Dockerfile").rpartition("\nFROM ")[2]
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", final_stage, re.MULTILINE)
    assert block is not None
    assert set(re.findall(r"(\w+)=", block[1])) <= KNOWN


def test_no_secret_has_a_value_in_a_file() -> None:
    for service in compose()["services"].values():
        for name in SECRETS & set(service.get("environment", {})):
            assert service["environment"][name].startswith(f"${{{name}:?")
    assert not re.search(r"(SECRET|PASSWORD|TOKEN)\w*[=:]\s*\w{8}", read("Dockerfile") + read("docker-compose.yml"))


def test_every_service_of_ours_gets_database_cache_and_key() -> None:
    assert set(our_services()) == {"migrate", "web", "worker-interactive", "worker-bulk", "scheduler"}
    for service in our_services().values():
        assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CVMATCH_VAR_DIR"} <= set(service["environment"])


def test_everything_but_the_preparation_waits_for_it() -> None:
    waiting = {name for name, service in our_services().items() if "migrate" in service["depends_on"]}
    assert waiting == set(our_services()) - {"migrate"}


def manage_commands() -> list[tuple[str, ...]]:
    in_compose = [service["command"] for service in our_services().values()]
    found = [tuple(command[2:]) for command in in_compose if command[:2] == ["python", "manage.py"]]
    for script in SCRIPTS:
        found += [
            tuple(call.split()) for call in re.findall(r"manage\.py ((?:(?:[\w-]+|\"\$\w+\") ?)+)", script.read_text())
        ]
    return sorted(set(found))


@pytest.mark.parametrize("command", manage_commands(), ids=" ".join)
def test_every_management_command_that_is_called_parses(command: tuple[str, ...]) -> None:
    name, *arguments = command
    app = get_commands()[name]
    loaded = load_command_class(app, name) if isinstance(app, str) else app
    loaded.create_parser("manage.py", name).parse_args(arguments)


def test_gunicorns_configuration_holds_only_what_gunicorn_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("PORT", "8123")
    config = Config()
    for name, value in runpy.run_path(str(PROJECT / "deploy" / "gunicorn.conf.py")).items():
        if not name.startswith("_") and name not in {"os", "tempfile", "Any"}:
            config.set(name, value)
    assert config.address == [("::1", 8123)]


def test_the_dockerfile_copies_what_exists_and_does_not_run_as_root() -> None:
    dockerfile = read("Dockerfile")
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for source in sources.split():
            assert (PROJECT / source).exists(), source
    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE) == ["10001:10001"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_executable_strict_and_valid(script: Path) -> None:
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_only_package_index_that_is_named_is_pytorchs() -> None:
    named = "".join(script.read_text() for script in SCRIPTS) + read("Dockerfile")
    assert set(re.findall(r"https?://[^\s\"']+", named)) == {"https://download.pytorch.org/whl/cpu"}


def test_hadolint_has_nothing_to_say_against_the_dockerfile() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, "Dockerfile"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_scripts_and_image_take_torch_from_the_same_line() -> None:
    assert re.fullmatch(r"torch==[\d.]+\n", read("requirements-torch.txt"))
    for name in ("bin/setup", "Dockerfile"):
        assert "requirements-torch.txt" in read(name)
        assert "torch==" not in read(name)
