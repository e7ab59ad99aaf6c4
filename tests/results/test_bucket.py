"""Results in a bucket: read by people who may only read, and collected like files."""

from __future__ import annotations

import json
from pathlib import Path

from noetl_worker.stores.base import StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from tests.cli.support import Cli
from tests.support.swift import Swift
from tests.worker.conftest import Lab


def test_results_in_a_bucket(lab: Lab, swift: Swift, tmp_path: Path) -> None:
    given = swift.environment("MINIO", "collected")
    settings = StoreSettings.from_environment(given)
    store = Stores(settings, tmp_path).get(StoreTier.MINIO)
    lab.worker(NOETL_STORE_ORPHAN_SECONDS="1", **given)
    run = lab.start("""
- step: keep
  tool: { kind: artifact, action: put, data: { n: 7 }, store: minio }
  next: { arcs: [ { step: brief } ] }
- step: brief
  spec: { result: { ttl: 1 } }
  tool: { kind: artifact, action: put, text: "short", store: minio }
""")
    orphan = store.create(f"exec/{run}/a/{run}-r9-1.result-00ff.json", "text/plain")
    foreign = store.create("exec/999/a/999-r9-1.result-00ff.json", "text/plain")
    for upload in (orphan, foreign):
        with upload:
            upload.write(b"x")
            upload.commit()
    assert lab.wait(run)["status"] == "completed"
    lab.until(lambda: len(list(store.list())) == 2, 60)
    keys = sorted(found.key for found in store.list())
    assert [key.split("/")[2] for key in keys] == ["keep", "a"]

    cli = Cli(tmp_path, given)
    listed = cli("result", "ls", run, "--db", lab.dsn).stdout.splitlines()
    assert ["removed" in line for line in listed] == [False, True]
    found = cli("result", "get", listed[0].split("\t")[0], "--db", lab.dsn)
    assert json.loads(found.stdout) == {"n": 7}
