"""What a fuzzer sends, within the description and beside it: no 5xx, no answer besides it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Api, playbook

SEED = "20260101"
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,response_headers_conformance,negative_data_rejection,"
    "ignored_auth,unsupported_method"
)


def test_fuzzer_finds_nothing(api: Api, tmp_path: Path) -> None:
    path = api.register(name="fuzz/one")
    execution_id = api.start(path)
    api.operator.post("/api/playbooks", json=playbook("fuzz/two"))
    assert execution_id
    token = api.token("operator", "worker")
    found = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            f"{api.url}/api/openapi.json",
            *("--header", f"Authorization: Bearer {token}"),
            *("--exclude-path-regex", "/(stream|doorbell)$"),
            *("--checks", CHECKS),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "8"),
            *("--max-time", "60"),
            *("--seed", SEED),
            *("--generation-database", "none"),
            "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-8000:] + found.stderr[-2000:]
    tested = re.search(r"Tested: (\d+)", found.stdout)
    assert tested is not None, found.stdout[-2000:]
    assert int(tested[1]) >= 17
