"""A worker and a dispatcher over HTTPS: with the right certificate, and each wrong one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler

import pytest

from noetl_worker.transport.errors import ApiUnusableError, EngineAwayError
from tests.support.certificates import Authority
from tests.worker.conftest import Lab
from tests.worker.transports.conftest import HttpWay
from tests.worker.transports.test_access import STEP, answering, call, ended


class HttpsWay(HttpWay):
    """Through the API of a dispatcher that has a certificate."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.authority = Authority(lab.home / "tls")

    def start(self) -> None:
        """A dispatcher, until it answers."""
        certificate, key = self.authority.issue("localhost")
        options = ("--tls-cert", str(certificate), "--tls-key", str(key))
        self.lab.worker(
            "api",
            "noetl_shell",
            ("dispatcher", "--listen", f"127.0.0.1:{self.port}", *options),
        )
        self.lab.until(self.is_up)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        return {**super().variables, "NOETL_API_CA_FILE": str(self.authority.file)}


@pytest.fixture
def https(lab: Lab) -> HttpsWay:
    found = HttpsWay(lab)
    found.start()
    return found


def test_run_completes_and_the_doorbell_rings(https: HttpsWay) -> None:
    https.worker(NOETL_POLL_SECONDS="3600")
    https.lab.until(lambda: "session" in https.lab.log())
    for _ in range(2):
        assert https.lab.run(STEP)["status"] == "completed"
    assert "is away" not in https.lab.log()


def test_authority_that_is_not_known_ends_the_start(https: HttpsWay) -> None:
    other = Authority(https.lab.home / "other").file
    for file in ("", str(other)):
        log = ended(https, https.worker(NOETL_API_CA_FILE=file))
        assert "its certificate does not hold" in log
        assert "NOETL_API_CA_FILE" in log


def test_name_that_is_not_the_certificates_ends_the_start(https: HttpsWay) -> None:
    url = f"https://127.0.0.1:{https.port}"
    log = ended(https, https.worker(NOETL_API_URL=url))
    assert "IP address mismatch" in log
    assert "a name into NOETL_API_URL" in log
    assert "NOETL_API_CA_FILE" not in log


def test_https_where_no_tls_is_spoken_ends_the_start(http: HttpWay) -> None:
    url = http.url.replace("http:", "https:")
    log = ended(http, http.worker(NOETL_API_URL=url))
    assert "does not speak TLS" in log
    assert "http://" in log


def test_http_where_tls_is_spoken_is_told_while_the_worker_waits(
    https: HttpsWay,
) -> None:
    https.worker(NOETL_API_URL=https.url.replace("https:", "http:"))
    https.lab.until(lambda: "the URL begins with https://" in https.lab.log())
    assert "the URL begins" not in https.lab.log("api")


def test_certificate_of_yesterday_is_told_with_what_to_do(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    files = authority.issue("localhost", until=yesterday)
    with (
        serving_tls(*files) as port,
        pytest.raises(ApiUnusableError, match="expired") as raised,
    ):
        call(f"https://localhost:{port}", NOETL_API_CA_FILE=str(authority.file))
    assert "Renew" in raised.value.hint


def test_connection_that_ends_in_the_handshake_is_no_fault_of_the_settings() -> None:
    with hanging_up() as port, pytest.raises(EngineAwayError) as raised:
        call(f"https://localhost:{port}")
    assert not isinstance(raised.value, ApiUnusableError)


def test_api_without_the_function_is_told_to_be_of_another_version() -> None:
    body = b'{"status": 404, "detail": "Not Found", "code": null}'
    with (
        answering(404, "application/problem+json", body) as url,
        pytest.raises(ApiUnusableError) as raised,
    ):
        call(url)
    assert "another version" in raised.value.hint
    assert "NOETL_API_URL" in raised.value.hint


@contextmanager
def serving(server: HTTPServer) -> Iterator[int]:
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving_tls(certificate: Path, key: Path) -> Iterator[int]:
    """A server that never gets beyond the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handshake(BaseRequestHandler):
        def handle(self) -> None:
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(self.request, server_side=True)

    with serving(HTTPServer(("localhost", 0), Handshake)) as port:
        yield port


@contextmanager
def hanging_up() -> Iterator[int]:
    """A server that reads the beginning of a handshake, and ends the connection."""

    class HangUp(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1)

    with serving(HTTPServer(("localhost", 0), HangUp)) as port:
        yield port
