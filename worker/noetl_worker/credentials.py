"""Credentials of a run, opened here and kept for a minute; their values are scrubbed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from noetl_worker.engine import Engine
from noetl_worker.output import TaskError
from noetl_worker.secrets import SecretError, load_keys, open_
from noetl_worker.transport.errors import EngineRefusedError

_KEEP_SECONDS: Final = 60.0
_SECRET_MIN: Final = 4
_KNOWN_MAX: Final = 1000
_PLAIN: Final = frozenset(
    {
        "host",
        "port",
        "user",
        "username",
        "dbname",
        "database",
        "type",
        "kind",
        "sslmode",
        "header",
        "url",
        "schema",
    }
)
MASK: Final = "***"


class Credentials:
    """Reads credentials that the run may use."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self._engine = engine
        self._home = home
        self._keys: list[bytes] = []
        self._known: dict[tuple[int, str], tuple[float, dict[str, Any]]] = {}
        self._secrets: dict[str, None] = {}

    async def read(self, execution_id: int, name: str) -> dict[str, Any]:
        """The fields of a credential; refuses what the run's starter may not use."""
        known = self._known.get((execution_id, name))
        if known is not None and time.monotonic() - known[0] < _KEEP_SECONDS:
            return known[1]
        try:
            sealed = await self._engine.read_credential(
                execution_id=execution_id, name=name
            )
        except EngineRefusedError as exc:
            raise TaskError("auth", str(exc), code=exc.sqlstate) from exc
        try:
            fields = await self._open(name, sealed)
        except SecretError as exc:
            raise TaskError("auth", str(exc)) from exc
        self._remember((execution_id, name), fields)
        return fields

    async def _open(self, name: str, sealed: bytes) -> dict[str, Any]:
        """Open it with the keys known; they are read anew when none of them fits."""
        if self._keys:
            with suppress(SecretError):
                return open_(self._keys, name, sealed)
        self._keys = await asyncio.to_thread(load_keys, self._home)
        return open_(self._keys, name, sealed)

    def scrub(self, text: str) -> str:
        """The text with all secrets known here masked."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def _remember(self, key: tuple[int, str], fields: dict[str, Any]) -> None:
        while len(self._known) >= _KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._known[key] = (time.monotonic(), fields)
        for name, value in fields.items():
            if (
                name not in _PLAIN
                and isinstance(value, str)
                and len(value) >= _SECRET_MIN
            ):
                self._secrets.pop(value, None)
                self._secrets[value] = None
        while len(self._secrets) > _KNOWN_MAX:
            del self._secrets[next(iter(self._secrets))]
