"""SQL finds the next firing that cronsim finds, and that a walk over the minutes finds.

cronsim differs, and is not asked:

- ``3-3/2``: it takes a range of one value with a step for ``3/2``, to the field's end.
- Jobs that follow real time (a star in minute or hour), in zones whose clocks change at
  midnight or not by a full hour: it loses its way there. The walk over the minutes is
  the definition itself, and is made for jobs of all zones, some days far.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest
from cronsim import CronSim, CronSimError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schedule.cases import PLAIN_ZONES, Case, draw_case
from tests.support.databases import Databases

EXAMPLES: Final = 30
BATCH: Final = 100
WALK: Final = timedelta(days=2)

_QUERY: Final = """
select noetl_internal.next_instant(noetl_internal.parse_cron(c.cron), c.zone, c.after)
  at time zone 'UTC'
from unnest(%s::text[], %s::text[], %s::timestamptz[]) with ordinality
  as c (cron, zone, after, place)
order by c.place
"""


@pytest.fixture(scope="module")
def session(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    dsn = databases.create()
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Whose clocks change too: the session's own zone must not matter.
        connection.execute("set timezone = 'America/New_York'")
        yield connection
    databases.drop(dsn)


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(random=st.randoms(use_true_random=True))
def test_next_instant_is_that_of_cronsim_and_of_the_clock(
    session: psycopg.Connection[Any], random: Random
) -> None:
    source = Random(random.getrandbits(64))
    cases = [draw_case(source) for _ in range(BATCH)]
    rows = session.execute(
        _QUERY,
        (
            [case.cron for case in cases],
            [case.zone for case in cases],
            [case.after for case in cases],
        ),
    ).fetchall()
    for case, (answer,) in zip(cases, rows, strict=True):
        found = answer and answer.replace(tzinfo=UTC)
        if case.zone in PLAIN_ZONES or not case.is_real_time:
            assert found == by_cronsim(case), case
        if case.is_real_time:
            walked = by_walking(case)
            is_near = found is not None and found <= case.after + WALK
            assert walked == (found if is_near else None), case


def by_cronsim(case: Case) -> datetime | None:
    """Return cronsim's answer; None when it knows that there is none."""
    try:
        firings = CronSim(case.cron, case.after.astimezone(ZoneInfo(case.zone)))
    except CronSimError:
        return None  # no such day; what cannot be parsed is not drawn
    instants = (at.astimezone(UTC) for at in firings)
    # Asked within an hour that clocks show again, it begins with firings of the past.
    return next((at for at in instants if at > case.after), None)


def by_walking(case: Case) -> datetime | None:
    """Return the next minute at which the clock shows what the expression admits."""
    zone = ZoneInfo(case.zone)
    try:
        firings = CronSim(case.cron, case.after.astimezone(zone))
    except CronSimError:
        return None
    at = case.after.replace(second=0)
    while at < case.after + WALK:
        at += timedelta(minutes=1)
        local = at.astimezone(zone)
        if (
            local.minute in firings.minutes
            and local.hour in firings.hours
            and local.month in firings.months
            and firings.match_day(local.date())
        ):
            return at
    return None
