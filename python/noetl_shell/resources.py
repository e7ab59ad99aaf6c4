"""Where ``sqitch.plan`` and the scripts of ``sql/`` are: in the wheel or the tree."""

from __future__ import annotations

from pathlib import Path

from noetl_shell.errors import ShellError


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
