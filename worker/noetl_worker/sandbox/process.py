"""The worker's side of one child process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import noetl_worker
from noetl_worker.jsonable import JsonText, decode
from noetl_worker.output import TaskError
from noetl_worker.points import Point, reach
from noetl_worker.sandbox.frames import LENGTH, frame

Take = Callable[[JsonText], Awaitable[None]]

LOG_MAX: Final = 64 * 1024
FLOOD_MAX: Final = 64 * 1024 * 1024
PIPE_SIZE: Final = 65_536
_PASSED: Final = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
)
_PACKAGES: Final = str(Path(noetl_worker.__file__).parent.parent)


def clean_environment() -> dict[str, str]:
    """The environment of programs that run user code: nothing that could be secret."""
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
    paths = [_PACKAGES, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


class Child:
    """A warm Python process; serves one request at a time."""

    def __init__(self) -> None:
        self.uses = 0
        self.is_fit = True
        self._log = bytearray()
        self._written = 0
        self._process: asyncio.subprocess.Process
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._output: int

    @staticmethod
    async def start() -> Child:
        """Start a process in a group of its own."""
        child = Child()
        ours, theirs = socket.socketpair()
        child._output, written_to = os.pipe()
        os.set_blocking(child._output, False)
        with theirs, open(written_to, "wb") as output:  # noqa: PTH123 - a descriptor
            child._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-X", "utf8"),
                *("-m", "noetl_worker.sandbox.child", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env=clean_environment(),
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        child._reader, child._writer = await asyncio.open_unix_connection(sock=ours)
        asyncio.get_running_loop().add_reader(child._output, child._read_output)
        return child

    async def call(
        self, request: bytes, result_max: int, take: Take | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Run one request. If anything cuts it short, the process is unfit.

        Each chunk that a generator yields is given to ``take``; the code goes on when
        that returns.
        """
        self.uses += 1
        self._read_output()  # of what an earlier request has left running
        self._log.clear()
        self._written = 0
        self.is_fit = False
        answer, data = await self._exchange(request, result_max, "in_python")
        while "chunk" in answer:
            if take is not None:
                await take(data)
            del data  # one chunk at a time
            answer, data = await self._exchange(b"{}", result_max, "in_generator")
        self.is_fit = bool(answer["fit"])
        return answer, data.whole()

    async def _exchange(
        self, message: bytes, result_max: int, point: Point
    ) -> tuple[dict[str, Any], JsonText]:
        """Send a frame; what comes back: how it went, and the data before that."""
        data: list[bytes] = []
        room = result_max
        try:
            self._writer.write(frame(message))
            await self._writer.drain()
            reach(point)
            while "part" in (answer := decode(await self._receive(result_max))):
                data.append(await self._receive(room))
                room -= len(data[-1])
            # Printed before the answer was sent, so it is in the pipe: all of it is read.
            self._read_output()
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            raise await self._death() from None
        return answer, JsonText(data)

    def output(self) -> str:
        """What the code has printed, bounded."""
        text = bytes(self._log).decode(errors="replace")
        return text if self._written <= LOG_MAX else text + "… (more was printed)"

    def memory(self) -> int:
        """Resident bytes, 0 where the system does not tell."""
        try:
            text = Path(f"/proc/{self._process.pid}/statm").read_text("ascii")
        except OSError:
            return 0
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def stop(self) -> None:
        """Kill the process and all that it has started."""
        self.is_fit = False
        self.kill()
        self._writer.close()
        asyncio.get_running_loop().remove_reader(self._output)
        os.close(self._output)
        await self._process.wait()

    def kill(self) -> None:
        """Kill the process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _receive(self, result_max: int) -> bytes:
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        if length > result_max:
            raise TaskError(
                "result",
                "the result has more bytes of JSON than NOETL_RESULT_MAX_BYTES",
            )
        return await self._reader.readexactly(length)

    async def _death(self) -> TaskError:
        if self._written > FLOOD_MAX:
            return TaskError(
                "python", f"stopped: it printed more than {FLOOD_MAX >> 20} MB"
            )
        self.kill()
        code = await self._process.wait()
        if code == -signal.SIGKILL:
            how = "was killed, or closed its channel to the worker"
        elif code < 0:
            how = f"died by signal {-code} ({signal.strsignal(-code)})"
        else:
            how = f"ended itself with exit code {code}"
        return TaskError("python", f"the Python process {how}")

    def _read_output(self) -> None:
        """Take in what is in the pipe now."""
        try:
            part = os.read(self._output, PIPE_SIZE)
        except BlockingIOError:
            return
        self._written += len(part)
        self._log += part[: max(0, LOG_MAX - len(self._log))]
        if self._written > FLOOD_MAX:
            self.kill()
        if not part:
            asyncio.get_running_loop().remove_reader(self._output)
