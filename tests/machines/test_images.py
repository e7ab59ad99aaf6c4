"""The Dockerfile agrees with the program; hadolint has nothing to say."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib

import pytest

from noetl_shell.api.app import create_app
from noetl_shell.api.settings import ApiSettings
from noetl_worker.metrics_server import CHECKS
from noetl_worker.settings import parse_listen
from tests.machines.images import COMMON, DOCKERFILE, STEPS, TEXT, Image, stage, values
from tests.machines.support import VERSION, program, require_command
from tests.machines.support import require_settings as require
from tools.flatten_sql import ROOT

IMAGES = ("shell", "worker")
USER = "10001:10001"


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> Image:
    return Image(request.param)


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [program("hadolint"), "--failure-threshold", "style", DOCKERFILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_base_is_pinned_and_of_a_python_that_we_support() -> None:
    base = re.search(r"^ARG BASE=python:3\.(\d+)\.\d+-slim-\w+$", TEXT, re.M)
    assert base is not None
    assert int(base[1]) >= 11
    bases = {text.split()[0] for text in values(STEPS, "FROM")}
    assert bases == {"${BASE}", "build", "scratch", COMMON}
    assert stage(COMMON)[0]["value"] == f"${{BASE}} AS {COMMON}"


def test_runs_as_an_ordinary_user_who_owns_what_it_writes(image: Image) -> None:
    assert image.values("USER") == [USER]
    (run,) = image.values("RUN")
    assert "groupadd --gid 10001 noetl" in run
    assert "useradd --uid 10001 --gid 10001" in run
    made = f"install -d -o 10001 -g 10001 -m 0750 {image.env['NOETL_HOME']} /data"
    assert made in run


def test_starts_a_command_that_exists(image: Image) -> None:
    assert image.words("ENTRYPOINT") == ["tini", "--", "noetl"]
    require_command(image.words("CMD"))
    assert image.env["PATH"].split(":")[0] == "/opt/noetl/bin"
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert "noetl" in scripts
    require(image.env)


def test_is_labelled_with_its_version(image: Image) -> None:
    assert image.values("ARG") == [f"VERSION={VERSION}"]
    names = {name.removeprefix("org.opencontainers.image.") for name in image.labels}
    assert names == {"title", "description", "version", "licenses"}
    title = image.labels["org.opencontainers.image.title"]
    assert title == f"noetl/{image.name}"
    assert f"--target {image.name} -t {title}:{VERSION} ." in TEXT


def test_copies_what_is_there_and_in_the_build_context() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    sources = [
        source
        for text in values(STEPS, "COPY")
        if not text.startswith("--from=")
        for source in shlex.split(text)[:-1]
    ]
    assert {source.split("/")[0] for source in sources} == {
        path.split("/")[0] for path in kept
    }
    for path in (*sources, *kept):
        assert (ROOT / path).exists(), path
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]
    needed = [
        *build["build"]["targets"]["wheel"]["force-include"],
        "README.md",
        "LICENSE",
    ]
    needed += build["build"]["targets"]["wheel"]["packages"]
    for path in needed:
        assert any(path == k or path.startswith(f"{k}/") for k in kept), path


def test_bill_of_materials_goes_where_it_is_taken_from() -> None:
    made = " ".join(values(STEPS, "RUN"))
    assert "--output-file /opt/noetl/sbom.cdx.json" in made
    assert "--from=bill /opt/noetl/sbom.cdx.json /" in values(stage("sbom"), "COPY")
    assert "--from=bill /opt/noetl /opt/noetl" in values(stage(COMMON), "COPY")


def test_health_check_asks_what_is_served(image: Image) -> None:
    (text,) = image.values("HEALTHCHECK")
    url = re.search(r"http://127\.0\.0\.1:(\d+)(/[a-z/]+)", text)
    assert url is not None
    host, port = parse_listen(image.listen)
    assert (host, port) == ("0.0.0.0", int(url[1]))
    assert image.values("EXPOSE") == [url[1]]
    served = {
        "dispatcher": create_app(ApiSettings(dsn="")).openapi()["paths"],
        "worker": CHECKS,
    }
    assert url[2] in served[image.words("CMD")[0]]
    command = json.loads(text[text.index("CMD ") + 4 :])
    compile(command[-1], "HEALTHCHECK", "exec")


def test_images_differ_in_what_they_start_only() -> None:
    for name in IMAGES:
        made = {step["instruction"] for step in stage(name)} - {"COMMENT"}
        assert made == {"FROM", "LABEL", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}
