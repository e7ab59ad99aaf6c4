"""Where ``sqitch.plan`` and the scripts of ``sql/`` are: in the wheel or the tree."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from noetl_shell.errors import InputError, ShellError

_SCRIPTS: Final = ("sql/deploy", "sql/revert", "sql/verify")


def sql_root() -> Path:
    """The directory that holds ``sqitch.plan`` and ``sql/``.

    A wheel carries them as ``noetl_shell/_sql``; an editable install reads the tree.
    """
    package = Path(__file__).parent
    candidates = (package / "_sql", package.parents[1])
    for root in candidates:
        if (root / "sqitch.plan").is_file():
            return root
    raise ShellError(
        f"sqitch.plan is missing: looked in {' and '.join(map(str, candidates))}",
        hint="Install the noetl package again.",
    )


def write_sqitch_project(directory: Path) -> None:
    """Write what sqitch needs into a directory, which is made, and must else be empty.

    Raises InputError when there is something in it.
    """
    root = sql_root()
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise InputError(f"{directory} is not empty", hint="Name a new directory.")
    for name in ("sqitch.plan", "sqitch.conf"):
        shutil.copyfile(root / name, directory / name)
    for name in _SCRIPTS:
        shutil.copytree(root / name, directory / name, copy_function=shutil.copyfile)
