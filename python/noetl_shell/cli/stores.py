"""The stores of results: made before workers need them, and checked from where they run."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from noetl_shell.errors import InputError
from noetl_shell.settings import load_settings

if TYPE_CHECKING:
    from noetl_shell.stores import StoreSet


def _store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--wait",
            type=click.FloatRange(0, 86_400),
            default=0.0,
            metavar="SECONDS",
            help="Try again for so long while a store is not there yet.",
        ),
        click.option(
            "--volume",
            default="",
            metavar="NAME",
            help="Name of the shared directory of the store pvc, which carries it.",
        ),
        click.argument("tiers", nargs=-1, metavar="[STORE]..."),
    ):
        command = option(command)
    return command


@click.group()
def store() -> None:
    """Make and check the stores of results that the settings name."""


@store.command()
@_store_options
def init(tiers: tuple[str, ...], volume: str, wait: float) -> None:
    """Make buckets and directories that are missing; safe to repeat.

    Without names: all that have the settings they need. Exits with 2 where trying again
    does not help, as with wrong keys or a bucket of others.
    """
    chosen = _choose(tiers, volume)
    chosen.make(wait)
    _show(chosen, "ready")


@store.command()
@_store_options
def check(tiers: tuple[str, ...], volume: str, wait: float) -> None:
    """Look whether they are there and let this process in, and change nothing."""
    chosen = _choose(tiers, volume)
    chosen.check(wait)
    _show(chosen, "ok")


def _choose(names: tuple[str, ...], volume: str) -> StoreSet:
    from noetl_shell.stores import StoreSet
    from noetl_worker.settings import WorkerSettings
    from noetl_worker.stores.base import StoreTier
    from noetl_worker.stores.settings import RESULT_TIERS

    home = load_settings().home  # a bad value is told of in its words
    known = [tier for tier in RESULT_TIERS if tier != StoreTier.DB]
    if unknown := [name for name in names if name not in known]:
        raise InputError(
            f"no store {unknown[0]!r}", hint=f"There are: {', '.join(known)}"
        )
    try:
        settings = WorkerSettings.from_environment(
            {**os.environ, "NOETL_HOME": str(home)}
        )
    except ValueError as exc:
        raise InputError(str(exc), hint="docs/settings.md lists the settings.") from exc
    return StoreSet(
        settings.stores,
        settings.results_path,
        tuple(StoreTier(name) for name in names),
        volume,
    )


def _show(chosen: StoreSet, word: str) -> None:
    for tier in chosen.tiers:
        print(f"{tier}: {word}")
