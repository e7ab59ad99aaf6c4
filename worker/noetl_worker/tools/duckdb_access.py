"""What a DuckDB statement may reach: stored results in place, and stores by secrets."""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from noetl_worker.jsonable import encode
from noetl_worker.output import TaskError
from noetl_worker.results.media import ARROW, EXTENSIONS, PARQUET
from noetl_worker.results.reader import Located
from noetl_worker.results.tables import TableReader, to_parquet
from noetl_worker.results.writer import in_thread
from noetl_worker.stores.base import StoreTier
from noetl_worker.stores.settings import S3_TIERS, S3Settings
from noetl_worker.tools import ToolContext

if TYPE_CHECKING:
    import duckdb

_REFERENCE: Final = re.compile(r"noetl://[0-9]+/result/[0-9]+")
_REMOTE: Final = re.compile(r"\b(s3|gs|gcs|r2|https?)://", re.IGNORECASE)
_IN_PLACE: Final = (StoreTier.PVC, *S3_TIERS)
_S3_FIELDS: Final = {
    "key_id": ("key_id", "access_key", "access_key_id", "aws_access_key_id"),
    "secret": ("secret", "secret_key", "secret_access_key", "aws_secret_access_key"),
    "session_token": ("session_token", "aws_session_token"),
    "endpoint": ("endpoint", "endpoint_url"),
    "region": ("region", "region_name"),
    "url_style": ("url_style",),
    "scope": ("scope",),
}
_POSTGRES_FIELDS: Final = {
    "host": ("host", "db_host"),
    "port": ("port", "db_port"),
    "user": ("user", "username", "db_user"),
    "password": ("password", "db_password"),
    "database": ("dbname", "database", "db_name"),
}
DEFAULT_REGION: Final = "us-east-1"  # signing needs some region
_KINDS: Final = {"s3": "s3", "minio": "s3", "gcs": "gcs", "postgres": "postgres"}


@dataclass(frozen=True, slots=True)
class Secret:
    """A DuckDB secret: how it is called, its type, and its fields."""

    name: str
    type: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """The text with addresses for references, and the secrets that open them."""

    text: str
    secrets: Sequence[Secret]

    def grant(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Load what reads remote objects and make the secrets; nothing if none is read."""
        if self.secrets or _REMOTE.search(self.text):
            _load(conn, "httpfs")
        if any(secret.type == "postgres" for secret in self.secrets):
            _load(conn, "postgres_scanner")
        for secret in self.secrets:
            fields = {k: v for k, v in secret.fields.items() if v not in (None, "")}
            given = "".join(f", {name} ${name}" for name in fields)
            # Temporary: of this connection only, and never written into the database.
            conn.execute(
                f"create or replace temporary secret {_quoted(secret.name)}"
                f" (type {secret.type}{given})",
                fields,
            )


@asynccontextmanager
async def access_of(text: str, auth: Any, ctx: ToolContext) -> AsyncIterator[Access]:
    """Resolve what a text refers to; what must be copied is removed at the end."""
    secrets = await _secrets(auth, ctx)
    prefixes: dict[StoreTier, list[str]] = {}
    copies: Path | None = None
    try:
        for ref in dict.fromkeys(_REFERENCE.findall(text)):
            located = await ctx.services.reader.locate(ref)
            if located.tier in _IN_PLACE and located.content_type != ARROW:
                address = located.uri.removeprefix("file://")
                if located.tier is not StoreTier.PVC:
                    prefixes.setdefault(located.tier, []).append(located.uri)
            else:
                copies = copies or Path(tempfile.mkdtemp(prefix="noetl-duckdb-"))
                address = await _copied(located, copies, ctx)
            text = re.sub(rf"{re.escape(ref)}(?!\d)", lambda _: _escaped(address), text)  # noqa: B023
        for tier, uris in prefixes.items():
            settings = ctx.services.settings.stores.of(tier)  # type: ignore[arg-type]
            secrets.append(_store_secret(tier, settings, uris))
        yield Access(text, secrets)
    finally:
        if copies is not None:
            await in_thread(shutil.rmtree, copies, True)


async def _copied(located: Located, directory: Path, ctx: ToolContext) -> str:
    """A result that DuckDB cannot read where or as it is, as a file."""
    name = located.ref.rpartition("/")[2]
    is_arrow = located.content_type == ARROW
    extension = EXTENSIONS.get(PARQUET if is_arrow else located.content_type, "bin")
    path = directory / f"{name}.{extension}"
    reader = ctx.services.reader

    def copy() -> None:
        if is_arrow:
            with reader.open(located) as source:
                to_parquet(TableReader(ARROW, source), path)
            return
        with path.open("wb") as file:
            if located.tier is StoreTier.DB:
                file.write(encode(located.payload))
            else:
                file.writelines(reader.iterate(located))

    await in_thread(copy)
    return str(path)


async def _secrets(auth: Any, ctx: ToolContext) -> list[Secret]:
    """The secrets of ``auth``: a credential's name, or a mapping of aliases to them."""
    if auth is None:
        return []
    if isinstance(auth, str):
        auth = {auth: {"source": auth}}
    if not isinstance(auth, Mapping):
        raise TaskError("template", 'the option "auth" must be a name or a mapping')
    return [await _secret(str(alias), given, ctx) for alias, given in auth.items()]


async def _secret(alias: str, given: Any, ctx: ToolContext) -> Secret:
    if isinstance(given, str):
        given = {"source": given}
    if not isinstance(given, Mapping):
        raise TaskError("template", f'auth "{alias}" must name a credential')
    source = given.get("source") or given.get("credential") or given.get("key")
    fields = dict(await ctx.credential(str(source))) if source else {}
    kind = str(given.get("type") or fields.get("type") or "s3")
    if kind not in _KINDS:
        raise TaskError(
            "unsupported",
            f'auth "{alias}": the duckdb tool knows no type "{kind}"; it knows: '
            + ", ".join(_KINDS),
        )
    own = {k: v for k, v in given.items() if k not in ("source", "credential", "key")}
    names = _POSTGRES_FIELDS if kind == "postgres" else _S3_FIELDS
    found = _named({**fields, **own}, names)
    if kind != "postgres":
        found |= _endpoint(str(found.pop("endpoint", "") or ""))
        found.setdefault("region", DEFAULT_REGION)
        if kind == "minio" and "url_style" not in found:
            found["url_style"] = "path"
    return Secret(alias, _KINDS[kind], found)


async def s3_fields(auth: Any, ctx: ToolContext) -> dict[str, Any]:
    """The fields of a credential of a store with S3's interface, by DuckDB's names."""
    given = {"source": auth} if isinstance(auth, str) else auth
    if not isinstance(given, Mapping):
        raise TaskError("template", 'the option "auth" must be a name or a mapping')
    source = given.get("source") or given.get("credential") or given.get("key")
    fields = dict(await ctx.credential(str(source))) if source else {}
    own = {k: v for k, v in given.items() if k not in ("source", "credential", "key")}
    return _named({**fields, **own}, _S3_FIELDS)


def _named(
    fields: Mapping[str, Any], names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    found = {}
    for name, spellings in names.items():
        given = next((fields[s] for s in spellings if fields.get(s) is not None), None)
        if given is not None:
            found[name] = given
    return found


def _store_secret(tier: StoreTier, settings: S3Settings, uris: Sequence[str]) -> Secret:
    """What opens these objects of a store of ours, and no others."""
    fields: dict[str, Any] = {
        "key_id": settings.access_key,
        "secret": settings.secret_key,
        "region": settings.region or DEFAULT_REGION,
        "scope": list(uris),
        **_endpoint(settings.endpoint if tier is not StoreTier.GCS else ""),
    }
    kind = "gcs" if tier is StoreTier.GCS else "s3"
    return Secret(f"noetl {tier}", kind, fields)


def _endpoint(url: str) -> dict[str, Any]:
    """DuckDB wants host and port, and whether to use TLS, apart."""
    if not url:
        return {}
    parts = urlsplit(url if "//" in url else f"https://{url}")
    return {
        "endpoint": parts.netloc,
        "use_ssl": parts.scheme != "http",
        "url_style": "path",
    }


def _load(conn: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension that came as a package; DuckDB would fetch it from its site."""
    import duckdb

    try:
        package = importlib.import_module(f"duckdb_extension_{name}")
        root = Path(str(package.__file__)).parent / "extensions"
        (file,) = root.glob(f"v{duckdb.__version__}/{name}.duckdb_extension")
    except (ImportError, ValueError) as exc:
        raise TaskError(
            "unsupported",
            f"DuckDB {duckdb.__version__} has no extension {name} here: install the"
            f" package duckdb-extension-{name.replace('_', '-')} of that version",
        ) from exc
    conn.load_extension(str(file))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(address: str) -> str:
    """As it stands between the quotes of a literal."""
    return address.replace("'", "''")
