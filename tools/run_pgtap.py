"""Run pgTAP files through pg_prove on a private server.

Starts a server, deploys the schema in the plan's order with the functions of the
working tree, gives it the test clock, pgTAP and the factories (``sql/tests/_*.sql``),
and runs the files in random order, each in a session of its own::

    .venv/bin/python -m tools.run_pgtap                          # everything, on 15
    .venv/bin/python -m tools.run_pgtap --postgres 18 sql/tests/route_token
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.support.databases import deploy_for_tests
from tests.support.postgres import (
    VERSIONS,
    PostgresMissingError,
    Server,
    running_server,
)
from tools.acceptance import Outcomes
from tools.flatten_sql import ROOT, ManifestError
from tools.schema import DeployError

TESTS = ROOT / "sql/tests"
_PGTAP = Path("/usr/share/postgresql/15/extension/pgtap.sql")
_ASSERTION = re.compile(r"^(?P<not>not )?ok \d+ - (?P<text>.*?)(?P<skip> # SKIP.*)?$")


def select_files(paths: list[Path], seed: int) -> list[Path]:
    """Return the test files under the paths, shuffled; ``_`` marks helpers."""
    files: set[Path] = set()
    for path in paths:
        found = path.rglob("*.sql") if path.is_dir() else [path]
        files.update(
            f.resolve().relative_to(ROOT) for f in found if not f.name.startswith("_")
        )
    ordered = sorted(files)
    random.Random(seed).shuffle(ordered)
    return ordered


def prepare(server: Server, dbname: str) -> None:
    """Make the database that the tests share; each of them rolls back."""
    with psycopg.connect(server.dsn(), autocommit=True) as conn:
        conn.execute(f"create database {dbname} template template0")
    deploy_for_tests(server.dsn(dbname))
    environment = server.environment(dbname)
    environment["PGOPTIONS"] = "-c client_min_messages=error"
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    for script in (_PGTAP, *sorted(TESTS.glob("_*.sql"))):
        done = subprocess.run(
            [*psql, "-f", script],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"error: {script}:\n{done.stderr}")


def prove(server: Server, dbname: str, files: list[Path], jobs: int, tap: Path) -> int:
    """Run pg_prove over the files, which also leaves their raw output in ``tap``."""
    return subprocess.run(
        [
            "pg_prove",
            "--quiet",
            "--failures",
            "--comments",
            "--jobs",
            str(jobs),
            "--ext",
            ".sql",
            *files,
        ],
        env={
            **server.environment(dbname),
            # noetl_test.finish() comes before pgTAP's.
            "PGOPTIONS": "-c search_path=noetl_test,public",
            "PERL_TEST_HARNESS_DUMP_TAP": str(tap),
        },
        cwd=ROOT,
        check=False,
    ).returncode


def failures(tap: Path) -> Iterator[str]:
    """Yield what failed and why; in parallel pg_prove says only how many."""
    for path in sorted(tap.rglob("*.sql")):
        lines = path.read_text().splitlines()
        if red := [line for line in lines if line.startswith(("not ok", "#"))]:
            yield "\n".join(["", str(path.relative_to(tap)), *red])


def outcomes(tap: Path) -> Outcomes:
    """Read which acceptance rows the raw output proves."""
    found = Outcomes()
    for path in tap.rglob("*.sql"):
        for line in path.read_text().splitlines():
            if match := _ASSERTION.match(line):
                said = "failed" if match["not"] else "passed"
                found.add_description(
                    match["text"],
                    str(path.relative_to(tap)),
                    "skipped" if match["skip"] else said,
                )
    return found


def main() -> int:
    """Run the suite; the exit status is pg_prove's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[TESTS])
    parser.add_argument("--postgres", choices=VERSIONS, default="15")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--results", type=Path, help="record accepted rows here")
    arguments = parser.parse_args()

    if shutil.which("pg_prove") is None or not _PGTAP.exists():
        raise SystemExit("error: pg_prove or pgTAP is missing; run 'make setup'")
    files = select_files(arguments.paths, arguments.seed)
    if not files:
        raise SystemExit(f"error: no test under {', '.join(map(str, arguments.paths))}")
    print(
        f"pgTAP on PostgreSQL {arguments.postgres}, --seed {arguments.seed}", flush=True
    )
    try:
        with (
            running_server(arguments.postgres) as server,
            tempfile.TemporaryDirectory() as tap,
        ):
            prepare(server, "noetl")
            status = prove(server, "noetl", files, arguments.jobs, Path(tap))
            if status:
                print(*failures(Path(tap)), sep="\n")
            if arguments.results is not None:
                outcomes(Path(tap)).write(arguments.results)
    except (PostgresMissingError, ManifestError, DeployError) as exc:
        raise SystemExit(f"error: {exc}") from None
    return status


if __name__ == "__main__":
    sys.exit(main())
