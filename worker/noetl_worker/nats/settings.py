"""Where NATS is, who may come, and how much the streams keep: one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from noetl_worker.environment import Variables, flag, read_all, seconds, size

_TOKEN: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)


class NatsSetupError(ValueError):
    """NATS cannot be used as the settings say; the message names the setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NatsSettings:
    """The environment variable is named beside each setting."""

    url: str = field(default="", repr=False)  # NOETL_NATS_URL; may hold a password
    user: str = ""  # NOETL_NATS_USER
    password: str = field(default="", repr=False)  # NOETL_NATS_PASSWORD
    token: str = field(default="", repr=False)  # NOETL_NATS_TOKEN
    nkey_seed_file: Path | None = None  # NOETL_NATS_NKEY_SEED_FILE
    credentials_file: Path | None = None  # NOETL_NATS_CREDENTIALS_FILE: JWT and seed
    tls_ca: Path | None = None  # NOETL_NATS_TLS_CA
    tls_cert: Path | None = None  # NOETL_NATS_TLS_CERT
    tls_key: Path | None = None  # NOETL_NATS_TLS_KEY
    event_prefix: str = "noetl.events"  # NOETL_EVENT_NATS_SUBJECT_PREFIX
    replicas: int = 1  # NOETL_NATS_REPLICAS: copies of each stream
    max_bytes: int = 1 << 30  # NOETL_NATS_MAX_BYTES: of each stream
    max_age_seconds: float = 86_400.0  # NOETL_NATS_MAX_AGE_SECONDS: of a message
    message_max_bytes: int = 1_000_000  # NOETL_NATS_MESSAGE_MAX_BYTES
    confirm_seconds: float = 5.0  # NOETL_NATS_CONFIRM_SECONDS: then reports go direct
    target_seconds: float = 2.0  # NOETL_NATS_TARGET_SECONDS: then all are told
    required: bool = False  # NOETL_NATS_REQUIRED: no dispatcher without streams

    @property
    def servers(self) -> list[str]:
        """URLs of the servers."""
        return [part.strip() for part in self.url.split(",")]

    @property
    def where(self) -> str:
        """The servers for people, without secrets."""
        parts = (urlsplit(part) for part in self.servers)
        return ", ".join(f"{part.hostname}:{part.port or 4222}" for part in parts)

    @staticmethod
    def from_environment(environ: Mapping[str, str]) -> NatsSettings:
        """Settings from the variables; what is unset or empty keeps its default."""
        return NatsSettings(**read_all(environ, VARIABLES))


def parse_prefix(text: str) -> str:
    """The beginning of a subject: words between dots, and not one that others have."""
    words = text.split(".")
    if not all(word and set(word) <= _TOKEN for word in words):
        raise ValueError("must be words of letters, digits, - and _ between dots")
    if words[0] == "noetl" and words[1:2] in ([], ["commands"], ["dead"]):
        raise ValueError("must not take in noetl.commands or noetl.dead")
    return text


def parse_replicas(text: str) -> int:
    """A number of copies."""
    if text not in {"1", "3", "5"}:
        raise ValueError("must be 1, 3 or 5")
    return int(text)


def parse_url(text: str) -> str:
    """URLs of NATS servers, separated by commas."""
    for part in text.split(","):
        parts = urlsplit(part.strip())
        if parts.scheme not in {"nats", "tls", "ws", "wss"} or not parts.hostname:
            raise ValueError("must be a URL such as nats://nats:4222")
    return text


parse_age: Final = seconds(60, 365 * 86_400)
parse_wait: Final = seconds(1, 3600)

VARIABLES: Final[Variables] = {
    "NOETL_NATS_URL": ("url", parse_url),
    "NOETL_NATS_USER": ("user", str),
    "NOETL_NATS_PASSWORD": ("password", str),
    "NOETL_NATS_TOKEN": ("token", str),
    "NOETL_NATS_NKEY_SEED_FILE": ("nkey_seed_file", Path),
    "NOETL_NATS_CREDENTIALS_FILE": ("credentials_file", Path),
    "NOETL_NATS_TLS_CA": ("tls_ca", Path),
    "NOETL_NATS_TLS_CERT": ("tls_cert", Path),
    "NOETL_NATS_TLS_KEY": ("tls_key", Path),
    "NOETL_EVENT_NATS_SUBJECT_PREFIX": ("event_prefix", parse_prefix),
    "NOETL_NATS_REPLICAS": ("replicas", parse_replicas),
    "NOETL_NATS_MAX_BYTES": ("max_bytes", size),
    "NOETL_NATS_MAX_AGE_SECONDS": ("max_age_seconds", parse_age),
    "NOETL_NATS_MESSAGE_MAX_BYTES": ("message_max_bytes", size),
    "NOETL_NATS_CONFIRM_SECONDS": ("confirm_seconds", parse_wait),
    "NOETL_NATS_TARGET_SECONDS": ("target_seconds", parse_wait),
    "NOETL_NATS_REQUIRED": ("required", flag),
}
