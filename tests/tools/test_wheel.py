"""An installed wheel can deploy: it holds the plan and every script."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tools.flatten_sql import ROOT
from tools.schema import plan_changes


def test_wheel_carries_the_schema(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    done = subprocess.run(
        [*build, "--outdir", tmp_path, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("noetl-*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)

    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "from noetl_shell.resources import sql_root; print(sql_root())",
        ],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    root = Path(found.stdout.strip())
    assert root.is_relative_to(installed)
    for change in plan_changes():
        for kind in ("deploy", "revert", "verify"):
            script = f"sql/{kind}/{change}.sql"
            assert (root / script).read_bytes() == (ROOT / script).read_bytes()
