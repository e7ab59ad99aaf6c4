"""Reports on their way to the engine: kept until confirmed, sent again if need be."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from noetl_worker.stream import ChunkRefusedError

BATCH_MAX: Final = 1000

log = logging.getLogger(__name__)


Json = dict[str, Any]


@dataclass(slots=True)
class _Report:
    event: Json
    is_suspect: bool = False
    is_replaced: bool = False
    told: asyncio.Future[Json | None] | None = None


class Reports:
    """The unconfirmed reports of one session, in the order in which they were made."""

    def __init__(self, session: UUID) -> None:
        self._session = str(session)
        self._reports: dict[str, _Report] = {}
        self._sent: list[str] = []

    def __len__(self) -> int:
        return len(self._reports)

    @property
    def command_ids(self) -> list[str]:
        """Commands whose report is not confirmed: the worker still holds them."""
        return [key for key, report in self._reports.items() if report.told is None]

    def add(self, event: dict[str, Any]) -> None:
        """Keep a report until it is confirmed."""
        event["session"] = self._session
        self._reports[event["command_id"]] = _Report(event)

    def add_chunk(self, event: Json) -> asyncio.Future[Json | None]:
        """Keep a chunk until it is confirmed; the future tells how its stream stands.

        None: the command is not this session's any more. A command has one at a time.
        """
        event["session"] = self._session
        told = asyncio.get_running_loop().create_future()
        self._reports[f"{event['command_id']} chunk"] = _Report(event, told=told)
        return told

    def batch(self) -> list[dict[str, Any]]:
        """What to send now. A report suspected of spoiling a batch goes alone."""
        self._sent = []
        for command_id, report in self._reports.items():
            if report.is_suspect:
                if not self._sent:
                    self._sent.append(command_id)
                break
            self._sent.append(command_id)
            if len(self._sent) == BATCH_MAX:
                break
        return [self._reports[command_id].event for command_id in self._sent]

    def confirm(self, answer: dict[str, Any]) -> None:
        """Forget what the engine has recorded or refused for good."""
        again = set(answer["retry"])
        refused = {entry["index"]: entry for entry in answer["rejected"]}
        for index, command_id in enumerate(self._sent):
            if index in refused:
                self._reject(command_id, refused[index])
            elif index not in again and (report := self._reports.pop(command_id, None)):
                _tell(report, (answer.get("streams") or {}))
        self._sent = []

    def suspect(self, reason: str) -> None:
        """The engine refused the whole batch: find out which report is to blame."""
        for command_id in self._sent:
            self._reject(command_id, {"sqlstate": "", "message": reason})
        self._sent = []

    def drop(self, command_id: str) -> None:
        """Forget reports that nobody wants any more."""
        for key in (command_id, f"{command_id} chunk"):
            if report := self._reports.pop(key, None):
                _tell(report, {})

    def _reject(self, command_id: str, reason: dict[str, Any]) -> None:
        """Send it alone; if that is refused too, report the command as failed instead."""
        report = self._reports.get(command_id)
        if report is None:
            return
        is_alone = report.is_suspect or len(self._sent) == 1
        if report.told is not None and (reason["sqlstate"] or is_alone):
            del self._reports[command_id]
            if not report.told.done():
                report.told.set_exception(
                    ChunkRefusedError(reason["sqlstate"], reason["message"])
                )
        elif not report.is_suspect and len(self._sent) > 1:
            report.is_suspect = True
        elif not report.is_replaced:
            _complain("report", report, reason)
            self._reports[command_id] = _Report(
                _failed(report.event, reason), is_suspect=True, is_replaced=True
            )
        else:
            _complain("failure", report, reason)
            del self._reports[command_id]


def _complain(what: str, report: _Report, reason: Json) -> None:
    event = report.event
    log.error(
        "%s of %s was refused: %s",
        what,
        event["command_id"],
        reason["message"],
        extra={
            "execution_id": str(event["execution_id"]),
            "command_id": event["command_id"],
        },
    )


def _tell(report: _Report, streams: Mapping[str, Json]) -> None:
    if report.told is not None and not report.told.done():
        report.told.set_result(streams.get(report.event["command_id"]))


def _failed(event: dict[str, Any], reason: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: event[key] for key in ("session", "execution_id", "command_id", "meta")
    }
    return kept | {
        "type": "command.failed",
        "result": {"status": "error", "reference": None, "context": {}},
        "error": {
            "kind": "result",
            "code": reason["sqlstate"],
            "message": f"the engine refused the report: {reason['message']}"[:1000],
            "retryable": False,
        },
    }
