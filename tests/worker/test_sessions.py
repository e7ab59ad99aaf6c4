"""Sessions begin and end with who works under them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.link import DirectLink
from noetl_worker.transport.make import postgres_calls
from noetl_worker.transport.postgres import PostgresCalls
from tests.worker.conftest import Lab

ACTIVE = "select count(*) from noetl.runtime where status = 'active'"


def test_session_that_was_begun_when_told_to_stop_ends(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its beginning is committed, and the answer still on its way."""
    settings = WorkerSettings.from_environment(
        {"NOETL_DB": lab.dsn, "NOETL_WORKER_NAME": "one"}
    )

    async def main() -> None:
        is_told, call = asyncio.Event(), PostgresCalls.call

        async def call_late(
            self: PostgresCalls, function: str, /, **arguments: Any
        ) -> Any:
            found = await call(self, function, **arguments)
            if function == "register_session":
                await is_told.wait()
            return found

        monkeypatch.setattr(PostgresCalls, "call", call_late)
        link = DirectLink(settings, postgres_calls(settings, "worker", size=1))
        registering = asyncio.create_task(link.register({}))
        await asyncio.to_thread(lab.until, lambda: lab.count(ACTIVE) == 1)
        registering.cancel()
        is_told.set()
        with pytest.raises(asyncio.CancelledError):
            await registering
        await link.close()

    asyncio.run(main())
    assert lab.count(ACTIVE) == 0
