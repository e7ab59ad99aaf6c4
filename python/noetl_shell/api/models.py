"""What requests and answers look like: the requests' are checked, the answers' described.

Ids are 64-bit integers, which JavaScript's numbers do not hold: answers give them as
text, requests may give them as either.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

ID_PATTERN = r"^[1-9][0-9]{0,18}$"
Id = Annotated[
    str,
    Field(pattern=ID_PATTERN, description="A 64-bit id, as text."),
]
ExecutionId = Annotated[
    str,
    Path(
        pattern=ID_PATTERN,
        description="The execution's id.",
        examples=["7429551188049920001"],
    ),
]
Json = dict[str, Any]
Status = Literal[
    "running",
    "waiting",
    "paused",
    "failing",
    "cancelling",
    "completed",
    "failed",
    "cancelled",
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StartRequest(_Request):
    """Which playbook to start, and with what."""

    path: str = Field(
        min_length=1,
        max_length=500,
        description="The playbook's path in the catalog.",
        examples=["examples/hello"],
    )
    version: int | None = Field(
        None, ge=1, lt=2**31, description="Its version; none: the latest."
    )
    workload: Json | None = Field(
        None,
        description="Merged over the playbook's own workload.",
        examples=[{"names": ["Ada"]}],
    )
    priority: int | None = Field(
        None, ge=0, le=9, description="Runs of a higher one go first."
    )
    idempotency_key: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="The same path and key give the same execution again.",
        examples=["2026-01-31"],
    )


class CancelRequest(_Request):
    """Why the execution is cancelled."""

    reason: str | None = Field(
        None, max_length=2000, description="For people.", examples=["wrong month"]
    )


class SignalRequest(_Request):
    """A signal."""

    name: str = Field(
        min_length=1,
        max_length=200,
        description="The name that the playbook waits for.",
        examples=["approved"],
    )
    payload: Any = Field(None, description="What the waiting step gives as its result.")
    idempotency_key: str | None = Field(
        None, min_length=1, max_length=500, description="Repeats under it do nothing."
    )
    ttl: float | None = Field(
        None,
        ge=0,
        lt=1e9,
        description="Seconds for which it is kept until a step waits for it.",
    )


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:noetl:error:NE404"])
    title: str = Field(description="The HTTP status in words.", examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="What is wrong.", examples=["execution 17 does not exist"]
    )
    code: str | None = Field(
        description="The SQLSTATE, of class NE for the engine's own: see docs/errors.md.",
        examples=["NE404"],
    )
    hint: str | None = Field(
        description="What to do.", examples=["List executions with: noetl list."]
    )
    errors: Any = Field(None, description="All problems of a bad document or request.")


class Registered(BaseModel):
    """A playbook version in the catalog."""

    catalog_id: Id
    path: str
    version: int
    created: bool = Field(description="False: the same content was there already.")
    warnings: list[Json]


class Playbook(BaseModel):
    """A playbook, in its latest version."""

    path: str
    version: int
    description: str | None
    registered_by: str
    created_at: datetime


class Catalog(BaseModel):
    """The registered playbooks."""

    items: list[Playbook]


class Started(BaseModel):
    """The execution that was started."""

    execution_id: Id


class Execution(BaseModel):
    """An execution in a list."""

    execution_id: Id
    path: str
    version: int
    status: Status
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    parent_execution_id: Id | None


class Executions(BaseModel):
    """A page of executions, newest first."""

    items: list[Execution]
    next: str | None = Field(description="Gives the next page; null: this is the last.")


class UnservedStep(BaseModel):
    """A step whose commands wait for a worker that there is not."""

    step: str
    pool: str
    kinds: list[str]
    commands: int = Field(description="At most 1000 are counted.")


class ExecutionStatus(BaseModel):
    """How an execution stands."""

    execution_id: Id
    path: str
    version: int
    status: Status
    reason: str | None
    started_at: datetime
    finished_at: datetime | None
    duration_s: float
    current_steps: list[str]
    loop_progress: Json | None = Field(
        description="Of each loop: total, done, failed, cancelled, completed.",
        examples=[
            {
                "fetch": {
                    "loop_id": 3,
                    "mode": "parallel",
                    "total": 1000,
                    "done": 640,
                    "failed": 2,
                    "cancelled": 0,
                    "completed": False,
                    "collection_ref": "noetl://7429551188049920001/loop/3",
                }
            }
        ],
    )
    steps: Json | None
    result: Any
    error: Json | None
    parent_execution_id: Id | None
    progress_version: int
    unserved: list[UnservedStep] | None = Field(
        description="Steps whose commands no live worker can take."
    )


class Event(BaseModel):
    """Something that happened in an execution."""

    event_id: Id
    parent_event_id: Id | None
    event_type: str
    node_name: str | None
    node_type: str | None
    status: str | None
    current_index: int | None
    current_item: Any
    worker_id: str | None
    context: Json | None
    result: Json | None
    meta: Json | None
    error: str | None
    created_at: datetime


class Events(BaseModel):
    """A page of events, oldest first."""

    items: list[Event]
    next: str | None = Field(
        description="Gives the next page; null: there are no more for now."
    )


class TracedResult(BaseModel):
    """A result, and what it was made from."""

    depth: int
    execution_id: Id
    step: str
    name: str
    command_id: str | None
    ref: str | None
    store_tier: str
    content_type: str
    bytes: int | None
    row_count: int | None
    created_at: datetime | None
    source_refs: list[str] | None


class Trace(BaseModel):
    """Where the results of a step come from."""

    items: list[TracedResult]


class Changed(BaseModel):
    """Whether the call did anything."""

    changed: bool = Field(description="False: it was so already, or has ended.")


class Signalled(BaseModel):
    """What became of a signal."""

    outcome: Literal["delivered", "kept", "repeated", "ended"]


class Command(BaseModel):
    """A command that was issued."""

    execution_id: Id
    event_id: Id
    command_id: str
    step: str
    status: Literal["queued", "held", "leased", "ended"]
    iter_index: int | None
    item: Any
    input: Any
    meta: Json
    pool: str | None
    priority: int | None
    worker: str | None
    issued_at: datetime
    claimed_at: datetime | None


class Worker(BaseModel):
    """A process in a session; silent: nothing was heard of it for 30 seconds."""

    name: str
    kind: str
    pools: list[str]
    capacity: Json
    held: int
    registered_at: datetime
    heartbeat_at: datetime
    heartbeat_age: float
    state: Literal["live", "silent"]


class Workers(BaseModel):
    """The processes whose sessions have not ended."""

    items: list[Worker]


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(Health):
    """The process can serve."""

    api_version: int
