"""Ports for servers that tests start."""

from __future__ import annotations

import itertools
import os
import socket
from typing import Final

# Below those that the kernel gives to whoever asks for any (ip_local_port_range).
_FIRST: Final = 20_000
_LAST: Final = 32_000
_START: Final = _FIRST + os.getpid() * 61 % (_LAST - _FIRST)
_candidates: Final = itertools.chain(range(_START, _LAST), range(_FIRST, _START))
_claims: Final[list[socket.socket]] = []


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at, and that no test is given again.

    A server may listen there late, and anew: what claims the port is a name in the abstract
    namespace (unix(7)), which this process holds to its end.
    """
    for port in _candidates:
        claim = socket.socket(socket.AF_UNIX)
        with socket.socket() as probe:
            try:
                claim.bind(f"\0noetl-test-port-{port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                claim.close()
                continue
        _claims.append(claim)
        return port
    raise RuntimeError(f"no port from {_FIRST} to {_LAST} is free")
