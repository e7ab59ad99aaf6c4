"""Schedules: which playbook starts when."""

from __future__ import annotations

from typing import Any

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import (
    database_option,
    json_option,
    priority_option,
    workload_options,
)
from noetl_shell.cli.register import split_version
from noetl_shell.errors import InputError
from noetl_shell.records import Schedule, Scheduled
from noetl_shell.target import Target


@click.group()
def schedule() -> None:
    """Start playbooks at the times of cron expressions, while a worker runs."""


@schedule.command()
@click.argument("name", metavar="NAME")
@click.argument("playbook", metavar="PATH[@VERSION]")
@click.option(
    "--cron",
    required=True,
    metavar="CRON",
    help="Minute, hour, day of month, month, day of week; or @daily, @hourly, …",
)
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Whose clocks.",
)
@workload_options
@click.option(
    "--missed",
    type=click.Choice(["skip", "once", "all"]),
    help="For times that nobody took, start nothing, one run (default), or all.",
)
@priority_option
@click.option("--paused", is_flag=True, help="Store it paused.")
@json_option
@database_option
def add(
    target: Target,
    name: str,
    playbook: str,
    cron: str,
    time_zone: str,
    workload: dict[str, Any],
    as_json: bool,
    **options: Any,
) -> None:
    """Schedule a registered playbook; a schedule of that name is replaced.

    The same again changes nothing; a paused one stays paused.
    """
    path, version = split_version(playbook)
    with target.open() as conn:
        done = calls.put_schedule(
            conn,
            name=name,
            path=path,
            cron=cron,
            time_zone=time_zone,
            workload=workload,
            options=_options(version, **options),
        )
    if as_json:
        output.print_json(done)
    else:
        print(f"{name} {_word(done)}: {_next(done.next_at)}")


@schedule.command(name="list")
@json_option
@database_option
def list_(target: Target, as_json: bool) -> None:
    """List the schedules: when they fire next, and how they fired last."""
    with target.open() as conn:
        found = calls.list_schedules(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("name", "playbook", "cron", "zone", "next", "last", "run"),
        (
            (
                item.name,
                item.path + (f"@{item.version}" if item.version else ""),
                item.cron,
                item.time_zone,
                output.when(item.next_at) or "paused",
                output.when(item.last_at),
                _outcome(item),
            )
            for item in found
        ),
    )


@schedule.command()
@click.argument("name", metavar="NAME")
@database_option
def remove(target: Target, name: str) -> None:
    """Remove a schedule; its runs stay."""
    with target.open() as conn:
        if not calls.remove_schedule(conn, name=name):
            raise InputError(
                f'no schedule is named "{name}"', hint="See: noetl schedule list"
            )
    print(f"{name} removed")


@schedule.command()
@click.argument("name", metavar="NAME")
@database_option
def pause(target: Target, name: str) -> None:
    """Let a schedule rest until it is resumed."""
    with target.open() as conn:
        done = calls.pause_schedule(conn, name=name)
    print(f"{name}: " + ("paused" if done else "nothing to do, it is paused already"))


@schedule.command()
@click.argument("name", metavar="NAME")
@database_option
def resume(target: Target, name: str) -> None:
    """Let a paused schedule fire again, from its next time on."""
    with target.open() as conn:
        done = calls.resume_schedule(conn, name=name)
    print(f"{name}: " + ("resumed" if done else "nothing to do, it is active already"))


def _options(
    version: int | None, missed: str | None, priority: int | None, paused: bool
) -> dict[str, Any]:
    given = {"version": version, "missed": missed, "priority": priority}
    options = {key: value for key, value in given.items() if value is not None}
    return {**options, "is_active": False} if paused else options


def _word(done: Scheduled) -> str:
    if done.created:
        return "added"
    return "replaced" if done.changed else "unchanged"


def _next(moment: Any) -> str:
    return f"next at {output.when(moment)}" if moment else "paused"


def _outcome(item: Schedule) -> str | None:
    if item.last_error:
        return f"error: {item.last_error.get('message')}"
    return str(item.last_execution_id) if item.last_execution_id else None
