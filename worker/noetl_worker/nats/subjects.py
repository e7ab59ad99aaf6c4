"""Names of streams, subjects and consumers."""

from __future__ import annotations

import string
from typing import Final

COMMANDS: Final = "NOETL_COMMANDS"
EVENTS: Final = "NOETL_WORKER_EVENTS"
DEAD: Final = "NOETL_DEAD_LETTERS"
COMMANDS_PREFIX: Final = "noetl.commands"
DEAD_PREFIX: Final = "noetl.dead"
INGESTION: Final = "ingestion"  # the durable consumer that dispatchers share

# Where the answer of record_events goes, on a message with reports.
REPLY_HEADER: Final = "Noetl-Reply-To"
REASON_HEADER: Final = "Noetl-Reason"
ID_HEADER: Final = "Nats-Msg-Id"

SHARDS: Final = 16
_PLAIN: Final = frozenset((string.ascii_letters + string.digits + "-_").encode())
_ODD_NUMBER: Final = 0x9E37_79B9_7F4A_7C15


def token(name: str) -> str:
    """A name as one word of a subject or a consumer; reversible, never empty."""
    return "".join(chr(b) if b in _PLAIN else f"={b:02X}" for b in name.encode()) or "="


def pool_subject(pool: str) -> str:
    """Where commands for any worker of a pool are announced."""
    return f"{COMMANDS_PREFIX}.pool.{token(pool)}"


def worker_subject(worker: str) -> str:
    """Where commands for one worker are announced."""
    return f"{COMMANDS_PREFIX}.{token(worker)}"


def event_subject(prefix: str, execution_id: int, event_type: str) -> str:
    """Where reports of one run and type go."""
    return f"{prefix}.{shard_of(execution_id)}.{execution_id}.{event_type}"


def shard_of(execution_id: int) -> int:
    """A word of subjects, for those who want to listen to a part; decides nothing.

    The shards of projections are another matter, which SQL decides.
    """
    return (execution_id * _ODD_NUMBER % (1 << 64)) >> 60
