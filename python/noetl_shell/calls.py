"""One Python function per SQL function of the API. No decision is taken here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from noetl_shell.database import Connection
from noetl_shell.errors import describe_database, translate
from noetl_shell.records import (
    ApiToken,
    Credential,
    DeadLetter,
    Document,
    Event,
    Execution,
    FoundResult,
    Playbook,
    Problem,
    Registered,
    Retained,
    RetentionItem,
    RetriedLetter,
    Schedule,
    Scheduled,
    SealedCredential,
    Shard,
    Status,
    StoredResult,
    TracedResult,
    WorkerSession,
)

Row = TypeVar("Row")


@contextmanager
def _translated(conn: Connection) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as exc:
        raise translate(exc, describe_database(conn.info.dsn)) from exc


def register_playbook(conn: Connection, *, content: Any) -> Registered:
    """Validate, compile and store a playbook; known content gives its version."""
    with _translated(conn), conn.cursor(row_factory=class_row(Registered)) as cursor:
        cursor.execute(
            "select r.catalog_id, r.path, r.version, r.created, r.warnings"
            " from noetl.register_playbook(%s) as r",
            [Jsonb(content)],
        )
        return _one(cursor)


def lint_playbook(
    conn: Connection, *, content: Any, strict: bool = False
) -> list[Problem]:
    """All problems of a document."""
    with _translated(conn), conn.cursor(row_factory=class_row(Problem)) as cursor:
        cursor.execute(
            "select p.severity, p.path, p.message, p.hint"
            " from noetl.lint_playbook(%s, %s) as p",
            [Jsonb(content), strict],
        )
        return cursor.fetchall()


def start_execution(
    conn: Connection, *, path: str, workload: Any, options: dict[str, Any]
) -> int:
    """Start a run; its id."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select noetl.start_execution(%s, %s, %s)",
            [path, Jsonb(workload), Jsonb(options)],
        )
        return int(_one(cursor))


def execution_status(conn: Connection, *, execution_id: int) -> Status:
    """What is known about a run."""
    with _translated(conn), conn.cursor(row_factory=class_row(Status)) as cursor:
        cursor.execute(
            "select s.execution_id, s.path, s.version, s.status, s.reason,"
            " s.started_at, s.finished_at, s.duration_s, s.current_steps, s.loops,"
            " s.steps, s.result, s.error, s.parent_execution_id, s.progress_version,"
            " s.retired_at"
            " from noetl.execution_status(%s) as s",
            [execution_id],
        )
        return _one(cursor)


def cancel_execution(
    conn: Connection, *, execution_id: int, reason: str | None = None
) -> bool:
    """Cancel a run; false when it has ended or is ending already."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.cancel_execution(%s, %s)", [execution_id, reason])
        return bool(_one(cursor))


def pause_execution(conn: Connection, *, execution_id: int) -> bool:
    """Pause a run and its children; false when it is so already, or has ended."""
    return _control(conn, "select noetl.pause_execution(%s)", execution_id)


def resume_execution(conn: Connection, *, execution_id: int) -> bool:
    """Let a paused run and its children go on; false when it is not paused."""
    return _control(conn, "select noetl.resume_execution(%s)", execution_id)


def retry_execution(conn: Connection, *, execution_id: int) -> bool:
    """Take a failed or cancelled run up again; false when it is neither."""
    return _control(conn, "select noetl.retry_execution(%s)", execution_id)


def _control(conn: Connection, query: LiteralString, execution_id: int) -> bool:
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(query, [execution_id])
        return bool(_one(cursor))


def signal_execution(
    conn: Connection,
    *,
    execution_id: int,
    name: str,
    payload: Any = None,
    options: dict[str, Any] | None = None,
) -> str:
    """Send a signal: ``delivered``, ``kept``, ``repeated``, or ``ended``."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select noetl.signal_execution(%s, %s, %s, %s)",
            [execution_id, name, Jsonb(payload), Jsonb(options or {})],
        )
        return str(_one(cursor))


def rebuild(conn: Connection, *, execution_id: int) -> dict[str, Any]:
    """Make a run's state again from its events; its status and what there is of each."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.rebuild(%s)", [execution_id])
        return dict(_one(cursor))


def list_executions(
    conn: Connection,
    *,
    limit: int = 50,
    status: str | None = None,
    before: int | None = None,
) -> list[Execution]:
    """Executions, newest first."""
    with _translated(conn), conn.cursor(row_factory=class_row(Execution)) as cursor:
        cursor.execute(
            "select e.execution_id, e.path, e.version, e.status, e.started_at,"
            " e.finished_at, e.error, e.parent_execution_id"
            " from noetl.list_executions(%s, %s, %s) as e",
            [limit, status, before],
        )
        return cursor.fetchall()


def list_playbooks(conn: Connection) -> list[Playbook]:
    """Registered playbooks, each in its latest version."""
    with _translated(conn), conn.cursor(row_factory=class_row(Playbook)) as cursor:
        cursor.execute(
            "select p.path, p.version, p.description, p.registered_by, p.created_at"
            " from noetl.list_playbooks() as p"
        )
        return cursor.fetchall()


def read_playbook(
    conn: Connection, *, path: str, version: int | None = None
) -> Document | None:
    """A stored document, the latest unless a version is given; None: no such one."""
    with _translated(conn), conn.cursor(row_factory=class_row(Document)) as cursor:
        cursor.execute(
            "select c.path, c.version, c.content from noetl.catalog as c"
            " where c.path = %(path)s"
            " and (%(version)s::integer is null or c.version = %(version)s)"
            " order by c.version desc limit 1",
            {"path": path, "version": version},
        )
        return cursor.fetchone()


def read_events(
    conn: Connection,
    *,
    execution_id: int,
    event_type: str | None = None,
    after: int = 0,
    limit: int = 1000,
) -> list[Event]:
    """The next events of a run after an event id, oldest first."""
    with _translated(conn), conn.cursor(row_factory=class_row(Event)) as cursor:
        cursor.execute(
            "select e.event_id, e.created_at, e.event_type, e.node_name, e.status,"
            " e.current_index, e.worker_id, e.context, e.result, e.meta, e.error"
            " from noetl.event as e"
            " where e.execution_id = %(execution_id)s and e.event_id > %(after)s"
            " and (%(type)s::text is null or e.event_type = %(type)s)"
            " order by e.event_id limit %(limit)s",
            {
                "execution_id": execution_id,
                "after": after,
                "type": event_type,
                "limit": limit,
            },
        )
        return cursor.fetchall()


def list_results(
    conn: Connection, *, execution_id: int, limit: int = 1000, after: int = 0
) -> list[StoredResult]:
    """The next stored results of a run after a ref_id, in the order of their storing."""
    with _translated(conn), conn.cursor(row_factory=class_row(StoredResult)) as cursor:
        cursor.execute(
            "select r.ref_id, r.ref, r.step, r.name, r.store_tier, r.content_type,"
            " r.bytes, r.row_count, r.scope, r.created_at, r.expires_at, r.removed_at"
            " from noetl.list_results(%s, %s, %s) as r",
            [execution_id, limit, after],
        )
        return cursor.fetchall()


def find_result(conn: Connection, *, ref: str) -> FoundResult:
    """Where a stored result is."""
    with _translated(conn), conn.cursor(row_factory=class_row(FoundResult)) as cursor:
        cursor.execute(
            "select %(ref)s as ref, r.store_tier, r.physical_uri, r.content_type,"
            " r.bytes, r.sha256, r.row_count, r.payload"
            " from noetl.find_result(%(ref)s) as r",
            {"ref": ref},
        )
        return _one(cursor)


def find_step_result(conn: Connection, *, execution_id: int, step: str) -> FoundResult:
    """The latest result of a step."""
    with _translated(conn), conn.cursor(row_factory=class_row(FoundResult)) as cursor:
        cursor.execute(
            "select r.ref, r.store_tier, r.physical_uri, r.content_type, r.bytes,"
            " r.sha256, r.row_count, r.payload"
            " from noetl.find_step_result(%s, %s) as r",
            [execution_id, step],
        )
        return _one(cursor)


def trace(
    conn: Connection, *, execution_id: int, step: str, limit: int = 1000
) -> list[TracedResult]:
    """The results of a step, what they were made from, and so on."""
    with _translated(conn), conn.cursor(row_factory=class_row(TracedResult)) as cursor:
        cursor.execute(
            "select t.depth, t.execution_id, t.step, t.name, t.command_id, t.ref,"
            " t.store_tier, t.content_type, t.bytes, t.row_count, t.created_at,"
            " t.source_refs from noetl.trace(%s, %s, %s) as t",
            [execution_id, step, limit],
        )
        return cursor.fetchall()


def list_workers(conn: Connection) -> list[WorkerSession]:
    """The active sessions."""
    with _translated(conn), conn.cursor(row_factory=class_row(WorkerSession)) as cursor:
        cursor.execute(
            "select w.name, w.kind, w.pools, w.capacity, w.held, w.registered_at,"
            " w.heartbeat_at, w.heartbeat_age from noetl.list_workers() as w"
        )
        return cursor.fetchall()


def list_shards(conn: Connection) -> list[Shard]:
    """The shards of the projection, in order."""
    with _translated(conn), conn.cursor(row_factory=class_row(Shard)) as cursor:
        cursor.execute(
            "select s.shard, s.owner, s.lease_until, s.epoch, s.lag_ms, s.projected_at,"
            " s.checkpoint_at, s.state from noetl.list_shards() as s"
        )
        return cursor.fetchall()


def put_credential(
    conn: Connection,
    *,
    name: str,
    kind: str,
    secret: bytes,
    description: str | None = None,
    managed: bool = False,
) -> bool:
    """Store a sealed credential; false when it replaced one."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select noetl.put_credential(%s, %s, %s, %s, %s)",
            [name, kind, secret, description, managed],
        )
        return bool(_one(cursor))


def remove_credential(conn: Connection, *, name: str) -> bool:
    """Remove a credential; false when there is none."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.remove_credential(%s)", [name])
        return bool(_one(cursor))


def list_credentials(conn: Connection) -> list[Credential]:
    """The credentials that this role may use."""
    with _translated(conn), conn.cursor(row_factory=class_row(Credential)) as cursor:
        cursor.execute(
            "select c.name, c.kind, c.description, c.managed, c.owner_role,"
            " c.created_at, c.updated_at from noetl.list_credentials() as c"
        )
        return cursor.fetchall()


def list_sealed_credentials(conn: Connection) -> list[SealedCredential]:
    """Every credential as it was sealed."""
    with (
        _translated(conn),
        conn.cursor(row_factory=class_row(SealedCredential)) as cursor,
    ):
        cursor.execute(
            "select c.name, c.secret from noetl.list_sealed_credentials() as c"
        )
        return cursor.fetchall()


def reseal_credential(
    conn: Connection, *, name: str, secret: bytes, resealed: bytes
) -> bool:
    """Store a credential sealed anew; false when it is not ``secret`` any more."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select noetl.reseal_credential(%s, %s, %s)", [name, secret, resealed]
        )
        return bool(_one(cursor))


def add_api_token(
    conn: Connection,
    *,
    name: str,
    token_hash: bytes,
    scopes: list[str],
    expires_at: datetime | None = None,
) -> bool:
    """Add a token of the HTTP API by its SHA-256 hash; false for an exact repeat."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "select noetl.add_api_token(%s, %s, %s, %s)",
            [name, token_hash, scopes, expires_at],
        )
        return bool(_one(cursor))


def revoke_api_token(conn: Connection, *, name: str) -> bool:
    """Revoke a token of the HTTP API; false when it is so already."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.revoke_api_token(%s)", [name])
        return bool(_one(cursor))


def list_api_tokens(conn: Connection) -> list[ApiToken]:
    """The tokens of the HTTP API, newest first."""
    with _translated(conn), conn.cursor(row_factory=class_row(ApiToken)) as cursor:
        cursor.execute(
            "select t.name, t.scopes, t.created_by, t.created_at, t.expires_at,"
            " t.revoked_at, t.last_used_at from noetl.list_api_tokens() as t"
        )
        return cursor.fetchall()


def put_schedule(
    conn: Connection,
    *,
    name: str,
    path: str,
    cron: str,
    time_zone: str,
    workload: dict[str, Any],
    options: dict[str, Any],
) -> Scheduled:
    """Start a playbook at the times of a cron expression."""
    with _translated(conn), conn.cursor(row_factory=class_row(Scheduled)) as cursor:
        cursor.execute(
            "select p.created, p.changed, p.next_at"
            " from noetl.put_schedule(%s, %s, %s, %s, %s, %s) as p",
            [name, path, cron, time_zone, Jsonb(workload), Jsonb(options)],
        )
        return _one(cursor)


def remove_schedule(conn: Connection, *, name: str) -> bool:
    """Remove a schedule; false when there is none."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.remove_schedule(%s)", [name])
        return bool(_one(cursor))


def pause_schedule(conn: Connection, *, name: str) -> bool:
    """Let a schedule rest; false when it rests already."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.pause_schedule(%s)", [name])
        return bool(_one(cursor))


def resume_schedule(conn: Connection, *, name: str) -> bool:
    """Let a paused schedule fire again; false when it is active already."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.resume_schedule(%s)", [name])
        return bool(_one(cursor))


def list_schedules(conn: Connection) -> list[Schedule]:
    """All schedules."""
    with _translated(conn), conn.cursor(row_factory=class_row(Schedule)) as cursor:
        cursor.execute(
            "select s.name, s.path, s.version, s.cron, s.time_zone, s.workload,"
            " s.priority, s.missed, s.is_active, s.next_at, s.last_at,"
            " s.last_execution_id, s.last_error, s.run_as, s.created_at, s.updated_at"
            " from noetl.list_schedules() as s"
        )
        return cursor.fetchall()


def maintain_partitions(conn: Connection) -> int:
    """Create the event log's next partitions; how many were new."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.maintain_partitions()")
        return int(_one(cursor))


def partitions_ahead(conn: Connection) -> int:
    """For how many weeks after this one the event log has partitions."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.partitions_ahead()")
        return int(_one(cursor))


def retain(conn: Connection) -> Retained:
    """Do a bounded part of what retention asks for."""
    with _translated(conn), conn.cursor(row_factory=class_row(Retained)) as cursor:
        cursor.execute(
            "select r.done, r.executions, r.events, r.partitions, r.sessions, r.is_busy"
            " from noetl.retain() as r"
        )
        return _one(cursor)


def retention_plan(conn: Connection) -> list[RetentionItem]:
    """What ``retain`` would do now."""
    with _translated(conn), conn.cursor(row_factory=class_row(RetentionItem)) as cursor:
        cursor.execute(
            "select p.item, p.name, p.count, p.bytes from noetl.retention_plan() as p"
        )
        return cursor.fetchall()


def list_dead_letters(conn: Connection, *, limit: int) -> list[DeadLetter]:
    """Parked messages, newest first."""
    with _translated(conn), conn.cursor(row_factory=class_row(DeadLetter)) as cursor:
        cursor.execute(
            "select d.dead_letter_id, d.subject, d.reason, d.bytes, d.received_at,"
            " d.deliveries, d.beginning from noetl.list_dead_letters(%s) as d",
            [limit],
        )
        return cursor.fetchall()


def retry_dead_letters(conn: Connection, *, ids: list[int]) -> list[RetriedLetter]:
    """Record the reports of parked messages once more; ids that are not parked: none."""
    with (
        _translated(conn),
        conn.cursor(row_factory=class_row(RetriedLetter)) as cursor,
    ):
        cursor.execute(
            "select d.dead_letter_id, d.is_recorded, d.reason"
            " from noetl.retry_dead_letters(%s) as d",
            [ids],
        )
        return cursor.fetchall()


def discard_dead_letters(conn: Connection, *, ids: list[int]) -> int:
    """Forget parked messages; how many there were."""
    with _translated(conn), conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("select noetl.discard_dead_letters(%s)", [ids])
        return int(_one(cursor))


def _one(cursor: psycopg.Cursor[Row]) -> Row:
    row = cursor.fetchone()
    assert row is not None
    return row
