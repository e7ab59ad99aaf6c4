"""The ticker asks under the session at hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import UUID

import pytest

from noetl_worker.settings import WorkerSettings
from noetl_worker.ticker import Ticker
from noetl_worker.transport.errors import SessionEndedError
from tests.worker.conftest import Lab

LOOKS = """
select count(*) from pg_stat_activity
where application_name = 'noetl ticker one' and {}
"""


def register(lab: Lab, name: str) -> UUID:
    row = lab.conn.execute(
        "select noetl.register_session(%s, '{default}', '{}', now()) as id", (name,)
    ).fetchone()
    assert row is not None
    session: UUID = row["id"]
    return session


@pytest.mark.parametrize("is_replaced", [True, False])
def test_refusal_of_an_older_session_does_not_end_the_younger(
    lab: Lab, is_replaced: bool
) -> None:
    session = older = register(lab, "older")
    younger = register(lab, "younger")
    told: list[SessionEndedError] = []
    settings = WorkerSettings.from_environment(
        {"NOETL_DB": lab.dsn, "NOETL_WORKER_NAME": "one"}
    )

    def look_is_refused() -> None:
        nonlocal session
        with lab.connect() as holder:
            with holder.transaction():
                holder.execute("lock table noetl.runtime in access exclusive mode")
                waits = LOOKS.format("wait_event_type = 'Lock'")
                lab.until(lambda: lab.count(waits) == 1)
                holder.execute(
                    "update noetl.runtime set status = 'ended', ended_at = now()"
                    " where session_id = %s",
                    (older,),
                )
                session = younger if is_replaced else older
            holder.execute("create table ended as select clock_timestamp() as at")
        later = LOOKS.format(
            "state = 'idle' and query_start > (select at from ended)"
            " and query like '%%due_work%%'"
        )
        lab.until(lambda: bool(told) or lab.count(later) == 1)

    async def main() -> None:
        ticking = asyncio.create_task(
            Ticker(settings, lambda: session, told.append).run()
        )
        try:
            await asyncio.to_thread(look_is_refused)
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking

    asyncio.run(main())
    assert bool(told) is not is_replaced
