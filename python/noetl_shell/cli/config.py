"""``noetl config``: all settings and where they come from."""

from __future__ import annotations

import os

import click

from noetl_shell.cli import output
from noetl_shell.cli.options import json_option
from noetl_shell.settings import read_values


@click.command()
@json_option
def config(as_json: bool) -> None:
    """List all settings: value, source and meaning; secrets are masked."""
    values = read_values(os.environ)
    if as_json:
        output.print_json(
            [
                {
                    "name": value.setting.variable,
                    "value": value.shown(),
                    "source": value.source,
                    "default": value.setting.default_text,
                    "description": value.setting.description,
                }
                for value in values
            ]
        )
        return
    output.print_table(
        ("setting", "value", "source", "meaning"),
        (
            (
                value.setting.variable,
                value.shown(),
                "default" if value.source == "default" else "environment",
                value.setting.description,
            )
            for value in values
        ),
    )
