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


@nats.command()
@json_option
def init(as_json: bool) -> int:
    """Make the streams that are missing, and compare the others; safe to repeat."""
    return _show(_ask(make=True), as_json)


@nats.command()
@json_option
def check(as_json: bool) -> int:
    """Compare the streams with the settings, and change nothing."""
    return _show(_ask(make=False), as_json)


def _ask(*, make: bool) -> list[StreamState]:
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
            async with asyncio.timeout(_CONNECT_SECONDS):
                client = await connection.connected()
                return await ensure_streams(client.jetstream(), settings, make=make)
        except NATS_ERRORS as exc:
            reason = connection.problem or str(exc) or "no answer"
            raise ShellError(
                f"NATS at {settings.where}: {reason}",
                hint="Check the settings NOETL_NATS_…, and that JetStream is on.",
            ) from exc
        finally:
            await connection.close()

    return asyncio.run(ask())


def _show(states: list[StreamState], as_json: bool) -> int:
    if as_json:
        output.print_json(states)
    else:
        for state in states:
            found = "; ".join(state.differences) or ("made" if state.is_made else "ok")
            print(f"{state.name}: {found}")
    return 1 if any(state.differences for state in states) else 0
