"""The status of a run with ten million events in the log, beside a running loop."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import aiohttp
import psutil

from bench.executions import run, start
from bench.percentiles import median, percentile
from bench.rig import BenchError, Connection, Dispatcher, Rig

BESIDE: Final = "bench/beside"
TEMPLATE: Final = "bench/fanout"
EXECUTIONS: Final = 1_000
CALLS: Final = 5_000
REQUESTS_PER_S: Final = 100
_ITEMS: Final = 100_000  # never reached: the loop is cancelled
_AWAIT_SECONDS: Final = 30

# Like the events of a fan-out's items, so that every index has them.
_FILL: Final = """
with ids as (
  select noetl_internal.new_execution_id() as execution_id from generate_series(1, %(runs)s)
),
made as (
  insert into noetl.execution as x (
    execution_id, catalog_id, path, status, last_event_type, last_node_name, last_event_id,
    start_time, end_time, result, state, version
  )
  select
    i.execution_id, t.catalog_id, t.path, t.status, t.last_event_type, t.last_node_name,
    t.last_event_id, t.start_time, t.end_time, t.result, t.state, t.version
  from ids as i
  cross join noetl.execution as t
  where t.execution_id = %(template)s
  returning x.execution_id, x.catalog_id
)
insert into noetl.event (
  execution_id, catalog_id, event_type, node_name, status, current_index, meta, created_at
)
select
  m.execution_id, m.catalog_id, 'loop.shard.done', 'work', 'ok', n.item,
  jsonb_build_object(
    'loop_id', 1, 'iter_index', n.item, 'iter_key', n.item::text,
    'command_id', m.execution_id || '-1-' || n.item
  ),
  clock_timestamp()
from made as m
cross join generate_series(0, %(events)s - 1) as n (item)
"""


def measure_status(
    rig: Rig, conn: Connection, *, events: int, seconds: float
) -> dict[str, Any]:
    """Fill the log, then ask for runs: by SQL, and by HTTP at a fixed rate."""
    with rig.running_workers(2):
        template = run(rig, conn, TEMPLATE, {"n": 100}, limit=60).execution_id
        _await(
            rig,
            conn,
            "select x.end_time is not null from noetl.execution as x"
            " where x.execution_id = %s",
            template,
        )
        ids = _fill(conn, template, events)
        with rig.running_dispatcher() as dispatcher, _beside(rig, conn):
            times = _sql_times_ms(rig, ids)
            answers, cpu = asyncio.run(_http_times_ms(dispatcher, ids, seconds))
    return {
        "events": events,
        "executions": EXECUTIONS,
        "sql_p50_ms": median(times),
        "sql_p99_ms": percentile(times, 0.99),
        "http_per_s": REQUESTS_PER_S,
        "http_p50_ms": median(answers),
        "http_p99_ms": percentile(answers, 0.99),
        "cpu_share": cpu,
    }


def _fill(conn: Connection, template: int, events: int) -> list[int]:
    """Runs with so many events in all; their ids."""
    for _ in range(10):
        values = {
            "template": template,
            "runs": EXECUTIONS // 10,
            "events": events // EXECUTIONS,
        }
        conn.execute(_FILL, values)
    conn.execute("vacuum (analyze) noetl.execution")
    conn.execute("checkpoint")
    rows = conn.execute(
        "select x.execution_id from noetl.execution as x where x.path = %s", (TEMPLATE,)
    ).fetchall()
    return [row[0] for row in rows]


@contextmanager
def _beside(rig: Rig, conn: Connection) -> Iterator[None]:
    """Let a loop go on meanwhile."""
    execution_id = start(conn, BESIDE, {"n": _ITEMS})
    _await(
        rig,
        conn,
        "select count(*) >= 100 from noetl.event as e"
        " where e.execution_id = %s and e.event_type = 'loop.item'",
        execution_id,
    )
    yield
    conn.execute("select noetl.cancel_execution(%s)", (execution_id,))


def _await(rig: Rig, conn: Connection, query: LiteralString, execution_id: int) -> None:
    """Ask about an execution until the answer is true."""
    deadline = time.monotonic() + _AWAIT_SECONDS
    while conn.execute(query, (execution_id,)).fetchone() != (True,):
        if time.monotonic() > deadline:
            raise BenchError(f"after {_AWAIT_SECONDS} s it does not hold: {query}")
        rig.check_workers()
        time.sleep(0.05)


def _sql_times_ms(rig: Rig, ids: list[int]) -> list[float]:
    times = []
    with rig.connect() as conn:
        for execution_id in random.choices(ids, k=CALLS):
            begun = time.perf_counter()
            conn.execute(
                "select * from noetl.execution_status(%s)", (execution_id,)
            ).fetchone()
            times.append((time.perf_counter() - begun) * 1000)
    return times


async def _http_times_ms(
    dispatcher: Dispatcher, ids: list[int], seconds: float
) -> tuple[list[float], float]:
    """Requests at fixed moments, each timed from the moment at which it was due."""
    headers = {"Authorization": f"Bearer {dispatcher.token}"}
    async with aiohttp.ClientSession(dispatcher.url, headers=headers) as session:

        async def ask(due: float) -> float:
            async with session.get(f"/api/executions/{random.choice(ids)}") as answer:
                await answer.read()
                if answer.status != 200:
                    raise BenchError(f"the API answered {answer.status}")
            return (time.perf_counter() - due) * 1000

        for _ in range(20):  # connections and plans
            await ask(time.perf_counter())
        psutil.cpu_percent()
        begun, asked = time.perf_counter(), []
        for number in range(int(seconds * REQUESTS_PER_S)):
            due = begun + number / REQUESTS_PER_S
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            asked.append(asyncio.create_task(ask(due)))
        return await asyncio.gather(*asked), psutil.cpu_percent() / 100
