"""What the HTTP API is told at its start: one frozen object."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from noetl_shell.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """Settings of the HTTP API of one process."""

    dsn: str
    host: str = "127.0.0.1"
    port: int = 0  # 0: a free one
    tls_cert: Path | None = None  # None: plain HTTP
    tls_key: Path | None = None  # None: it is in the same file
    auth: bool = True  # False: every caller may do everything
    prepare: bool = True  # False behind a pgbouncer that pools transactions
    connections: int = 8
    wait_seconds: float = 2.0  # for a connection, before the answer is 503
    body_max_bytes: int = 16 << 20
    token_seconds: float = 5.0  # how long what is known about a token is believed
    stream_seconds: float = 0.5  # between two looks at a run that somebody follows
    grace_seconds: float = 10.0  # for requests at work when the process stops


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``, ``[IPv6]:PORT`` or ``:PORT`` (loopback).

    Raises InputError when it is neither.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise InputError(
            f"cannot listen on {text!r}",
            hint="Give HOST:PORT, such as 127.0.0.1:8080; port 0 takes a free one.",
        )
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
