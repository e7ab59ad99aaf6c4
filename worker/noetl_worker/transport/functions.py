"""The engine's functions that workers and dispatchers call, and how they are called.

One table for all ways: PostgreSQL gets SQL made from it, HTTP sends the arguments by
name and its server checks them against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

SqlType = Literal[
    "uuid", "text", "bigint", "integer", "timestamptz", "jsonb", "text[]", "bigint[]"
]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of schema noetl; its parameters without their ``p_``.

    An argument of type jsonb is given as JSON text. With ``columns`` the answer is rows
    of these, otherwise one value. ``is_remote``: workers may call it through the API.
    """

    name: str
    parameters: Mapping[str, SqlType]
    columns: tuple[str, ...] = ()
    is_remote: bool = True
    query: bytes = field(init=False)

    def __post_init__(self) -> None:
        given = ", ".join(f"p_{n} => %s::{t}" for n, t in self.parameters.items())
        call = f"noetl.{self.name}({given})"
        if self.columns:
            # A set of single values has one column, of the alias's name.
            alias = self.columns[0] if len(self.columns) == 1 else "f"
            query = f"select {', '.join(self.columns)} from {call} as {alias}"  # noqa: S608
        else:
            query = f"select {call}"
        object.__setattr__(self, "query", query.encode())

    def values(self, arguments: Mapping[str, Any]) -> list[Any]:
        """The arguments in the order of the query."""
        if arguments.keys() != self.parameters.keys():
            raise TypeError(f"{self.name} takes {[*self.parameters]}")
        return [arguments[name] for name in self.parameters]


_TABLE: Final = (
    # Sessions.
    Function(
        "register_session",
        {
            "name": "text",
            "pools": "text[]",
            "capacity": "jsonb",
            "started_at": "timestamptz",
        },
    ),
    Function(
        "register_dispatcher",
        {"name": "text", "started_at": "timestamptz", "capacity": "jsonb"},
        is_remote=False,
    ),
    Function("heartbeat", {"session": "uuid", "held": "text[]"}),
    Function("end_session", {"session": "uuid"}),
    # Commands and reports.
    Function(
        "claim_commands",
        {"session": "uuid", "request_id": "uuid", "limit": "integer", "marks": "jsonb"},
        (
            "execution_id",
            "command_id",
            "catalog_id",
            "step",
            "task",
            "loop_id",
            "iter_index",
            "collection_ref",
            "item",
            "input",
            "issue",
            "attempt",
            "context_version",
            "total",
            "priority",
            "place",
        ),
        is_remote=False,
    ),
    Function("record_events", {"events": "jsonb"}, is_remote=False),
    Function(
        "exchange",
        {
            "session": "uuid",
            "events": "jsonb",
            "request_id": "uuid",
            "limit": "integer",
            "marks": "jsonb",
        },
        is_remote=False,
    ),
    Function("release_commands", {"session": "uuid", "command_ids": "text[]"}),
    Function(
        "stream_state",
        {"session": "uuid", "execution_id": "bigint", "command_id": "text"},
    ),
    Function("expand_loops", {"limit": "integer"}),
    Function("advance_changes", {"limit": "integer"}),
    # What a command reads.
    Function("read_step", {"session": "uuid", "catalog_id": "bigint", "step": "text"}),
    Function(
        "read_context",
        {"session": "uuid", "execution_id": "bigint", "names": "text[]"},
    ),
    Function(
        "read_credential",
        {"session": "uuid", "execution_id": "bigint", "name": "text"},
    ),
    Function(
        "read_items",
        {
            "session": "uuid",
            "collection_ref": "text",
            "first": "integer",
            "count": "integer",
        },
    ),
    Function(
        "store_items",
        {
            "session": "uuid",
            "execution_id": "bigint",
            "command_id": "text",
            "first": "integer",
            "items": "jsonb",
        },
    ),
    # Results.
    Function(
        "record_results",
        {"session": "uuid", "results": "jsonb"},
        ("ref", "physical_uri"),
    ),
    Function("read_result", {"session": "uuid", "ref": "text"}),
    Function(
        "read_results",
        {
            "session": "uuid",
            "results_ref": "text",
            "first": "integer",
            "count": "integer",
        },
    ),
    Function(
        "expire_results",
        {"session": "uuid", "limit": "integer"},
        ("store_tier", "physical_uri"),
    ),
    Function("unknown_objects", {"session": "uuid", "objects": "jsonb"}, ("uri",)),
    # Child playbooks.
    Function(
        "start_execution", {"path": "text", "workload": "jsonb", "options": "jsonb"}
    ),
    Function(
        "child_status",
        {"session": "uuid", "execution_ids": "bigint[]"},
        ("execution_id", "status", "error", "result"),
    ),
    Function("cancel_execution", {"execution_id": "bigint", "reason": "text"}),
)

FUNCTIONS: Final = {function.name: function for function in _TABLE}
