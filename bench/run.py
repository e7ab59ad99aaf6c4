"""Measure NoETL against PostgreSQL's own limit: ``make bench``, ``make bench QUICK=1``.

docs/benchmarks.md says what is measured, and how to read it.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

import psycopg
from rich.console import Console
from rich.status import Status

from bench.calls import logged_statements
from bench.counters import measure_idle
from bench.export import measure_export
from bench.expressions import measure as measure_expressions
from bench.fanout import measure_fanout, run_fanout
from bench.five_steps import measure_five_steps
from bench.hello import measure_hello
from bench.idle import measure_idle_fleets
from bench.machine import ROOT, describe_machine
from bench.report import print_report
from bench.rig import BenchError, Connection, Rig, running_rig
from bench.snapshot import measure_snapshot
from bench.status import measure_status
from bench.stores import measure_stores
from bench.stream import measure_stream
from bench.transports import measure_arrivals, measure_transports
from bench.unbatched import measure_unbatched
from tests.support.postgres import PostgresMissingError
from tools.schema import DeployError

OUTPUT: Final = ROOT / "bench/out/latest.json"
WORKERS: Final = 2
PARTS: Final = (
    *("fanout", "five_step", "unbatched", "foreign_snapshot", "expressions", "hello"),
    *("stores", "export", "stream", "idle", "transports", "arrivals", "status"),
)

Say = Callable[[str], None]


def measure(parts: set[str], *, quick: bool, million: bool, say: Say) -> dict[str, Any]:
    """Measure the named parts."""
    figures: dict[str, Any] = {"quick": quick}
    with running_rig() as rig, rig.connect() as conn:
        figures["machine"] = describe_machine(conn)
        if parts & {"fanout", "five_step"}:
            with rig.running_workers(WORKERS):
                figures |= _measure_work(
                    rig, conn, parts, quick=quick, million=million, say=say
                )
        if "export" in parts:
            say("rows into Parquet")
            with rig.running_workers(1):
                figures["export"] = measure_export(
                    rig, conn, rows=1_000_000 if quick else 10_000_000, repeats=3
                )
        if "stream" in parts:
            say("chunks to the step that takes them")
            with rig.running_workers(WORKERS):
                figures["stream"] = measure_stream(
                    rig, conn, chunks=50, repeats=5 if quick else 20
                )
        if "unbatched" in parts:
            say("reports without batches")
            figures["unbatched"] = measure_unbatched(rig, conn, 9_600)
        if "foreign_snapshot" in parts:
            say("claims under a foreign snapshot")
            figures["foreign_snapshot"] = measure_snapshot(
                rig, conn, n=20_000 if quick else 100_000, seconds=0 if quick else 60
            )
        figures |= _measure_fleets(rig, conn, parts, quick=quick, say=say)
        if "expressions" in parts:
            say("expressions")
            rates = measure_expressions(rig.dsn)
            figures["expressions"] = {
                "per_s": rates["small"],
                "large_context_per_s": rates["100 kB"],
                "ratio": rates["100 kB"] / rates["small"],
            }
    if "hello" in parts:
        say("noetl run of hello world")
        figures["hello"] = measure_hello(5 if quick else 10)
    if "stores" in parts:
        say("a large object to stores and back")
        figures["stores"] = measure_stores(
            (100 if quick else 500) << 20, 1 if quick else 3
        )
    return figures


def _measure_fleets(
    rig: Rig, conn: Connection, parts: set[str], *, quick: bool, say: Say
) -> dict[str, Any]:
    """Measure what takes dispatchers too."""
    figures: dict[str, Any] = {}
    if "idle" in parts:
        say("an idle system")
        sizes = (WORKERS,) if quick else (WORKERS, 100)
        names = ("idle_system", "idle_fleet")
        figures |= dict(zip(names, measure_idle_fleets(sizes), strict=False))
    if "transports" in parts:
        say("a fan-out over each transport")
        figures["transports"] = measure_transports(
            rig, conn, n=10_000, repeats=1 if quick else 3
        )
    if "arrivals" in parts:
        say("reports at random times over NATS")
        figures["arrivals"] = measure_arrivals(rig, conn, items=1_000)
    if "status" in parts:
        say("the status of runs in a large log")
        figures["status"] = measure_status(
            rig,
            conn,
            events=1_000_000 if quick else 10_000_000,
            seconds=10 if quick else 60,
        )
    return figures


def _measure_work(
    rig: Rig,
    conn: Connection,
    parts: set[str],
    *,
    quick: bool,
    million: bool,
    say: Say,
) -> dict[str, Any]:
    """Measure what the workers do."""
    figures: dict[str, Any] = {}
    say("warming up")
    run_fanout(rig, conn, 1_000)
    idle = measure_idle(conn, 3)
    figures["idle"] = {
        "commits_per_s": idle.commits / idle.seconds,
        "wal_bytes_per_s": idle.wal_bytes / idle.seconds,
    }
    if "fanout" in parts:
        figures["fanout"] = []
        with logged_statements(conn):
            sizes = {1_000: 3, 10_000: 3}
            if not quick:
                sizes[100_000] = 1
            if million:
                sizes[1_000_000] = 1
            for n, repeats in sizes.items():
                say(f"fan-out of {n:,} items")
                row = measure_fanout(rig, conn, n, repeats, idle)
                figures["fanout"].append(row)
    if "five_step" in parts:
        say("five steps in a row")
        figures["five_step"] = measure_five_steps(
            rig, conn, times=100 if quick else 200, at_once=200 if quick else 500
        )
    return figures


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="without 100 000 items, within two minutes"
    )
    parser.add_argument(
        "--million", action="store_true", help="with 1 000 000 items, two minutes more"
    )
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="measure only this; repeatable"
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="the figures as JSON"
    )
    return parser.parse_args()


def main() -> int:
    """Measure, print, write; no process outlives it, however it ends."""
    options = parse_arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    console, errors = Console(), Console(stderr=True)
    try:
        with Status("", console=errors) as status:
            figures = measure(
                set(options.only or PARTS),
                quick=options.quick,
                million=options.million,
                say=status.update,
            )
    except KeyboardInterrupt:
        errors.print("interrupted")
        return 130
    except (BenchError, DeployError, PostgresMissingError, psycopg.Error) as exc:
        errors.print(f"error: {exc}", markup=False, highlight=False, soft_wrap=True)
        return 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(figures, indent=2) + "\n")
    print_report(console, figures)
    return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
