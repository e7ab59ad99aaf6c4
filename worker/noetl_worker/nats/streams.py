"""The streams: made if they are missing, left alone and told of if they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError

from noetl_worker.nats.settings import NatsSettings, NatsSetupError
from noetl_worker.nats.subjects import (
    COMMANDS,
    COMMANDS_PREFIX,
    DEAD,
    DEAD_PREFIX,
    EVENTS,
)

_DUPLICATE_SECONDS: Final = 120
_DEAD_SECONDS: Final = 7 * 86_400
_COMPARED: Final = (
    *("subjects", "retention", "storage", "discard", "max_age", "max_bytes"),
    *("duplicate_window", "num_replicas"),
)


@dataclass(frozen=True, slots=True)
class StreamState:
    """What was found: ``made``, ``present``, or how an existing stream differs."""

    name: str
    is_made: bool = False
    differences: tuple[str, ...] = ()


class StreamsDifferError(NatsSetupError):
    """Existing streams are not as the settings say; the message names each difference."""

    def __init__(self, states: list[StreamState]) -> None:
        parts = [
            f"stream {state.name}: {'; '.join(state.differences)}"
            for state in states
            if state.differences
        ]
        super().__init__(
            f"{' | '.join(parts)}. Change the settings NOETL_NATS_…, or edit or remove"
            " the stream with the program nats, and run 'noetl nats init'"
        )


def wanted(settings: NatsSettings) -> list[StreamConfig]:
    """The streams as they should be.

    Reports that find no room are refused, so that workers take the other way; of
    announcements and dead letters the oldest give way.
    """
    common: dict[str, Any] = {
        "storage": StorageType.FILE,
        "num_replicas": settings.replicas,
        "max_bytes": settings.max_bytes,
        "duplicate_window": _DUPLICATE_SECONDS,
    }
    return [
        StreamConfig(
            name=COMMANDS,
            subjects=[f"{COMMANDS_PREFIX}.>"],
            retention=RetentionPolicy.WORK_QUEUE,
            discard=DiscardPolicy.OLD,
            max_age=settings.max_age_seconds,
            **common,
        ),
        StreamConfig(
            name=EVENTS,
            subjects=[f"{settings.event_prefix}.>"],
            retention=RetentionPolicy.WORK_QUEUE,
            discard=DiscardPolicy.NEW,
            max_age=settings.max_age_seconds,
            **common,
        ),
        StreamConfig(
            name=DEAD,
            subjects=[f"{DEAD_PREFIX}.>"],
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.OLD,
            max_age=_DEAD_SECONDS,
            **common,
        ),
    ]


async def ensure_streams(
    js: JetStreamContext, settings: NatsSettings, *, make: bool = True
) -> list[StreamState]:
    """Make what is missing, or say so, and compare what is there; safe to repeat.

    Raises errors of the client when NATS is away or has no JetStream.
    """
    return [await _ensure(js, config, make=make) for config in wanted(settings)]


async def _ensure(
    js: JetStreamContext, config: StreamConfig, *, make: bool
) -> StreamState:
    name = config.name or ""
    try:
        found = (await js.stream_info(name)).config
    except NotFoundError:
        if not make:
            return StreamState(name, differences=("is missing",))
        try:
            await js.add_stream(config)
        except APIError as exc:
            if exc.err_code is None or exc.code == 503:
                raise
            return StreamState(
                name, differences=(f"cannot be made: {exc.description}",)
            )
        return StreamState(name, is_made=True)
    differences = tuple(
        f"{field} is {_shown(getattr(found, field))}, should be"
        f" {_shown(getattr(config, field))}"
        for field in _COMPARED
        if getattr(found, field) != getattr(config, field)
    )
    return StreamState(name, differences=differences)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return (
        f"{value:g}"
        if isinstance(value, float)
        else str(getattr(value, "value", value))
    )
