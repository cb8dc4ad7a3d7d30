"""The manifests: valid by Kubernetes' own schemas, and whole."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from barker.settings import PREFIX, Settings

VERSION = "1.34"
Manifest = dict[str, Any]


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "deploy/kubernetes"


@pytest.fixture
def kustomization(folder: Path) -> Manifest:
    return dict(yaml.safe_load((folder / "kustomization.yaml").read_text()))


@pytest.fixture
def manifests(folder: Path, kustomization: Manifest) -> list[Manifest]:
    texts = [(folder / name).read_text() for name in kustomization["resources"]]
    return [manifest for text in texts for manifest in yaml.safe_load_all(text)]


def of(manifests: list[Manifest], kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] == kind}


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    for kind in ("Deployment", "Job"):
        for name, one in of(manifests, kind).items():
            yield name, one["spec"]["template"]["spec"]


@pytest.mark.slow
def test_every_manifest_is_valid(manifests: list[Manifest], folder: Path) -> None:
    import kubernetes_validate  # noqa: PLC0415 (it is of the extra `slow`: 100 MB of schemas)

    secret = yaml.safe_load((folder / "secret.example.yaml").read_text())
    for manifest in (*manifests, secret):
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_every_file_is_used(folder: Path, kustomization: Manifest) -> None:
    beside = {"kustomization.yaml", "secret.example.yaml", "prometheus-adapter.yaml"}
    assert {path.name for path in folder.glob("*.yaml")} - beside == set(kustomization["resources"])


def test_settings_are_settings(folder: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {"PROMETHEUS_MULTIPROC_DIR"}
    environ = dict(re.findall(r"^(\w+)=(.*)$", (folder / "barker.env").read_text(), re.MULTILINE))
    secret = yaml.safe_load((folder / "secret.example.yaml").read_text())["stringData"]
    assert set(environ) | set(secret) <= known
    settings = Settings.read({name: value for name, value in environ.items() if name.startswith(PREFIX)} | secret)
    assert settings.trusted_proxies == 1


def test_every_deployment_can_be_rolled_and_drained(manifests: list[Manifest]) -> None:
    deployments = of(manifests, "Deployment")
    assert set(deployments) == {"api", "stream", "worker"}
    for kind in ("PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert set(of(manifests, kind)) == set(deployments)
    for name, deployment in deployments.items():
        labels = {"app.kubernetes.io/name": name}
        assert deployment["spec"]["selector"]["matchLabels"] == labels
        assert deployment["spec"]["template"]["metadata"]["labels"] == labels
        assert of(manifests, "PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"] == labels
        assert of(manifests, "HorizontalPodAutoscaler")[name]["spec"]["scaleTargetRef"]["name"] == name
        # What stands in a manifest is set anew by every apply, whatever the autoscaler has come to.
        assert "replicas" not in deployment["spec"]
        assert of(manifests, "HorizontalPodAutoscaler")[name]["spec"]["minReplicas"] >= 2


def test_every_pod_has_few_rights_a_limit_and_its_settings(manifests: list[Manifest]) -> None:
    for name, pod in pods(manifests):
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        assert container["resources"]["limits"]["memory"], name
        read = [{"configMapRef": {"name": "barker"}}, {"secretRef": {"name": "barker"}}]
        # The last one wins: who prepares may do more in MongoDB than who serves.
        prepares = [{"secretRef": {"name": "barker-prepare", "optional": True}}] if name == "prepare" else []
        assert container["envFrom"] == read + prepares, name


def test_every_process_is_probed_and_streams_have_the_time_to_say_goodbye(manifests: list[Manifest]) -> None:
    found = dict(pods(manifests))
    for name in ("api", "stream", "worker"):
        assert found[name]["containers"][0]["livenessProbe"], name
    for name in ("api", "stream"):
        assert found[name]["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/healthz"
    assert found["stream"]["terminationGracePeriodSeconds"] > 25
    assert found["worker"]["terminationGracePeriodSeconds"] > Settings().worker_stop_seconds


def test_streams_go_to_pods_of_their_own(manifests: list[Manifest]) -> None:
    paths = {
        path["path"]: path["backend"]["service"]["name"]
        for ingress in of(manifests, "Ingress").values()
        for rule in ingress["spec"]["rules"]
        for path in rule.get("http", {}).get("paths", [])
    }
    assert paths == {"/": "api", "/v1/stream": "stream", "/v1/ws": "stream"}
    assert set(paths.values()) == set(of(manifests, "Service"))


def test_one_host_is_put_together_of_parts_and_streams_are_told_as_they_come(manifests: list[Manifest]) -> None:
    parts = of(manifests, "Ingress")
    notes = {name: part["metadata"]["annotations"] for name, part in parts.items()}
    kinds = {name: told["nginx.org/mergeable-ingress-type"] for name, told in notes.items()}
    assert kinds == {"barker": "master", "api": "minion", "stream": "minion"}
    assert {rule["host"] for part in parts.values() for rule in part["spec"]["rules"]} == {"barker.example"}
    assert [name for name, part in parts.items() if "tls" in part["spec"]] == ["barker"]
    assert notes["stream"]["nginx.org/proxy-buffering"] == "False"
    assert notes["stream"]["nginx.org/websocket-services"] in of(manifests, "Service")


def test_what_prepares_can_be_applied_before_the_rest(manifests: list[Manifest], kustomization: Manifest) -> None:
    first = {"app.kubernetes.io/component": "first"}
    labelled = [one for one in manifests if first.items() <= one["metadata"].get("labels", {}).items()]
    kinds = {one["kind"] for one in labelled}
    assert kinds == {"Namespace", "NetworkPolicy", "Job"}
    assert len(labelled) == len([one for one in manifests if one["kind"] in kinds])
    (settings,) = kustomization["configMapGenerator"]
    assert settings["options"]["labels"] == first


def test_stores_stand_where_no_policy_closes_them(manifests: list[Manifest], folder: Path) -> None:
    """Their namespace is another one, and their ports are among those that pods may connect to."""
    secret = yaml.safe_load((folder / "secret.example.yaml").read_text())["stringData"]
    hosts = [
        host.partition(":")
        for name, url in secret.items()
        if name.endswith("_URL")
        for host in urlsplit(url).netloc.rpartition("@")[2].split(",")
    ]
    assert all(name.endswith(".stores") for name, _, _ in hosts)
    (rule,) = of(manifests, "NetworkPolicy")["to-stores"]["spec"]["egress"]
    assert {int(port or 27017) for _, _, port in hosts} | {53} <= {one["port"] for one in rule["ports"]}


def test_nobody_connects_anywhere_but_as_is_said(manifests: list[Manifest]) -> None:
    policies = {name: one["spec"] for name, one in of(manifests, "NetworkPolicy").items()}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    world = policies["to-push-services"]
    assert world["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "worker"}}
    assert {"169.254.0.0/16", "10.0.0.0/8"} <= set(world["egress"][0]["to"][0]["ipBlock"]["except"])


def test_streams_get_another_pod_before_one_is_full(manifests: list[Manifest]) -> None:
    """The autoscaler does nothing until a tenth over its target."""
    metrics = of(manifests, "HorizontalPodAutoscaler")["stream"]["spec"]["metrics"]
    (target,) = [one["resource"]["target"] for one in metrics if one["resource"]["name"] == "memory"]
    asked = int(target["averageValue"].removesuffix("Mi")) * 1024 * 1024
    full = 110_000_000 + Settings().streams * 29_500  # as measured: see "Decisions" in service/README.md
    assert asked * 1.1 < 0.9 * full
