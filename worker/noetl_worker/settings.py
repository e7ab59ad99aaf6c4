"""What a worker process is told at its start: one frozen object."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from noetl_worker.nats.settings import NatsSettings
from noetl_worker.stores.settings import StoreSettings

TRANSPORTS: Final = ("postgres", "nats")
_TRUE: Final = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Settings of one worker process; the environment variable is named beside each."""

    dsn: str = ""  # NOETL_DB
    name: str = ""  # NOETL_WORKER_NAME; default: host and process id
    slots: int = 200  # NOETL_WORKER_SLOTS: commands at work at once
    pools: tuple[str, ...] = ("default",)  # NOETL_WORKER_POOLS
    home: Path = Path()  # NOETL_HOME: key file and, by default, stored results
    store_path: Path | None = None  # NOETL_PVC_MOUNT_PATH; default: HOME/results
    inline_max_bytes: int = 65_536  # NOETL_INLINE_MAX_BYTES: larger results are files
    result_max_bytes: int = 1 << 28  # NOETL_RESULT_MAX_BYTES: larger ones are refused
    claim_max: int = 500  # NOETL_CLAIM_MAX: commands in one claim
    poll_seconds: float = 1.0  # NOETL_POLL_SECONDS: claim even without a doorbell
    heartbeat_seconds: float = 5.0  # NOETL_HEARTBEAT_SECONDS
    long_command_seconds: float = 60.0  # NOETL_LONG_COMMAND_SECONDS: told of in the log
    grace_seconds: float = 10.0  # NOETL_GRACE_SECONDS: after SIGTERM, before hand-back
    transport: str = "postgres"  # NOETL_EVENT_TRANSPORT: how reports travel
    ticks: bool = True  # NOETL_WORKER_TICKS: also call the maintenance functions
    prepare: bool = True  # NOETL_DB_PREPARE=0 behind a transaction-pooling pgbouncer
    python_processes: int = field(  # NOETL_PYTHON_PROCESSES
        default_factory=lambda: os.cpu_count() or 2
    )
    cache_bytes: int = 64 << 20  # NOETL_WORKER_CACHE_BYTES: results and items read
    duckdb_memory_bytes: int = 1 << 30  # NOETL_DUCKDB_MEMORY_BYTES: more is spilled
    template_env: tuple[str, ...] = ()  # NOETL_TEMPLATE_ENV: variables templates see
    stores: StoreSettings = field(  # where large results go
        default_factory=StoreSettings
    )
    nats: NatsSettings = field(  # how commands and reports travel over NATS
        default_factory=NatsSettings
    )

    @property
    def results_path(self) -> Path:
        """Where the files of tier pvc are."""
        return (self.store_path or self.home / "results").absolute()

    @staticmethod
    def from_environment(environ: Mapping[str, str]) -> WorkerSettings:
        """Settings from ``NOETL_*`` variables; what is unset keeps its default."""
        given: dict[str, object] = {}
        for variable, (name, parse) in _VARIABLES.items():
            if text := environ.get(variable):
                try:
                    given[name] = parse(text)
                except ValueError:
                    raise ValueError(f"{variable} is not a number: {text!r}") from None
        given["stores"] = StoreSettings.from_environment(environ)
        if text := environ.get("NOETL_EVENT_TRANSPORT"):
            given["transport"] = parse_transport(text)
        given["nats"] = NatsSettings.from_environment(environ)
        given.setdefault("name", f"{socket.gethostname()}-{os.getpid()}")
        return WorkerSettings(**given)  # type: ignore[arg-type]


def parse_transport(text: str) -> str:
    """A way for reports."""
    if text not in TRANSPORTS:
        raise ValueError(
            f"NOETL_EVENT_TRANSPORT must be one of {', '.join(TRANSPORTS)}"
        )
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _flag(text: str) -> bool:
    return text.strip().lower() in _TRUE


_VARIABLES: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "NOETL_DB": ("dsn", str),
    "NOETL_WORKER_NAME": ("name", str),
    "NOETL_WORKER_SLOTS": ("slots", int),
    "NOETL_WORKER_POOLS": ("pools", _names),
    "NOETL_HOME": ("home", Path),
    "NOETL_PVC_MOUNT_PATH": ("store_path", Path),
    "NOETL_INLINE_MAX_BYTES": ("inline_max_bytes", int),
    "NOETL_RESULT_MAX_BYTES": ("result_max_bytes", int),
    "NOETL_CLAIM_MAX": ("claim_max", int),
    "NOETL_POLL_SECONDS": ("poll_seconds", float),
    "NOETL_HEARTBEAT_SECONDS": ("heartbeat_seconds", float),
    "NOETL_LONG_COMMAND_SECONDS": ("long_command_seconds", float),
    "NOETL_GRACE_SECONDS": ("grace_seconds", float),
    "NOETL_WORKER_TICKS": ("ticks", _flag),
    "NOETL_DB_PREPARE": ("prepare", _flag),
    "NOETL_PYTHON_PROCESSES": ("python_processes", int),
    "NOETL_WORKER_CACHE_BYTES": ("cache_bytes", int),
    "NOETL_DUCKDB_MEMORY_BYTES": ("duckdb_memory_bytes", int),
    "NOETL_TEMPLATE_ENV": ("template_env", _names),
}
