"""Who we are to NATS and whom we trust, for everything here that connects to it."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Final

import nkeys  # type: ignore[import-untyped]

from noetl_worker.nats.settings import NatsSettings, NatsSetupError

_JWT: Final = "BEGIN NATS USER JWT"
_SEED: Final = "BEGIN USER NKEY SEED"


def access_options(settings: NatsSettings) -> dict[str, Any]:
    """Arguments of the client's ``connect``; the files are read, to tell of bad ones now.

    Raises NatsSetupError, which names the setting and the file.
    """
    options: dict[str, Any] = {
        "user": settings.user or None,
        "password": settings.password or None,
        "token": settings.token or None,
    }
    if path := settings.nkey_seed_file:
        _check_seed(path)
        options["nkeys_seed"] = str(path)
    if path := settings.credentials_file:
        _check_credentials(path)
        options["user_credentials"] = str(path)
    if settings.tls_ca or settings.tls_cert:
        options["tls"] = _tls(settings)
    return options


def _check_seed(path: Path) -> None:
    variable = "NOETL_NATS_NKEY_SEED_FILE"
    seed = bytearray(_read(path, variable).strip().encode())
    try:
        nkeys.from_seed(seed).wipe()
    except (nkeys.NkeysError, ValueError):
        raise _bad(variable, path, "holds no seed of an nkey") from None


def _check_credentials(path: Path) -> None:
    variable = "NOETL_NATS_CREDENTIALS_FILE"
    text = _read(path, variable)
    if _JWT not in text or _SEED not in text:
        raise _bad(variable, path, "holds no JWT with its seed, as nsc writes them")


def _tls(settings: NatsSettings) -> ssl.SSLContext:
    ca, cert, key = settings.tls_ca, settings.tls_cert, settings.tls_key
    if ca:
        _read(ca, "NOETL_NATS_TLS_CA")
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as exc:
        assert ca is not None
        raise _bad("NOETL_NATS_TLS_CA", ca, f"holds no certificate: {exc}") from None
    if cert:
        _read(cert, "NOETL_NATS_TLS_CERT")
        if key:
            _read(key, "NOETL_NATS_TLS_KEY")
        variable = "NOETL_NATS_TLS_CERT and NOETL_NATS_TLS_KEY"
        try:
            context.load_cert_chain(cert, key)
        except ssl.SSLError as exc:
            raise NatsSetupError(
                f"{variable}: {cert} and {key or 'the same file'} hold no certificate"
                f" with its key: {exc}"
            ) from None
    return context


def _read(path: Path, variable: str) -> str:
    try:
        return path.read_text()
    except OSError as exc:
        raise _bad(variable, path, f"cannot be read: {exc.strerror or exc}") from None
    except UnicodeDecodeError:
        raise _bad(variable, path, "is no text") from None


def _bad(variable: str, path: Path, problem: str) -> NatsSetupError:
    return NatsSetupError(f"{variable}: {path} {problem}")
