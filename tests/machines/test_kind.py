"""The script and the workflow that try the images and the chart in kind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from tests.machines.support import OPS, VERSION, load, program, require_command
from tools.flatten_sql import ROOT

UP = OPS / "kind/up"
WORKFLOW = ROOT / ".github/workflows/kind.yaml"


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    scripts = [UP, ROOT / "tools/install_system.sh", ROOT / ".ci/run"]
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["kind"]["steps"]
    for number, step in enumerate(step for step in steps if "run" in step):
        script = tmp_path / f"step-{number}.sh"
        script.write_text("#!/bin/bash\n" + step["run"])
        scripts.append(script)
    done = subprocess.run(
        [program("shellcheck"), *scripts], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert len(scripts) == 6
    assert os.access(UP, os.X_OK)


def test_workflow_is_one() -> None:
    check = [program("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run(
        [*check, WORKFLOW], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "run: ops/kind/up\n" in WORKFLOW.read_text()


def test_script_names_files_and_commands_that_are_there() -> None:
    text = UP.read_text()
    for path in re.findall(r"(?<![\w/$])(?:ops|examples)/[\w./-]+", text):
        # The chart is a part of its own; its values are tested there.
        if "helm" not in path and not path.endswith("/"):
            assert (ROOT / path).is_file(), path
    commands = [
        ["result", "ls", "1"],
        ["credential", "add", "pft", "--kind", "postgres", "--file", "-"],
        ["run", "f", "--workers", "0", "--set", "api=a", "--json"],
    ]
    for command in commands:
        require_command(command)
    for words in ("noetl result ls", "noetl credential add", "noetl run", "--file -"):
        assert words in text
    for pattern in ("noetl-worker-default --container worker", "values-kind.yaml"):
        assert pattern in text


def test_version_is_read_and_manifests_have_it() -> None:
    line = next(line for line in UP.read_text().splitlines() if "version=$(" in line)
    done = subprocess.run(
        ["bash", "-c", f'{line}; printf %s "$version"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == VERSION
    assert f"image: noetl/shell:{VERSION}" in (OPS / "kind/patients.yaml").read_text()


def test_manifests_fit_together() -> None:
    for name in ("postgres", "patients"):
        workload, service = yaml.safe_load_all((OPS / f"kind/{name}.yaml").read_text())
        labels = workload["spec"]["template"]["metadata"]["labels"]
        assert workload["spec"]["selector"]["matchLabels"] == labels
        assert service["spec"]["selector"] == labels
        (container,) = workload["spec"]["template"]["spec"]["containers"]
        (port,) = container["ports"]
        (served,) = service["spec"]["ports"]
        assert served["targetPort"] == port["name"]
        assert served["port"] == port["containerPort"]
        assert f"{name}:{served['port']}" in UP.read_text()
        assert container["resources"]["limits"]


def test_secret_and_volume_are_those_that_the_chart_names() -> None:
    values = load("helm/noetl/values-kind.yaml")
    text = UP.read_text()
    secret = values["database"]["existingSecret"]
    assert f"create secret generic {secret} " in text
    for wanted in ("url", "password"):
        assert f"--from-file={wanted}=" in text
    assert f"get secret {secret} --output 'jsonpath={{.data.url}}'" in text
    keys = load("helm/noetl/values.yaml")["database"]["keys"]
    assert set(keys.values()) == {"url", ""}
    (workload, _) = yaml.safe_load_all((OPS / "kind/postgres.yaml").read_text())
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    (taken,) = (e["valueFrom"] for e in container["env"] if "valueFrom" in e)
    assert taken == {"secretKeyRef": {"name": secret, "key": "password"}}
    path = values["sharedVolume"]["hostPath"]["path"]
    assert re.search(
        rf"docker exec .* install -d -o 10001 -g 10001 {path}$", text, re.M
    )


def test_api_of_the_example_takes_the_arguments(tmp_path: Path) -> None:
    (workload, _) = yaml.safe_load_all((OPS / "kind/patients.yaml").read_text())
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    arguments = [*container["command"][container["command"].index("-B") + 2 :]]
    arguments += container["args"]
    for name in ("api.py", "records.py"):
        shutil.copy(ROOT / "examples/patients" / name, tmp_path)
    replaced = ["--port=0" if a.startswith("--port") else a for a in arguments]
    with subprocess.Popen(
        [program("python"), "-B", tmp_path / "api.py", *replaced],
        stdout=subprocess.PIPE,
        text=True,
    ) as api:
        try:
            assert api.stdout is not None
            assert api.stdout.readline().startswith("http://0.0.0.0:")
        finally:
            api.kill()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    for name in ("bash", "dirname", "sed"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [str(UP)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "error: docker is missing\n")
