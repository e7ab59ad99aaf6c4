"""Backups of a running system, restored into another server: its runs go on and end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.operate.long_loop import FREE, IN_FLIGHT, ITEMS, LongLoop
from tests.support.databases import Databases
from tests.support.postgres import Server, running_server
from tests.worker.conftest import Lab


@contextmanager
def lab_on(dsn: str, home: Path) -> Iterator[Lab]:
    lab = Lab(dsn, home)
    try:
        yield lab
    finally:
        lab.close()


def go_on(loop: LongLoop, dsn: str, home: Path) -> None:
    """Workers on the restored database: what it knows as done does not run again."""
    with lab_on(dsn, home) as lab:
        known, before = loop.recorded(lab), loop.effects()
        assert ITEMS / 4 <= known.total() <= FREE
        assert set(known.values()) == {1}
        loop.start_worker(lab, "one", "one.restored")
        loop.start_worker(lab, "two", "two.restored")
        loop.must_end_well(lab)
        after = loop.effects()
        assert {n: after[n] for n in known} == {n: before[n] for n in known}
        # What ran after the backup was taken runs again, and what was in flight.
        since = before.total() - known.total()
        assert after.total() <= ITEMS + since + IN_FLIGHT


def test_pg_dump_of_a_running_system(own_server: Server, tmp_path: Path) -> None:
    """A snapshot of one database; the roles come from pg_dumpall."""
    roles, dump = tmp_path / "roles.sql", tmp_path / "noetl.dump"
    with lab_on(Databases(own_server).create("noetl"), tmp_path) as lab:
        loop = LongLoop(lab, tmp_path)
        loop.start_worker(lab, "one", "one")
        loop.start_worker(lab, "two", "two")
        loop.until_recorded(lab, ITEMS // 4)
        own_server.run("pg_dumpall", "--roles-only", f"--file={roles}")
        own_server.run("pg_dump", "--format=custom", f"--file={dump}", dbname="noetl")
        loop.until_recorded(lab, FREE)  # the dump knows nothing of the last of them
    with running_server(own_server.version) as restored:
        # Without ON_ERROR_STOP: the superuser is there already.
        restored.run("psql", "--quiet", f"--file={roles}")
        restored.run("createdb", "--template=template0", "noetl")
        restored.run("pg_restore", "--exit-on-error", "--dbname=noetl", str(dump))
        go_on(loop, restored.dsn("noetl"), tmp_path)


def test_pg_basebackup_of_a_running_system(own_server: Server, tmp_path: Path) -> None:
    """The whole server, as of the end of the backup."""

    def copy(data: Path) -> None:
        own_server.run("pg_basebackup", f"--pgdata={data}", "--checkpoint=fast")
        if own_server.version == "15":  # that of the embedded 18 crashes
            told = own_server.run("pg_verifybackup", str(data))
            assert told == "backup successfully verified\n"

    with lab_on(Databases(own_server).create("noetl"), tmp_path) as lab:
        loop = LongLoop(lab, tmp_path)
        loop.start_worker(lab, "one", "one")
        loop.start_worker(lab, "two", "two")
        loop.until_recorded(lab, ITEMS // 4)
        with running_server(own_server.version, copy) as restored:
            lab.close()
            go_on(loop, restored.dsn("noetl"), tmp_path)


def test_a_broken_dump_says_so(own_server: Server, tmp_path: Path) -> None:
    """Without the roles a restore stops at once, instead of making half a schema."""
    dump = tmp_path / "noetl.dump"
    Databases(own_server).create("noetl")
    own_server.run("pg_dump", "--format=custom", f"--file={dump}", dbname="noetl")
    with running_server(own_server.version) as restored:
        restored.run("createdb", "--template=template0", "noetl")
        done = subprocess.run(
            [restored.bin / "pg_restore", "--exit-on-error", "--dbname=noetl", dump],
            env=restored.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert 'role "noetl_owner" does not exist' in done.stderr
