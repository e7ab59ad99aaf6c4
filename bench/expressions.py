"""Measure evaluate_condition: six nodes, with a small context and with one of 100 kB.

    python bench/expressions.py [DSN]

The database must hold the functions. Without a DSN a private server is started.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.databases import Databases
from tests.support.postgres import running_server

CONDITION: Final = "ctx.count > 10 and fetch.status == 'ok'"
ROUNDS: Final = 5
_MEASURE: Final = """
create function pg_temp.evaluations_per_second(
  p_condition jsonb,
  p_padding integer
)
returns numeric
language plpgsql
as $function$
declare
  v_node jsonb := noetl_internal.compile_condition(p_condition) -> 'node';
  v_names jsonb := jsonb_build_object(
    'ctx', jsonb_build_object('count', 15, 'padding', repeat('x', p_padding))
  );
  v_views jsonb := '{"fetch": {"payload": {"n": 1}, "envelope": {"status": "ok"}}}';
  v_start timestamptz := clock_timestamp();
begin
  for i in 1..20000 loop
    perform noetl_internal.evaluate_condition(v_node, v_names, v_views);
  end loop;
  return 20000 / extract(epoch from clock_timestamp() - v_start);
end;
$function$
"""


def measure(dsn: str) -> dict[str, float]:
    """Return the best of some rounds, evaluations per second, for both contexts."""
    best = {"small": 0.0, "100 kB": 0.0}
    connection: psycopg.Connection[Any]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set search_path = pg_catalog, pg_temp")
        connection.execute(_MEASURE)
        for _ in range(ROUNDS):
            for name, padding in (("small", 0), ("100 kB", 100_000)):
                row = connection.execute(
                    "select pg_temp.evaluations_per_second(to_jsonb(%s::text), %s)",
                    [CONDITION, padding],
                ).fetchone()
                best[name] = max(best[name], float(row[0]) if row else 0.0)
    return best


def main() -> int:
    """Print the rates; fail under 20 000/s or when the large context is slower."""
    with ExitStack() as stack:
        if len(sys.argv) > 1:
            dsn = sys.argv[1]
        else:
            dsn = Databases(stack.enter_context(running_server("15"))).create()
        best = measure(dsn)
    for name, rate in best.items():
        print(f"{name:>8} context: {rate:10,.0f} evaluations/s")
    return int(best["small"] < 20_000 or best["100 kB"] < 0.9 * best["small"])


if __name__ == "__main__":
    sys.exit(main())
