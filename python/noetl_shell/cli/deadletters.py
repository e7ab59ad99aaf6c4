"""Messages with reports that could not be recorded."""

from __future__ import annotations

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.target import Target

_ids = click.argument(
    "ids",
    metavar="ID…",
    nargs=-1,
    required=True,
    type=click.IntRange(1, 2**63 - 1),  # what PostgreSQL's bigint holds
)


@click.group(name="dead-letters")
def dead_letters() -> None:
    """Look at messages with reports that could not be recorded."""


@dead_letters.command(name="list")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    metavar="N",
)
@json_option
@database_option
def list_(target: Target, limit: int, as_json: bool) -> None:
    """List them, newest first, each with the reason."""
    with target.open() as conn:
        found = calls.list_dead_letters(conn, limit=limit)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("id", "received", "bytes", "subject", "reason"),
        (
            (
                letter.dead_letter_id,
                output.when(letter.received_at),
                letter.bytes,
                letter.subject,
                letter.reason,
            )
            for letter in found
        ),
    )


@dead_letters.command()
@_ids
@json_option
@database_option
def retry(target: Target, ids: tuple[int, ...], as_json: bool) -> int:
    """Record their reports once more; what is recorded is parked no longer."""
    with target.open() as conn:
        done = calls.retry_dead_letters(conn, ids=list(ids))
    if as_json:
        output.print_json(done)
    else:
        for letter in done:
            what = "recorded" if letter.is_recorded else letter.reason
            print(f"{letter.dead_letter_id}: {what}")
        for number in sorted(set(ids) - {letter.dead_letter_id for letter in done}):
            print(f"{number}: there is none of that id")
    return 0 if len(done) == len(set(ids)) and all(d.is_recorded for d in done) else 1


@dead_letters.command()
@_ids
@database_option
def discard(target: Target, ids: tuple[int, ...]) -> int:
    """Forget them."""
    with target.open() as conn:
        count = calls.discard_dead_letters(conn, ids=list(ids))
    print(f"{count} forgotten")
    return 0 if count == len(set(ids)) else 1
