"""Maintenance at once, and a look at what it would do."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.maintenance import Maintenance, maintain, plan
from noetl_shell.records import RetentionItem
from noetl_shell.target import Target


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@json_option
@database_option
def maintenance(target: Target, dry_run: bool, as_json: bool) -> None:
    """Do now what workers or dispatchers do by and by: partitions and retention.

    Makes partitions ahead of time, retires executions that ended retention_days ago
    (a setting; 0, the default: never), drops partitions of which nothing is left, and
    analyses the event log. Safe at any time.
    """
    with target.open() as conn:
        if dry_run:
            _print_plan(plan(conn), as_json)
        else:
            _print_done(maintain(conn), as_json)


def _print_plan(items: list[RetentionItem], as_json: bool) -> None:
    if as_json:
        output.print_json(items)
        return
    output.print_table(
        ("would go", "name", "count", "size"),
        (
            (
                item.item,
                item.name,
                item.count,
                None if item.bytes is None else output.size(item.bytes),
            )
            for item in items
        ),
    )


def _print_done(did: Maintenance, as_json: bool) -> None:
    counts = asdict(did)
    if as_json:
        output.print_json(counts)
        return
    in_use = counts.pop("in_use")
    output.print_table(
        ("what", "count"),
        ((name.replace("_", " "), count) for name, count in counts.items()),
    )
    for name in in_use:
        print(f"note: {name} is in use; workers try again each minute", file=sys.stderr)
