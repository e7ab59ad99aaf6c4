"""What the figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import psutil

from bench.rig import Connection

ROOT: Final = Path(__file__).resolve().parents[1]
_SETTINGS: Final = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "max_connections",
    "autovacuum",
    "jit",
)


def describe_machine(conn: Connection) -> dict[str, Any]:
    """Describe machine, server and working tree."""
    rows = conn.execute(
        "select s.name, current_setting(s.name) from pg_settings as s"
        " where s.name = any(%s) order by s.name",
        (list(_SETTINGS),),
    )
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "kernel": f"{platform.system()} {platform.release()}",
        "load_average": os.getloadavg()[0],
        "postgres": conn.info.parameter_status("server_version"),
        "settings": dict(rows.fetchall()),
        "python": platform.python_version(),
        "commit": _commit(),
        "measured_at": datetime.datetime.now(datetime.UTC).isoformat(
            timespec="seconds"
        ),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo").read_text()
    match = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    return match[1] if match else platform.machine()


def _commit() -> str | None:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None
