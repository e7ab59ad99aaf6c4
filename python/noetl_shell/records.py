"""Rows of the API's functions, with the names of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Registered:
    """A playbook version in the catalog; ``created`` is false for known content."""

    catalog_id: int
    path: str
    version: int
    created: bool
    warnings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a playbook document."""

    severity: str
    path: str
    message: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """What ``execution_status`` tells about an execution."""

    execution_id: int
    path: str
    version: int
    status: str
    reason: str | None
    started_at: datetime
    finished_at: datetime | None
    duration_s: float
    current_steps: list[str]
    loops: dict[str, Any] | None
    steps: dict[str, Any] | None
    result: Any
    error: dict[str, Any] | None
    parent_execution_id: int | None
    progress_version: int
    retired_at: datetime | None

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class Execution:
    """One line of ``list_executions``."""

    execution_id: int
    path: str
    version: int
    status: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    parent_execution_id: int | None


@dataclass(frozen=True, slots=True)
class Playbook:
    """One line of ``list_playbooks``."""

    path: str
    version: int
    description: str | None
    registered_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A stored playbook version."""

    path: str
    version: int
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Credential:
    """One line of ``list_credentials``: never the secret."""

    name: str
    kind: str
    description: str | None
    managed: bool
    owner_role: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SealedCredential:
    """One line of ``list_sealed_credentials``."""

    name: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One line of ``list_api_tokens``: never the token."""

    name: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What ``put_schedule`` did; ``next_at`` is None while the schedule is paused."""

    created: bool
    changed: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """One line of ``list_schedules``."""

    name: str
    path: str
    version: int | None
    cron: str
    time_zone: str
    workload: dict[str, Any]
    priority: int | None
    missed: str
    is_active: bool
    next_at: datetime | None
    last_at: datetime | None
    last_execution_id: int | None
    last_error: dict[str, Any] | None
    run_as: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One line of ``list_dead_letters``."""

    dead_letter_id: int
    subject: str
    reason: str
    bytes: int
    received_at: datetime
    deliveries: int
    beginning: str


@dataclass(frozen=True, slots=True)
class RetriedLetter:
    """What became of a parked message; ``reason`` says why if it is parked still."""

    dead_letter_id: int
    is_recorded: bool
    reason: str


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One line of ``list_results``."""

    ref_id: int
    ref: str
    step: str | None
    name: str
    store_tier: str
    content_type: str
    bytes: int
    row_count: int | None
    scope: str
    created_at: datetime
    expires_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundResult:
    """Where a result is; ``payload`` of tiers db and eventlog, else ``physical_uri``."""

    ref: str | None
    store_tier: str
    physical_uri: str | None
    content_type: str
    bytes: int
    sha256: str
    row_count: int | None
    payload: Any


@dataclass(frozen=True, slots=True)
class TracedResult:
    """One line of ``trace``; without a reference it rides in its event."""

    depth: int
    execution_id: int
    step: str | None
    name: str
    command_id: str | None
    ref: str | None
    store_tier: str
    content_type: str
    bytes: int
    row_count: int | None
    created_at: datetime | None
    source_refs: list[str]


@dataclass(frozen=True, slots=True)
class WorkerSession:
    """A worker or dispatcher that is alive, as far as the engine knows."""

    name: str
    kind: str
    pools: list[str]
    capacity: dict[str, Any]
    held: int
    registered_at: datetime
    heartbeat_at: datetime
    heartbeat_age: float


@dataclass(frozen=True, slots=True)
class Shard:
    """One line of ``list_shards``; without ``owner`` workers project it."""

    shard: int
    owner: str | None
    lease_until: datetime | None
    epoch: int
    lag_ms: int
    projected_at: datetime | None
    checkpoint_at: datetime | None
    state: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Retained:
    """What one call of ``retain`` did; ``done`` is 0 when nothing is left to do."""

    done: int
    executions: int
    events: int
    partitions: int
    sessions: int
    is_busy: bool


@dataclass(frozen=True, slots=True)
class RetentionItem:
    """One line of ``retention_plan``: a ``partition``, ``executions`` or ``sessions``."""

    item: str
    name: str | None
    count: int | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the event log."""

    event_id: int
    created_at: datetime
    event_type: str
    node_name: str | None
    status: str | None
    current_index: int | None
    worker_id: str | None
    context: Any
    result: Any
    meta: Any
    error: str | None
