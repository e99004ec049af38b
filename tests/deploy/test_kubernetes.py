"""The manifests of deploy/k8s: built by kubectl, valid for several versions of Kubernetes, and as careful as they claim."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.conf import settings

from cvmatch.settings.base import ENVIRONMENT

OVERLAYS = ("small", "production")
VERSIONS = ("1.31", "1.33", "1.35")
FOLDER = settings.PROJECT_DIR / "deploy" / "k8s"
# Read by images and libraries, or only put into other values.
OF_OTHERS = {"Q_CLUSTER_NAME", "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"}
GROWING = {"web": (3, 10, 70), "worker-interactive": (5, 20, 75), "worker-bulk": (5, 20, 75)}
Manifest = dict[str, Any]

pytestmark = pytest.mark.skipif(
    shutil.which("kubectl") is None,
    reason="NO TESTS OF THE MANIFESTS: kubectl is missing; it need not reach a cluster.",
)
overlays = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def built(overlay: str) -> tuple[Manifest, ...]:
    done = subprocess.run(
        ["kubectl", "kustomize", FOLDER / "overlays" / overlay], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, *kinds: str) -> dict[str, Manifest]:
    return {item["metadata"]["name"]: item for item in built(overlay) if item["kind"] in kinds}


def running(overlay: str) -> dict[str, Manifest]:
    """What keeps on running, by name."""
    return of_kind(overlay, "Deployment", "StatefulSet")


def pods(overlay: str) -> Iterator[tuple[str, Manifest]]:
    for name, item in {**running(overlay), **of_kind(overlay, "Job")}.items():
        yield name, item["spec"]["template"]
    for name, item in of_kind(overlay, "CronJob").items():
        yield name, item["spec"]["jobTemplate"]["spec"]["template"]


def containers(overlay: str) -> Iterator[tuple[str, Manifest]]:
    for name, pod in pods(overlay):
        for container in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
            yield f"{name}/{container['name']}", container


@overlays
@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid_and_has_no_unknown_field(overlay: str, version: str) -> None:
    for item in built(overlay):
        kubernetes_validate.validate(item, version, strict=True)


def test_an_unknown_field_would_be_noticed() -> None:
    item = next(item for item in built("small") if item["kind"] == "Deployment")
    wrong = {**item, "spec": {**item["spec"], "replica": 3}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


@overlays
def test_everything_that_is_needed_is_there(overlay: str) -> None:
    assert set(running(overlay)) >= {*GROWING, "scheduler", "nginx", "pgbouncer", "redis"}
    assert set(of_kind(overlay, "Job")) == {"migrate"}
    assert set(of_kind(overlay, "CronJob")) == {"keep-indexes"}
    assert set(of_kind(overlay, "Ingress")) == {"cvmatch"}
    assert set(of_kind(overlay, "PodDisruptionBudget")) == set(running(overlay)) - {"redis", "postgres"}
    assert {item["metadata"]["namespace"] for item in built(overlay) if item["kind"] != "Namespace"} == {"cvmatch"}


def test_web_and_workers_grow_as_they_should() -> None:
    found = {}
    for name, item in of_kind("production", "HorizontalPodAutoscaler").items():
        spec = item["spec"]
        assert spec["scaleTargetRef"]["name"] == name
        assert "replicas" not in running("production")[name]["spec"]  # else each apply would undo it
        processor = next(metric["resource"] for metric in spec["metrics"] if metric["type"] == "Resource")
        found[name] = (spec["minReplicas"], spec["maxReplicas"], processor["target"]["averageUtilization"])
    assert found == GROWING


def test_workers_of_production_also_follow_what_waits_in_their_queue() -> None:
    for name, item in of_kind("production", "HorizontalPodAutoscaler").items():
        external = [metric["external"]["metric"] for metric in item["spec"]["metrics"] if metric["type"] == "External"]
        queue = name.removeprefix("worker-")
        selected = {"name": "cvmatch_queue_depth", "selector": {"matchLabels": {"queue": queue}}}
        assert external == ([selected] if name != "web" else [])


# Who containers are, and what they may do


@overlays
def test_no_container_is_root_or_may_become_it_or_writes_to_its_image(overlay: str) -> None:
    for name, pod in pods(overlay):
        context = pod["spec"]["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] > 0, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
    confined = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    for name, container in containers(overlay):
        assert container["securityContext"] == confined, name


@overlays
def test_every_container_has_limits_and_a_version(overlay: str) -> None:
    for name, container in containers(overlay):
        for kind in ("requests", "limits"):
            assert set(container["resources"][kind]) == {"cpu", "memory"}, name
        assert re.search(r":v?\d+\.\d+\.\d+[\w.-]*$", container["image"]), name


@overlays
def test_everything_that_keeps_running_is_probed_and_ends_in_order(overlay: str) -> None:
    for name, item in running(overlay).items():
        pod = item["spec"]["template"]["spec"]
        for container in pod["containers"]:
            assert "livenessProbe" in container, name
            assert "readinessProbe" in container or container["image"].startswith("registry.example.com"), name
        if name not in {"redis", "postgres"}:
            assert pod["topologySpreadConstraints"], name
    web = running(overlay)["web"]["spec"]["template"]["spec"]["containers"][0]
    assert web["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert web["livenessProbe"]["httpGet"]["path"] == "/health/live"  # a slow database must not restart it


# Settings and secrets


def variables(overlay: str) -> set[str]:
    named = {entry["name"] for _, container in containers(overlay) for entry in container.get("env", ())}
    for name, item in of_kind(overlay, "ConfigMap").items():
        if name.startswith("settings-"):
            named |= set(item["data"])
    return named


@overlays
def test_every_variable_is_a_documented_setting(overlay: str) -> None:
    assert variables(overlay) - set(ENVIRONMENT) <= OF_OTHERS


@overlays
def test_what_a_value_is_made_of_stands_before_it(overlay: str) -> None:
    """Kubernetes leaves $(NAME) as it is where NAME comes later."""
    found = 0
    for name, container in containers(overlay):
        known: set[str] = set()
        for entry in container.get("env", ()):
            used = set(re.findall(r"\$\((\w+)\)", entry.get("value", "")))
            assert used <= known, (name, entry)
            found += len(used)
            known.add(entry["name"])
    assert found > 10


@overlays
def test_each_process_asks_the_pool_of_its_kind(overlay: str) -> None:
    pools = {}
    for name, container in containers(overlay):
        urls = {entry["name"]: entry.get("value", "") for entry in container.get("env", ())}
        if "DATABASE_URL" in urls:
            pools[name] = urls["DATABASE_URL"].rpartition("/")[2]
            assert urls["DATABASE_DIRECT_URL"].startswith("postgresql://cvmatch:$(POSTGRES_PASSWORD)@"), name
    of_the_web = {name for name, pool in pools.items() if pool == "cvmatch_web"}
    assert of_the_web == {"web/app"}
    assert set(pools.values()) == {"cvmatch_web", "cvmatch_worker"}


@overlays
def test_secrets_are_only_referred_to(overlay: str) -> None:
    assert of_kind(overlay, "Secret") == {}
    for _, container in containers(overlay):
        for entry in container.get("env", ()):
            if "PASSWORD" in entry["name"] or "SECRET" in entry["name"]:
                assert "secretKeyRef" in entry["valueFrom"]


def test_production_asks_the_database_for_its_certificate() -> None:
    urls = [
        entry["value"]
        for _, container in containers("production")
        for entry in container.get("env", ())
        if entry["name"] == "DATABASE_DIRECT_URL"
    ]
    assert len(urls) == 10  # two jobs; and four deployments, each with its waiting for the migrations
    assert all(
        url.endswith("@db.example.com:5432/cvmatch?sslmode=verify-full&sslrootcert=/etc/database/ca.crt")
        for url in urls
    )
    files = next(
        item["data"] for name, item in of_kind("production", "ConfigMap").items() if name.startswith("pgbouncer-")
    )
    assert "server_tls_sslmode = verify-ca" in files["tls.ini"]


# The network


@overlays
def test_nothing_talks_to_anything_except_as_it_is_said(overlay: str) -> None:
    policies = of_kind(overlay, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, item in policies.items():
        for rule in item["spec"].get("ingress", []):
            assert rule["from"], name
            assert rule["ports"], name


def labels_of(pod: Manifest) -> set[tuple[str, str]]:
    return set(pod["metadata"]["labels"].items())


@overlays
def test_every_selector_finds_something(overlay: str) -> None:
    labels = [labels_of(pod) for _, pod in pods(overlay)]
    selectors = {
        f"{item['kind']}/{item['metadata']['name']}": item["spec"].get("selector") or item["spec"].get("podSelector")
        for item in built(overlay)
        if item["kind"] in {"Service", "NetworkPolicy", "PodDisruptionBudget", "Deployment", "StatefulSet"}
    }
    for name, selector in selectors.items():
        wanted = set(
            (selector or {})
            .get("matchLabels", {} if "matchExpressions" in (selector or {}) else selector or {})
            .items()
        )
        assert any(wanted <= found for found in labels), name


@overlays
def test_nginx_gets_every_file_that_its_configuration_names(overlay: str) -> None:
    maps = of_kind(overlay, "ConfigMap")
    files = next(item["data"] for name, item in maps.items() if re.fullmatch(r"nginx-\w{10}", name))
    for name, text in files.items():
        assert set(re.findall(r"^\s*include (\S+);", text, re.MULTILINE)) <= set(files), name
    assert "web.cvmatch.svc" in files["upstream.conf"]
    namespace = next(item for item in built(overlay) if item["kind"] == "Namespace")
    assert namespace["metadata"]["name"] == "cvmatch"
