"""Objects of any size in an object bucket of NATS; ``nats object get`` reads them too.

An object is its chunks under one subject, and a message that describes them under another.
The description is written last and replaces an older one at once, so an object is readable
whole or not at all. It also tells the places of the chunks, for ranges and reading ahead.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from noetl_worker.nats.settings import NatsSettings
from noetl_worker.stores.base import (
    ObjectInfo,
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreTier,
    Upload,
)
from noetl_worker.stores.keys import is_key, key_of, split
from noetl_worker.stores.nats import Link

if TYPE_CHECKING:
    from nats.js import JetStreamContext

CHUNK: Final = 512 << 10
AT_ONCE: Final = 8
_ROLLUP: Final = {"Nats-Rollup": "sub"}
_EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
_OTHER_PLACE: Final = 10071
_PLACES: Final = "noetl-places"
_TYPE: Final = "content-type"
_PURGE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Description:
    """What the bucket says of one object."""

    key: str
    nuid: str
    size: int
    chunk: int
    places: list[int]


class ObjectBucket:
    """A bucket of objects."""

    tier = StoreTier.OBJECT

    def __init__(self, settings: NatsSettings, bucket: str, seconds: float) -> None:
        self._bucket = bucket
        self._base = f"nats-object://{bucket}/"
        self._stream = f"OBJ_{bucket}"
        self._link = Link(f"object bucket {bucket}", settings, seconds)

    def prepare(self) -> None:
        """Make the bucket if it is missing."""
        self._link.make(lambda js: js.create_object_store(self._bucket))

    def uri(self, key: str) -> str:
        """The address, with the key as it is."""
        split(key)
        return self._base + key

    def key(self, uri: str) -> str:
        """The key of an address in this bucket."""
        return key_of(uri, self._base)

    def create(self, key: str, content_type: str) -> ObjectUpload:
        """Begin an object."""
        split(key)
        return ObjectUpload(self, self._link, key, content_type)

    def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The object's bytes, some chunks ahead."""
        found, _ = self._describe(key)
        stop = found.size if length is None else min(found.size, start + length)
        if start >= stop:
            return
        first = start // found.chunk
        places = iter(found.places[first : -(-stop // found.chunk)])
        begin = first * found.chunk
        ahead: deque[Future[bytes]] = deque()
        try:
            while True:
                while len(ahead) < AT_ONCE and (place := next(places, None)):
                    ahead.append(self._link.begin(self._fetching(place), key))
                if not ahead:
                    return
                chunk = self._chunk(ahead.popleft(), key)
                if len(chunk) != min(found.chunk, found.size - begin):
                    raise StoreDownError(f"{self.uri(key)}: a chunk is not whole")
                yield chunk[max(start - begin, 0) : stop - begin]
                begin += len(chunk)
        finally:
            for future in ahead:
                future.cancel()

    def stat(self, key: str) -> ObjectInfo:
        """Size and time of the object."""
        found, moment = self._describe(key)
        return ObjectInfo(key, found.size, moment)

    def delete(self, key: str) -> None:
        """Remove the description, then the chunks."""
        with suppress(ObjectMissingError):
            found, _ = self._describe(key)
            self._link.purge(self._stream, self.subject(key))
            self._link.purge(self._stream, self.chunks(found.nuid))

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The objects whose key begins with the prefix; all descriptions are read."""
        for message in self._descriptions():
            found = _parse(message.data)
            if found is not None and found.key.startswith(prefix):
                moment = message.metadata.timestamp.astimezone(UTC)
                yield ObjectInfo(found.key, found.size, moment)

    def sweep(self, before: datetime) -> int:
        """Remove chunks that no description names and no upload has added to since."""
        subjects = self._link.run(self._chunk_subjects)
        described = {
            json.loads(message.data).get("nuid") for message in self._descriptions()
        }
        count = 0
        for subject in subjects:
            if subject.rpartition(".")[2] not in described:
                with suppress(ObjectMissingError):
                    last = self._link.get_last(self._stream, subject, subject)
                    if last.time is not None and last.time < before:
                        self._link.purge(self._stream, subject)
                        count += 1
        return count

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def subject(self, key: str) -> str:
        """Where the description of an object is."""
        name = base64.urlsafe_b64encode(key.encode()).decode()
        return f"$O.{self._bucket}.M.{name}"

    def chunks(self, nuid: str) -> str:
        """Where the chunks of one upload are."""
        return f"$O.{self._bucket}.C.{nuid}"

    def replace(self, key: str, nuid: str, description: dict[str, Any]) -> None:
        """Describe a new object, then remove the chunks of the one that was there.

        A description replaces exactly the one that was read before it, so that of several
        writers each removes the chunks of another.
        """
        from nats.js.errors import APIError, NotFoundError

        subject = self.subject(key)
        data = json.dumps(
            {"name": key, "bucket": self._bucket, "nuid": nuid, **description}
        ).encode()

        async def work(js: JetStreamContext) -> str:
            while True:
                old, place = "", 0
                with suppress(NotFoundError):
                    last = await js.get_last_msg(self._stream, subject)
                    old = json.loads(last.data or b"{}").get("nuid", "")
                    place = last.seq or 0
                if old == nuid:
                    return ""  # only the answer was lost
                try:
                    await js.publish(
                        subject, data, headers=_ROLLUP | {_EXPECTED: str(place)}
                    )
                except APIError as exc:
                    if exc.err_code != _OTHER_PLACE:
                        raise
                else:
                    return old

        if old := self._link.run(work, key):
            with suppress(StoreError):  # what stays is for ``sweep``
                self._link.purge(self._stream, self.chunks(old))

    def drop(self, nuid: str) -> None:
        """Remove chunks; waits a little, and what stays is for ``sweep``."""

        async def purge(js: JetStreamContext) -> None:
            await js.purge_stream(self._stream, subject=self.chunks(nuid))

        with suppress(StoreError, TimeoutError):
            self._link.start(purge).result(_PURGE_SECONDS)

    def _describe(self, key: str) -> tuple[_Description, datetime]:
        split(key)
        last = self._link.get_last(self._stream, self.subject(key), key)
        found = _parse(last.data or b"{}")
        if found is None or last.time is None:
            raise ObjectMissingError(f"{self._link.where} has no object {key} of NoETL")
        return found, last.time

    def _descriptions(self) -> Iterator[Any]:
        return self._link.last_messages(
            self._stream, f"$O.{self._bucket}.M.>", headers_only=False
        )

    async def _chunk_subjects(self, js: JetStreamContext) -> tuple[str, ...]:
        found = await js.stream_info(self._stream, f"$O.{self._bucket}.C.>")
        return tuple(found.state.subjects or ())

    def _fetching(self, place: int) -> Any:
        async def fetch(js: JetStreamContext) -> bytes:
            found = await js.get_msg(self._stream, seq=place, direct=True)
            return found.data or b""

        return fetch

    def _chunk(self, fetched: Future[bytes], key: str) -> bytes:
        try:
            return fetched.result()
        except ObjectMissingError as exc:
            raise StoreDownError(
                f"{self.uri(key)} was replaced or removed while it was read"
            ) from exc


class ObjectUpload(Upload):
    """Chunks that are sent as they fill; nothing names them before the commit."""

    def __init__(
        self, bucket: ObjectBucket, link: Link, key: str, content_type: str
    ) -> None:
        self._bucket = bucket
        self._link = link
        self._key = key
        self._type = content_type
        self._nuid = secrets.token_hex(11)
        self._digest = hashlib.sha256()
        self._size = 0
        self._buffer = bytearray()
        self._sent: deque[Future[int]] = deque()
        self._places: list[int] = []
        self._is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Collect bytes into chunks, and send those that are full."""
        self._check()
        rest = memoryview(data).cast("B")
        self._digest.update(rest)
        self._size += len(rest)
        try:
            while rest:
                piece = rest[: CHUNK - len(self._buffer)]
                self._buffer += piece
                rest = rest[len(piece) :]
                if len(self._buffer) == CHUNK:
                    self._send()
        except BaseException:
            self.abort()
            raise

    def commit(self) -> None:
        """Send what is left, wait for all chunks, then describe them."""
        self._check()
        try:
            if self._buffer:
                self._send()
            self._settle(0)
        except BaseException:
            self.abort()
            raise
        digest = base64.urlsafe_b64encode(self._digest.digest()).decode()
        description = {
            "size": self._size,
            "chunks": len(self._places),
            "digest": f"SHA-256={digest}",
            "mtime": datetime.now(UTC).isoformat(),
            "options": {"max_chunk_size": CHUNK},
            "metadata": {_TYPE: self._type, _PLACES: _pack(self._places)},
        }
        try:
            self._bucket.replace(self._key, self._nuid, description)
        except (StoreFullError, StoreRefusedError):
            self.abort()
            raise
        finally:
            # If only the answer was lost, the description is there and needs the chunks;
            # if it is not, they are for ``sweep``.
            self._is_open = False

    def abort(self) -> None:
        """Drop the chunks."""
        if not self._is_open:
            return
        self._is_open = False
        self._buffer = bytearray()
        if self._sent or self._places:
            wait(self._sent, _PURGE_SECONDS)  # or the last would stay
            self._bucket.drop(self._nuid)

    def _send(self) -> None:
        self._settle(AT_ONCE - 1)
        data, self._buffer = bytes(self._buffer), bytearray()
        subject = self._bucket.chunks(self._nuid)

        async def send(js: JetStreamContext) -> int:
            return (await js.publish(subject, data)).seq

        self._sent.append(self._link.start(send, self._key))

    def _settle(self, left: int) -> None:
        """Wait until so many chunks are on their way."""
        while len(self._sent) > left:
            place = self._sent.popleft().result()
            if self._places and place <= self._places[-1]:
                raise StoreDownError(f"{self._key}: chunks arrived in another order")
            self._places.append(place)

    def _check(self) -> None:
        if not self._is_open:
            raise ValueError("the upload has ended")


def _parse(data: bytes) -> _Description | None:
    """Read a description; None for an object that we have not stored."""
    found = json.loads(data)
    places = (found.get("metadata") or {}).get(_PLACES)
    if places is None or found.get("deleted") or not is_key(found["name"]):
        return None
    return _Description(
        found["name"],
        found["nuid"],
        found["size"],
        found["options"]["max_chunk_size"],
        _unpack(places),
    )


def _pack(places: Iterable[int]) -> str:
    """Write ascending numbers as ranges: 5-9,12."""
    ranges: list[list[int]] = []
    for place in places:
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1][1] = place
        else:
            ranges.append([place, place])
    return ",".join(f"{first}-{last}" for first, last in ranges)


def _unpack(text: str) -> list[int]:
    places: list[int] = []
    for part in text.split(",") if text else ():
        first, last = part.split("-")
        places += range(int(first), int(last) + 1)
    return places
