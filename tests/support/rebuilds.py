"""The check that the events of a database's runs tell all that the runs are."""

from __future__ import annotations

import psycopg

from tools.flatten_sql import ROOT

_FACTORIES = ROOT / "sql/tests/_factories.sql"


def lost_in_rebuilds(dsn: str) -> list[str]:
    """Rebuild every run from its events; what the rebuilt state lacks or has otherwise.

    The rebuilt state stays. Empty when nothing differs, or nothing is deployed.
    """
    with psycopg.connect(dsn, autocommit=True) as conn:
        if _lacks(conn, "noetl.rebuild(bigint)"):
            return []
        if _lacks(conn, "noetl_test.lost_in_rebuild(bigint)"):
            conn.execute(_FACTORIES.read_bytes())
        runs = conn.execute("select execution_id from noetl.run order by 1").fetchall()
        return [
            f"execution {run}: {row[0]}"
            for (run,) in runs
            for row in conn.execute(
                "select noetl_test.lost_in_rebuild(%s)", (run,)
            ).fetchall()
        ]


def _lacks(conn: psycopg.Connection[tuple[object, ...]], function: str) -> bool:
    row = conn.execute("select to_regprocedure(%s) is null", (function,)).fetchone()
    return row == (True,)
