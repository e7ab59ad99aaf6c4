"""Follow a run to its end while workers carry it out."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from noetl_shell.calls import execution_status
from noetl_shell.database import Connection
from noetl_shell.embedded.server import ServerStopped
from noetl_shell.errors import DatabaseLost
from noetl_shell.fleet import Fleet
from noetl_shell.records import Status
from noetl_shell.target import Target

# Between two looks passes about a tenth of the time that has passed already.
_FIRST_DELAY: Final = 0.02
_GROWTH: Final = 1.1
_LAST_DELAY: Final = 0.25
# How long a database may be away before the command gives up; the run itself stays.
_PATIENCE_SECONDS: Final = 60.0


class Follower:
    """Reads a run's status until it is final, over broken connections."""

    def __init__(self, target: Target, conn: Connection, execution_id: int) -> None:
        self._target = target
        self._conn = conn
        self.execution_id = execution_id

    def follow(
        self,
        show: Callable[[Status], None] | None = None,
        fleet: Fleet | None = None,
        *,
        look: Callable[[Status], None] | None = None,
    ) -> Status:
        """Wait for the end; ``show`` sees each new state, ``look`` what each look finds."""
        delay = _FIRST_DELAY
        seen: object = None
        while True:
            status = self._read()
            # Workers come and go without a change of the run.
            if (now := (status.progress_version, status.unserved)) != seen:
                seen = now
                if show is not None:
                    show(status)
            if look is not None:
                look(status)
            if status.is_final:
                return status
            if fleet is not None:
                fleet.keep_up()
            time.sleep(delay)
            delay = min(delay * _GROWTH, _LAST_DELAY)

    def _read(self) -> Status:
        try:
            return execution_status(self._conn, execution_id=self.execution_id)
        except DatabaseLost:
            self._conn.close()
        self._reconnect()
        return self._read()

    def _reconnect(self) -> None:
        """Wait for the database; the embedded one is started again after a crash."""
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                if self._target.is_embedded:
                    self._target.server.start(only_after_crash=True)
                self._conn = self._target.open()
            except ServerStopped as exc:
                raise ServerStopped(
                    f"{exc}; the run stays as it is",
                    hint=f"Go on with: noetl resume {self.execution_id}",
                ) from exc
            except DatabaseLost as exc:
                if time.monotonic() > give_up:
                    raise DatabaseLost(
                        f"{exc}; the run goes on when it is back",
                        hint=f"See then: noetl status {self.execution_id}",
                    ) from exc
                time.sleep(0.5)
            else:
                return


def stop_workers(fleet: Fleet) -> None:
    """Stop in order; a second Ctrl-C ends the patience, not the work's safety."""
    with suppress(KeyboardInterrupt):
        fleet.stop()
        return
    fleet.kill()
