"""Make the embedded database ready: server, database, schema, roles, credentials."""

from __future__ import annotations

import hashlib
from typing import Final

from noetl_shell import calls
from noetl_shell.database import Connection, connect
from noetl_shell.embedded.deployer import deploy, is_deployed
from noetl_shell.embedded.server import DATABASE, Server
from noetl_shell.errors import DatabaseLost
from noetl_worker.secrets import load_key, seal

WORKER_ROLE: Final = "noetl_local_worker"
DATA_ROLE: Final = "noetl_data"
# What playbooks call the database that is at hand.
CREDENTIALS: Final = ("pg_local", "pg_k8s", "engine")

_ROLES: Final = f"""
do $do$
begin
  if to_regrole('{WORKER_ROLE}') is null then
    create role {WORKER_ROLE} login;
  end if;
  if to_regrole('{DATA_ROLE}') is null then
    create role {DATA_ROLE} login;
  end if;
end
$do$;
grant noetl_worker to {WORKER_ROLE};
grant create, temporary on database {DATABASE} to {DATA_ROLE};
grant create, usage on schema public to {DATA_ROLE};
""".encode()


def open_embedded(server: Server) -> Connection:
    """Connect to the embedded database as its owner, making all that is missing."""
    key = load_key(server.home, create=True)
    conn = _connect_at_once(server)
    if conn is not None and _is_ready(conn, key):
        return conn
    if conn is None:
        server.start()
        _create_database(server)
        conn = connect(server.dsn())
    deploy(conn)
    with conn.transaction():
        # Two commands may be here at once; grants do not wait for each other.
        conn.execute("select pg_advisory_xact_lock(hashtext('noetl bootstrap'))")
        conn.execute(_ROLES)
        _put_credentials(conn, server, key)
    return conn


def _is_ready(conn: Connection, key: bytes) -> bool:
    """Whether schema and credentials are there, sealed with the key in use."""
    if not is_deployed(conn):
        return False
    row = conn.execute(
        "select count(*) from noetl.credential as c where c.name = any(%s)"
        " and (not c.is_managed or c.description = %s)",
        [list(CREDENTIALS), _description(key)],
    ).fetchone()
    return row == (len(CREDENTIALS),)


def _connect_at_once(server: Server) -> Connection | None:
    """A connection if server and database are there; the common case, and fast."""
    try:
        return connect(server.dsn())
    except DatabaseLost:
        return None


def _create_database(server: Server) -> None:
    with connect(server.dsn(dbname="postgres")) as conn:
        # Two commands may do this at once; "create database" has no "if not exists".
        conn.execute("select pg_advisory_lock(hashtext('noetl create database'))")
        known = conn.execute(
            "select from pg_database where datname = %s", [DATABASE]
        ).fetchone()
        if known is None:
            conn.execute(f"create database {DATABASE}".encode())


def _put_credentials(conn: Connection, server: Server, key: bytes) -> None:
    """Point the usual names to this database, through a role without our schema."""
    secret = {"dsn": server.dsn(user=DATA_ROLE)}
    for name in CREDENTIALS:
        calls.put_credential(
            conn,
            name=name,
            kind="postgres",
            secret=seal(key, name, secret),
            description=_description(key),
            managed=True,
        )


def _description(key: bytes) -> str:
    """Tells by a mark of the key whether another one has sealed the credential."""
    mark = hashlib.sha256(b"mark" + key).hexdigest()[:8]
    return f"The embedded database (key {mark})."
