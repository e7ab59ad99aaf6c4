"""The deploy scripts in the order of ``sqitch.plan``, for test databases.

The functions come from their sources, not from the generated bundle, so that a test
always sees what was edited last.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator

import psycopg

from tools.flatten_sql import ROOT, ManifestError, flatten


class DeployError(Exception):
    """A script failed; the message names the change, the place and the reason."""


_CHANGE = re.compile(r"^([\w-]+)(?=[ @]|$)")


def plan_changes() -> list[str]:
    """Return the names of the plan's changes, in order."""
    return [
        match[1]
        for line in (ROOT / "sqitch.plan").read_text().splitlines()
        if (match := _CHANGE.match(line))
    ]


def deploy_scripts() -> Iterator[tuple[str, str]]:
    """Yield each change's name and script."""
    for name in plan_changes():
        path = ROOT / "sql/deploy" / f"{name}.sql"
        yield name, flatten() if name == "functions" else path.read_text()


def deploy(dsn: str) -> None:
    """Make the schema in an empty database; errors name the change."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        for name, script in deploy_scripts():
            run_script(conn, script, name)


def run_script(conn: psycopg.Connection[object], script: str, name: str) -> None:
    """Run a script of several statements."""
    try:
        conn.execute(script.encode())
    except psycopg.Error as exc:
        position = int(exc.diag.statement_position or 1)
        line = script.count("\n", 0, position - 1) + 1
        raise DeployError(f"change {name}, line {line}: {exc}") from exc


def main() -> int:
    """Apply the functions of the working tree to a database."""
    parser = argparse.ArgumentParser(description="Apply sql/functions to a database.")
    parser.add_argument("dsn", help="a role that may become noetl_owner")
    arguments = parser.parse_args()
    try:
        with psycopg.connect(arguments.dsn, autocommit=True) as conn:
            run_script(conn, flatten(), "functions")
    except (psycopg.Error, DeployError, ManifestError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
