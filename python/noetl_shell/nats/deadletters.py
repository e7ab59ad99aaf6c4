"""What cannot be recorded is parked: in a table for the CLI, in a stream for listeners."""

from __future__ import annotations

import logging
from datetime import UTC
from typing import Final

from noetl_shell.nats.messages import Poison
from noetl_worker.connections import Connection
from noetl_worker.nats.connection import NATS_ERRORS, Nats
from noetl_worker.nats.subjects import DEAD_PREFIX, ID_HEADER, REASON_HEADER

_PARK: Final = (
    "select noetl.park_message(%s, %s, %s, %s::bytea, %s::timestamptz, %s::integer)"
)
_PAYLOAD_MAX: Final = 65_536
_REASON_MAX: Final = 500
_PUBLISH_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


async def park(nats: Nats, conn: Connection, poison: Poison) -> None:
    """Park once, however often this is called; raises errors of the database only."""
    message, meta = poison.message, poison.message.metadata
    reason = " ".join(poison.reason.split())[:_REASON_MAX]
    cursor = await conn.execute(
        _PARK,
        (
            poison.key,
            message.subject,
            reason,
            poison.payload,
            meta.timestamp.replace(tzinfo=meta.timestamp.tzinfo or UTC),
            meta.num_delivered,
        ),
    )
    row = await cursor.fetchone()
    if row and row[0]:
        log.error("parked a message from %s: %s", message.subject, reason)
    headers = {REASON_HEADER: reason, ID_HEADER: poison.key}
    try:
        await nats.client.jetstream().publish(
            f"{DEAD_PREFIX}.{message.subject}",
            poison.payload[:_PAYLOAD_MAX],
            timeout=_PUBLISH_SECONDS,
            headers=headers,
        )
    except NATS_ERRORS as exc:
        log.warning("the dead letter is in the table only: %s", exc)
