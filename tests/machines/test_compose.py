"""ops/compose.yml: valid, of one piece, and its processes run against real servers."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from noetl_worker.settings import parse_listen
from tests.api.test_process import url_in
from tests.cli.conftest import home
from tests.cli.support import Cli
from tests.machines.images import Image
from tests.machines.support import (
    GRACE_SECONDS,
    OPS,
    VERSION,
    assignments,
    load,
    program,
    require_command,
    require_settings,
)
from tests.support.nats import Nats, running_nats
from tests.support.swift import Swift
from tests.worker.conftest import Lab

OURS = ("deploy", "dispatcher", "worker")
COMPOSE = load("compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (OPS / "compose.env.example").read_text()
GIVEN = re.compile(r"\$\{(\w+):\?[^}]*\}")


def environment(name: str, values: dict[str, str]) -> dict[str, str]:
    """A service's variables, with ``${NAME:?…}`` filled in."""
    return {
        key: GIVEN.sub(lambda match: values[match[1]], str(text))
        for key, text in SERVICES[name]["environment"].items()
    }


def test_it_is_a_compose_file() -> None:
    check = [program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [*check, OPS / "compose.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_secret_is_asked_for_and_none_is_in_it() -> None:
    text = (OPS / "compose.yml").read_text()
    asked = set(GIVEN.findall(text))
    assert asked == set(assignments(EXAMPLE.splitlines()))
    assert set(re.findall(r"\$\{?(\w+)", text)) == asked
    assert not any(assignments(EXAMPLE.splitlines()).values())


@pytest.mark.parametrize("name", OURS)
def test_our_services_agree_with_the_program(name: str) -> None:
    service = SERVICES[name]
    require_command(service["command"])
    values = dict.fromkeys(assignments(EXAMPLE.splitlines()), "a")
    require_settings(environment(name, values))
    image = "worker" if name == "worker" else "shell"
    assert service["image"] == f"noetl/{image}:{VERSION}"
    assert service["build"]["target"] == image
    dockerfile = OPS.parent / service["build"]["dockerfile"]
    assert dockerfile == OPS / "images/Dockerfile"
    assert dockerfile.is_file()
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert float(service["stop_grace_period"].removesuffix("s")) >= GRACE_SECONDS + 15


def test_hosts_ports_and_volumes_are_those_of_its_services() -> None:
    values = dict.fromkeys(assignments(EXAMPLE.splitlines()), "a")
    variables = environment("worker", values)
    for name in ("NOETL_DB", "NOETL_NATS_URL", "NOETL_MINIO_ENDPOINT"):
        host = re.search(r"//(?:[^@]*@)?([a-z]+):(\d+)", variables[name])
        assert host is not None
        assert host[1] in SERVICES
        assert (host[1], host[2]) in {
            ("postgres", "5432"),
            ("nats", "4222"),
            ("minio", "9000"),
        }
    used = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith(("/", "."))
    }
    assert used == set(COMPOSE["volumes"])
    for service in SERVICES.values():
        assert ":latest" not in service["image"]
        assert ":" in service["image"]
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == "noetl"
    assert SERVICES["minio"]["environment"]["MINIO_ROOT_USER"] == "noetl"


def test_published_ports_are_served() -> None:
    """The same ones as in the image, on this machine only."""
    published = {name: SERVICES[name].get("ports", []) for name in OURS}
    _, port = parse_listen(Image("shell").listen)
    assert published == {
        "deploy": [],
        "dispatcher": [f"127.0.0.1:{port}:{port}"],
        "worker": [],
    }


def test_nats_takes_its_configuration(tmp_path: Path) -> None:
    nats = shutil.which("nats-server", path=str(Path(program("noetl")).parent))
    assert nats
    done = subprocess.run(
        [nats, "-t", "-c", OPS / "nats/nats.conf"],
        env={**os.environ, "NATS_PASSWORD": "a1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (mount,) = (v for v in SERVICES["nats"]["volumes"] if v.startswith("./"))
    source, target, _ = mount.split(":")
    assert (OPS / source).is_file()
    assert SERVICES["nats"]["command"] == ["--config", target]


@pytest.fixture
def composed_nats() -> Iterator[Nats]:
    """A server with the access part of ops/nats/nats.conf."""
    text = (OPS / "nats/nats.conf").read_text()
    access = text[text.index("authorization") :].replace("$NATS_PASSWORD", '"n1"')
    with running_nats(access=access) as running:
        yield running


def test_its_processes_run_with_its_environment(
    empty_database: str, composed_nats: Nats, swift: Swift, tmp_path: Path
) -> None:
    """Commands and variables as they stand there; only addresses are those of servers here."""
    bucket = f"composed-{secrets.token_hex(4)}"
    values = {
        "NOETL_DB_PASSWORD": "p1",
        "NATS_PASSWORD": "n1",
        "MINIO_PASSWORD": "m1m1m1m1",
        "NOETL_ENCRYPTION_KEY": "A" * 43 + "=",
    }
    here = {
        "NOETL_DB": empty_database,
        "NOETL_NATS_URL": f"nats://127.0.0.1:{composed_nats.port}",
        **swift.environment("MINIO", bucket),
        "NOETL_PVC_MOUNT_PATH": str(tmp_path / "data"),
    }
    assert here.keys() <= environment("worker", values).keys()
    (tmp_path / "data").mkdir()
    with ExitStack() as stack:
        cli = Cli(
            stack.enter_context(home()), {**environment("deploy", values), **here}
        )
        for _ in range(2):
            cli(*SERVICES["deploy"]["command"])
        lab = stack.enter_context(closing(Lab(empty_database, tmp_path)))
        variables = {**environment("dispatcher", values), **here}
        lab.worker(
            "dispatcher",
            "noetl_shell",
            (*SERVICES["dispatcher"]["command"], "--listen", "127.0.0.1:0"),
            **variables,
        )
        url_in(tmp_path / "dispatcher.log")
        for number in range(SERVICES["worker"]["deploy"]["replicas"]):
            lab.worker(
                f"w{number}",
                "noetl_shell",
                SERVICES["worker"]["command"],
                **{**environment("worker", values), **here},
            )
        run = cli.json("run", OPS / "kind/large.yaml", "--workers", "0")
        assert run["result"] == 300_000, lab.log("w0")
        execution_id = run["execution_id"]
        stored = cli.json("result", "ls", execution_id)
        assert "minio" in {result["store_tier"] for result in stored}
