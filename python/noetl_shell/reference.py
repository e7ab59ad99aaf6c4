"""Reference pages from the program itself, so that they cannot be wrong.

``python -m noetl_shell.reference > docs/cli.md``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from noetl_shell.cli import noetl
from noetl_shell.settings import SETTINGS

_INTRODUCTION: Final = """\
# Commands

Made from the commands' own help by `python -m noetl_shell.reference`; do not edit.

Results go to standard output, everything else to standard error. With `--json`, standard
output carries one JSON value and nothing else (`noetl events` and lists of problems: one
per line, or one array); execution ids are strings in it, as they exceed 2^53. An error is
one line `error: …` and, where there is a remedy, a line `hint: …`.

| exit code | means |
|---|---|
| 0 | done; of `run` and `resume`: the run completed |
| 1 | the run failed or was cancelled; the database or the machine is in the way |
| 2 | the command line, a file or a playbook is wrong; nothing was run |
| 130 | Ctrl-C; an interrupted run goes on with `noetl resume ID` |

`noetl worker` and `noetl dispatcher` end with 0 on SIGTERM and on the first Ctrl-C: they
hand back what they cannot finish within `NOETL_GRACE_SECONDS`. A second one ends them at
once, with 143 or 130.
"""


def cli_reference() -> str:
    """The page docs/cli.md."""
    return "\n".join([_INTRODUCTION, *_sections(noetl, "noetl")])


def settings_table() -> str:
    """The table of environment variables in docs/settings.md."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for setting in SETTINGS:
        lines.append(
            f"| `{setting.variable}` | {setting.default_text} | {setting.description} |"
        )
    return "\n".join(lines)


def _sections(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, max_content_width=88)
    context.terminal_width = 88
    yield f"## {name}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _sections(found, f"{name} {inner}")


if __name__ == "__main__":
    print(cli_reference(), end="")
