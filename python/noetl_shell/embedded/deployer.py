"""Apply ``sqitch.plan`` without sqitch, leaving the registry that sqitch would leave.

Afterwards ``sqitch status``, ``verify`` and ``deploy`` agree, and what sqitch deployed
is continued here. Each change and its registry entry are one transaction, so a crash
leaves a whole number of changes. Sqitch's own advisory lock keeps two deployers apart.
"""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import psycopg

from noetl_shell.embedded.plan import Change, Line, Plan, read_plan
from noetl_shell.errors import DatabaseError
from noetl_shell.resources import sql_root
from noetl_worker.pooling import is_pooled

_SQITCH_LOCK: Final = 75474063
_REGISTRY_VERSION: Final = 1.1
# Generated from "create or replace" statements only: may be applied again while it is
# unreleased and still being edited.
_REPEATABLE: Final = "functions"


class DeployError(DatabaseError):
    """A change did not deploy, or the database does not fit the plan."""


def deploy(conn: psycopg.Connection[Any], root: Path | None = None) -> list[str]:
    """Deploy what is missing; the names of the changes applied now, in order."""
    root = root or sql_root()
    plan = read_plan(root)
    with _own_transactions(conn), _sqitch_lock(conn):
        _ensure_registry(conn, plan)
        deployed = _deployed(conn, plan)
        _check_is_prefix(plan, deployed)
        applied = _refresh(conn, plan, deployed)
        for index in range(len(deployed), len(plan.changes)):
            _apply(conn, plan, index)
            applied.append(plan.changes[index].name)
        _add_missing_tags(conn, plan)
    return applied


def is_deployed(conn: psycopg.Connection[Any], root: Path | None = None) -> bool:
    """Whether the database has exactly this plan and these scripts; changes nothing."""
    plan = read_plan(root or sql_root())
    try:
        rows = _deployed(conn, plan)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return False
    return rows == [(change.id, change.script_hash()) for change in plan.changes]


def _refuse_pooler(conn: psycopg.Connection[Any]) -> None:
    """The lock that keeps two deployers apart is the session's: a pooler has none."""
    (pid,) = conn.execute("select pg_backend_pid()").fetchall()
    if is_pooled(conn, *pid):
        raise DeployError(
            "a pooler is between this command and the database: it cannot deploy",
            hint="Set NOETL_DB_DIRECT, or --db, to the address of the server itself, or"
            " use sqitch deploy.",
        )


@contextmanager
def _own_transactions(conn: psycopg.Connection[Any]) -> Iterator[None]:
    if conn.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        raise DeployError("deploy needs a connection without an open transaction")
    before = conn.autocommit
    conn.autocommit = True
    try:
        yield
    finally:
        if not conn.closed:
            conn.autocommit = before


@contextmanager
def _sqitch_lock(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """Wait for other deployers, sqitch included; a deploy may take its time."""
    _refuse_pooler(conn)
    conn.execute("set lock_timeout = 0")
    conn.execute("set statement_timeout = 0")
    conn.execute("set client_min_messages = warning")
    conn.execute("select pg_advisory_lock(%s)", [_SQITCH_LOCK])
    try:
        yield
    finally:
        if not conn.closed:
            conn.execute("select pg_advisory_unlock(%s)", [_SQITCH_LOCK])
            for name in ("lock_timeout", "statement_timeout", "client_min_messages"):
                conn.execute(f"reset {name}".encode())


def _ensure_registry(conn: psycopg.Connection[Any], plan: Plan) -> None:
    with conn.transaction():
        row = conn.execute("select to_regclass('sqitch.changes')").fetchone()
        if row == (None,):
            script = files("noetl_shell.embedded") / "registry.sql"
            conn.execute(script.read_bytes())
            conn.execute(
                "insert into sqitch.releases (version, installer_name, installer_email)"
                " values (%s, %s, %s)",
                [_REGISTRY_VERSION, *_user()],
            )
        conn.execute(
            "insert into sqitch.projects (project, uri, creator_name, creator_email)"
            " values (%s, %s, %s, %s) on conflict (project) do nothing",
            [plan.project, plan.uri, *_user()],
        )


def _deployed(conn: psycopg.Connection[Any], plan: Plan) -> list[tuple[str, str]]:
    return conn.execute(
        "select c.change_id, c.script_hash from sqitch.changes as c"
        " where c.project = %s order by c.committed_at",
        [plan.project],
    ).fetchall()


def _check_is_prefix(plan: Plan, deployed: list[tuple[str, str]]) -> None:
    known = [change.id for change in plan.changes[: len(deployed)]]
    if known != [change_id for change_id, _ in deployed]:
        raise DeployError(
            "the database holds changes that are not in this plan",
            hint="It was deployed by a newer NoETL, or by another state of the plan:"
            " use that version; to begin anew, noetl db reset (embedded only).",
        )


def _refresh(
    conn: psycopg.Connection[Any], plan: Plan, deployed: list[tuple[str, str]]
) -> list[str]:
    """Bring unreleased changes that were edited since up to date, or refuse."""
    edited = [
        change
        for index, change in enumerate(plan.changes[: len(deployed)])
        if not plan.is_released(index) and change.script_hash() != deployed[index][1]
    ]
    if any(change.name != _REPEATABLE for change in edited):
        names = ", ".join(change.name for change in edited)
        raise DeployError(
            f"edited since they were deployed, and not released yet: {names}",
            hint="To begin anew: noetl db reset (embedded only), or sqitch revert.",
        )
    for change in edited:
        with conn.transaction():
            _run_script(conn, change)
            conn.execute(
                "update sqitch.changes set script_hash = %s where change_id = %s",
                [change.script_hash(), change.id],
            )
    return [change.name for change in edited]


def _apply(conn: psycopg.Connection[Any], plan: Plan, index: int) -> None:
    change = plan.changes[index]
    dependencies = [
        (change.id, "require", name, plan.resolve(name, index))
        for name in change.requires
    ]
    with conn.transaction():
        _run_script(conn, change)
        _record(conn, plan, change, dependencies)


def _run_script(conn: psycopg.Connection[Any], change: Change) -> None:
    script = change.sql()
    try:
        conn.execute(script.encode())
    except psycopg.Error as exc:
        position = exc.diag.statement_position
        line = script.count("\n", 0, int(position) - 1) + 1 if position else None
        place = f"{change.script.name}:{line}" if line else change.script.name
        raise DeployError(
            f"change {change.name} failed ({place}): {exc.diag.message_primary or exc}",
            hint=exc.diag.message_hint,
        ) from exc
    # What the script set for its transaction must not reach the registry.
    conn.execute("set local role none")
    conn.execute("set local search_path = pg_catalog")


def _record(
    conn: psycopg.Connection[Any],
    plan: Plan,
    change: Change,
    dependencies: list[tuple[str, str, str, str]],
) -> None:
    conn.execute(
        "insert into sqitch.changes (change_id, script_hash, change, project, note,"
        " planned_at, planner_name, planner_email, committer_name, committer_email)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            change.id,
            change.script_hash(),
            change.name,
            plan.project,
            *_planned(change),
            *_user(),
        ],
    )
    for dependency in dependencies:
        conn.execute(
            "insert into sqitch.dependencies"
            " (change_id, type, dependency, dependency_id) values (%s, %s, %s, %s)",
            dependency,
        )
    conn.execute(
        "insert into sqitch.events (event, change_id, change, project, requires,"
        " tags, note, planned_at, planner_name, planner_email,"
        " committer_name, committer_email)"
        " values ('deploy', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            change.id,
            change.name,
            plan.project,
            list(change.requires),
            [f"@{tag.name}" for tag in change.tags],
            *_planned(change),
            *_user(),
        ],
    )


def _add_missing_tags(conn: psycopg.Connection[Any], plan: Plan) -> None:
    """Tags of new changes, and those set after their change was deployed."""
    for change in plan.changes:
        for tag in change.tags:
            conn.execute(
                "insert into sqitch.tags (tag_id, tag, project, change_id, note,"
                " planned_at, planner_name, planner_email,"
                " committer_name, committer_email)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " on conflict (tag_id) do nothing",
                [
                    tag.id,
                    f"@{tag.name}",
                    plan.project,
                    change.id,
                    *_planned(tag),
                    *_user(),
                ],
            )


def _planned(line: Line) -> tuple[str, str, str, str]:
    return line.note, line.date, line.planner, line.email


def _user() -> tuple[str, str]:
    """Who deploys, by sqitch's own variables where they are set."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        login = str(os.getuid())
    name = os.environ.get("SQITCH_FULLNAME", login)
    return name, os.environ.get("SQITCH_EMAIL", f"{login}@{platform.node()}")
