"""What is known about runs, and how to end one."""

from __future__ import annotations

import json
import sys
import time

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, execution_argument, json_option
from noetl_shell.cli.unserved import print_unserved
from noetl_shell.documents import parse_value
from noetl_shell.events import EventReader
from noetl_shell.records import Event, Status
from noetl_shell.runner import Follower
from noetl_shell.target import Target

_STATES = [
    "running",
    "waiting",
    "paused",
    "failing",
    "cancelling",
    "completed",
    "failed",
    "cancelled",
]

_SIGNAL_WORDS = {
    "delivered": "delivered, the step goes on",
    "kept": "kept: conditions read it, and the first step that waits for it takes it",
    "repeated": "nothing to do, it was sent under this key already",
    "ended": "nothing to do, the run has ended",
}


@click.command()
@execution_argument
@click.option("--watch", is_flag=True, help="Stay and follow until the run ends.")
@json_option
@database_option
def status(target: Target, execution_id: int, watch: bool, as_json: bool) -> None:
    """Show where a run stands: status, loops, steps, result or error."""
    with target.open() as conn:
        if watch:
            show = _watcher(as_json)
            state = Follower(target, conn, execution_id).follow(show)
        else:
            state = calls.execution_status(conn, execution_id=execution_id)
    if as_json:
        output.print_json(_details(state), compact=watch)
    else:
        _print_status(state)


@click.command(name="list")
@click.option("--status", type=click.Choice(_STATES), help="Only runs of this status.")
@click.option(
    "--limit", type=click.IntRange(1, 10000), default=20, show_default=True, metavar="N"
)
@json_option
@database_option
def list_(target: Target, status: str | None, limit: int, as_json: bool) -> None:
    """List runs, newest first."""
    with target.open() as conn:
        found = calls.list_executions(conn, limit=limit, status=status)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("id", "status", "playbook", "started", "finished", "error"),
        (
            (
                run.execution_id,
                run.status,
                f"{run.path}@{run.version}",
                output.when(run.started_at),
                output.when(run.finished_at),
                run.error,
            )
            for run in found
        ),
    )


@click.command()
@execution_argument
@click.option("--type", "event_type", metavar="TYPE", help="Only events of this type.")
@click.option("--follow", is_flag=True, help="Stay and show new ones until the end.")
@json_option
@database_option
def events(
    target: Target,
    execution_id: int,
    event_type: str | None,
    follow: bool,
    as_json: bool,
) -> None:
    """Show what happened in a run, oldest first; with --json one object per line."""
    with target.open() as conn:
        log = EventReader(conn, execution_id, event_type)
        while True:
            state = calls.execution_status(conn, execution_id=execution_id)
            if state.retired_at is not None:
                _print_retired(state)
                return
            for event in log.new_events():
                _print_event(event, as_json)
            if not follow or state.is_final:
                return
            time.sleep(0.5)


@click.command()
@execution_argument
@click.option("--reason", metavar="TEXT", help="Why; kept with the run.")
@database_option
def cancel(target: Target, execution_id: int, reason: str | None) -> None:
    """Cancel a run and its children; running commands are stopped."""
    with target.open() as conn:
        done = calls.cancel_execution(conn, execution_id=execution_id, reason=reason)
        state = calls.execution_status(conn, execution_id=execution_id)
    word = "cancelled" if done else f"nothing to do, it is {state.status} already"
    print(f"execution {execution_id}: {word}")


@click.command()
@execution_argument
@database_option
def pause(target: Target, execution_id: int) -> None:
    """Pause a run and its children: what runs ends, nothing new starts.

    Go on with: noetl resume ID.
    """
    with target.open() as conn:
        done = calls.pause_execution(conn, execution_id=execution_id)
        state = calls.execution_status(conn, execution_id=execution_id)
    word = "paused" if done else f"nothing to do, it is {state.status} already"
    print(f"execution {execution_id}: {word}")


@click.command()
@execution_argument
@click.argument("name")
@click.option(
    "--payload",
    metavar="JSON",
    default="null",
    help="What the step gets as its result.",
)
@click.option(
    "--key", metavar="TEXT", help="Repeats under one key do nothing (idempotency key)."
)
@click.option(
    "--ttl",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long it is kept if no step waits for it.",
)
@database_option
def signal(
    target: Target,
    execution_id: int,
    name: str,
    payload: str,
    key: str | None,
    ttl: float | None,
) -> None:
    """Send a named signal to a run, for the step that waits for it.

    Prints whether it was delivered, or kept until a step waits for it.
    """
    options = {"idempotency_key": key, "ttl": ttl}
    with target.open() as conn:
        answer = calls.signal_execution(
            conn,
            execution_id=execution_id,
            name=name,
            payload=parse_value(payload, "--payload"),
            options={key: given for key, given in options.items() if given is not None},
        )
    print(f"execution {execution_id}: {_SIGNAL_WORDS[answer]}")


@click.command()
@execution_argument
@json_option
@database_option
def rebuild(target: Target, execution_id: int, as_json: bool) -> None:
    """Make all state of a run again from its events; it goes on where it was."""
    with target.open() as conn:
        made = calls.rebuild(conn, execution_id=execution_id)
    if as_json:
        output.print_json({"execution_id": str(execution_id), **made})
        return
    status = made.pop("status")
    counts = ", ".join(f"{count} {name}" for name, count in made.items())
    print(f"execution {execution_id}: {status}; {counts}")


def _watcher(as_json: bool) -> output.Show:
    if as_json or not sys.stderr.isatty():
        return lambda _: None
    console = output.error_console()
    return lambda state: console.print(_line(state), markup=False)


def _line(state: Status) -> str:
    loops = "; ".join(line.strip() for line in output.describe_loops(state))
    steps = ", ".join(state.current_steps)
    return " · ".join(part for part in (state.status, steps, loops) if part)


def _details(state: Status) -> dict[str, object]:
    return {
        **output.summary(state),
        "path": state.path,
        "version": state.version,
        "reason": state.reason,
        "started_at": state.started_at,
        "finished_at": state.finished_at,
        "retired_at": state.retired_at,
        "unserved": state.unserved or [],
        "current_steps": state.current_steps,
        "parent_execution_id": str(state.parent_execution_id)
        if state.parent_execution_id
        else None,
    }


def _print_status(state: Status) -> None:
    print(f"execution {state.execution_id} · {state.path}@{state.version}")
    reason = f" ({state.reason})" if state.reason else ""
    print(f"status    {state.status}{reason}, {state.duration_s:.1f} s")
    print(f"started   {output.when(state.started_at)}")
    if state.finished_at:
        print(f"finished  {output.when(state.finished_at)}")
    if state.retired_at:
        print(f"retired   {output.when(state.retired_at)}, its events were removed")
    for line in output.describe_loops(state):
        print(line)
    for step, entry in (state.steps or {}).items():
        count = entry.get("count") or 1
        print(f"  {step}: {entry.get('status')}" + (f" x{count}" if count > 1 else ""))
    print_unserved(state)
    if state.error:
        print(f"error     {output.describe_error(state.error)}")
    if state.result is not None:
        output.print_json(state.result)


def _print_retired(state: Status) -> None:
    """Say on standard error why there are no events."""
    print(
        f"note: execution {state.execution_id} was retired on"
        f" {output.when(state.retired_at)}: its events were removed\n"
        f"hint: What is kept: noetl status {state.execution_id},"
        f" noetl result ls {state.execution_id}",
        file=sys.stderr,
    )


def _print_event(event: Event, as_json: bool) -> None:
    if as_json:
        output.print_json(event, compact=True)
        return
    index = "" if event.current_index is None else f"[{event.current_index}]"
    parts = (
        event.created_at.astimezone().strftime("%H:%M:%S.%f")[:-3],
        event.event_type,
        f"{event.node_name or ''}{index}",
        event.status or "",
        event.error or _short(event.result),
    )
    print("  ".join(part for part in parts if part))


def _short(value: object) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
