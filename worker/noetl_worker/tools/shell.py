"""Shell commands: each in a process group of its own, without secrets in its environment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from typing import Any, Final

from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Tool
from noetl_worker.sandbox.process import clean_environment
from noetl_worker.tools import ToolContext, text_option

OUTPUT_MAX: Final = 1 << 20
_CHUNK: Final = 65_536
_ERROR_TAIL: Final = 500


async def run(task: Tool, options: dict[str, Any], ctx: ToolContext) -> Output:  # noqa: ARG001
    """Run ``cmds`` one after the other, until one fails."""
    environment = clean_environment()
    environment.pop("PYTHONPATH")
    environment |= _variables(options.get("env"))
    results = []
    for command in _commands(options):
        result = await _run_one(command, text_option(options, "cwd"), environment)
        results.append(result)
        if result["exit_code"] != 0:
            break
    payload = {
        "exit_code": results[-1]["exit_code"],
        "stdout": "".join(result["stdout"] for result in results),
        "stderr": "".join(result["stderr"] for result in results),
        **{f"command_{index}": result for index, result in enumerate(results)},
    }
    if payload["exit_code"] == 0:
        return Output(payload)
    return Output(
        payload, TaskError("shell", _reason(results[-1]), code=payload["exit_code"])
    )


def _commands(options: Mapping[str, Any]) -> list[str]:
    given = options.get("cmds")
    if given is None:
        given = options.get("command")
    commands = [given] if isinstance(given, str) else given
    if (
        not isinstance(commands, list)
        or not commands
        or not all(isinstance(command, str) for command in commands)
    ):
        raise TaskError(
            "template", 'a shell tool needs "cmds": a command or a list of commands'
        )
    return commands


def _variables(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TaskError("template", 'the option "env" must be a mapping')
    return {str(name): str(value) for name, value in given.items() if value is not None}


async def _run_one(
    command: str, cwd: str | None, environment: Mapping[str, str]
) -> dict[str, Any]:
    if "\0" in command:
        raise TaskError("shell", "the command contains a NUL character")
    try:
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env=environment,
            start_new_session=True,
        )
    except OSError as exc:
        raise TaskError(
            "shell", f"cannot start in {cwd or '.'}: {exc.strerror}"
        ) from exc
    try:
        stdout, stderr = await asyncio.gather(
            _read(process.stdout), _read(process.stderr)
        )
        code = await process.wait()
    finally:
        # What the command left in the background ends with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    return {"exit_code": code, "stdout": stdout, "stderr": stderr}


async def _read(stream: asyncio.StreamReader | None) -> str:
    """All output, of which the first part is kept."""
    assert stream is not None
    kept, size = bytearray(), 0
    while part := await stream.read(_CHUNK):
        size += len(part)
        kept += part[: OUTPUT_MAX - len(kept)]
    text = kept.decode(errors="replace").replace("\0", "\\0")
    return text if size <= OUTPUT_MAX else f"{text}… ({size} bytes)"


def _reason(result: Mapping[str, Any]) -> str:
    code = result["exit_code"]
    how = f"died by signal {-code}" if code < 0 else f"exit code {code}"
    tail = result["stderr"].strip()[-_ERROR_TAIL:]
    return f"{how}: {tail}" if tail else how
