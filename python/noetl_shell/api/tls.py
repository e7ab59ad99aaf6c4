"""The API's certificate: read at the start, and again when its files were replaced."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Final, NoReturn

from noetl_shell.errors import InputError

_LOOK_SECONDS: Final = 10.0

log = logging.getLogger(__name__)


class Certificate:
    """A certificate with its chain and key, in PEM; connections to come use the latest.

    Raises InputError when the files cannot serve.
    """

    def __init__(self, certificate: Path, key: Path | None = None) -> None:
        self._certificate = certificate
        self._key = key or certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._seen = self._state()
        self._load()

    async def keep_fresh(self) -> None:
        """Look at the files again and again; what cannot serve leaves the old one."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()

    def look(self) -> bool:
        """Read the files if they were replaced; whether another certificate serves now."""
        try:
            if (state := self._state()) == self._seen:
                return False
            self._seen = state
            self._load()
        except InputError as exc:
            log.warning("the old certificate goes on: %s (%s)", exc, exc.hint)
            return False
        log.info("the certificate of %s serves now", self._certificate)
        return True

    def _state(self) -> list[tuple[int, int, int]]:
        """What changes with the files, also where they are links that are turned."""
        found = []
        for path in (self._certificate, self._key):
            try:
                with path.open("rb"):
                    state = path.stat()
            except OSError as exc:
                raise InputError(
                    f"cannot read {path}: {exc.strerror or exc}",
                    hint="--tls-cert and --tls-key name files in PEM format.",
                ) from exc
            found.append((state.st_ino, state.st_mtime_ns, state.st_size))
        return found

    def _load(self) -> None:
        # The first context finds what is wrong, before half of it is in the one that serves.
        for context in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.context):
            try:
                context.load_cert_chain(
                    self._certificate, self._key, password=self._refuse_password
                )
            except ssl.SSLError as exc:
                raise InputError(
                    f"the key in {self._key} is not that of {self._certificate}"
                    if exc.reason == "KEY_VALUES_MISMATCH"
                    else f"there is no certificate in {self._certificate}, or no key in"
                    f" {self._key}",
                    hint="Give the certificate, then those that signed it, in --tls-cert,"
                    " and its key in --tls-key, all in PEM format.",
                ) from exc

    def _refuse_password(self) -> NoReturn:
        raise InputError(
            f"the key in {self._key} is encrypted, and nobody is there to ask",
            hint="Store it without: openssl pkey -in KEY -out PLAIN",
        )
