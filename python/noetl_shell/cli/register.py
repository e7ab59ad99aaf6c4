"""From a file to the catalog: read, check, register; problems name line and column."""

from __future__ import annotations

import sys
from pathlib import Path

from noetl_shell import calls
from noetl_shell.cli import output
from noetl_shell.database import Connection
from noetl_shell.documents import Document, read_document
from noetl_shell.errors import InputError, InvalidInput
from noetl_shell.records import Problem, Registered


def is_file(name: str) -> bool:
    """Whether the user means a file, not the path of a registered playbook."""
    return name.endswith((".yaml", ".yml", ".json")) or Path(name).exists()


def split_version(name: str) -> tuple[str, int | None]:
    """Split ``PATH@VERSION``."""
    path, at, version = name.rpartition("@")
    if not at:
        return name, None
    if not version.isdigit() or not path:
        raise InputError(
            f"{name!r} is not PATH or PATH@VERSION", hint="For example etl/orders@3"
        )
    return path, int(version)


def register_file(conn: Connection, path: Path) -> Registered:
    """Register a playbook from a file; what is odd about it goes to standard error."""
    document = read_document(path)
    try:
        with conn.transaction():  # a savepoint in the caller's: the check follows
            registered = calls.register_playbook(conn, content=document.value)
    except InvalidInput as exc:
        raise _with_places(conn, document, exc) from exc
    warnings = [Problem(**warning) for warning in registered.warnings]
    for problem in output.by_place(document, warnings):
        print(output.problem_line(document, problem), file=sys.stderr)
    return registered


def _with_places(
    conn: Connection, document: Document, refusal: InvalidInput
) -> InputError:
    """The same refusal, each problem with its line; the check is asked once more."""
    problems = calls.lint_playbook(conn, content=document.value)
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return InputError(f"{document.source}: {refusal}", hint=refusal.hint)
    lines = [
        output.problem_line(document, problem)
        for problem in output.by_place(document, errors)
    ]
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return InputError("\n".join([f"{document.source} has {count}", *lines]))
