"""Run plpgsql_check over every PL/pgSQL function, on a private PostgreSQL 15.

It finds wrong columns and types in branches that no test has run.
"""

from __future__ import annotations

import sys
from typing import Final

import psycopg

from tests.support.databases import Databases
from tests.support.postgres import PostgresMissingError, running_server
from tools.flatten_sql import ManifestError
from tools.schema import DeployError

# A trigger function needs its table; there is none in our schemas.
_FINDINGS: Final = """
select p.oid::regprocedure::text, c.lineno, c.level, c.message, c.hint
from pg_catalog.pg_proc as p
join pg_catalog.pg_language as l on l.oid = p.prolang and l.lanname = 'plpgsql'
cross join lateral public.plpgsql_check_function_tb(
  p.oid, other_warnings => true, performance_warnings => false, extra_warnings => true
) as c
where p.pronamespace in ('noetl'::regnamespace, 'noetl_internal'::regnamespace)
order by 1, 2
"""


def findings(dsn: str) -> list[str]:
    """Return what plpgsql_check says about the functions of a database."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("create extension if not exists plpgsql_check schema public")
        conn.execute("set search_path = pg_catalog, pg_temp")
        return [
            f"{function}:{line or 0}: {level}: {message}{f' ({hint})' if hint else ''}"
            for function, line, level, message, hint in conn.execute(_FINDINGS)
        ]


def main() -> int:
    """Print the findings; fail when there are any."""
    try:
        with running_server("15") as server:
            found = findings(Databases(server).create())
    except (PostgresMissingError, ManifestError, DeployError) as exc:
        raise SystemExit(f"error: {exc}") from None
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
