"""Objects in a bucket behind S3's interface: MinIO, AWS, Google, and many others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from mmap import mmap
from typing import Any, Final

from noetl_worker.stores.base import (
    ObjectInfo,
    ObjectMissingError,
    StoreDownError,
    StoreRefusedError,
    StoreTier,
)
from noetl_worker.stores.keys import is_key, key_of, split
from noetl_worker.stores.s3_client import (
    BeyondEndError,
    BucketMissingError,
    BucketTakenError,
    ReplacedError,
    S3Client,
    UploadMissingError,
)
from noetl_worker.stores.s3_upload import AT_ONCE, PART, Line, S3Upload
from noetl_worker.stores.settings import S3Settings, S3Tier

BLOCK: Final = 1 << 18
_PIECE: Final = 1 << 17
_RESUMES: Final = 10
_PAUSE_SECONDS: Final = 0.3
_PATIENCE: Final = 0.5
_NEW_BUCKET_SECONDS: Final = 5.0
# No key begins with a dot, so that no object can be meant by it.
_PROBE: Final = ".noetl-probe"
_SCHEMES: Final = {StoreTier.MINIO: "s3", StoreTier.S3: "s3", StoreTier.GCS: "gs"}


class _Part:
    """A range of an object: its bytes, and of which object it is.

    The bytes are in a mapping, which goes back to the system at once; blocks allocated
    in several threads would stay with the process.
    """

    def __init__(self, size: int, etag: str | None) -> None:
        self.etag = etag
        self.total = 0
        self.filled = 0
        self._room = mmap(-1, size)

    def add(self, data: bytes) -> None:
        """Take the next bytes."""
        end = self.filled + len(data)
        self._room[self.filled : end] = data
        self.filled = end

    def blocks(self) -> Iterator[bytes]:
        """The bytes; they can be had once."""
        with self._room as room:
            for start in range(0, self.filled, BLOCK):
                yield room[start : min(start + BLOCK, self.filled)]


class S3Store:
    """One bucket; large objects travel in parts, several at once."""

    def __init__(self, tier: S3Tier, settings: S3Settings, seconds: float) -> None:
        self.tier: StoreTier = tier
        self._base = f"{_SCHEMES[tier]}://{settings.bucket}/"
        self._seconds = seconds
        self._client = S3Client(tier, settings, seconds)
        self._line = Line()

    def prepare(self) -> None:
        """Make the bucket if it is missing, and see that uploads can be begun."""
        try:
            self._probe()
        except BucketMissingError:
            self._make_bucket()
            self._await_bucket()

    def uri(self, key: str) -> str:
        """The address in the bucket, which says nothing of the endpoint."""
        split(key)
        return self._base + key

    def key(self, uri: str) -> str:
        """The key of an address in this bucket."""
        return key_of(uri, self._base)

    def create(self, key: str, content_type: str) -> S3Upload:
        """Begin an object; one that is small travels at its commit."""
        split(key)
        return S3Upload(self._client, self._line, key, content_type)

    def read(
        self, key: str, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The object's bytes; parts are fetched ahead, all of one and the same object."""
        split(key)
        stop = start + (PART if length is None else min(PART, length))
        if start == stop:
            self.stat(key)
            return
        try:
            part = self._fetch(key, start, stop, None)
        except BeyondEndError:
            return
        end = part.total if length is None else min(part.total, start + length)
        starts = iter(range(stop, end, PART))
        ahead: deque[Future[_Part]] = deque()
        try:
            while True:
                while (
                    len(ahead) < AT_ONCE and (begin := next(starts, None)) is not None
                ):
                    stop = min(begin + PART, end)
                    ahead.append(
                        self._line.submit(self._fetch, key, begin, stop, part.etag)
                    )
                yield from part.blocks()
                if not ahead:
                    return
                part = ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def stat(self, key: str) -> ObjectInfo:
        """Size and time of the object."""
        split(key)
        try:
            found = self._client.call("head_object", key)
        except ObjectMissingError:
            self._client.call("head_bucket")  # raises if that is what is missing
            raise
        return ObjectInfo(key, found["ContentLength"], _utc(found["LastModified"]))

    def delete(self, key: str) -> None:
        """Remove the object."""
        split(key)
        with suppress(ObjectMissingError):
            self._client.call("delete_object", key)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """The objects whose key begins with the prefix."""
        for page in self._client.pages("list_objects_v2", Prefix=prefix):
            for found in page.get("Contents", ()):
                if is_key(found["Key"]):
                    yield ObjectInfo(
                        found["Key"], found["Size"], _utc(found["LastModified"])
                    )

    def sweep(self, before: datetime) -> int:
        """Abort uploads in parts that were begun before."""
        count = 0
        for page in self._client.pages("list_multipart_uploads"):
            for found in page.get("Uploads", ()):
                if found["Initiated"] < before:
                    with suppress(UploadMissingError):
                        self._client.call(
                            "abort_multipart_upload",
                            found["Key"],
                            UploadId=found["UploadId"],
                        )
                        count += 1
        return count

    def close(self) -> None:
        """Close the connections; what is on its way ends by itself."""
        self._line.close()
        self._client.close()

    def _fetch(self, key: str, start: int, stop: int, etag: str | None) -> _Part:
        """Read a part as a whole; where a connection breaks it goes on, in time."""
        part = _Part(stop - start, etag)
        patient_until = None
        for _ in range(_RESUMES):
            try:
                for data in self._stream(
                    part, key, start + part.filled, stop, patient_until
                ):
                    part.add(data)
                    patient_until = time.monotonic() + self._seconds * _PATIENCE
            except ReplacedError:
                raise
            except StoreDownError:
                # The client has tried again already where there was no answer at all.
                if patient_until is None or time.monotonic() > patient_until:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                return part
        raise StoreDownError(
            f"the connection broke {_RESUMES} times in {self.uri(key)}"
        )

    def _stream(
        self, part: _Part, key: str, start: int, stop: int, until: float | None
    ) -> Iterator[bytes]:
        """Read a range in small pieces, and note of which object it is."""
        condition: dict[str, Any] = {"IfMatch": part.etag} if part.etag else {}
        answer = self._client.call(
            "get_object",
            key,
            until=until,
            Range=f"bytes={start}-{stop - 1}",
            **condition,
        )
        body = answer["Body"]
        part.etag = answer["ETag"]
        if place := answer.get("ContentRange"):
            part.total = int(place.rpartition("/")[2])
        elif start == 0 and answer["ContentLength"] <= stop:
            part.total = answer["ContentLength"]  # as some answer for an empty object
        else:
            body.close()
            raise StoreRefusedError(f"{self.uri(key)}: the store reads no ranges")
        try:
            while True:
                with self._client.failures(key):
                    data = body.read(_PIECE)
                if not data:
                    return
                yield data
        finally:
            body.close()

    def _probe(self) -> None:
        """Begin an upload and drop it: it needs the right to write, and leaves nothing."""
        begun = self._client.call("create_multipart_upload", _PROBE)
        with suppress(UploadMissingError):
            self._client.call(
                "abort_multipart_upload", _PROBE, UploadId=begun["UploadId"]
            )

    def _make_bucket(self) -> None:
        arguments: dict[str, Any] = {}
        region = self._client.region
        if region and region not in {"us-east-1", "auto"}:
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
        with suppress(BucketTakenError):
            self._client.call("create_bucket", **arguments)

    def _await_bucket(self) -> None:
        """Wait until a bucket that has just been made is known everywhere."""
        deadline = time.monotonic() + _NEW_BUCKET_SECONDS
        while True:
            try:
                return self._probe()
            except BucketMissingError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
