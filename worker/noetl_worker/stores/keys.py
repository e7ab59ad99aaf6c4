"""Keys of objects, alike for all stores: paths of plain segments that lead nowhere else."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from noetl_worker.stores.base import BadKeyError

KEY_MAX: Final = 1024  # bytes, the limit of S3
SEGMENT_MAX: Final = 255  # bytes, the limit of file systems
_READABLE_MAX: Final = 100
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
# Not among the characters that pass unchanged, so that no text looks like a changed one.
_CHANGED: Final = "~"


def segment(text: str) -> str:
    """A safe, bounded and readable segment for any text; distinct ones stay distinct."""
    readable = _UNSAFE.sub("_", text).lstrip(".")[:_READABLE_MAX]
    if readable == text and text:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{readable or '_'}{_CHANGED}{digest}"


def split(key: str) -> list[str]:
    """The segments of a key; raises ``BadKeyError`` for one that no store may take.

    A segment that begins with a dot is refused: stores keep their unfinished files so.
    """
    segments = key.split("/")
    for part in segments:
        if reason := _fault(part):
            raise BadKeyError(f"the key {_shown(key)} {reason}")
    if len(key.encode()) > KEY_MAX:
        raise BadKeyError(f"the key {_shown(key)} has more than {KEY_MAX} bytes")
    return segments


def is_key(key: str) -> bool:
    """Whether a store may take this key."""
    try:
        split(key)
    except BadKeyError:
        return False
    return True


def key_of(uri: str, base: str) -> str:
    """The key of an address that must begin with ``base``."""
    if not uri.startswith(base):
        raise BadKeyError(f"the address {_shown(uri)} is not under {base}")
    key = uri[len(base) :]
    split(key)
    return key


def _fault(part: str) -> str:
    if not part:
        return "has an empty segment"
    if part.startswith("."):
        return "has a segment that begins with a dot"
    if not part.isprintable():
        return "has a character that is not printable"
    if len(part.encode()) > SEGMENT_MAX:
        return f"has a segment of more than {SEGMENT_MAX} bytes"
    return ""


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _READABLE_MAX else f"{text[:_READABLE_MAX]}…")
