"""Processes tell what they do and what the database knows, also when it is away."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from noetl_shell.metrics import GAUGES
from noetl_shell.metrics_page import metrics_page
from noetl_worker import metrics
from noetl_worker.settings import WorkerSettings
from tests.support.databases import Databases
from tests.support.metrics import scrape, status_of, value
from tests.support.postgres import Server
from tests.worker.conftest import Lab

DOCS = Path(__file__).parents[2] / "docs"
LISTEN = {"NOETL_METRICS_LISTEN": "127.0.0.1:0"}
WORKFLOW = """
- step: many
  loop: { in: [1, 2, 3, 4, 5], iterator: n }
  tool: { kind: noop, result: "{{ iter.n }}" }
  next: { arcs: [ { step: again } ] }
- step: again
  tool:
    kind: python
    code: |
      raise ValueError("no")
    spec:
      policy:
        rules:
          - when: "{{ output.status == 'error' }}"
            then: { do: retry, attempts: 3, backoff: none }
"""


def address(lab: Lab, name: str = "one") -> str:
    """Where a process serves its metrics, as its log says."""
    found: list[str] = []

    def is_told() -> bool:
        found.extend(re.findall(r"metrics on (http://\S+)", lab.log(name)))
        return bool(found)

    lab.until(is_told, 90)
    return found[0]


def dispatcher(lab: Lab, name: str = "d1") -> subprocess.Popen[bytes]:
    return lab.worker(name, "noetl_shell", ("dispatcher", "--name", name), **LISTEN)


def test_worker_counts_what_it_did(lab: Lab) -> None:
    lab.worker(**LISTEN, NOETL_HEARTBEAT_SECONDS="0.2")
    url = address(lab)
    assert lab.run(WORKFLOW)["status"] == "failed"
    lab.until(lambda: (value(scrape(url), "noetl_heartbeats_total") or 0) > 0, 90)
    samples = scrape(url)
    ended = {"name": "noetl_commands_total"}
    assert value(samples, **ended, kind="noop", outcome="completed") == 5
    assert value(samples, **ended, kind="python", outcome="failed") == 1
    assert value(samples, "noetl_task_retries_total", kind="python") == 2
    tools = "noetl_tool_duration_seconds_count"
    assert value(samples, tools, kind="python") == 3
    assert value(samples, "noetl_claimed_commands_total") == 6
    assert value(samples, "noetl_reported_events_total", answer="recorded") == 6
    assert value(samples, "noetl_reported_events_total", answer="late") == 0
    assert (value(samples, "noetl_reported_bytes_total") or 0) > 600
    assert (value(samples, "noetl_report_duration_seconds_count") or 0) > 0
    assert value(samples, "noetl_registrations_total") == 1
    assert value(samples, "noetl_engine_connected", role="worker") == 1
    assert value(samples, "noetl_engine_connected", role="ticker") == 1
    assert value(samples, "noetl_worker_slots") == 200
    assert value(samples, "noetl_db_pool_size", role="reader") == 4
    for role in ("worker", "reader"):
        assert value(samples, "noetl_db_pool_used", role=role) in (0, 1)
        assert value(samples, "noetl_db_pool_waiting", role=role) == 0
    assert value(samples, "noetl_nats_connected") is None
    assert value(samples, "noetl_worker_running_commands") == 0
    assert (value(samples, "noetl_tick_results_total", tick="project_changes") or 0) > 0


def test_dispatcher_tells_what_the_database_knows(lab: Lab) -> None:
    dispatcher(lab)
    url = address(lab, "d1")
    lab.worker()
    run = lab.start("[{step: w, tool: {kind: wait, signal: go}}]")
    lab.start("[{step: a, spec: {pool: nobody}, tool: {kind: noop}}]")

    named = {sample.name for sample in scrape(url)}
    assert not any(name.startswith("noetl_worker_") for name in named)
    assert not any(name.startswith("noetl_nats_") for name in named)
    assert "noetl_claims_total" not in named
    assert value(scrape(url), "noetl_db_pool_size", role="dispatcher") == 1
    duties = lab.count("select count(*) from noetl.duty where needs is null")

    def is_told() -> bool:
        samples = scrape(url)
        return (
            value(samples, "noetl_up") == 1
            and value(samples, "noetl_runs", status="waiting") == 1
            and value(samples, "noetl_pool_workers", pool="default") == 1
            and value(samples, "noetl_sessions", kind="dispatcher") == 1
            and value(samples, "noetl_dispatcher_duties", dispatcher="d1") == duties
            and value(samples, "noetl_dispatcher_shards", dispatcher="d1") == 16
        )

    lab.until(is_told, 90)
    samples = scrape(url)
    queued = {"pool": "nobody", "status": "queued"}
    assert value(samples, "noetl_queue_commands", **queued) == 1
    assert (value(samples, "noetl_queue_oldest_seconds", **queued) or 0) > 0
    unserved = "noetl_queue_unserved_commands"
    assert value(samples, unserved, pool="nobody", kinds="noop") == 1
    assert (value(samples, "noetl_event_partitions_ahead") or 0) >= 8
    lab.conn.execute("select noetl.cancel_execution(%s)", (run,))
    lab.until(lambda: value(scrape(url), "noetl_runs", status="waiting") is None, 90)


def test_every_sample_of_the_database_is_known(lab: Lab) -> None:
    lab.worker()
    lab.run("[{step: a, tool: {kind: noop}}]")
    lab.start("[{step: w, tool: {kind: wait, signal: go}}]")
    rows = lab.conn.execute("select name, labels from noetl.metrics()").fetchall()
    told = {(row["name"], frozenset(row["labels"])) for row in rows}
    known = {(name, frozenset(gauge.labels)) for name, gauge in GAUGES.items()}
    assert told <= known
    assert len(told) > 10


def test_database_that_is_away_is_told_at_once(
    own_server: Server, tmp_path: Path
) -> None:
    lab = Lab(Databases(own_server).create(), tmp_path)
    try:
        dispatcher(lab)
        url = address(lab, "d1")
        lab.until(lambda: value(scrape(url), "noetl_up") == 1, 90)

        own_server.suspend()  # it takes connections and does not answer
        try:
            lab.until(lambda: value(scrape(url, 10), "noetl_up") == 0, 90)
            began = time.monotonic()
            samples = scrape(url, 10)
            assert time.monotonic() - began < 10
            assert value(samples, "noetl_up") == 0
            assert value(samples, "noetl_event_partitions_ahead") is None
        finally:
            own_server.resume()
        lab.until(lambda: value(scrape(url), "noetl_up") == 1, 90)

        own_server.stop()
        lab.until(lambda: value(scrape(url, 10), "noetl_up") == 0, 90)
        lab.until(
            lambda: value(scrape(url, 10), "noetl_engine_connected", role="ticker") == 0
        )
        own_server.start()
        lab.until(lambda: value(scrape(url), "noetl_up") == 1, 90)
        assert lab.log("d1").count("no metrics of the database") in (2, 3)
    finally:
        lab.close()


def test_api_serves_them_and_goes_on_meanwhile(
    own_server: Server, tmp_path: Path
) -> None:
    lab = Lab(Databases(own_server).create(), tmp_path)
    try:
        arguments = ("dispatcher", "--name", "d1", "--listen", "127.0.0.1:0")
        lab.worker("d1", "noetl_shell", arguments)
        lab.until(lambda: "the API is at" in lab.log("d1"), 90)
        (url,) = re.findall(r"the API is at (http://\S+)", lab.log("d1"))
        lab.until(lambda: value(scrape(f"{url}/metrics"), "noetl_up") == 1, 90)
        assert value(scrape(f"{url}/metrics"), "noetl_db_pool_waiting", role="api") == 0
        assert value(scrape(f"{url}/metrics"), "noetl_db_pool_size", role="api")
        own_server.suspend()
        try:
            with ThreadPoolExecutor() as pool:
                # An answer of just before is given again; then a scrape waits.
                told, answers = 1.0, 0
                while told:
                    scraped, answers = pool.submit(scrape, f"{url}/metrics"), 0
                    while not scraped.done():
                        with urllib.request.urlopen(f"{url}/api/health") as reply:
                            answers += reply.status == 200
                    told = value(scraped.result(), "noetl_up") or 0.0
            assert answers >= 5
        finally:
            own_server.resume()
    finally:
        lab.close()


def test_checks_answer_at_their_paths_only(lab: Lab) -> None:
    lab.worker(**LISTEN)
    base = address(lab).removesuffix("/metrics")
    lab.until(lambda: status_of(f"{base}/ready") == 200, 60)
    assert status_of(f"{base}/health") == 200
    for path in ("", "/", "/healthz", "/metrics/"):
        assert status_of(base + path) == 404, path


def test_address_that_is_taken_ends_the_process_with_its_reason(lab: Lab) -> None:
    lab.worker(**LISTEN)
    taken = address(lab).removeprefix("http://").removesuffix("/metrics")
    second = lab.worker("two", NOETL_METRICS_LISTEN=taken)
    assert second.wait(30) == 1
    assert f"cannot serve metrics on {taken} (NOETL_METRICS_LISTEN)" in lab.log("two")
    assert "Traceback" not in lab.log("two")
    arguments = ("dispatcher", "--name", "three")
    third = lab.worker("three", "noetl_shell", arguments, NOETL_METRICS_LISTEN=taken)
    assert third.wait(30) == 1
    assert f"error: cannot serve metrics on {taken}" in lab.log("three")


@pytest.mark.parametrize("text", ["9000", "host:", "host:port", "host:70000"])
def test_bad_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"NOETL_METRICS_LISTEN '{text}' is bad: must"):
        WorkerSettings.from_environment({"NOETL_METRICS_LISTEN": text})


def test_metrics_page_is_current() -> None:
    """Written by: python -m noetl_shell.metrics_page > docs/metrics.md"""
    page = (DOCS / "metrics.md").read_text()
    assert page == metrics_page() + "\n"
    kept = {m for m in vars(metrics).values() if isinstance(m, MetricWrapperBase)}
    assert kept == {*metrics.COMMON, *metrics.WORKER, *metrics.NATS}


def test_names_are_as_prometheus_wants_them() -> None:
    rows = re.findall(r"^\| `(\S+)` \| (\w*)", metrics_page(), re.MULTILINE)
    assert len(rows) > 30
    for name, kind in rows:
        assert re.fullmatch(r"noetl_[a-z]+(_[a-z]+)*", name), name
        assert name.endswith("_total") == (kind == "counter"), name
        # Base units, at the end.
        assert not re.search(
            r"_(ms|milliseconds|minutes|kb|mb|count|sum|bucket)$", name
        )
        assert kind != "histogram" or name.endswith("_seconds"), name
