"""Uploads to S3: small objects in one request, large ones in parts, several at once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import (
    CancelledError,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import suppress
from typing import Final, ParamSpec, TypeVar

from noetl_worker.stores.base import (
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreFullError,
    Upload,
)
from noetl_worker.stores.s3_client import S3Client, UploadMissingError

PART: Final = 8 << 20
PARTS_MAX: Final = 10_000
AT_ONCE: Final = 4
_ABORT_SECONDS: Final = 2.0

P = ParamSpec("P")
R = TypeVar("R")


class Line:
    """Threads of one store, by which parts travel; bounds what uploads hold in memory."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2 * AT_ONCE, "noetl-s3")
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def submit(
        self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """Do it in another thread."""
        try:
            return self._threads.submit(do, *args, **kwargs)
        except RuntimeError as exc:
            raise StoreDownError("the store was closed") from exc

    def send(self, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it in another thread once there is a place; waits for that."""
        self._places.acquire()
        try:
            future = self.submit(do, *args, **kwargs)
        except BaseException:
            self._places.release()
            raise
        future.add_done_callback(lambda _: self._places.release())
        return future

    def close(self) -> None:
        """Take nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class S3Upload(Upload):
    """An object on its way; a part is sent when more follows it."""

    def __init__(
        self, client: S3Client, line: Line, key: str, content_type: str
    ) -> None:
        self._client = client
        self._line = line
        self._key = key
        self._content_type = content_type
        self._buffer = bytearray()
        self._filled = 0
        self._free: list[bytearray] = []  # used again: others would stay in memory
        self._id: str | None = None
        self._parts: list[Future[str]] = []
        self._is_open = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Collect bytes into parts, and send those that are full."""
        self._check()
        rest = memoryview(data).cast("B")
        try:
            while rest:
                if self._filled == PART:
                    self._send()
                piece = rest[: PART - self._filled]
                end = self._filled + len(piece)
                self._buffer[self._filled : end] = piece
                self._filled = end
                rest = rest[len(piece) :]
        except BaseException:
            self.abort()
            raise

    def commit(self) -> None:
        """Send what is left, and let the store make one object of the parts."""
        self._check()
        try:
            if self._id is None:
                self._client.call(
                    "put_object",
                    self._key,
                    Body=self._buffer,
                    ContentType=self._content_type,
                )
            else:
                self._send()
                self._complete(self._id, [part.result() for part in self._parts])
        except BaseException:
            self.abort()
            raise
        self._close()

    def abort(self) -> None:
        """Drop the parts; waits a little for it, and the rest is for ``sweep``."""
        if not self._is_open:
            return
        parts = self._parts
        for part in parts:
            part.cancel()
        if self._id is not None:
            with suppress(StoreError, TimeoutError, CancelledError):
                self._line.submit(self._drop, self._id, parts).result(_ABORT_SECONDS)
        self._close()

    def _send(self) -> None:
        """Hand the buffer to another thread; raises what earlier parts met."""
        del self._buffer[self._filled :]
        if self._id is None:
            begun = self._client.call(
                "create_multipart_upload", self._key, ContentType=self._content_type
            )
            self._id = begun["UploadId"]
        for part in self._parts:
            if part.done():
                part.result()
        number = len(self._parts) + 1
        if number > PARTS_MAX:
            raise StoreFullError(
                f"{self._key} has more than {PARTS_MAX} parts of {PART} bytes"
            )
        self._parts.append(
            self._line.send(self._send_part, self._id, number, self._buffer)
        )
        self._buffer = self._free.pop() if self._free else bytearray()
        self._filled = 0

    def _send_part(self, upload: str, number: int, data: bytearray) -> str:
        answer = self._client.call(
            "upload_part", self._key, UploadId=upload, PartNumber=number, Body=data
        )
        self._free.append(data)
        return str(answer["ETag"])

    def _complete(self, upload: str, etags: list[str]) -> None:
        parts = [
            {"PartNumber": number, "ETag": etag}
            for number, etag in enumerate(etags, start=1)
        ]
        try:
            self._client.call(
                "complete_multipart_upload",
                self._key,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except UploadMissingError:
            # Complete already, if only the answer to an earlier attempt was lost.
            if not self._is_there(etags):
                raise

    def _is_there(self, etags: list[str]) -> bool:
        try:
            found = self._client.call("head_object", self._key)
        except ObjectMissingError:
            return False
        return bool(found["ETag"] == _whole_etag(etags))

    def _drop(self, upload: str, parts: list[Future[str]]) -> None:
        """Abort after the last part has ended, or that part would stay."""
        wait(parts)
        self._client.call(
            "abort_multipart_upload",
            self._key,
            until=time.monotonic() + _ABORT_SECONDS,
            UploadId=upload,
        )

    def _check(self) -> None:
        if not self._is_open:
            raise ValueError("the upload has ended")

    def _close(self) -> None:
        self._is_open = False
        self._buffer = bytearray()
        self._free = []
        self._parts = []


def _whole_etag(etags: list[str]) -> str:
    """What S3 calls an object of such parts."""
    try:
        parts = b"".join(bytes.fromhex(etag.strip('"')) for etag in etags)
    except ValueError:
        return ""
    return f'"{hashlib.md5(parts, usedforsecurity=False).hexdigest()}-{len(etags)}"'
