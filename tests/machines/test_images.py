"""The Dockerfiles agree with the program; hadolint has nothing to say."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from io import BytesIO
from typing import Any

import pytest
from dockerfile_parse import DockerfileParser

from noetl_shell.api.app import create_app
from noetl_shell.api.settings import ApiSettings
from noetl_worker.metrics_server import CHECKS
from noetl_worker.settings import parse_listen
from tests.machines.support import OPS, VERSION, program, require_command
from tests.machines.support import require_settings as require
from tools.flatten_sql import ROOT

IMAGES = ("shell", "worker")
USER = "10001:10001"


class Image:
    """The last stage of a Dockerfile, and what all stages copy and run."""

    def __init__(self, name: str) -> None:
        path = OPS / "images" / name / "Dockerfile"
        self.text = path.read_text()
        parser = DockerfileParser(fileobj=BytesIO(self.text.encode()))
        self.steps: list[dict[str, Any]] = [
            step for step in parser.structure if step["instruction"] != "COMMENT"
        ]
        last = max(n for n, s in enumerate(self.steps) if s["instruction"] == "FROM")
        self.last = self.steps[last:]
        self.labels: dict[str, str] = parser.labels
        self.env: dict[str, str] = parser.envs

    def values(self, instruction: str, *, everywhere: bool = False) -> list[str]:
        steps = self.steps if everywhere else self.last
        return [s["value"] for s in steps if s["instruction"] == instruction]

    def words(self, instruction: str) -> list[str]:
        (text,) = self.values(instruction)
        return list(json.loads(text))

    @property
    def listen(self) -> str:
        """The one address that it serves."""
        (address,) = (v for k, v in self.env.items() if k.endswith("_LISTEN"))
        return address


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> Image:
    return Image(request.param)


def test_hadolint_finds_nothing() -> None:
    files = [OPS / "images" / name / "Dockerfile" for name in IMAGES]
    done = subprocess.run(
        [program("hadolint"), "--failure-threshold", "style", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_base_is_pinned_and_of_a_python_that_we_support(image: Image) -> None:
    base = re.search(r"^ARG BASE=python:3\.(\d+)\.\d+-slim-\w+$", image.text, re.M)
    assert base is not None
    assert int(base[1]) >= 11
    bases = image.values("FROM", everywhere=True)
    assert {text.split()[0] for text in bases} == {"${BASE}", "build", "scratch"}
    assert bases[-1] == "${BASE}"


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
    assert (
        f"-t {image.labels['org.opencontainers.image.title']}:{VERSION} ." in image.text
    )


def test_copies_what_is_there_and_in_the_build_context(image: Image) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    kept = [line[1:] for line in ignored if line.startswith("!")]
    sources = [
        source
        for text in image.values("COPY", everywhere=True)
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


def test_bill_of_materials_goes_where_it_is_taken_from(image: Image) -> None:
    made = " ".join(image.values("RUN", everywhere=True))
    assert "--output-file /opt/noetl/sbom.cdx.json" in made
    copies = image.values("COPY", everywhere=True)
    assert "--from=bill /opt/noetl/sbom.cdx.json /" in copies
    assert "--from=bill /opt/noetl /opt/noetl" in copies
    assert re.search(r"^FROM scratch AS sbom$", image.text, re.M)


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


def test_images_differ_in_what_they_run_only() -> None:
    shell, worker = (Image(name) for name in IMAGES)
    assert shell.values("RUN", everywhere=True) == worker.values("RUN", everywhere=True)
    assert shell.values("COPY", everywhere=True) == worker.values(
        "COPY", everywhere=True
    )
