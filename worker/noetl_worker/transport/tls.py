"""What it means when a connection by TLS, or one that should have been, cannot be made."""

from __future__ import annotations

import ssl
from typing import Final

import aiohttp

from noetl_worker.transport.errors import ApiUnusableError, describe

# X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED; _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH
_OUT_OF_TIME: Final = (9, 10)
_OTHER_HOST: Final = (62, 64)
# What a server that speaks no TLS seems to say.
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")


def tls_failure(
    url: str,
    error: aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError,
) -> ApiUnusableError:
    """The reason, with what to do."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause: BaseException = error.certificate_error
    else:
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ApiUnusableError(
            f"{url}: its certificate does not hold: {cause.verify_message}",
            hint=_certificate_hint(cause.verify_code),
        )
    if getattr(cause, "reason", None) in _NO_TLS:
        return ApiUnusableError(
            f"{url}: what answers there does not speak TLS",
            hint="Begin NOETL_API_URL with http://, or give its port for https.",
        )
    return ApiUnusableError(
        f"{url}: no connection by TLS: {describe(cause)}",
        hint="Check what answers there: openssl s_client -connect HOST:PORT",
    )


def disconnected(url: str) -> str:
    """Why a connection may have ended without an answer."""
    if url.startswith("http://"):
        return f"{url} ended the connection (if it speaks TLS, the URL begins with https://)"
    return f"{url} ended the connection"


def _certificate_hint(code: int) -> str:
    if code in _OUT_OF_TIME:
        return (
            "Renew the certificate of the API, and check the clocks of both machines."
        )
    if code in _OTHER_HOST:
        return "Put a name into NOETL_API_URL that the certificate of the API is for."
    return "Name the file of its certificate authority in NOETL_API_CA_FILE."
