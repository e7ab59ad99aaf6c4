"""The example job over each way, with three dispatchers of which one is killed.

``make flow`` runs it at full size, 10 facilities of 1 000 patients, with the lease that
systems have, shows how long it took, and bounds the projection's lag; ``make test`` runs
it with less of everything, beside other tests, where a bound of time says nothing.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from bench.percentiles import percentile
from tests.chaos.proxy import Proxy
from tests.support.databases import Databases
from tests.support.nats import sent_reports, takes_reports
from tests.support.ports import free_port
from tests.support.postgres import running_server
from tests.support.samples import sampled
from tests.worker.conftest import ENDED, Lab
from tests.worker.transports.conftest import WAYS, NatsWay, Way
from tools.flatten_sql import ROOT

PATIENTS: Final = ROOT / "examples/patients"
TYPES: Final = 5
DISPATCHERS: Final = ("d1", "d2", "d3")
TAKEOVER_SECONDS: Final = 30
LAG_MS: Final = 500
LAG: Final = "select max(g.lag_ms) from noetl.projection_lag() as g"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to do; ``delay``, ``lease`` and ``limit`` in seconds."""

    facilities: int
    patients: int
    delay: float
    lease: int
    limit: int

    @property
    def items(self) -> int:
        """Of all loops: a fifth of the patients has an MDS assessment."""
        patients = self.facilities * self.patients
        return TYPES * patients + 2 * self.facilities + patients // 5


REDUCED: Final = Size(facilities=2, patients=50, delay=0.1, lease=3, limit=120)
FULL: Final = Size(facilities=10, patients=1000, delay=0, lease=25, limit=600)


@pytest.fixture(scope="module")
def own_databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Those of a server whose log tells of these runs only."""
    with running_server(request.config.getoption("--postgres")) as running:
        yield Databases(running)


@pytest.fixture
def flow_lab(own_databases: Databases, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(own_databases.create(), tmp_path)
    yield lab
    lab.close()
    own_databases.end(lab.dsn)


@pytest.mark.timeout(900)
@pytest.mark.accept("P4.1-7", "S.A", "S.C")
@pytest.mark.parametrize("name", WAYS)
def test_pft_flow_passes_although_a_dispatcher_is_killed(
    flow_lab: Lab, own_databases: Databases, request: pytest.FixtureRequest, name: str
) -> None:
    lab, size = flow_lab, FULL if request.config.getoption("--full") else REDUCED
    lab.conn.execute(
        "update noetl.setting set value = to_jsonb(%s::integer)"
        " where name = 'dispatcher_lease_seconds'",
        (size.lease,),
    )
    with (
        closing(WAYS[name](lab)) as way,
        fleet(way) as dispatchers,
        patients_api(size) as api,
        sampled(lab.dsn, LAG) as lags,
    ):
        run, began = start(lab, api, size), time.monotonic()
        lab.until(lambda: done(lab, run) > size.items / 4, size.limit)
        victim = owner(lab, run)
        dispatchers[victim].send_signal(signal.SIGKILL)
        killed = time.monotonic()
        assert lab.status(run)["status"] not in ENDED
        survivors = set(DISPATCHERS) - {victim}
        lab.until(lambda: owners(lab) == survivors, TAKEOVER_SECONDS)
        taken = time.monotonic()
        status = lab.wait(run, size.limit)
        ended = time.monotonic()
        lab.until(lambda: lab.count("select count(*) from noetl.change") == 0)
        if isinstance(way, NatsWay):
            assert sent_reports(way.nats) > 0
    assert status["status"] == "completed", status["error"]
    assert is_complete(lab, size)
    assert dispatched_twice(lab, run) == []
    assert survivors == {n for n, p in dispatchers.items() if p.poll() is None}
    for text in (own_databases.server.log.read_text(), lab.log("one"), lab.log("two")):
        assert "statement timeout" not in text
    # Nobody projects the victim's shards until they are taken over.
    steady = [lag for at, lag in lags if at < killed or at > taken + 1]
    print(
        f"{name}: {status['duration_s']:.1f} s, seen after {ended - began:.1f} s;"
        f" lag p95 {percentile(steady, 0.95):.0f} ms;"
        f" killed after {killed - began:.1f} s, taken over {taken - killed:.1f} s later"
    )
    if size is FULL:
        assert percentile(steady, 0.95) < LAG_MS


@contextmanager
def fleet(way: Way) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Three dispatchers that serve everything, and two workers who take the way."""
    lab, workers = way.lab, way.variables
    nats = {key: value for key, value in workers.items() if key == "NOETL_NATS_URL"}
    ports = {name: free_port() for name in DISPATCHERS}
    processes = {
        name: lab.worker(
            name,
            "noetl_shell",
            ("dispatcher", "--name", name, "--listen", f"127.0.0.1:{port}"),
            **nats,
        )
        for name, port in ports.items()
    }
    lab.until(lambda: owners(lab) == set(DISPATCHERS), 60)
    if isinstance(way, NatsWay):
        lab.until(lambda: takes_reports(way.nats))
    with ExitStack() as stack:
        if "NOETL_API_URL" in workers:
            proxy = stack.enter_context(Proxy(*ports.values()))
            workers |= {"NOETL_API_URL": f"http://127.0.0.1:{proxy.port}"}
        for name in ("one", "two"):
            lab.worker(name, **workers)
        yield processes


@contextmanager
def patients_api(size: Size) -> Iterator[str]:
    command = [sys.executable, str(PATIENTS / "api.py"), "--until-stdin-closes"]
    for name in ("facilities", "patients", "delay"):
        command += [f"--{name}", str(getattr(size, name))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as api:
        assert api.stdout is not None
        try:
            yield api.stdout.readline().strip()
        finally:
            api.terminate()


def start(lab: Lab, api: str, size: Size) -> int:
    parts = conninfo_to_dict(lab.dsn)
    lab.credential("pg_local", {k: v for k, v in parts.items() if k != "options"})
    document = yaml.safe_load((PATIENTS / "patients.yaml").read_text())
    lab.conn.execute(
        "select noetl.register_playbook(%s::jsonb)", (json.dumps(document),)
    )
    workload = {"api": api, "facilities": size.facilities, "patients": size.patients}
    return lab.count(
        "select noetl.start_execution(%s, %s::jsonb)",
        document["metadata"]["path"],
        json.dumps(workload),
    )


def done(lab: Lab, run: int) -> int:
    """How many items of all loops have been done."""
    return lab.count(
        "select coalesce(sum(l.done), 0) from noetl.loop as l where l.execution_id = %s",
        run,
    )


def owners(lab: Lab) -> set[str | None]:
    """Who projects; None where nobody does."""
    return {
        r["owner"] for r in lab.conn.execute("select owner from noetl.list_shards()")
    }


def owner(lab: Lab, run: int) -> str:
    """Who projects this run."""
    row = lab.conn.execute(
        "select s.owner from noetl.list_shards() as s"
        " where s.shard = noetl_internal.shard_of(%s)",
        (run,),
    ).fetchone()
    assert row is not None
    return str(row["owner"])


def is_complete(lab: Lab, size: Size) -> bool:
    """Whether every record of every patient has come, and every assessment."""
    row = lab.conn.execute(
        """
        select
          (select count(*) from (
            select from pft_record as r
            group by r.patient_id, r.data_type having count(*) = max(r.total)
          ) as complete) as records,
          (select count(m.details) from pft_mds as m) as assessments
        """
    ).fetchone()
    patients = size.facilities * size.patients
    return row == {"records": TYPES * patients, "assessments": patients // 5}


def dispatched_twice(lab: Lab, run: int) -> list[dict[str, Any]]:
    """Loops that have not exactly one command for each of their items."""
    return lab.conn.execute(
        """
        select l.node_name, l.meta, count(c.*)
        from noetl.event as l
        left join noetl.event as c
          on c.execution_id = l.execution_id and c.event_type = 'command.issued'
          and c.meta ->> 'loop_id' = l.meta ->> 'loop_id'
        where l.execution_id = %s and l.event_type = 'loop.started'
        group by l.node_name, l.meta
        having (l.meta ->> 'collection_size')::integer <> all (array[
          count(c.*), count(distinct c.current_index), count(distinct c.meta ->> 'command_id')
        ])
        """,
        (run,),
    ).fetchall()
