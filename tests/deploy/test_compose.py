"""The compose files: valid, and with both together every container is somebody, is bounded, and can write hardly anywhere."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

from cvmatch.settings.base import ENVIRONMENT

BASE, OVER = "docker-compose.yml", "docker-compose.prod.yml"
APP = {"migrate", "web", "worker-interactive", "worker-bulk", "scheduler"}
OTHERS = {"nginx", "pgbouncer", "postgres", "redis", "prometheus", "grafana"}
JOINED = {"ports", "volumes"}  # lists of which compose keeps both; of all others the later one counts
Service = dict[str, Any]


@cache
def loaded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((settings.PROJECT_DIR / name).read_text(encoding="utf-8"))
    return found


def joined(base: Any, over: Any, key: str = "") -> Any:
    """What compose makes of two files."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{name: joined(base.get(name), value, name) for name, value in over.items()}}
    return [*base, *over] if key in JOINED and isinstance(base, list) else over


@cache
def production() -> dict[str, Service]:
    services: dict[str, Service] = joined(loaded(BASE)["services"], loaded(OVER)["services"])
    return services


@pytest.mark.parametrize("name", [BASE, OVER])
def test_the_file_is_valid(name: str) -> None:
    package = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(package.read_text(encoding="utf-8"))
    jsonschema.validate(loaded(name), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**loaded(name), "services": {"web": {"image": "x", "replica": 3}}}, schema)


def test_everything_that_runs_is_there_and_production_only_adds_to_it() -> None:
    assert set(loaded(BASE)["services"]) == APP | OTHERS
    assert set(loaded(OVER)["services"]) == APP | OTHERS


def test_no_container_is_root_or_writes_to_its_image() -> None:
    for name, service in loaded(BASE)["services"].items():
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name


def test_every_image_has_a_version() -> None:
    for name in OTHERS:
        assert re.search(r":v?\d+\.\d+[\w.-]*$", loaded(BASE)["services"][name]["image"]), name
    for name in APP:
        assert production()[name]["image"].startswith("${CVMATCH_IMAGE:?"), name


def test_in_production_everything_is_bounded_and_its_log_too() -> None:
    for name, service in production().items():
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert service["logging"]["options"]["max-size"], name


def test_in_production_there_are_several_of_what_people_wait_for() -> None:
    replicas = {name: service["deploy"].get("replicas", 1) for name, service in production().items()}
    assert {name for name, count in replicas.items() if count > 1} == {"web", "worker-interactive", "worker-bulk"}
    for name in APP:  # two containers cannot have the same port of the machine
        assert "ports" not in production()[name]


def test_in_production_pages_come_over_tls_only() -> None:
    assert production()["web"]["environment"]["SECURE_COOKIES"] == "on"
    assert production()["nginx"]["command"] == ["-c", "conf/tls.conf"]
    assert {"80:8080", "443:8443"} <= set(production()["nginx"]["ports"])


def test_only_nginx_is_reached_from_other_machines() -> None:
    for name, service in production().items():
        foreign = [port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")]
        assert foreign == [] or name == "nginx", name
    networks = {name: set(service["networks"]) for name, service in production().items()}
    assert loaded(BASE)["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "pgbouncer", "redis", "migrate", "scheduler"):
        assert networks[name] == {"inside"}, name
    assert networks["nginx"] == {"edge"}


def test_each_process_asks_the_pool_of_its_kind_and_knows_the_database_itself() -> None:
    for name in APP:
        known = loaded(BASE)["services"][name]["environment"]
        pool = "cvmatch_web" if name == "web" else "cvmatch_worker"
        assert known["DATABASE_URL"].endswith(f"@pgbouncer:6432/{pool}"), name
        assert known["DATABASE_DIRECT_URL"].endswith("@postgres:5432/cvmatch"), name


def test_every_variable_of_ours_is_a_documented_setting() -> None:
    for name in APP:
        assert set(production()[name]["environment"]) - {"Q_CLUSTER_NAME"} <= set(ENVIRONMENT), name


def test_whatever_keeps_running_is_looked_after() -> None:
    for name, service in production().items():
        looked_after = "test" in service.get("healthcheck", {}) or name == "web"  # whose check is part of the image
        assert looked_after or name == "migrate", name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")


def test_the_files_that_are_mounted_exist_or_are_secrets_of_the_installation() -> None:
    for name, service in production().items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./") and source != "./tls":
                assert (settings.PROJECT_DIR / source).exists(), (name, source)
