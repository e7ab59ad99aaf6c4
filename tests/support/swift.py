"""A private OpenStack Swift with its S3 interface: it checks signatures, as S3 does."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

from tests.support.lifeline import tied
from tests.support.ports import free_port

ACCESS_KEY: Final = "noetl:tester"
SECRET_KEY: Final = "tester-secret-Zq81"
GUEST_ACCESS_KEY: Final = "noetl:guest"
GUEST_SECRET_KEY: Final = "guest-secret-Kd20"

_BIN: Final = Path(sys.executable).parent
_KINDS: Final = ("account", "container", "object", "proxy")
_STARTUP_SECONDS: Final = 60

_ACCOUNT: Final = "AUTH_noetl"
_HASH_SUFFIX: Final = "noetl"
_PART_POWER: Final = 2

# Three rings in one process: the program swift-ring-builder takes a second for each step.
_RINGS: Final = f"""
import sys
from swift.common.ring import RingBuilder
for argument in sys.argv[1:]:
    path, _, port = argument.rpartition(":")
    builder = RingBuilder({_PART_POWER}, 1, 1)
    builder.add_dev(dict(
        id=0, region=1, zone=1, weight=1, ip="127.0.0.1", port=int(port), device="d1",
    ))
    builder.rebalance()
    builder.get_ring().save(path + ".ring.gz")
"""

_COMMON: Final = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {base}
devices = {base}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_udp_host = 127.0.0.1
log_udp_port = 9
user = {user}
"""
_STORAGE: Final = """\
[pipeline:main]
pipeline = {kind}-server

[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY: Final = """\
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth \
container-quotas copy slo dlo versioned_writes symlink proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:tempauth]
use = egg:swift#tempauth
user_noetl_tester = {secret} .admin
user_noetl_guest = {guest_secret}

[filter:s3api]
use = egg:swift#s3api
location = us-east-1

[filter:slo]
use = egg:swift#slo

[filter:container-quotas]
use = egg:swift#container_quotas

[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
"""
_FILTERS: Final = (
    *("catch_errors", "gatekeeper", "healthcheck", "listing_formats", "bulk"),
    *("copy", "dlo", "versioned_writes", "symlink"),
)


class Swift:
    """The four servers of one Swift; each is one process."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._ports = {kind: free_port() for kind in _KINDS}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._configure()

    @property
    def port(self) -> int:
        """The port of its S3 interface."""
        return self._ports["proxy"]

    @property
    def endpoint(self) -> str:
        """The URL of its S3 interface."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, tier: str = "MINIO", bucket: str = "") -> dict[str, str]:
        """The variables by which NoETL finds it."""
        prefix = f"NOETL_{tier}_"
        given = {
            f"{prefix}ENDPOINT": self.endpoint,
            f"{prefix}ACCESS_KEY": ACCESS_KEY,
            f"{prefix}SECRET_KEY": SECRET_KEY,
        }
        return given | ({f"{prefix}BUCKET": bucket} if bucket else {})

    def start(self, kinds: Sequence[str] = _KINDS) -> None:
        """Start the servers, and wait until they answer."""
        for kind in kinds:
            self._processes[kind] = self._spawn(kind)
        for kind in kinds:
            self._wait_for(kind)

    def stop(self) -> None:
        """End the servers."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def kill(self) -> None:
        """SIGKILL the server that clients talk to: nobody listens on its port."""
        process = self._processes.pop("proxy")
        process.kill()
        process.wait()

    def restart(self) -> None:
        """Start what ``kill`` has ended, on the same port."""
        self.start(("proxy",))

    def suspend(self) -> None:
        """SIGSTOP the server that clients talk to: it is there and does not answer."""
        psutil.Process(self._processes["proxy"].pid).suspend()

    def resume(self) -> None:
        """SIGCONT what ``suspend`` has stopped."""
        psutil.Process(self._processes["proxy"].pid).resume()

    def limit(self, bucket: str, size: int) -> None:
        """Let a bucket take no object that would make it larger than so many bytes.

        Said to the container server itself: the proxy wants a token, and those need a
        memcached.
        """
        for name in (bucket, f"{bucket}+segments"):
            path = f"/{_ACCOUNT}/{name}"
            digest = hashlib.md5(f"{path}{_HASH_SUFFIX}".encode()).digest()
            part = int.from_bytes(digest[:4], "big") >> (32 - _PART_POWER)
            request = urllib.request.Request(
                f"http://127.0.0.1:{self._ports['container']}/d1/{part}{path}",
                method="POST",
                headers={
                    "X-Timestamp": f"{time.time():016.05f}",
                    "X-Container-Meta-Quota-Bytes": str(size),
                },
            )
            with suppress(urllib.error.HTTPError):  # no parts were written yet
                urllib.request.urlopen(request, timeout=10).close()

    def _configure(self) -> None:
        (self._base / "devices/d1").mkdir(parents=True)
        (self._base / "swift.conf").write_text(
            f"[swift-hash]\nswift_hash_path_suffix = {_HASH_SUFFIX}\n"
            "[swift-constraints]\nmax_file_size = 5368709122\n"
        )
        for kind in _KINDS:
            text = _COMMON.format(
                port=self._ports[kind], base=self._base, user=_user_name()
            )
            if kind == "proxy":
                text += _PROXY.format(secret=SECRET_KEY, guest_secret=GUEST_SECRET_KEY)
                for name in _FILTERS:
                    text += f"\n[filter:{name}]\nuse = egg:swift#{name}\n"
            else:
                text += _STORAGE.format(kind=kind)
            (self._base / f"{kind}.conf").write_text(text)
        self._make_rings()

    def _make_rings(self) -> None:
        arguments = [
            f"{self._base / kind}:{self._ports[kind]}"
            for kind in _KINDS
            if kind != "proxy"
        ]
        subprocess.run([sys.executable, "-c", _RINGS, *arguments], check=True)

    def _spawn(self, kind: str) -> subprocess.Popen[bytes]:
        with (self._base / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(
                tied(_BIN / f"swift-{kind}-server", self._base / f"{kind}.conf"),
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
            )

    def _wait_for(self, kind: str) -> None:
        deadline = time.monotonic() + _STARTUP_SECONDS
        path = "healthcheck" if kind == "proxy" else "recon/none"
        url = f"http://127.0.0.1:{self._ports[kind]}/{path}"
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                log = (self._base / f"{kind}.log").read_text()
                ended = self._processes[kind].poll() is not None
                assert not ended, f"swift-{kind}-server ended: {log}"
                assert time.monotonic() < deadline, f"swift-{kind}-server: {log}"
                time.sleep(0.05)
            else:
                return


@contextmanager
def running_swift() -> Iterator[Swift]:
    """Run a new Swift in a temporary directory; it ends with the block."""
    with tempfile.TemporaryDirectory(
        prefix="noetl-swift-", ignore_cleanup_errors=True
    ) as name:
        swift = Swift(Path(name))
        try:
            swift.start()
            yield swift
        finally:
            swift.stop()


def _user_name() -> str:
    return psutil.Process().username()
