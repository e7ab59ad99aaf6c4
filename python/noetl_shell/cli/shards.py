"""``noetl shards``: who projects which runs, and how far behind."""

from __future__ import annotations

import click

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.cli.options import database_option, json_option
from noetl_shell.target import Target


@click.command()
@json_option
@database_option
def shards(target: Target, as_json: bool) -> None:
    """List the parts of the projection: whose each is, how late, what is live in it.

    Without an owner, workers project it. The lag is that of the oldest change that waits.
    """
    with target.open() as conn:
        found = calls.list_shards(conn)
    if as_json:
        output.print_json(found)
        return
    output.print_table(
        ("shard", "owner", "lag", "projected", "runs", "items"),
        (
            (
                shard.shard,
                shard.owner,
                f"{shard.lag_ms} ms",
                output.when(shard.projected_at),
                shard.state.get("runs") if shard.state else None,
                f"{shard.state['done']}/{shard.state['items']}"
                if shard.state and shard.state["items"]
                else None,
            )
            for shard in found
        ),
    )
