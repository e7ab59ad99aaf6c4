"""A client of an S3 store that gives up in time, and says in our words why."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from noetl_worker.stores.base import (
    ObjectMissingError,
    StoreDownError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
)
from noetl_worker.stores.settings import S3Settings, S3Tier

CONNECTIONS: Final = 32
_ATTEMPTS: Final = 6
_DEADLINE: Final = "noetl_deadline"
_CONNECT_SECONDS: Final = 5.0
# A silent attempt may begin just before half of the time is over.
_SILENCE: Final = 0.45
_TRYING: Final = 0.5

_MISSING: Final = frozenset({"NoSuchKey", "404", "NoSuchVersion"})
_TAKEN: Final = frozenset(
    {"BucketAlreadyOwnedByYou", "BucketAlreadyExists", "OperationAborted"}
)
_FULL: Final = frozenset(
    {
        *("EntityTooLarge", "MaxMessageLengthExceeded", "InsufficientStorage"),
        *("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"),
    }
)
_LATER: Final = frozenset(
    {
        *("SlowDown", "RequestTimeout", "Throttling", "ThrottlingException"),
        *("RequestLimitExceeded", "TooManyRequests"),
    }
)
_FULL_STATUS: Final = frozenset({413, 507})
_LATER_STATUS: Final = frozenset({408, 425, 429})
_CLOCK: Final = "RequestTimeTooSkewed"


class BucketMissingError(StoreRefusedError):
    """There is no such bucket."""


class BucketTakenError(StoreDownError):
    """A bucket of this name was made by somebody else, or is just being made."""


class UploadMissingError(StoreDownError):
    """An upload in parts has ended: it is complete, or somebody has swept it."""


class ReplacedError(StoreDownError):
    """The object is not the one whose first part was read."""


class BeyondEndError(StoreError):
    """A range begins where the object has ended."""


class S3Client:
    """Calls operations on one bucket; thread-safe."""

    def __init__(self, tier: S3Tier, settings: S3Settings, seconds: float) -> None:
        self.bucket = settings.bucket
        self.region = settings.region
        self.seconds = seconds
        self._prefix = f"NOETL_{tier.upper()}_"
        self._origin = settings.origin
        self._where = f"{tier} bucket {settings.bucket}"
        if settings.endpoint:
            self._where += f" at {settings.endpoint}"
        self._until = threading.local()
        self._client = self._connect(settings)

    def call(
        self,
        operation: str,
        key: str = "",
        *,
        until: float | None = None,
        **arguments: Any,
    ) -> dict[str, Any]:
        """Call an operation; no attempt begins after ``until``, of the monotonic clock."""
        if key:
            arguments["Key"] = key
        self._until.value = until
        try:
            with self.failures(key):
                answer: dict[str, Any] = getattr(self._client, operation)(
                    Bucket=self.bucket, **arguments
                )
        finally:
            self._until.value = None
        return answer

    def pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Call an operation that answers in pages."""
        with self.failures(""):
            yield from self._client.get_paginator(operation).paginate(
                Bucket=self.bucket, **arguments
            )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def failures(self, key: str) -> Iterator[None]:
        """Say what an error of the client means."""
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectionError,  # noqa: A004
            HTTPClientError,
            IncompleteReadError,
        )

        try:
            yield
        except ClientError as exc:
            raise self._meaning(exc.response, key) from exc
        except (ConnectionError, HTTPClientError, IncompleteReadError) as exc:
            raise StoreDownError(f"{self._where}: {type(exc).__name__}") from exc
        except BotoCoreError as exc:
            raise StoreRefusedError(
                f"{self._where}: {type(exc).__name__}; {self._hint()}"
            ) from exc

    def _meaning(self, answer: dict[str, Any], key: str) -> StoreError:
        code = str(answer.get("Error", {}).get("Code", ""))
        status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        what = f"{self._where}: {key}: {code}" if key else f"{self._where}: {code}"
        if key and code in _MISSING:
            return ObjectMissingError(f"{self._where} has no object {key}")
        if code == "NoSuchBucket" or code in _MISSING:
            return BucketMissingError(f"{self._where} does not exist; {self._hint()}")
        if code in _TAKEN:
            return BucketTakenError(what)
        if code == "NoSuchUpload":
            return UploadMissingError(f"{what}; was the upload swept?")
        if code in {"PreconditionFailed", "412"}:
            return ReplacedError(f"{what}; it was replaced while it was read")
        if code in {"InvalidRange", "416"}:
            return BeyondEndError(what)
        if code in _FULL or status in _FULL_STATUS:
            return StoreFullError(f"{what}; make room, or store less")
        if code in _LATER or status in _LATER_STATUS or status >= 500:
            return StoreDownError(f"{what} (HTTP {status})")
        if code == _CLOCK:
            return StoreRefusedError(f"{what}; set the clock of this machine")
        return StoreRefusedError(f"{what}; {self._hint()}")

    def _hint(self) -> str:
        names = ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "BUCKET", "REGION")
        given = self._origin or ", ".join(self._prefix + name for name in names)
        return (
            f"check {given}, and that they"
            " may read, write, list and delete in the bucket"
        )

    def _connect(self, settings: S3Settings) -> Any:
        # Half a second, for workers that need it only.
        import boto3
        from botocore.config import Config

        # Newer checksums are asked for by AWS only; other stores refuse them.
        config = Config(
            connect_timeout=min(_CONNECT_SECONDS, self.seconds * _SILENCE),
            read_timeout=self.seconds * _SILENCE,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=CONNECTIONS,
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if settings.endpoint else "auto"},
        )
        with self.failures(""):
            try:
                client = boto3.session.Session().client(
                    "s3",
                    endpoint_url=settings.endpoint or None,
                    aws_access_key_id=settings.access_key or None,
                    aws_secret_access_key=settings.secret_key or None,
                    region_name=settings.region or _default_region(settings),
                    config=config,
                )
            except ValueError as exc:
                raise StoreRefusedError(f"{self._where}: {self._hint()}") from exc
        events = client.meta.events
        events.register_first("before-call.s3", self._begin)
        events.register_first("needs-retry.s3", self._give_up)
        return client

    def _begin(self, context: dict[str, Any], **_: Any) -> None:
        until = getattr(self._until, "value", None)
        if until is None:
            until = time.monotonic() + self.seconds * _TRYING
        context[_DEADLINE] = until

    def _give_up(
        self,
        request_dict: dict[str, Any],
        response: tuple[Any, dict[str, Any]] | None,
        caught_exception: Exception | None,
        **_: Any,
    ) -> None:
        """End the attempts when the time is over, in front of what would retry."""
        if time.monotonic() < request_dict["context"][_DEADLINE]:
            return
        if caught_exception is not None:
            raise caught_exception
        if response is not None and response[0].status_code >= 500:
            raise self._meaning(response[1], "")


def _default_region(settings: S3Settings) -> str | None:
    """Signing needs some region; AWS' comes from its own configuration."""
    return "us-east-1" if settings.endpoint else None
