"""The streams in NATS: made and compared with the settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from noetl_shell.cli import output
from noetl_shell.cli.options import json_option
from noetl_shell.errors import InputError, ShellError
from noetl_shell.settings import load_settings

if TYPE_CHECKING:
    from noetl_worker.nats.streams import StreamState

_CONNECT_SECONDS: Final = 10.0


@click.group()
def nats() -> None:
    """Make and check the streams in NATS; NOETL_NATS_URL says where."""


_wait_option = click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    default=_CONNECT_SECONDS,
    metavar="SECONDS",
    help="How long a server that is not there yet is waited for.",
    show_default=True,
)


@nats.command()
@json_option
@_wait_option
def init(as_json: bool, wait: float) -> int:
    """Make the streams that are missing, and compare the others; safe to repeat.

    Exits with 2 when one is there that differs, which trying again does not change.
    """
    return 2 if _differ(_ask(wait, make=True), as_json) else 0


@nats.command()
@json_option
@_wait_option
def check(as_json: bool, wait: float) -> int:
    """Compare the streams with the settings, and change nothing."""
    return 1 if _differ(_ask(wait, make=False), as_json) else 0


def _ask(seconds: float, *, make: bool) -> list[StreamState]:
    import asyncio

    from noetl_worker.nats.settings import NatsSettings

    load_settings()  # a bad value is told of in its words
    settings = NatsSettings.from_environment(os.environ)
    if not settings.url:
        raise InputError(
            "NOETL_NATS_URL is not set", hint="For example nats://nats:4222"
        )

    async def ask() -> list[StreamState]:
        from noetl_worker.nats.connection import NATS_ERRORS, Nats
        from noetl_worker.nats.streams import ensure_streams

        connection = Nats(settings, "cli")
        try:
            async with asyncio.timeout(seconds):
                client = await connection.connected()
                return await ensure_streams(client.jetstream(), settings, make=make)
        except NATS_ERRORS as exc:
            reason = connection.problem or str(exc) or "no answer"
            raise ShellError(
                f"NATS at {settings.where}: {reason}",
                hint="Check NOETL_NATS_URL and the other settings NOETL_NATS_…,"
                " and that JetStream is on.",
            ) from exc
        finally:
            await connection.close()

    return asyncio.run(ask())


def _differ(states: list[StreamState], as_json: bool) -> bool:
    """Show the streams; whether any is not as it should be."""
    if as_json:
        output.print_json(states)
    else:
        for state in states:
            found = "; ".join(state.differences) or ("made" if state.is_made else "ok")
            print(f"{state.name}: {found}")
    return any(state.differences for state in states)
