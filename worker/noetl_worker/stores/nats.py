"""A connection to NATS in a thread of its own, behind calls that wait and end in time."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from noetl_worker.nats.access import access_options
from noetl_worker.nats.settings import NatsSettings, NatsSetupError
from noetl_worker.stores.base import (
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
)

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext
    from nats.js.api import RawStreamMsg
    from nats.js.errors import APIError

VALUE_MAX: Final = 1 << 20
# As in an S3 client: no attempt begins after half of the time, none is silent for longer.
_SILENCE: Final = 0.45
_TRYING: Final = 0.5
_PAUSE_SECONDS: Final = 0.2
_CONNECT_SECONDS: Final = 3
_PING_SECONDS: Final = 5
_PAGE: Final = 500
_IDLE_SECONDS: Final = 60.0
# What a server says to who may not come.
_REFUSALS: Final = ("authorization", "authentication", "permissions")

# https://github.com/nats-io/nats-server/blob/main/server/errors.json
_NO_STREAM: Final = 10059
_STREAM_EXISTS: Final = 10058
_NOT_ENABLED: Final = frozenset({10035, 10039, 10076})
_FULL: Final = frozenset({10002, 10023, 10028, 10047, 10054, 10077})

T = TypeVar("T")
Work = Callable[["JetStreamContext"], Awaitable[T]]


class Link:
    """One connection and its event loop; it connects again by itself, and is thread-safe."""

    def __init__(self, where: str, settings: NatsSettings, seconds: float) -> None:
        self.where = f"{where} at {settings.where}"
        self._servers = settings.servers
        try:
            self._access = access_options(settings)
        except NatsSetupError as exc:
            raise StoreRefusedError(f"{self.where}: {exc}") from exc
        self._seconds = seconds
        self._client: Client | None = None
        self._connecting = asyncio.Lock()
        self._refusal = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="noetl-nats", daemon=True
        )
        self._thread.start()

    def run(self, work: Work[T], key: str = "") -> T:
        """Do what may be done twice, and do it again while the server comes back."""
        return self.begin(work, key).result()

    def begin(self, work: Work[T], key: str = "") -> Future[T]:
        """Begin what ``run`` waits for."""
        return self._submit(self._run(work, key))

    def start(self, work: Work[T], key: str = "") -> Future[T]:
        """Begin what may be done only once; nothing waits for the server to come back."""
        return self._submit(self._once(work, key))

    def get_last(self, stream: str, subject: str, key: str) -> RawStreamMsg:
        """The last message of a subject, as the leader knows it."""
        return self.run(lambda js: js.get_last_msg(stream, subject), key)

    def purge(self, stream: str, subject: str) -> None:
        """Remove the messages of a subject."""
        self.run(lambda js: js.purge_stream(stream, subject=subject))

    def make(self, create: Work[object]) -> None:
        """Make a bucket that may be there already, or be made by another right now."""
        from nats.js.errors import APIError

        async def work(js: JetStreamContext) -> None:
            try:
                await create(js)
            except APIError as exc:
                if exc.err_code != _STREAM_EXISTS:
                    raise

        self.run(work)

    def last_messages(
        self, stream: str, subject: str, *, headers_only: bool
    ) -> Iterator[Msg]:
        """The last message of each subject that a pattern matches."""
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        async def subscribe(js: JetStreamContext) -> tuple[Any, int]:
            config = ConsumerConfig(
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
                headers_only=headers_only,
                inactive_threshold=_IDLE_SECONDS,
            )
            found = await js.pull_subscribe(subject, stream=stream, config=config)
            return found, (await found.consumer_info()).num_pending or 0

        subscription, pending = self.run(subscribe)
        try:
            while pending > 0:
                count = min(pending, _PAGE)
                messages = self.start(lambda _: subscription.fetch(count)).result()  # noqa: B023
                pending -= len(messages)
                yield from messages
        finally:
            with suppress(StoreError):
                self.start(lambda _: subscription.unsubscribe()).result()

    def close(self) -> None:
        """Close the connection, end the thread."""
        if self._loop.is_closed():
            return
        with suppress(Exception):  # whatever it is, the connection is given up
            self._submit(self._close()).result(_CONNECT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CONNECT_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as exc:
            work.close()
            raise StoreDownError(f"{self.where} was closed") from exc

    async def _run(self, work: Work[T], key: str) -> T:
        until = self._loop.time() + self._seconds * _TRYING
        while True:
            try:
                return await self._once(work, key)
            except StoreDownError:
                if self._loop.time() > until:
                    raise
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _once(self, work: Work[T], key: str) -> T:
        silence = self._seconds * _SILENCE
        with self._failures(key):
            client = await self._connected(silence)
            return await asyncio.wait_for(
                work(client.jetstream(timeout=silence)), silence + 1
            )

    async def _connected(self, seconds: float) -> Client:
        """The client while it is connected; waits for that, but not long."""
        async with asyncio.timeout(seconds), self._connecting:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
            while not self._client.is_connected:
                self._check()
                await asyncio.sleep(_PAUSE_SECONDS / 4)
        return self._client

    async def _connect(self) -> Client:
        from nats.aio.client import Client

        self._refusal = ""
        client = Client()
        connecting = asyncio.ensure_future(
            client.connect(
                self._servers,
                name="noetl",
                error_cb=self._note,
                connect_timeout=_CONNECT_SECONDS,
                reconnect_time_wait=_PAUSE_SECONDS,  # type: ignore[arg-type]
                max_reconnect_attempts=-1,
                ping_interval=_PING_SECONDS,
                max_outstanding_pings=2,
                **self._access,
            )
        )
        try:
            while not connecting.done():
                await asyncio.wait([connecting], timeout=_PAUSE_SECONDS / 4)
                self._check()
            connecting.result()
        except BaseException:
            connecting.cancel()
            with suppress(Exception, asyncio.CancelledError):
                await client.close()
            raise
        return client

    async def _note(self, error: Exception) -> None:
        """Remember what the server refuses; what it says holds no secret."""
        text = str(error).lower()
        if isinstance(error, ssl.SSLError) or any(word in text for word in _REFUSALS):
            self._refusal = str(error)

    def _check(self) -> None:
        if self._refusal:
            reason, self._refusal = self._refusal, ""
            raise StoreRefusedError(
                f"{self.where}: {reason};"
                " check NOETL_NATS_URL and the other settings NOETL_NATS_…"
            )

    async def _close(self) -> None:
        if self._client is not None:
            await self._client.close()

    @contextmanager
    def _failures(self, key: str) -> Iterator[None]:
        """Say what an error of the client means."""
        from nats import errors
        from nats.js.errors import APIError

        what = f"{self.where}: {key}" if key else self.where
        try:
            yield
        except APIError as exc:
            raise self._meaning(exc, key, what) from exc
        except errors.MaxPayloadError as exc:
            raise StoreFullError(f"{what}: larger than the server takes") from exc
        except (errors.Error, OSError, TimeoutError) as exc:
            self._check()
            raise StoreDownError(f"{what}: {type(exc).__name__}") from exc

    def _meaning(self, error: APIError, key: str, what: str) -> StoreError:
        from nats.js.errors import NotFoundError

        if error.err_code in _FULL:
            return StoreFullError(f"{what}: no room: {error.description}")
        if error.err_code in _NOT_ENABLED:
            return StoreRefusedError(f"{what}: start the server with JetStream")
        if error.err_code == _NO_STREAM:
            return StoreRefusedError(f"{what}: the bucket was removed")
        if key and isinstance(error, NotFoundError):
            return ObjectMissingError(f"{self.where} has no object {key}")
        return StoreDownError(f"{what}: {error.description} ({error.err_code})")
