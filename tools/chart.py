"""Write what the Helm chart has from elsewhere: ``python -m tools.chart [--check]``.

The chart's version of the images, the settings that ``settings`` takes and the kinds of
tools in values.schema.json, copies of the alerts and dashboards: a chart that is packed
can read no file beside it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from noetl_shell.settings import SETTINGS
from noetl_worker.tools import kinds

ROOT: Final = Path(__file__).parents[1]
CHART: Final = ROOT / "ops/helm/noetl"
ALERTS: Final = ROOT / "ops/alerts/noetl.yaml"
DASHBOARDS: Final = ROOT / "ops/dashboards"
# Of the embedded database, of noetl run, of a pod's own name, and of a secret in a file.
NOT_IN_PODS: Final = {
    *("NOETL_EMBEDDED_BIN", "NOETL_WORKERS", "NOETL_WORKER_NAME"),
    "NOETL_API_TOKEN",
}


def set_by_templates(chart: Path = CHART) -> set[str]:
    """The variables that the chart's templates name."""
    texts = [path.read_text() for path in (chart / "templates").rglob("*.*")]
    return {name for text in texts for name in re.findall(r"\bNOETL_[A-Z0-9_]+", text)}


def free_settings() -> list[str]:
    """The settings that are for users of the chart to give, if they want to."""
    taken = set_by_templates() | NOT_IN_PODS
    return sorted(
        setting.variable
        for setting in SETTINGS
        if setting.variable not in taken and not setting.is_secret
    )


def generated() -> dict[Path, str]:
    """The files as they should be, by path."""
    schema: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
    schema["properties"]["settings"]["propertyNames"]["enum"] = free_settings()
    schema["$defs"]["toolKind"]["enum"] = sorted(kinds())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    about = re.sub(
        r"^appVersion: .*$",
        f'appVersion: "{version}"',
        (CHART / "Chart.yaml").read_text(),
        flags=re.MULTILINE,
    )
    files = {
        CHART / "values.schema.json": json.dumps(schema, indent=2) + "\n",
        CHART / "Chart.yaml": about,
    }
    files[CHART / "files/alerts.yaml"] = ALERTS.read_text()
    for path in sorted(DASHBOARDS.glob("*.json")):
        files[CHART / "files/dashboards" / path.name] = path.read_text()
    return files


def differing() -> list[Path]:
    """The files that are not as they should be."""
    wanted = generated()
    copies = {*(CHART / "files/dashboards").glob("*.json")} - set(wanted)
    return sorted(copies) + [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text() != text
    ]


def main() -> int:
    """Write the files, or with ``--check`` say which are old."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    if parser.parse_args().check:
        for path in differing():
            print(f"{path.relative_to(ROOT)} is old: run 'make chart'")
        return 1 if differing() else 0
    wanted = generated()
    for path in differing():
        if path not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
