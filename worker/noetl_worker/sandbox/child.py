"""The child process: one request at a time, until the worker closes the channel.

Started as ``python -P -m noetl_worker.sandbox.child CHANNEL``; stdin is empty, output goes
to the worker's log. It answers each request with frames: any number of parts of the
result, each after a frame that says so, and how it went. Each chunk of a generator is
answered likewise, and the worker sends a frame when it wants the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from noetl_worker.jsonable import NotJsonError, encode, encode_pieces
from noetl_worker.sandbox.frames import LENGTH, frame
from noetl_worker.sandbox.script import (
    compile_script,
    describe,
    drain,
    import_libs,
    is_generator,
    run_script,
)

_PART: Final = frame(b'{"part":1}')
_CHUNK: Final = frame(b'{"chunk":1}')
_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Serve requests from the channel given as the first argument."""
    _die_with_parent()
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.set_inheritable(channel.fileno(), False)
    home, environment = os.getcwd(), dict(os.environ)  # noqa: PTH109 - a plain string
    while (request := _receive(channel)) is not None:
        answer, result = serve(json.loads(request), partial(_yield_chunk, channel))
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        answer["fit"] = _tidy(home, environment)
        if result:
            channel.sendall(_PART + frame(result))
        channel.sendall(frame(json.dumps(answer).encode()))


def serve(
    request: dict[str, Any], send: Callable[[Any, int], None]
) -> tuple[dict[str, Any], bytes]:
    """Run one piece of code; whatever it raises is the answer.

    What a generator yields goes to ``send``, if it is to be streamed.
    """
    filename = request["name"]
    inputs = request["inputs"]
    try:
        script = compile_script(request["code"], filename)
        names: dict[str, Any] = {
            "__name__": "__noetl__",
            "input_data": inputs,
            "args": inputs,
            "context": request["context"],
            **import_libs(request["libs"]),
            **inputs,
        }
        value = run_script(script, names, inputs)
        if is_generator(value):
            value = drain(value, send if request["stream"] else None)
        return {"ok": True}, encode(value)
    except NotJsonError as exc:
        return {"ok": False, "error": {"code": "NotJson", "message": str(exc)}}, b""
    except BaseException as exc:  # noqa: BLE001 - also sys.exit() and KeyboardInterrupt
        return {"ok": False, "error": describe(exc, filename)}, b""


def _yield_chunk(channel: socket.socket, value: Any, number: int) -> None:
    """Hand one chunk over, and wait until the worker wants the next."""
    for piece in encode_pieces(value, f"chunk {number}"):
        channel.sendall(_PART + frame(piece))
    channel.sendall(_CHUNK)
    if _receive(channel) is None:
        raise ConnectionError("the worker has gone")


def _tidy(home: str, environment: dict[str, str]) -> bool:
    """Undo what code may have changed; false when this process is fit for no more."""
    try:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        for descriptor in (0, 1, 2):
            os.fstat(descriptor)
        if any(stream is None or stream.closed for stream in (sys.stdout, sys.stderr)):
            return False
        os.chdir(home)
        if os.environ != environment:
            os.environ.clear()
            os.environ.update(environment)
        signal.alarm(0)
    except (OSError, ValueError, AttributeError):
        return False
    return threading.active_count() == 1


def _receive(channel: socket.socket) -> bytes | None:
    head = _exactly(channel, LENGTH.size)
    return None if head is None else _exactly(channel, LENGTH.unpack(head)[0])


def _exactly(channel: socket.socket, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        part = channel.recv(min(count - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)


def _die_with_parent() -> None:
    """Where the system can: no child outlives a worker that was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
