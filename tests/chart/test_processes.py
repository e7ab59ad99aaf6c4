"""Processes with the variables that the chart gives them answer where it asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from noetl_worker.health import Pulse
from noetl_worker.secrets import KEY_VARIABLE
from tests.chart.support import (
    Object,
    environment,
    merge,
    named,
    of_kind,
    render,
    values_file,
    with_minimal,
)
from tests.chart.test_jobs import OURS, at, bucket_at, container_of, run
from tests.cli.support import Cli, wait_for
from tests.support.metrics import status_of
from tests.support.nats import PASSWORD, Nats, _program
from tests.support.ports import free_port
from tests.support.postgres import Server
from tests.support.swift import Swift

KEY: Final = "A" * 43 + "="
LARGE: Final = """\
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: large, path: t/large }
workflow:
  - step: make
    tool: { kind: python, code: "result = 'x' * 200000" }
"""
_PROBES: Final = ("startupProbe", "livenessProbe", "readinessProbe")


@contextmanager
def started(
    container: Object, secrets: dict[tuple[str, str], str], home: Path, **places: str
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process, and the beginning of the URL of each named port."""
    given = environment(container, secrets)
    urls = {}
    for variable, name in (
        ("NOETL_API_LISTEN", "http"),
        ("NOETL_METRICS_LISTEN", "metrics"),
    ):
        if variable in given:
            port = free_port()
            places[variable] = f"127.0.0.1:{port}"
            urls[name] = f"http://127.0.0.1:{port}"
    assert set(urls) == {port["name"] for port in container["ports"]}
    assert set(places) <= set(given)
    with Cli(home, given | places | {"NOETL_HOME": str(home)}).start(
        *container["args"]
    ) as process:
        yield process, urls


def await_probes(container: Object, urls: dict[str, str]) -> None:
    for probe in _PROBES:
        asked = container[probe]["httpGet"]
        url = urls[asked["port"]] + asked["path"]
        wait_for(lambda: status_of(url) == 200, 90)  # noqa: B023


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told


def quickly(values: dict[str, object]) -> list[Object]:
    return render(
        merge(
            values,
            {
                "dispatcher": {"graceSeconds": 1},
                "workerDefaults": {"graceSeconds": 1},
                "metrics": {"serviceMonitor": {"enabled": True}},
            },
        )
    )


def test_dispatcher_answers_its_probes(database: str, tmp_path: Path) -> None:
    objects = quickly(values_file("minimal"))
    container = container_of(objects, "Deployment", "noetl-dispatcher", "dispatcher")
    secrets = {("noetl-database", "url"): database}
    with started(container, secrets, tmp_path) as (process, urls):
        await_probes(container, urls)
        (monitor,) = of_kind(objects, "ServiceMonitor")
        (endpoint,) = monitor["spec"]["endpoints"]
        url = urls[endpoint["port"]] + endpoint["path"]

        def is_up() -> bool:
            with urllib.request.urlopen(url) as page:
                return b"\nnoetl_up 1.0" in page.read()

        wait_for(is_up)
        (rule,) = named(
            render(
                with_minimal(
                    {
                        "ingress": {"enabled": True, "host": "a.example"},
                        "networkPolicies": {"enabled": False},
                    }
                )
            ),
            "Ingress",
            "noetl",
        )["spec"]["rules"]
        path = rule["http"]["paths"][0]["path"]
        assert status_of(f"{urls['http']}{path}/executions") == 401
        end(process)


@pytest.mark.accept("P2.1-4")
def test_worker_of_the_chart_stores_results_in_minio(
    database: str, nats: Nats, swift: Swift, tmp_path: Path
) -> None:
    objects = quickly(values_file("kind"))
    container = container_of(objects, "Deployment", "noetl-worker-default", "worker")
    secrets = OURS | {
        ("noetl-database", "url"): database,
        ("noetl-encryption-key", "key"): KEY,
    }
    assert environment(container, secrets)[KEY_VARIABLE] == KEY
    places = at(nats) | bucket_at(swift)
    places["NOETL_PVC_MOUNT_PATH"] = str(tmp_path / "data")
    playbook = tmp_path / "large.yaml"
    playbook.write_text(LARGE)
    with started(container, secrets, tmp_path / "home", **places) as (process, urls):
        await_probes(container, urls)
        with urllib.request.urlopen(f"{urls['metrics']}/metrics") as page:
            assert b"\nnoetl_worker_slots 20.0" in page.read()
        cli = Cli(tmp_path / "people", {"NOETL_DB": database})
        cli("playbook", "register", playbook)
        with psycopg.connect(database) as conn:
            (row,) = conn.execute("select noetl.start_execution('t/large')")
        cli("status", row[0], "--watch")
        end(process)
    assert_stored_in_minio(database, places["NOETL_MINIO_BUCKET"])


def assert_stored_in_minio(database: str, bucket: str) -> None:
    with psycopg.connect(database) as conn:
        found = conn.execute(
            "select store_tier, physical_uri from noetl.result_ref"
        ).fetchall()
    assert found
    for tier, uri in found:
        assert tier == "minio"
        assert uri.startswith(f"s3://{bucket}/")


@pytest.mark.accept("P2.1-4")
def test_run_with_the_charts_variables_stores_results_in_minio(
    database: str, swift: Swift, tmp_path: Path
) -> None:
    objects = render(with_minimal({"minio": {"enabled": True}}))
    container = container_of(objects, "Deployment", "noetl-worker-default", "worker")
    secrets = OURS | {
        ("noetl-database", "url"): database,
        ("noetl-encryption-key", "key"): KEY,
    }
    given = environment(container, secrets) | bucket_at(swift)
    del given["NOETL_METRICS_LISTEN"]
    assert given["NOETL_DEFAULT_STORE_TIER"] == "minio"
    (tmp_path / "large.yaml").write_text(LARGE)
    Cli(tmp_path / "home", given | {"NOETL_HOME": str(tmp_path / "home")})(
        "run", tmp_path / "large.yaml"
    )
    assert_stored_in_minio(database, given["NOETL_MINIO_BUCKET"])


def test_worker_tells_when_the_engine_is_away(
    server: Server, database: str, tmp_path: Path
) -> None:
    """Alive, and not ready: nobody restarts it, and a rollout waits."""
    container = container_of(
        quickly(values_file("minimal")),
        "Deployment",
        "noetl-worker-default",
        "worker",
    )
    secrets = {
        ("noetl-database", "url"): database,
        ("noetl-encryption-key", "key"): KEY,
    }
    with started(container, secrets, tmp_path) as (_, urls):
        await_probes(container, urls)
        name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            allow = f"alter database {name} allow_connections"
            conn.execute(f"{allow} false".encode())
            try:
                conn.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = %s",
                    [name],
                )
                wait_for(lambda: status_of(f"{urls['metrics']}/ready") == 503, 60)
                assert status_of(f"{urls['metrics']}/health") == 200
            finally:
                conn.execute(f"{allow} true".encode())
        wait_for(lambda: status_of(f"{urls['metrics']}/ready") == 200, 60)


def test_worker_that_stands_still_is_not_alive() -> None:
    pulse = Pulse()
    assert pulse.is_beating
    pulse._beat_at -= 61
    assert not pulse.is_beating


def test_nats_runs_with_its_configuration_and_has_room(tmp_path: Path) -> None:
    objects = render(with_minimal({"nats": {"enabled": True}}))
    text = named(objects, "ConfigMap", "noetl-nats")["data"]["nats.conf"]
    container = container_of(objects, "StatefulSet", "noetl-nats", "nats")
    ports = {port["name"]: free_port() for port in container["ports"]}
    for port in container["ports"]:
        assert str(port["containerPort"]) in text
        text = text.replace(str(port["containerPort"]), str(ports[port["name"]]))
    assert '"/jetstream"' in text
    text = text.replace("/jetstream", str(tmp_path / "jetstream"))
    (tmp_path / "nats.conf").write_text(text)
    given = environment(container, OURS)
    assert given == {"NATS_PASSWORD": PASSWORD}
    job = container_of(objects, "Job", "noetl-nats-stream-init-1", "nats-stream-init")
    with subprocess.Popen(
        [_program(), "--config", tmp_path / "nats.conf"], env={**os.environ, **given}
    ) as server:
        try:
            for probe in _PROBES:
                asked = container[probe]["httpGet"]
                url = f"http://127.0.0.1:{ports[asked['port']]}{asked['path']}"
                wait_for(lambda: status_of(url) == 200)  # noqa: B023
            place = {"NOETL_NATS_URL": f"nats://127.0.0.1:{ports['client']}"}
            told = run(job, OURS, tmp_path / "home", place).stdout
            assert told.count(": made") == 3
            url = f"http://127.0.0.1:{ports['monitor']}/jsz"
            with urllib.request.urlopen(url) as page:
                state = json.load(page)
            assert state["reserved_storage"] < state["config"]["max_storage"]
        finally:
            server.terminate()
