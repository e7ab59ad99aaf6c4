"""A worker that writes down what it was given and what was confirmed to it.

``python -m tests.chaos.witness`` is ``python -m noetl_worker`` with one thing between
worker and engine: each answer is noted in the file ``CHAOS_WITNESS`` before the worker
sees it, under the name ``CHAOS_PROCESS``. The file says what the worker could rely on,
whatever the engine's log says later. A process that is killed leaves what it wrote: the
system has it, so no fsync is needed. Killed before it wrote, it relied on nothing.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch
from uuid import UUID

import orjson

from noetl_worker.main import main
from noetl_worker.nats.connection import Nats
from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.calls import Answer, Beat, Claim
from noetl_worker.transport.link import Link
from noetl_worker.transport.make import make_link


class WitnessedLink:
    """The worker's link, which notes each answer before it is used."""

    def __init__(self, settings: WorkerSettings, nats: Nats | None) -> None:
        self._link: Link = make_link(settings, nats)
        self.register = self._link.register
        self.call = self._link.call
        self.close = self._link.close
        self._process = os.environ["CHAOS_PROCESS"]
        self._file = os.open(
            os.environ["CHAOS_WITNESS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644
        )
        self._numbers = itertools.count(1)
        self._claim_id: UUID | None = None
        self._asked_at = 0.0

    @property
    def is_away(self) -> bool:
        """As the link says."""
        return self._link.is_away

    async def exchange(
        self,
        session: UUID,
        events: Sequence[dict[str, Any]],
        beat: Beat | None,
        claim: Claim | None,
    ) -> Answer:
        """As ever; a claim that is repeated was asked for when it was first sent."""
        sent_at = time.time()
        if claim is not None and claim.request_id != self._claim_id:
            self._claim_id, self._asked_at = claim.request_id, sent_at
        answer = await self._link.exchange(session, events, beat, claim)
        notes = [
            *self._confirmed(answer.recorded, events, sent_at),
            *self._given(answer),
        ]
        if notes:
            os.write(self._file, b"".join(orjson.dumps(n) + b"\n" for n in notes))
        return answer

    def _confirmed(
        self, recorded: Any, events: Sequence[dict[str, Any]], sent_at: float
    ) -> list[Any]:
        if recorded is None:
            return []
        refused = {entry["index"] for entry in recorded["rejected"]}
        refused.update(recorded["retry"])
        reports = [
            [
                event["command_id"],
                event["type"] == "command.completed",
                event["meta"]["started_at"],
            ]
            for index, event in enumerate(events)
            if index not in refused and event["type"] != "command.heartbeat"
        ]
        if not reports:
            return []
        return [
            {
                "process": self._process,
                "batch": next(self._numbers),
                "sent_at": sent_at,
                "at": time.time(),
                "recorded": recorded["recorded"],
                "late": recorded["late"],
                "reports": reports,
            }
        ]

    def _given(self, answer: Answer) -> list[Any]:
        if not answer.commands:
            return []
        return [
            {
                "process": self._process,
                "asked_at": self._asked_at,
                "commands": [
                    [c.command_id, c.execution_id, c.step, c.iter_index, c.issue]
                    for c in answer.commands
                ],
            }
        ]


if __name__ == "__main__":
    with patch("noetl_worker.worker.make_link", WitnessedLink):
        sys.exit(main())
