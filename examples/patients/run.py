"""Run the patients example: start the API, run the playbook, show what came in.

``python run.py`` loads 10 facilities × 100 patients, ``python run.py --full`` ten times
as many. Options that it does not know are passed on to ``noetl run``.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table
from shares import server_time, time_of_ended_children

HERE: Final = Path(__file__).parent
_API_OPTIONS: Final = ("delay", "rate_429", "rate_500", "failure_seed", "retry_after")


def parse_arguments() -> tuple[argparse.Namespace, list[str]]:
    """Read the command line; what is unknown goes to ``noetl run``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="10 x 1000 patients")
    parser.add_argument("--facilities", type=int, default=10)
    parser.add_argument("--patients", type=int, help="per facility, default 100")
    parser.add_argument("--delay", type=float, default=0, help="seconds per request")
    parser.add_argument("--rate-429", type=float, default=0.01)
    parser.add_argument("--rate-500", type=float, default=0.01)
    parser.add_argument("--failure-seed", type=int, default=1)
    parser.add_argument("--retry-after", type=int, default=0, help="seconds, with 429")
    options, rest = parser.parse_known_args()
    options.patients = options.patients or (1000 if options.full else 100)
    return options, rest


@contextmanager
def running_api(options: argparse.Namespace) -> Iterator[str]:
    """Start the API on a free port, yield its address, end it."""
    command = [sys.executable, str(HERE / "api.py"), "--until-stdin-closes"]
    for name in ("facilities", "patients", *_API_OPTIONS):
        command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    # An own session: Ctrl-C is for the run, which still needs its API to stop well.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as api:
        assert api.stdout is not None
        address = api.stdout.readline().strip()
        if not address:
            raise SystemExit("error: the API did not start; its message is above")
        try:
            yield address
        finally:
            api.terminate()


def run_playbook(
    address: str, options: argparse.Namespace, rest: list[str]
) -> tuple[int, dict[str, Any] | None]:
    """Run the playbook with the CLI; its exit code and its JSON summary."""
    command = [
        *_noetl_command(),
        "run",
        str(HERE / "patients.yaml"),
        "--json",
        *("--set", f"api={address}"),
        *("--set", f"facilities={options.facilities}"),
        *("--set", f"patients={options.patients}"),
        *rest,
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda caught, _: process.send_signal(caught))
        output, _ = process.communicate()
    return process.returncode, json.loads(output) if output.strip() else None


def _noetl_command() -> list[str]:
    beside = Path(sys.executable).with_name("noetl")
    return [str(beside)] if beside.exists() else ["noetl"]


def show_validation(console: Console, result: dict[str, Any]) -> None:
    """Print what came in, per facility and type."""
    table = Table(title="Loaded, per facility")
    for column in result["columns"]:
        table.add_column(column.replace("_", "\n"), justify="right", overflow="fold")
    for row in result["rows"]:
        table.add_row(*map(str, row))
    console.print(table)


def show_shares(
    console: Console,
    summary: dict[str, Any],
    api: dict[str, Any],
    cpu: dict[str, float],
) -> None:
    """Print how long it took, and which part of it was whose."""
    wall = summary["duration_s"]
    items = sum(loop["done"] for loop in summary["loops"].values())
    cores = os.cpu_count() or 1
    table = Table(title="Shares", show_header=False)
    table.add_row("execution", str(summary["execution_id"]))
    table.add_row("wall time", f"{wall:.1f} s")
    table.add_row("items", f"{items:,} = {items / wall:,.0f} per second")
    table.add_row(
        "requests", f"{api['requests']:,} = {api['requests'] / wall:,.0f} per second"
    )
    refused = ", ".join(f"{n} × {status}" for status, n in api["errors"].items())
    table.add_row("refused on purpose", refused or "none")
    for name, seconds in cpu.items():
        share = seconds / wall / cores
        table.add_row(f"CPU, {name}", f"{seconds:.1f} s = {share:.0%} of {cores} cores")
    console.print(table)


def main() -> int:
    """Run it all; 0 only if nothing is missing."""
    options, rest = parse_arguments()
    console = Console(width=None if sys.stdout.isatty() else 120)
    with running_api(options) as address:
        with server_time(_noetl_command()) as server:
            code, summary = run_playbook(address, options, rest)
        noetl = time_of_ended_children()
        api = httpx.get(f"{address}/stats").json()
    if summary is None:
        return code or 1
    if summary["status"] == "completed":
        show_validation(console, summary["result"])
    cpu = {"API server": api["cpu_s"], "workers and command line": noetl}
    if server.engine > 0:  # else the run had another server
        cpu |= {
            "PostgreSQL: the engine": server.engine,
            "PostgreSQL: the playbook's SQL": server.tasks,
            "PostgreSQL: the rest": server.total - server.engine - server.tasks,
        }
    show_shares(console, summary, api, cpu)
    if code:
        error = summary["error"] or {}
        place = f"step {error['step']}: " if "step" in error else ""
        print(
            f"error: {place}{error.get('message', summary['status'])}", file=sys.stderr
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
