"""What a link says and hears is the same over every way."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from noetl_worker.engine import Engine
from noetl_worker.transport.calls import Beat, Claim
from noetl_worker.transport.errors import (
    EngineRefusedError,
    SessionEndedError,
    SupersededError,
)
from noetl_worker.transport.functions import FUNCTIONS
from noetl_worker.transport.link import Link
from noetl_worker.transport.make import make_calls, make_link, make_nats
from tests.conftest import Connect
from tests.worker.transports.conftest import Way

LOOP = """
- step: many
  loop: { in: "{{ workload.items }}", iterator: n, spec: { mode: parallel, max_in_flight: 100 } }
  tool: { kind: python, code: "result = 1" }
"""


@dataclass(slots=True)
class Session:
    """A worker's session, held by a test."""

    link: Link
    engine: Engine
    id: UUID

    async def claim(self, limit: int, request: UUID | None = None) -> list[Any]:
        claim = Claim(request or uuid.uuid4(), limit)
        answer = await self.link.exchange(self.id, [], None, claim)
        assert answer.error is None
        assert answer.commands is not None
        return answer.commands

    async def report(self, *events: Any) -> Any:
        answer = await self.link.exchange(self.id, events, None, None)
        assert answer.error is None
        return answer.recorded

    def done(self, command: Any, data: Any = 1) -> dict[str, Any]:
        return {
            "session": str(self.id),
            "execution_id": command.execution_id,
            "command_id": command.command_id,
            "type": "command.completed",
            "result": {"status": "ok", "reference": None, "context": {"data": data}},
            "meta": {"attempt": command.attempt},
        }


@asynccontextmanager
async def session(way: Way, name: str = "one") -> AsyncIterator[Session]:
    settings = way.settings(name)
    nats = make_nats(settings)
    link = make_link(settings, nats)
    engine = Engine(make_calls(settings))
    try:
        engine.session = await link.register({})
        if nats is not None:  # until then it reports directly
            await nats.connected()
        yield Session(link, engine, engine.session)
    finally:
        await engine.close()
        await link.close()


def over(way: Way, test: Callable[[Session], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(60), session(way) as one:
            await test(one)

    asyncio.run(main())


def start(way: Way, count: int) -> int:
    return way.lab.start(LOOP, {"items": [*range(count)]})


@pytest.mark.accept("P4.1-4")
def test_claim_gives_commands_in_its_answer_and_again_for_the_same_request(
    way: Way,
) -> None:
    start(way, 5)

    async def test(one: Session) -> None:
        request = uuid.uuid4()
        first = await one.claim(3, request)
        assert [c.iter_index for c in first] == [0, 1, 2]
        assert await one.claim(3, request) == first
        assert [c.iter_index for c in await one.claim(10)] == [3, 4]
        assert await one.claim(10) == []

    over(way, test)


def test_report_is_recorded_once_and_late_when_repeated(way: Way) -> None:
    run = start(way, 2)

    async def test(one: Session) -> None:
        reports = [one.done(c) for c in await one.claim(10)]
        first = await one.report(*reports)
        assert (first["recorded"], first["late"]) == (2, 0)
        again = await one.report(*reports)
        assert (again["recorded"], again["late"]) == way.late(2)
        assert again["rejected"] == []

    over(way, test)
    assert way.lab.wait(run)["status"] == "completed"


def test_report_and_claim_and_renewal_go_together(way: Way) -> None:
    start(way, 40)

    async def test(one: Session) -> None:
        # Few reports go with the claim in one transaction, many apart, as do heartbeats.
        for count, is_beat in ((3, False), (20, False), (3, True)):
            commands = await one.claim(count)
            held = [c.command_id for c in commands] if is_beat else []
            beat = Beat(held, {"slots": 3}) if is_beat else None
            answer = await one.link.exchange(
                one.id, [one.done(c) for c in commands], beat, Claim(uuid.uuid4(), 2)
            )
            assert answer.error is None
            assert answer.recorded["recorded"] == count
            assert answer.commands is not None
            assert len(answer.commands) == 2
            assert (answer.heartbeat is not None) is is_beat
        # Reported just now, so no longer held.
        assert set(answer.heartbeat["cancelled"]) == set(held)

    over(way, test)


def test_heartbeat_requeues_what_is_not_listed(way: Way) -> None:
    run = start(way, 3)

    async def test(one: Session) -> None:
        commands = await one.claim(3)
        way.lab.conn.execute(
            "update noetl.command set claimed_at = claimed_at - '1 min'::interval"
        )
        answer = await one.link.exchange(
            one.id, [], Beat([commands[0].command_id], {}), None
        )
        assert answer.heartbeat == {"cancelled": [], "requeued": 2}
        assert answer.recorded is None
        assert answer.commands is None
        assert len(await one.claim(10)) == 2
        # As the log has it, for the check that all can be rebuilt from it.
        way.lab.conn.execute(
            "update noetl.command set claimed_at = claimed_at + '1 min'::interval"
            " where command_id = %s",
            (commands[0].command_id,),
        )

    over(way, test)
    # No event tells of the time that was changed.
    way.lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    assert way.lab.wait(run)["status"] == "cancelled"


def test_heartbeat_tells_of_cancelled_commands_whose_reports_are_late(way: Way) -> None:
    run = start(way, 1)

    async def test(one: Session) -> None:
        (command,) = await one.claim(1)
        assert await one.engine.cancel_execution(execution_id=run, reason="a test")
        answer = await one.link.exchange(
            one.id, [], Beat([command.command_id], {}), None
        )
        assert answer.heartbeat["cancelled"] == [command.command_id]
        told = await one.report(one.done(command))
        assert (told["recorded"], told["late"]) == way.late(1)

    over(way, test)


def test_bad_report_is_refused_and_the_others_are_recorded(way: Way) -> None:
    start(way, 3)

    async def test(one: Session) -> None:
        good, bad, other = (one.done(c) for c in await one.claim(3))
        bad["type"] = "command.unheard_of"
        told = await one.report(good, bad, other)
        assert told["recorded"] == 2
        (refused,) = told["rejected"]
        assert refused["index"] == 1
        assert refused["sqlstate"].startswith("NE")

    over(way, test)


def test_reports_that_are_no_json_for_the_database_are_refused(way: Way) -> None:
    start(way, 1)

    async def test(one: Session) -> None:
        (command,) = await one.claim(1)
        answer = await one.link.exchange(
            one.id, [one.done(command, "\0")], None, Claim(uuid.uuid4(), 1)
        )
        assert isinstance(answer.error, EngineRefusedError)
        assert answer.error.sqlstate == "22P05"
        assert answer.recorded is None
        assert answer.commands is None
        assert not one.link.is_away

    over(way, test)


def test_session_that_has_ended_and_one_that_was_superseded_are_told_so(
    way: Way,
) -> None:
    start(way, 1)

    async def test(one: Session) -> None:
        claim = Claim(uuid.uuid4(), 1)
        await one.link.call("end_session", session=one.id)
        answer = await one.link.exchange(one.id, [], None, claim)
        assert type(answer.error) is SessionEndedError
        with pytest.raises(SessionEndedError):
            await one.engine.read_items(ref="noetl://1/loop/1", first=0, count=1)
        async with session(way, "one"):
            answer = await one.link.exchange(one.id, [], None, claim)
            assert type(answer.error) is SupersededError
            with pytest.raises(SupersededError):
                await one.link.register({})

    over(way, test)


def test_values_of_every_kind_arrive_as_they_are(way: Way) -> None:
    big = {"n": 2**63, "negative": -(2**70), "float": 0.1, "text": "ä\u2028\U0001f600"}
    way.lab.start(LOOP, {"items": [big, None, [], "x" * 100_000]})

    async def test(one: Session) -> None:
        commands = await one.claim(10)
        assert [c.item for c in commands] == [big, None, [], "x" * 100_000]
        first = commands[0]
        plan = await one.engine.read_step(catalog_id=first.catalog_id, step="many")
        assert plan["tools"][0]["kind"] == "python"
        assert await one.engine.expire_results(limit=10) == []
        told = await one.report(*(one.done(c) for c in commands))
        assert told["recorded"] == 4
        await one.link.call("release_commands", session=one.id, command_ids=[])
        with pytest.raises(EngineRefusedError) as refused:
            await one.engine.read_credential(
                execution_id=first.execution_id, name="no such"
            )
        assert refused.value.sqlstate.startswith("NE4")
        with pytest.raises(EngineRefusedError) as refused:
            await one.engine.cancel_execution(execution_id=1, reason="x")
        assert refused.value.sqlstate == "NE404"
        assert refused.value.hint == "List executions with: noetl list."

    over(way, test)


def test_table_of_functions_is_that_of_the_database(
    database: str, connect: Connect
) -> None:
    rows = connect(database).execute(
        "select p.proname, p.proargnames[:p.pronargs],"
        " (select array_agg(format_type(t.id, null) order by t.n)"
        "  from unnest(p.proargtypes) with ordinality as t(id, n)), p.pronargdefaults"
        " from pg_proc as p where p.pronamespace = 'noetl'::regnamespace"
    )
    known = {name: (names or [], kinds or [], d) for name, names, kinds, d in rows}
    names = {"timestamp with time zone": "timestamptz"}
    for function in FUNCTIONS.values():
        arguments, kinds, defaults = known[function.name]
        given = {f"p_{name}": kind for name, kind in function.parameters.items()}
        there = dict(zip(arguments, (names.get(k, k) for k in kinds), strict=True))
        assert given.items() <= there.items(), function.name
        assert (
            arguments[: len(arguments) - defaults]
            == [*given][: len(arguments) - defaults]
        ), f"{function.name} lacks an argument without a default"
