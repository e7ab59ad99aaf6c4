"""Where the HTTP API is, and how a worker shows that it may use it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from noetl_worker.settings import WorkerSettings
from noetl_worker.transport.errors import ApiUnusableError


class ApiAccess:
    """URL, token and certificates of the API.

    A token that is kept in a file may be replaced while the worker runs: after a refusal
    it is read anew.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        if not settings.api_url:
            raise ApiUnusableError(
                "the transport http needs NOETL_API_URL",
                hint="It is where a dispatcher serves the HTTP API, such as"
                " https://noetl.example:8080",
            )
        self.url = settings.api_url.rstrip("/")
        self._settings = settings
        self._token: str | None = None

    def headers(self) -> dict[str, str]:
        """Those of a request; raises ApiUnusableError for a token that is not there."""
        if self._token is None:
            self._token = self._read_token()
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def renew_token(self, refused: Mapping[str, str]) -> bool:
        """Read the token anew, for the API refused these headers; whether others go now.

        Of several requests refused at once the first renews it, for all of them.
        """
        self._token = self._read_token()
        return self.headers() != refused

    def ssl(self) -> ssl.SSLContext | bool:
        """What connections are checked against; True: the system's authorities."""
        if self._settings.api_ca_file is None:
            return True
        try:
            return ssl.create_default_context(cafile=self._settings.api_ca_file)
        except OSError as exc:
            raise ApiUnusableError(
                f"{self._settings.api_ca_file}: {exc.strerror or exc}",
                hint="NOETL_API_CA_FILE names certificates in PEM format.",
            ) from exc

    def _read_token(self) -> str:
        path = self._settings.api_token_file
        if path is None:
            return self._printable(self._settings.api_token, "NOETL_API_TOKEN")
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as exc:
            raise ApiUnusableError(
                f"cannot read the API's token from {path}:"
                f" {getattr(exc, 'strerror', None) or 'it is no text'}",
                hint="NOETL_API_TOKEN_FILE names a file with the token alone.",
            ) from exc
        return self._printable(text.strip(), str(path))

    @staticmethod
    def _printable(token: str, source: str) -> str:
        if token.isascii() and (token.isprintable() or not token):
            return token
        raise ApiUnusableError(
            f"the token of {source} has characters that no token has",
            hint="It is one line, as noetl token add has printed it.",
        )
