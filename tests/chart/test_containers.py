"""What a container is told: settings that exist, commands that exist, in time to end."""

from __future__ import annotations

import json
from typing import Final

import click

from noetl_shell.cli import noetl
from noetl_shell.settings import read_values
from tests.chart.support import (
    KNOWN,
    AnySecret,
    environment,
    every_container,
    is_ours,
    named,
    variants,
)
from tools.chart import CHART, NOT_IN_PODS, free_settings, set_by_templates

# Set by the shells of containers, and read by programs that are not ours.
FOREIGN: Final = {
    *("HOME", "DATABASE_URL", "SQITCH_TARGET", "SQITCH_FULLNAME", "SQITCH_EMAIL"),
    *("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "MINIO_REGION", "NATS_PASSWORD"),
    "OTEL_EXPORTER_OTLP_ENDPOINT",
}


def test_variables_are_settings_with_good_values() -> None:
    for where, _, _, container in every_container():
        names = [entry["name"] for entry in container.get("env", [])]
        assert len(names) == len(set(names)), where
        assert set(names) <= set(KNOWN) | FOREIGN, where
        if is_ours(container):
            read_values(environment(container, AnySecret()))


def test_no_setting_is_missing() -> None:
    """Each is set by a template, can be given in ``settings``, or is not for pods."""
    reachable = set_by_templates() | set(free_settings()) | NOT_IN_PODS
    assert set(KNOWN) <= reachable
    assert set_by_templates() - set(KNOWN) == set()
    used = {
        entry["name"]
        for _, _, _, container in every_container()
        for entry in container.get("env", [])
    }
    assert set_by_templates() <= used, "no variant shows them"


def test_settings_of_the_schema_are_offered_nowhere_else() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    offered = schema["properties"]["settings"]["propertyNames"]["enum"]
    assert offered == free_settings()
    assert not [name for name in offered if KNOWN[name].is_secret]


def test_commands_exist() -> None:
    found = set()
    for where, _, _, container in every_container():
        if not is_ours(container):
            continue
        command: click.Command | None = noetl
        context = click.Context(noetl)
        arguments = list(container["args"])
        while isinstance(command, click.Group):
            command = command.get_command(context, arguments.pop(0))
        assert command is not None, where
        options = {
            name for each in command.params for name in (*each.opts, each.name or "")
        }
        for argument in arguments:
            if argument.startswith("-"):
                assert argument.partition("=")[0] in options, where
        found.add(command.name)
    assert found == {
        *("dispatcher", "worker", "deploy", "scripts", "status"),
        *("init", "check"),
    }


def test_processes_have_time_to_end() -> None:
    for where, owner, pod, container in every_container():
        given = environment(container, AnySecret())
        if "NOETL_GRACE_SECONDS" not in given or owner["kind"] != "Deployment":
            continue
        grace = float(given["NOETL_GRACE_SECONDS"])
        # A dispatcher's bridge and its API have as long each, ending a session 5 s.
        rounds = 2 if container["name"] == "dispatcher" else 1
        stop = container.get("lifecycle", {}).get("preStop", {"exec": {"command": [0]}})
        before = int(stop["exec"]["command"][-1])
        needed = before + rounds * grace + 5
        assert pod["spec"]["terminationGracePeriodSeconds"] > needed, where


def test_heavy_pool_says_what_it_takes() -> None:
    deployment = named(variants()["pools"], "Deployment", "noetl-worker-heavy")
    (worker,) = deployment["spec"]["template"]["spec"]["containers"]
    given = environment(worker, AnySecret())
    assert given["NOETL_WORKER_POOLS"] == "heavy,slow"
    assert given["NOETL_WORKER_TOOLS"] == "duckdb,python"
    assert given["NOETL_TOOL_SLOTS"] == "duckdb=1,python=4"
    assert given["NOETL_EVENT_TRANSPORT"] == "postgres"
    other = named(variants()["pools"], "Deployment", "noetl-worker-default")
    (worker,) = other["spec"]["template"]["spec"]["containers"]
    given = environment(worker, AnySecret())
    assert given["NOETL_WORKER_SLOTS"] == "100"
    assert given["NOETL_EVENT_TRANSPORT"] == "nats"
