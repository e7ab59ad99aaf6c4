"""What a report and a view know of a stored result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from noetl_worker.jsonable import encode
from noetl_worker.stores.base import StoreTier


@dataclass(frozen=True, slots=True)
class Reference:
    """A stored result. ``at``: where its rows belong in the payload that rides along.

    Without ``at`` the object is the whole payload. ``count`` is None unless it has rows,
    ``uri`` is empty unless it is an object in a store.
    """

    ref: str
    store: StoreTier
    bytes: int
    sha256: str
    content_type: str
    count: int | None = None
    at: tuple[str, ...] = ()
    uri: str = ""

    def as_report(self) -> dict[str, Any]:
        """The mapping that ``event.result.reference`` holds."""
        report: dict[str, Any] = {
            "ref": self.ref,
            "store": str(self.store),
            "bytes": self.bytes,
            "sha256": self.sha256,
            "content_type": self.content_type,
        }
        if self.count is not None:
            report["rows"] = {"count": self.count, "at": list(self.at)}
        return report


@dataclass(frozen=True, slots=True)
class Stored:
    """A result as a report carries it: JSON text inline, a reference, or both.

    With a reference that has ``at``, ``data`` is the rest of the payload.
    """

    data: bytes | None = None
    reference: Reference | None = None
    preview: Any = None

    def as_result(self, status: str, context: Mapping[str, Any]) -> dict[str, Any]:
        """What ``event.result`` holds."""
        told = dict(context)
        if self.data is not None and self.data != b"null":
            told["data"] = orjson.Fragment(self.data)
        if self.preview is not None:
            told["preview"] = orjson.Fragment(encode(self.preview))
        reference = None if self.reference is None else self.reference.as_report()
        return {"status": status, "reference": reference, "context": told}

    def envelope(self) -> dict[str, Any]:
        """What a view of the result tells of where it is."""
        if self.reference is None:
            return {}
        report = self.reference.as_report()
        envelope = {"ref": report["ref"], "store": report["store"]}
        envelope |= {"_ref": report["ref"], "_store": report["store"]}
        if "rows" in report:
            envelope["_rows"] = report["rows"]
        if self.preview is not None:
            envelope["_preview"] = self.preview
        return envelope
