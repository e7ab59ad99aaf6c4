"""The dump in git shows the schema that the scripts make."""

from __future__ import annotations

from tests.support.postgres import running_server
from tools.schema_dump import DUMP, fresh_dump


def test_dump_is_current() -> None:
    with running_server("15") as server:
        expected = fresh_dump(server)
    assert DUMP.read_text() == expected, "run 'make dump' and review what changed"
