"""Every command of every runbook runs, and prints what the page says it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.cli.support import ROOT, Cli, wait_for
from tests.operate.runbooks import KINDS, Block, blocks
from tests.support.nats import Nats
from tests.support.postgres import binaries

RUNBOOKS: Final = sorted((ROOT / "ops/runbooks").glob("*.md"))
PAGES: Final = [path for path in RUNBOOKS if path.name != "README.md"]
SECTIONS: Final = ("Symptom", "Check", "Repair", "When to worry")
JOB: Final = """
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: nightly, path: ops/nightly }
workflow:
  - step: load
    loop: { in: [1, 2, 3, 4], iterator: n, spec: { mode: parallel } }
    tool: { kind: noop, result: "{{ iter.n }}" }
    next: { arcs: [ { step: approve } ] }
  - step: approve
    tool: { kind: wait, signal: approved }
"""


@dataclass(slots=True)
class System:
    """An embedded database, NATS, a dispatcher and a worker."""

    cli: Cli
    environment: dict[str, str]

    def start_run(self) -> str:
        """A run that has done its loop and waits for a signal."""
        path = self.cli.write("nightly.yaml", JOB)
        self.cli("playbook", "register", path)
        told = self.cli(
            "db", "psql", "-XAtc", "select noetl.start_execution('ops/nightly')"
        ).stdout
        execution_id = told.split()[-1]
        wait_for(lambda: "waiting" in self.cli("status", execution_id).stdout)
        return execution_id


@pytest.fixture(scope="module")
def system(nats: Nats) -> Iterator[System]:
    with tempfile.TemporaryDirectory(prefix="noetl-runbooks-") as directory:
        cli = Cli(Path(directory) / "home", {"NOETL_NATS_URL": nats.url()})
        # Debian's pg_dump would refuse the embedded server, which is younger.
        programs = f"{Path(sys.executable).parent}:{binaries('18')}"
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("NOETL_")},
            **cli.environment,
            "NOETL_HOME": str(cli.home),
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT / 'python'}:{ROOT / 'worker'}",
        }
        cli("db", "up")
        # Its socket is in a directory of its own; programs of PostgreSQL find it by PG*.
        with cli.connect() as conn:
            info = conn.info
            environment |= {
                "PGHOST": info.host,
                "PGPORT": str(info.port),
                "PGUSER": info.user,
                "PGDATABASE": info.dbname,
            }
        with (
            cli.start("dispatcher", "--name", "d1"),
            cli.start("worker", "--name", "w1") as worker,
        ):
            wait_for(lambda: {"d1", "w1"} <= set(cli("workers").stdout.split()))
            yield System(cli, environment)
            assert worker.poll() is None, "a runbook has ended the worker"
        cli("db", "down")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_runs(system: System, page: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    environment = {
        **system.environment,
        "ID": system.start_run(),
        "DIR": str(tmp_path),
    }
    for block in blocks(page):
        if block.kind not in KINDS:
            continue
        if block.why_not is not None:
            block.check_syntax()
            continue
        told = block.run(environment)
        print(f"--- line {block.line}: {block.code}{told}")
        assert block.missing(told) == [], f"{page.name}:{block.line}\n{told}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_has_its_sections_and_runs_something(page: Path) -> None:
    titles = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert titles == list(SECTIONS)
    found = list(blocks(page))
    assert {block.kind for block in found} <= {*KINDS, "yaml"}, (
        "use sh, sql, text, yaml"
    )
    assert any(b.kind in KINDS and b.why_not is None for b in found)
    for name in re.findall(r"\]\(([^)#]+\.md)", page.read_text()):
        assert (page.parent / name).exists(), name


def test_list_of_pages_is_complete() -> None:
    told = (ROOT / "ops/runbooks/README.md").read_text()
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", told)) == {p.name for p in PAGES}


@pytest.mark.parametrize(
    ("code", "text", "told", "missing"),
    [
        ("x", "took 12 s\n", "it  took 7.5 s\n", []),
        ("x", "w1 … 3 free\n", "w1\tdefault\t10 free\n", []),
        ("x", "down\n", "up\n", ["down"]),
    ],
)
def test_what_is_shown_is_looked_for(
    code: str, text: str, told: str, missing: list[str]
) -> None:
    assert Block(1, "sh", code, text, None).missing(told) == missing


def test_a_command_that_fails_is_seen() -> None:
    with pytest.raises(AssertionError, match="line 7"):
        Block(7, "sh", "false | true\n", "", None).run(dict(os.environ))
    with pytest.raises(AssertionError, match="line 8"):
        Block(8, "sh", "if\n", "", "why").check_syntax()
    assert subprocess.run(["bash", "-n"], input=b"true\n", check=False).returncode == 0
