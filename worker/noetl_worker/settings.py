"""What a worker process is told at its start: one frozen object."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from noetl_worker.nats.settings import NatsSettings
from noetl_worker.stores.settings import StoreSettings

TRANSPORTS: Final = ("postgres", "http", "nats")
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_PORT_MAX: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Settings of one worker process; the environment variable is named beside each."""

    dsn: str = ""  # NOETL_DB
    direct_dsn: str = ""  # NOETL_DB_DIRECT: to listen; default: dsn
    transport: str = "postgres"  # NOETL_EVENT_TRANSPORT: postgres, http or nats
    api_url: str = ""  # NOETL_API_URL: of a dispatcher's HTTP API
    api_token: str = field(default="", repr=False)  # NOETL_API_TOKEN
    api_token_file: Path | None = None  # NOETL_API_TOKEN_FILE: read instead
    api_ca_file: Path | None = None  # NOETL_API_CA_FILE; default: the system's
    api_timeout_seconds: float = 60.0  # NOETL_API_TIMEOUT_SECONDS: of one request
    name: str = ""  # NOETL_WORKER_NAME; default: host and process id
    slots: int = 200  # NOETL_WORKER_SLOTS: commands at work at once
    pools: tuple[str, ...] = ("default",)  # NOETL_WORKER_POOLS
    tools: tuple[str, ...] = ()  # NOETL_WORKER_TOOLS: kinds it serves; none: all
    tool_slots: Mapping[str, int] = field(  # NOETL_TOOL_SLOTS: at once, of a tool kind
        default_factory=dict
    )
    home: Path = Path()  # NOETL_HOME: key file and, by default, stored results
    store_path: Path | None = None  # NOETL_PVC_MOUNT_PATH; default: HOME/results
    inline_max_bytes: int = 65_536  # NOETL_INLINE_MAX_BYTES: larger results are files
    result_max_bytes: int = 1 << 28  # NOETL_RESULT_MAX_BYTES: larger ones are refused
    claim_max: int = 500  # NOETL_CLAIM_MAX: commands in one claim
    poll_seconds: float = 1.0  # NOETL_POLL_SECONDS: claim even without a doorbell
    heartbeat_seconds: float = 5.0  # NOETL_HEARTBEAT_SECONDS
    long_command_seconds: float = 60.0  # NOETL_LONG_COMMAND_SECONDS: told of in the log
    grace_seconds: float = 10.0  # NOETL_GRACE_SECONDS: after SIGTERM, before hand-back
    metrics_listen: tuple[str, int] | None = None  # NOETL_METRICS_LISTEN: HOST:PORT
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
                except ValueError as exc:  # its text may be secret
                    raise ValueError(f"{variable} is bad: {exc}") from None
        given["stores"] = StoreSettings.from_environment(environ)
        given["nats"] = NatsSettings.from_environment(environ)
        given.setdefault("name", f"{socket.gethostname()}-{os.getpid()}")
        return WorkerSettings(**given)  # type: ignore[arg-type]


def parse_listen(text: str) -> tuple[str, int]:
    """``HOST:PORT``, ``[IPv6]:PORT`` or ``:PORT``; port 0: any that is free."""
    host, separator, port = text.rpartition(":")
    if not separator or not port.isascii() or not port.isdigit():
        raise ValueError("must be HOST:PORT")
    if int(port) > _PORT_MAX:
        raise ValueError(f"must have a port up to {_PORT_MAX}")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - as it is told


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def parse_tools(text: str) -> tuple[str, ...]:
    """Tool kinds, separated by commas; raises ValueError for one without a driver."""
    from noetl_worker.tools import kinds

    names = _names(text)
    if unknown := [name for name in names if name not in kinds()]:
        raise ValueError(
            f'no tool kind "{unknown[0]}"; there are: {", ".join(kinds())}'
        )
    return names


def parse_tool_slots(text: str) -> dict[str, int]:
    """Slots of tool kinds, such as ``duckdb=1,python=4``; raises ValueError."""
    slots: dict[str, int] = {}
    for part in _names(text):
        kind, _, number = (piece.strip() for piece in part.partition("="))
        if not (number.isascii() and number.isdigit() and 0 < int(number) < 10**6):
            raise ValueError("must be such as duckdb=1,python=4, each 1 or more")
        slots.update(dict.fromkeys(parse_tools(kind), int(number)))
    return slots


def _flag(text: str) -> bool:
    return text.strip().lower() in _TRUE


def parse_transport(text: str) -> str:
    """The name of a transport; raises ValueError for another."""
    if text not in TRANSPORTS:
        raise ValueError(f"must be {', '.join(TRANSPORTS[:-1])} or {TRANSPORTS[-1]}")
    return text


def parse_api_url(text: str) -> str:
    """The URL of an HTTP API, without its path; raises ValueError for what is none."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("must be a URL such as https://noetl.example:8080")
    if parts.username or parts.password:
        raise ValueError("must hold no user or password: NOETL_API_TOKEN is the key")
    return text.rstrip("/")


_VARIABLES: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "NOETL_DB": ("dsn", str),
    "NOETL_DB_DIRECT": ("direct_dsn", str),
    "NOETL_EVENT_TRANSPORT": ("transport", parse_transport),
    "NOETL_API_URL": ("api_url", parse_api_url),
    "NOETL_API_TOKEN": ("api_token", str),
    "NOETL_API_TOKEN_FILE": ("api_token_file", Path),
    "NOETL_API_CA_FILE": ("api_ca_file", Path),
    "NOETL_API_TIMEOUT_SECONDS": ("api_timeout_seconds", float),
    "NOETL_WORKER_NAME": ("name", str),
    "NOETL_WORKER_SLOTS": ("slots", int),
    "NOETL_WORKER_POOLS": ("pools", _names),
    "NOETL_WORKER_TOOLS": ("tools", parse_tools),
    "NOETL_TOOL_SLOTS": ("tool_slots", parse_tool_slots),
    "NOETL_HOME": ("home", Path),
    "NOETL_PVC_MOUNT_PATH": ("store_path", Path),
    "NOETL_INLINE_MAX_BYTES": ("inline_max_bytes", int),
    "NOETL_RESULT_MAX_BYTES": ("result_max_bytes", int),
    "NOETL_CLAIM_MAX": ("claim_max", int),
    "NOETL_POLL_SECONDS": ("poll_seconds", float),
    "NOETL_HEARTBEAT_SECONDS": ("heartbeat_seconds", float),
    "NOETL_LONG_COMMAND_SECONDS": ("long_command_seconds", float),
    "NOETL_GRACE_SECONDS": ("grace_seconds", float),
    "NOETL_METRICS_LISTEN": ("metrics_listen", parse_listen),
    "NOETL_WORKER_TICKS": ("ticks", _flag),
    "NOETL_DB_PREPARE": ("prepare", _flag),
    "NOETL_PYTHON_PROCESSES": ("python_processes", int),
    "NOETL_WORKER_CACHE_BYTES": ("cache_bytes", int),
    "NOETL_DUCKDB_MEMORY_BYTES": ("duckdb_memory_bytes", int),
    "NOETL_TEMPLATE_ENV": ("template_env", _names),
}
