"""What the chart's Jobs run, run for real and twice against servers on this machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import boto3
import psycopg
import pytest

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
from tests.cli.support import Cli
from tests.support.nats import PASSWORD, USER, Nats, running_nats
from tests.support.swift import (
    ACCESS_KEY,
    GUEST_ACCESS_KEY,
    GUEST_SECRET_KEY,
    SECRET_KEY,
    Swift,
)

_NUMBERS: Final = count(1)
OURS: Final = {
    ("noetl-minio", "access-key"): ACCESS_KEY,
    ("noetl-minio", "secret-key"): SECRET_KEY,
    ("noetl-nats", "password"): PASSWORD,
}
OTHERS: Final = OURS | {
    ("noetl-minio", "access-key"): GUEST_ACCESS_KEY,
    ("noetl-minio", "secret-key"): GUEST_SECRET_KEY,
}


def container_of(objects: list[Object], kind: str, owner: str, name: str) -> Object:
    found = named(objects, kind, owner)
    spec = found["spec"].get("template", found)["spec"]
    (container,) = [
        each
        for each in [*spec.get("initContainers", []), *spec["containers"]]
        if each["name"] == name
    ]
    assert isinstance(container, dict)
    return container


def run(
    container: Object,
    secrets: dict[tuple[str, str], str],
    home: Path,
    places: Mapping[str, str] | None = None,
    *,
    code: int = 0,
) -> subprocess.CompletedProcess[str]:
    """Its arguments with its variables, but for where the servers are on this machine."""
    given = environment(container, secrets)
    moved = dict(places or {})
    assert set(moved) <= set(given), "the chart sets what is put in another place here"
    variables = given | moved | {"NOETL_HOME": str(home)}
    return Cli(home, variables)(*container["args"], code=code)


def patient(values: dict[str, Any], seconds: int) -> list[Object]:
    """Rendered to wait so long for what is not there."""
    return render(merge(values, {"init": {"waitSeconds": seconds}}))


# --- The schema


def deploy_container(deployer: str, name: str = "deploy") -> Object:
    objects = render(with_minimal({"schema": {"deployer": deployer}}))
    return container_of(objects, "Job", "noetl-schema", name)


def test_schema_is_deployed_twice(empty_database: str, tmp_path: Path) -> None:
    container = deploy_container("noetl")
    secrets = {("noetl-database", "url"): empty_database}
    assert "deployed" in run(container, secrets, tmp_path).stdout
    assert "nothing to deploy" in run(container, secrets, tmp_path).stdout
    status = container_of(
        render(values_file("minimal")), "Pod", "noetl-test-database", "status"
    )
    assert "deployed  True" in run(status, secrets, tmp_path).stdout


def test_schema_is_deployed_twice_by_sqitch(
    empty_database: str, tmp_path: Path
) -> None:
    scripts = deploy_container("sqitch", "scripts")
    directory = tmp_path / "noetl"
    scripts["args"][-1] = str(directory)
    run(scripts, {}, tmp_path / "home")
    container = deploy_container("sqitch")
    assert container["workingDir"] == "/sql/noetl"
    given = environment(container, {("noetl-database", "url"): empty_database})
    for told in ("+ functions", "Nothing to deploy"):
        done = subprocess.run(
            ["sqitch", *container["args"]],
            cwd=directory,
            env=given | {"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told in done.stdout + done.stderr
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("select noetl.api_version()").fetchone() is not None


def test_scripts_are_written_into_new_directories_only(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    told = Cli(tmp_path / "home")("db", "scripts", tmp_path, code=2).stderr
    assert "is not empty" in told
    assert (tmp_path / "mine").read_text() == "mine"


def test_unreachable_database_is_told_of(tmp_path: Path) -> None:
    secrets = {("noetl-database", "url"): "postgresql://u:geheim@127.0.0.1:1/noetl"}
    told = run(deploy_container("noetl"), secrets, tmp_path, code=1).stderr
    assert "cannot connect to database noetl at 127.0.0.1:1" in told
    assert "hint: " in told
    assert "geheim" not in told


def test_missing_secret_of_the_database_is_told_of(tmp_path: Path) -> None:
    told = run(deploy_container("noetl"), {}, tmp_path, code=2).stderr
    assert "NOETL_DB is empty" in told
    assert "database.existingSecret" in told
    assert not tmp_path.joinpath("postgres").exists(), "it began an embedded one"


# --- The streams


def streams_container(seconds: int = 60) -> Object:
    objects = patient(with_minimal({"nats": {"enabled": True}}), seconds)
    return container_of(objects, "Job", "noetl-nats-stream-init-1", "nats-stream-init")


def at(nats: Nats) -> dict[str, str]:
    return {"NOETL_NATS_URL": f"nats://127.0.0.1:{nats.port}", "NOETL_NATS_USER": USER}


def test_streams_are_made_twice(tmp_path: Path) -> None:
    with running_nats() as nats:
        first = run(streams_container(), OURS, tmp_path, at(nats)).stdout
        assert first.count(": made") == 3
        again = run(streams_container(), OURS, tmp_path, at(nats)).stdout
        assert again.count(": ok") == 3


def test_stream_with_other_limits_ends_the_job(tmp_path: Path) -> None:
    with running_nats() as nats:
        other = at(nats) | {"NOETL_NATS_MAX_BYTES": "1000000"}
        run(streams_container(), OURS, tmp_path, other)
        told = run(streams_container(), OURS, tmp_path, at(nats), code=2).stdout
        assert "max_bytes is 1000000, should be 1073741824" in told


def test_unreachable_nats_is_told_of(tmp_path: Path) -> None:
    place = {"NOETL_NATS_URL": "nats://127.0.0.1:1"}
    told = run(streams_container(1), OURS, tmp_path, place, code=1).stderr
    assert "NATS at 127.0.0.1:1" in told
    assert "NOETL_NATS_" in told


# --- The stores


def store_container(seconds: int = 60, **over: Any) -> Object:
    objects = patient(with_minimal(over or {"minio": {"enabled": True}}), seconds)
    return container_of(objects, "Job", "noetl-store-init-1", "store-init")


def check_container(seconds: int = 60, **over: Any) -> Object:
    objects = patient(with_minimal(over or {"minio": {"enabled": True}}), seconds)
    return container_of(objects, "Deployment", "noetl-worker-default", "check-stores")


def bucket_at(swift: Swift) -> dict[str, str]:
    """A bucket of its own for each test."""
    return {
        "NOETL_MINIO_ENDPOINT": swift.endpoint,
        "NOETL_MINIO_BUCKET": f"chart-{os.getpid()}-{next(_NUMBERS)}",
    }


@pytest.mark.accept("P2.1-3")
def test_bucket_is_made_twice(swift: Swift, tmp_path: Path) -> None:
    given = environment(store_container(), OURS)
    assert given["NOETL_MINIO_BUCKET"] == "noetl-results"
    place = bucket_at(swift)
    for _ in range(2):
        assert run(store_container(), OURS, tmp_path, place).stdout == "minio: ready\n"
        assert run(check_container(), OURS, tmp_path, place).stdout == "minio: ok\n"
    client = boto3.client(
        "s3",
        endpoint_url=swift.endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name="us-east-1",
    )
    names = [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    assert place["NOETL_MINIO_BUCKET"] in names
    client.close()


def test_bucket_of_others_ends_the_job(swift: Swift, tmp_path: Path) -> None:
    place = bucket_at(swift)
    run(store_container(), OURS, tmp_path, place)
    told = run(store_container(), OTHERS, tmp_path, place, code=2).stderr
    assert f"bucket {place['NOETL_MINIO_BUCKET']}" in told
    assert "it may belong to others" in told
    assert "NOETL_MINIO_BUCKET" in told
    assert GUEST_SECRET_KEY not in told


def test_wrong_key_ends_the_job(swift: Swift, tmp_path: Path) -> None:
    wrong = OURS | {("noetl-minio", "secret-key"): "wrong-secret-Qq11"}
    place = bucket_at(swift)
    told = run(store_container(), wrong, tmp_path, place, code=2).stderr
    assert "NOETL_MINIO_SECRET_KEY" in told
    assert "wrong-secret" not in told


def test_unreachable_store_is_told_of(tmp_path: Path) -> None:
    container = store_container(
        1, minio={"enabled": True}, settings={"NOETL_STORE_TIMEOUT_SECONDS": 1}
    )
    place = {"NOETL_MINIO_ENDPOINT": "http://127.0.0.1:1"}
    told = run(container, OURS, tmp_path, place, code=1).stderr
    assert "http://127.0.0.1:1" in told
    assert "Is it up" in told


def test_workers_do_not_start_without_the_bucket(swift: Swift, tmp_path: Path) -> None:
    place = bucket_at(swift)
    told = run(check_container(), OURS, tmp_path, place, code=2).stderr
    assert "does not exist" in told


def test_store_that_is_none_or_not_configured_is_named(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    told = cli("store", "init", "tape", code=2).stderr
    assert "no store 'tape'" in told
    assert "There are: pvc, minio" in told
    told = cli("store", "check", "minio", code=2).stderr
    assert "set NOETL_MINIO_ENDPOINT" in told


# --- The shared volume

SHARED: Final[dict[str, Any]] = {"sharedVolume": {"enabled": True}}


def test_shared_volume_is_marked_and_found(tmp_path: Path) -> None:
    place = {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "data")}
    for _ in range(2):
        run(store_container(**SHARED), {}, tmp_path, place)
        run(check_container(**SHARED), {}, tmp_path, place)
    assert (tmp_path / "data/.noetl-volume").read_text() == "etl/noetl\n"


def test_volume_that_is_not_shared_stops_the_rollout(tmp_path: Path) -> None:
    """The Job had one directory, the worker's node has another."""
    run(
        store_container(**SHARED),
        {},
        tmp_path,
        {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "node1")},
    )
    (tmp_path / "node2").mkdir()
    told = run(
        check_container(1, **SHARED),
        {},
        tmp_path,
        {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "node2")},
        code=1,
    ).stderr
    assert f"{tmp_path / 'node2'} is not the volume" in told
    assert "ReadWriteMany" in told


def test_volume_of_another_installation_is_refused(tmp_path: Path) -> None:
    place = {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "data")}
    run(store_container(**SHARED), {}, tmp_path, place)
    for container in (store_container(**SHARED), check_container(**SHARED)):
        container["args"] = [
            "--volume=other/noetl" if arg.startswith("--volume") else arg
            for arg in container["args"]
        ]
        told = run(container, {}, tmp_path, place, code=2).stderr
        assert "belongs to 'etl/noetl', not to 'other/noetl'" in told
        assert "remove" in told


def test_volume_that_is_not_mounted_or_not_writable(tmp_path: Path) -> None:
    gone = {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "gone")}
    told = run(check_container(1, **SHARED), {}, tmp_path, gone, code=1).stderr
    assert "is it mounted?" in told
    refused = {"NOETL_PVC_MOUNT_PATH": "/sys/noetl"}
    told = run(store_container(**SHARED), {}, tmp_path, refused, code=2).stderr
    assert "right to read and write" in told


def test_job_waits_for_the_mark_that_another_is_writing(tmp_path: Path) -> None:
    mark = tmp_path / "d/.noetl-volume"
    mark.parent.mkdir()
    mark.touch()
    container = store_container(**SHARED)
    place = {"NOETL_PVC_MOUNT_PATH": str(mark.parent)}
    with Cli(tmp_path, environment(container, {}) | place).start(
        *container["args"]
    ) as job:
        with pytest.raises(subprocess.TimeoutExpired):
            job.wait(3)
        mark.write_text("etl/noetl\n")
        assert job.wait(60) == 0


def test_two_jobs_may_mark_at_once(tmp_path: Path) -> None:
    container = store_container(**SHARED)
    given = environment(container, {}) | {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "d")}
    cli = Cli(tmp_path, given)
    with (
        cli.start(*container["args"]) as one,
        cli.start(*container["args"]) as two,
    ):
        ends = [process.communicate(timeout=60) for process in (one, two)]
        assert [one.returncode, two.returncode] == [0, 0], ends


# --- What KEDA asks


@contextmanager
def scaled(pools: list[str]) -> Iterator[str]:
    over = {
        "workerDefaults": {"pools": pools, "autoscaling": {"type": "keda"}},
        "keda": {"trigger": "postgresql"},
    }
    (scaler,) = of_kind(render(with_minimal(over)), "ScaledObject")
    yield scaler["spec"]["triggers"][0]["metadata"]["query"]


def test_scaling_counts_the_commands_of_its_pools(
    conn: psycopg.Connection[Any],
) -> None:
    conn.execute(
        """select noetl.register_playbook('{"apiVersion": "noetl.io/v2",
        "kind": "Playbook", "metadata": {"name": "n", "path": "t/n"}, "workflow":
        [{"step": "a", "tool": {"kind": "noop"}}]}')"""
    )
    conn.execute("select noetl.start_execution('t/n') from generate_series(1, 3)")
    for pools, expected in ((["default", "other"], 3), (["other"], 0)):
        with scaled(pools) as query:
            assert conn.execute(query.encode()).fetchone() == (expected,)
