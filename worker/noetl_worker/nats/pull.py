"""Takes messages from a durable consumer as they come, never waiting to fill a batch."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

_STATUS: Final = "Status"
# What ends a request in peace: no messages, time is over, taken as many as asked for.
_PEACEFUL: Final = frozenset({"404", "408"})
_SLACK_SECONDS: Final = 0.5


class ConsumerLostError(Exception):
    """The consumer is gone, with its stream perhaps: make it again."""


class Puller:
    """One request at a time to one consumer; for a single caller."""

    def __init__(self, client: Client, stream: str, consumer: str) -> None:
        self._client = client
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._stream = stream
        self._consumer = consumer
        self._messages: asyncio.Queue[Msg] = asyncio.Queue()
        self._inbox = client.new_inbox()
        self._subscription: Any = None
        self._outstanding = 0
        self._until = 0.0
        self._lost = ""

    async def open(self, config: ConsumerConfig) -> None:
        """Make the consumer, or find it there, and begin to listen."""
        config.durable_name = config.name = self._consumer
        await self._client.jetstream().add_consumer(self._stream, config)
        if self._subscription is None:
            self._subscription = await self._client.subscribe(
                self._inbox, cb=self._receive
            )

    async def close(self) -> None:
        """Listen no more; what is on its way comes to others after ack_wait."""
        if self._subscription is not None and self._client.is_connected:
            await self._subscription.unsubscribe()

    async def pull(self, limit: int, seconds: float) -> list[Msg]:
        """What there is, at most ``limit``; waits for the first, at most ``seconds``.

        Raises ConsumerLostError.
        """
        if self._messages.empty():
            await self._request(limit, seconds)
            try:
                async with asyncio.timeout(seconds + _SLACK_SECONDS):
                    first = await self._messages.get()
            except TimeoutError:
                self._outstanding = 0
                return []
        else:
            first = self._messages.get_nowait()
        found = [first] if self._is_message(first) else []
        while len(found) < limit and not self._messages.empty():
            message = self._messages.get_nowait()
            if self._is_message(message):
                found.append(message)
        if self._lost and not found:
            reason, self._lost = self._lost, ""
            raise ConsumerLostError(reason)
        return found

    async def _request(self, limit: int, seconds: float) -> None:
        if self._outstanding > 0 and time.monotonic() < self._until:
            return
        self._outstanding = limit
        self._until = time.monotonic() + seconds
        request = {"batch": limit, "expires": int(seconds * 1e9)}
        await self._client.publish(
            self._next, json.dumps(request).encode(), reply=self._inbox
        )

    async def _receive(self, message: Msg) -> None:
        self._messages.put_nowait(message)

    def _is_message(self, message: Msg) -> bool:
        """Whether it is one; what is not tells how the request has ended."""
        headers = message.headers
        if headers is None or _STATUS not in headers or message.data:
            self._outstanding -= 1
            return True
        self._outstanding = 0
        if headers[_STATUS] not in _PEACEFUL:
            self._lost = f"{headers[_STATUS]} {headers.get('Description', '')}"
        return False
