"""A worker process that ends with the command that started it.

The parent holds the other end of standard input: when it is gone, however it went, the
worker stops as it does on SIGTERM and hands its work back.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from noetl_shell.logs import configure_logging
from noetl_worker.main import run
from noetl_worker.settings import WorkerSettings


def _stop_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run a worker as the environment says."""
    configure_logging()
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    sys.exit(run(WorkerSettings.from_environment(os.environ)))


if __name__ == "__main__":
    main()
