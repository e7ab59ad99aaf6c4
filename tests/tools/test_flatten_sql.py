"""The bundle holds every included file once, in order, and nothing of psql."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.flatten_sql import ManifestError, flatten
from tools.schema import plan_changes


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".sql").write_text(text)
    return folder / "install.sql"


def test_nested_manifests_are_expanded_in_order(tmp_path: Path) -> None:
    manifest = write(
        tmp_path,
        install="-- First\n\\ir engine/install.sql\n\n\\ir api/c.sql\n",
        engine__install="\\ir b.sql\n\\ir a.sql\n",
        engine__a="select 'a';\n",
        engine__b="select 'b';\n",
        api__c="select 'c';",
    )
    text = flatten(manifest)
    lines = [line for line in text.splitlines() if line.startswith("select")]
    assert lines == ["select 'b';", "select 'a';", "select 'c';"]
    assert "\\" not in text
    assert text.index("begin;") < text.index("set local role noetl_owner;")
    assert text.endswith("\ncommit;\n")
    assert flatten(manifest) == text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\\ir missing.sql", "install.sql:2: no such file: missing.sql"),
        ("\\i a.sql", "install.sql:2: expected a comment or"),
        ("select 1;", "install.sql:2: expected a comment or"),
        ("\\ir install.sql", "install.sql includes itself"),
    ],
)
def test_mistakes_in_a_manifest_are_named(
    tmp_path: Path, line: str, message: str
) -> None:
    manifest = write(tmp_path, install=f"-- First\n{line}\n")
    with pytest.raises(ManifestError, match=message):
        flatten(manifest)


def test_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no such manifest"):
        flatten(tmp_path / "install.sql")


def test_plan_puts_tables_before_functions() -> None:
    changes = plan_changes()
    assert changes[0] == "roles"
    assert changes.index("event") < changes.index("functions")
    assert changes.index("functions") < changes.index("partitions")
