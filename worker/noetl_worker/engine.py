"""One method per SQL function that commands at work call. No decision is taken here."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from noetl_worker.jsonable import encode
from noetl_worker.transport.calls import Calls, Json, Outage
from noetl_worker.transport.errors import (
    EngineAwayError,
    EngineRefusedError,
    backoff,
)


class Engine:
    """The engine's functions for commands at work; waits while the engine is away."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._outage = Outage(calls.peer)
        self.session: UUID | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def close_idle(self) -> None:
        """Close connections that are not needed now."""
        await self._calls.close_idle()

    async def read_step(self, *, catalog_id: int, step: str) -> Json:
        """The compiled task of a step."""
        return await self._ask("read_step", catalog_id=catalog_id, step=step)

    async def read_context(self, *, execution_id: int, names: Sequence[str]) -> Json:
        """The names of a run that a task's templates read."""
        return await self._ask(
            "read_context", execution_id=execution_id, names=list(names)
        )

    async def read_items(self, *, ref: str, first: int, count: int) -> Json:
        """A range of a loop's items or results."""
        return await self._ask(
            "read_items", collection_ref=ref, first=first, count=count
        )

    async def store_items(
        self, *, execution_id: int, command_id: str, first: int, items: Json
    ) -> None:
        """Store a chunk of a collection."""
        await self._ask(
            "store_items",
            execution_id=execution_id,
            command_id=command_id,
            first=first,
            items=encode(items).decode(),
        )

    async def read_results(self, *, ref: str, first: int, count: int) -> Json:
        """A range of the results of a loop's items."""
        return await self._ask(
            "read_results", results_ref=ref, first=first, count=count
        )

    async def record_result(self, *, result: str) -> tuple[str, str | None]:
        """Store one result, or where it is; its reference, and where it was first."""
        ((ref, uri),) = await self._ask("record_results", results=result)
        return ref, uri

    async def expire_results(self, *, limit: int) -> list[tuple[str, str | None]]:
        """Take results whose time has come out of reach: tiers, addresses of bytes."""
        found = await self._ask("expire_results", limit=limit)
        return [(tier, uri) for tier, uri in found]

    async def unknown_objects(self, *, objects: Json) -> list[str]:
        """Which objects in stores are recorded by no result."""
        found = await self._ask("unknown_objects", objects=encode(objects).decode())
        return [uri for (uri,) in found]

    async def read_result(self, *, ref: str) -> Json:
        """Where a stored result is, its checksum and, in tier db, its payload."""
        return await self._ask("read_result", ref=ref)

    async def stream_state(self, *, execution_id: int, command_id: str) -> Json:
        """Which chunk of a command comes next, and how many may; None: not ours."""
        return await self._ask(
            "stream_state", execution_id=execution_id, command_id=command_id
        )

    async def read_credential(self, *, execution_id: int, name: str) -> bytes:
        """The sealed fields of a credential."""
        found = await self._ask("read_credential", execution_id=execution_id, name=name)
        return base64.b64decode(found["secret"])

    async def start_execution(
        self, *, path: str, workload: Json, options: Mapping[str, Any]
    ) -> int:
        """Start a playbook."""
        return int(
            await self._patiently(
                "start_execution",
                path=path,
                workload=encode(workload).decode(),
                options=encode(dict(options)).decode(),
            )
        )

    async def child_status(
        self, *, execution_ids: Sequence[int]
    ) -> dict[int, tuple[str, Json, Json]]:
        """Status, error and result of child executions."""
        found = await self._ask("child_status", execution_ids=list(execution_ids))
        return {
            execution_id: (status, error, result)
            for execution_id, status, error, result in found
        }

    async def cancel_execution(self, *, execution_id: int, reason: str) -> bool:
        """Cancel an execution; false when it had ended."""
        return bool(
            await self._patiently(
                "cancel_execution", execution_id=execution_id, reason=reason
            )
        )

    async def _ask(self, function: str, **arguments: Any) -> Json:
        """A call that says whose it is."""
        return await self._patiently(function, session=self.session, **arguments)

    async def _patiently(self, function: str, **arguments: Any) -> Json:
        """Call; repeat it while the engine is away, since every call may be repeated."""
        failures = 0
        while True:
            try:
                found = await self._calls.call(function, **arguments)
            except EngineAwayError as exc:
                self._outage.tell(exc)
            except EngineRefusedError as exc:
                if not exc.is_transient:
                    raise
            else:
                self._outage.end()
                return found
            await asyncio.sleep(backoff(failures))
            failures += 1
