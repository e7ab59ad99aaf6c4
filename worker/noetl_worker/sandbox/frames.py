"""Frames on the pipe between worker and child: eight bytes of length, then JSON."""

from __future__ import annotations

import struct
from typing import Final

LENGTH: Final = struct.Struct(">Q")


def frame(data: bytes) -> bytes:
    """Data with its length before it."""
    return LENGTH.pack(len(data)) + data
