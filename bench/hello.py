"""``noetl run`` of hello world: the whole process, as a user waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.percentiles import median
from bench.rig import BenchError

ROOT: Final = Path(__file__).resolve().parents[1]
_HELLO: Final = ROOT / "examples/hello/hello.yaml"
_LIMIT: Final = 120


def measure_hello(repeats: int) -> dict[str, Any]:
    """Measure the first run ever in a fresh home, then runs on the warm server."""
    with tempfile.TemporaryDirectory(
        prefix="noetl-hello-", ignore_cleanup_errors=True
    ) as home:
        try:
            first = _timed(home, "run", str(_HELLO), "--json")
            warm = [_timed(home, "run", str(_HELLO), "--json") for _ in range(repeats)]
        finally:
            _noetl(home, "db", "down")
    return {"first_s": first, "warm_s": median(warm), "warm_s_of_runs": warm}


def _timed(home: str, *arguments: str) -> float:
    """Seconds of a command that must succeed."""
    started = time.perf_counter()
    done = _noetl(home, *arguments)
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise BenchError(
            f"noetl {' '.join(arguments)} ended with code {done.returncode}:\n"
            f"{done.stderr.strip() or done.stdout.strip()}"
        )
    return elapsed


def _noetl(home: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        # Users keep what Python has compiled.
        if not name.startswith("NOETL_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    try:
        return subprocess.run(
            [sys.executable, "-m", "noetl_shell", *arguments],
            env=environment | {"NOETL_HOME": home},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(
            f"noetl {' '.join(arguments)} did not end within {_LIMIT} s"
        ) from None
