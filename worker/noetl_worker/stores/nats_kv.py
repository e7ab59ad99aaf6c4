"""Small objects in a key-value bucket of NATS; ``nats kv get`` reads them too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from noetl_worker.nats.settings import NatsSettings
from noetl_worker.stores.base import (
    ObjectInfo,
    ObjectMissingError,
    StoreFullError,
    StoreTier,
    Upload,
)
from noetl_worker.stores.keys import is_key, key_of, split
from noetl_worker.stores.nats import VALUE_MAX, Link

_UNSAFE: Final = re.compile(rb"[^A-Za-z0-9_/-]")
_ESCAPED: Final = re.compile(rb"=([0-9A-F]{2})")
_SIZE: Final = "Nats-Msg-Size"
_OPERATION: Final = "KV-Operation"


class KvStore:
    """A bucket whose keys are those of ours with ``.`` for ``/``, and ``=2E`` for ``.``."""

    tier = StoreTier.KV

    def __init__(self, settings: NatsSettings, bucket: str, seconds: float) -> None:
        self._bucket = bucket
        self._base = f"nats-kv://{bucket}/"
        self._stream = f"KV_{bucket}"
        self._link = Link(f"key-value bucket {bucket}", settings, seconds)

    def prepare(self) -> None:
        """Make the bucket if it is missing."""
        self._link.make(
            lambda js: js.create_key_value(bucket=self._bucket, history=1, direct=True)
        )

    def uri(self, key: str) -> str:
        """The address, with the key as it is."""
        split(key)
        return self._base + key

    def key(self, uri: str) -> str:
        """The key of an address in this bucket."""
        return key_of(uri, self._base)

    def create(self, key: str, content_type: str) -> KvUpload:  # noqa: ARG002
        """Begin a value; values carry no content type."""
        split(key)
        return KvUpload(self._link, self._subject(key), key)

    def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The bytes of the value."""
        data, _ = self._get(key)
        stop = len(data) if length is None else start + length
        if found := data[start:stop]:
            yield found

    def stat(self, key: str) -> ObjectInfo:
        """Size and time of the value."""
        data, moment = self._get(key)
        return ObjectInfo(key, len(data), moment)

    def delete(self, key: str) -> None:
        """Remove the value, leaving no mark of it."""
        split(key)
        self._link.purge(self._stream, self._subject(key))

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The values whose key begins with the prefix."""
        above, slash, _ = prefix.rpartition("/")
        subject = self._subject(above + slash) + ">"
        start = len(self._subject(""))
        for message in self._link.last_messages(
            self._stream, subject, headers_only=True
        ):
            headers = message.headers or {}
            key = _decode(message.subject[start:])
            if _OPERATION not in headers and key.startswith(prefix) and is_key(key):
                yield ObjectInfo(
                    key, int(headers[_SIZE]), _utc(message.metadata.timestamp)
                )

    def sweep(self, before: datetime) -> int:  # noqa: ARG002
        """A value is stored in one message: there is never a part of it."""
        return 0

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _get(self, key: str) -> tuple[bytes, datetime]:
        split(key)
        found = self._link.get_last(self._stream, self._subject(key), key)
        if _OPERATION in (found.headers or {}):
            raise ObjectMissingError(f"{self._link.where} has no object {key}")
        assert found.time is not None
        return found.data or b"", _utc(found.time)

    def _subject(self, key: str) -> str:
        return f"$KV.{self._bucket}.{_encode(key)}"


class KvUpload(Upload):
    """A value that is collected, and sent at once."""

    def __init__(self, link: Link, subject: str, key: str) -> None:
        self._link = link
        self._subject = subject
        self._key = key
        self._data = bytearray()
        self._is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Collect bytes."""
        self._check()
        self._data += data
        if len(self._data) > VALUE_MAX:
            self.abort()
            raise StoreFullError(
                f"{self._link.where}: {self._key} has more than {VALUE_MAX} bytes"
            )

    def commit(self) -> None:
        """Send the value."""
        self._check()
        data = bytes(self._data)
        self.abort()
        self._link.run(lambda js: js.publish(self._subject, data), self._key)

    def abort(self) -> None:
        """Forget the bytes."""
        self._is_open = False
        self._data = bytearray()

    def _check(self) -> None:
        if not self._is_open:
            raise ValueError("the upload has ended")


def _encode(key: str) -> str:
    safe = _UNSAFE.sub(lambda found: b"=%02X" % found[0][0], key.encode())
    return safe.decode().replace("/", ".")


def _decode(subject: str) -> str:
    plain = subject.replace(".", "/").encode()
    data = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), plain)
    return data.decode(errors="replace")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
