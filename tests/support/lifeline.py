"""Processes that end with ours, however it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# Who died before its child asked to be told of it is not told of.
_STILL_OURS: Final = '[ "$PPID" = "$0" ] && exec "$@"'


def tied(
    *command: str | Path,
    number: signal.Signals = signal.SIGKILL,
    options: Sequence[str] = (),
) -> list[str | Path]:
    """Return the command line of a child that gets this signal when our process dies.

    ``options`` are more of ``setpriv``'s, such as who it is to run as.
    """
    return [
        *("setpriv", "--pdeathsig", number.name.removeprefix("SIG"), *options),
        *("sh", "-c", _STILL_OURS, str(os.getpid()), *command),
    ]
