"""Which database a command works on: the embedded one, or the one that it was given."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from noetl_shell.database import Connection, connect
from noetl_shell.embedded.server import Server
from noetl_shell.settings import Settings


@dataclass(frozen=True, slots=True)
class Target:
    """A database, and how to get there."""

    settings: Settings
    db: str | None

    @property
    def is_embedded(self) -> bool:
        """Whether it is the private database under ``NOETL_HOME``."""
        return self.db is None

    @property
    def server(self) -> Server:
        """The embedded server."""
        settings = self.settings
        return Server(settings.home, settings.embedded_bin, notify=_note)

    def open(self) -> Connection:
        """Connect; the embedded database is made, started and deployed as needed."""
        if self.db is not None:
            return connect(self.db)
        from noetl_shell.embedded.bootstrap import open_embedded

        return open_embedded(self.server)

    def open_direct(self) -> Connection:
        """Connect without a pooler between; see ``direct_dsn``."""
        if self.direct_dsn is None:
            return self.open()
        return connect(self.direct_dsn, is_direct=True)

    @property
    def direct_dsn(self) -> str | None:
        """Where to listen and to deploy, if that is not as for all else.

        ``NOETL_DB_DIRECT`` is about ``NOETL_DB``, and not about another ``--db``.
        """
        if self.db is None or self.db != self.settings.db:
            return None
        return self.settings.db_direct

    @property
    def worker_dsn(self) -> str:
        """How workers connect."""
        if self.db is not None:
            return self.db
        from noetl_shell.embedded.bootstrap import WORKER_ROLE

        return self.server.dsn(user=WORKER_ROLE)

    @property
    def api_dsn(self) -> str:
        """How the HTTP API connects: it acts for people as well as for workers."""
        return self.db if self.db is not None else self.server.dsn()


def _note(message: str) -> None:
    print(f"note: {message}", file=sys.stderr)
