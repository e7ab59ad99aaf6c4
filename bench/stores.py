"""A large object to a store and back, beside what the machine does without us.

S3 is compared with boto3's own ``upload_file`` and ``download_file``, files with ``cp`` and
``sync`` there, ``cat`` back, and ``cp`` back into a file.
Each pass is a process of its own (``python -m bench.stores CASE …``), so that its memory is
known; passes alternate, because a machine's speed varies.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bench.memory import Peaks, measured_memory
from bench.rig import BenchError
from noetl_worker.results.digest import Sha256
from noetl_worker.results.objects import read_whole
from noetl_worker.stores.base import ObjectStore, StoreTier
from noetl_worker.stores.registry import Stores
from noetl_worker.stores.settings import StoreSettings
from tests.support.swift import running_swift

BUCKET: Final = "noetl-bench"
S3_CASES: Final = ("boto3", "boto3_4", "s3", "s3_sha256")
PVC_CASES: Final = ("cp", "pvc", "pvc_sha256")
_BLOCK: Final = 1 << 20
_SECONDS: Final = 600


def measure_stores(size: int, repeats: int) -> dict[str, Any]:
    """Measure all cases: the shortest times of the repeats, the largest memory."""
    with (
        running_swift() as swift,
        tempfile.TemporaryDirectory(prefix="noetl-bench-stores-") as name,
    ):
        base = Path(name)
        source = base / "source"
        with source.open("wb") as file:
            for _ in range(size // _BLOCK):
                file.write(os.urandom(_BLOCK))
            os.fsync(file.fileno())
        environment = os.environ | swift.environment("MINIO", BUCKET)
        passes: dict[str, list[dict[str, float]]] = {}
        for _ in range(repeats):
            for case in S3_CASES + PVC_CASES:
                passes.setdefault(case, []).append(_pass(case, base, environment))
    figures: dict[str, Any] = {"bytes": size, "repeats": repeats}
    for case, found in passes.items():
        figures[case] = {
            key: (max if key.endswith("_mb") else min)([one[key] for one in found])
            for key in found[0]
        }
        for way in ("put", "get", "copy"):
            if f"{way}_s" in found[0]:
                figures[case][f"{way}_mb_per_s"] = (
                    size / 1e6 / figures[case][f"{way}_s"]
                )
    for case, plain in (("s3", "boto3"), ("pvc", "cp"), ("pvc_sha256", "cp")):
        for way in ("put", "get", "copy"):
            if f"{way}_s" in figures[case]:
                figures[f"{case}_{way}_ratio"] = (
                    figures[plain][f"{way}_s"] / figures[case][f"{way}_s"]
                )
    return figures


def _pass(case: str, base: Path, environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.stores", case, base],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if done.returncode != 0:
        raise BenchError(f"store case {case} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """One pass: there, back, and how long and how large."""
    case, base = sys.argv[1], Path(sys.argv[2])
    source, target = base / "source", base / "target"
    put, get, end = _ways(case, base)
    steps = [("put", put, source), ("get", get, target)]
    if case in PVC_CASES:
        steps[1:] = [("get", get, Path(os.devnull)), ("copy", get, target)]
    figures: dict[str, float] = {}
    for name, act, path in steps:
        resident = _resident_mb()
        with _peak() as peaks:
            begun, used = time.monotonic(), time.process_time()
            act(path)
            figures[f"{name}_s"] = time.monotonic() - begun
            figures[f"{name}_cpu_s"] = time.process_time() - used
        figures[f"{name}_above_mb"] = peaks.worker_mb - resident
    if target.stat().st_size != source.stat().st_size:
        raise BenchError(f"{target} is not what was stored")
    target.unlink()
    end()
    print(json.dumps(figures))


def _ways(
    case: str, base: Path
) -> tuple[Callable[[Path], None], Callable[[Path], None], Callable[[], None]]:
    """How a case stores a file, gets it back, and cleans up."""
    if case.startswith("boto3"):
        return _boto3_ways(at_once=4 if case == "boto3_4" else None)
    copy = base / "results" / "copy"
    if case == "cp":

        def put_copy(source: Path) -> None:
            subprocess.run(["cp", source, copy], check=True)
            subprocess.run(["sync", copy], check=True)

        copy.parent.mkdir(exist_ok=True)
        return (
            put_copy,
            lambda target: _get_copy(copy, target),
            copy.unlink,
        )
    stores = Stores(StoreSettings.from_environment(os.environ), base / "results")
    store = stores.get(StoreTier.PVC if case.startswith("pvc") else StoreTier.MINIO)
    with store.create("warm", "text/plain") as upload:
        upload.write(b"up")
        upload.commit()
    stored: list[str] = []

    def put(source: Path) -> None:
        stored.append(_put(store, source, hashed=case.endswith("sha256")))

    def get(target: Path) -> None:
        size = (base / "source").stat().st_size
        _get(store, target, size, stored[-1])

    return put, get, lambda: store.delete("large")


def _put(store: ObjectStore, source: Path, *, hashed: bool) -> str:
    """Store the file; its sha256, if that is wanted."""
    digest = Sha256()
    with source.open("rb") as file, store.create("large", "text/plain") as upload:
        while block := file.read(_BLOCK):
            if hashed:
                digest.update(block)
            upload.write(block)
        sha256 = digest.hexdigest() if hashed else ""
        upload.commit()
    digest.close()
    return sha256


def _get(store: ObjectStore, target: Path, size: int, sha256: str) -> None:
    """Read the object into a file, checked if its sha256 is known."""
    blocks = (
        read_whole(store, store.uri("large"), size, sha256)
        if sha256
        else store.read("large")
    )
    with target.open("wb") as file:
        for block in blocks:
            file.write(block)


def _get_copy(copy: Path, target: Path) -> None:
    """Copy the file, or read it if that goes nowhere."""
    if target == Path(os.devnull):
        subprocess.run(["cat", copy], check=True, stdout=subprocess.DEVNULL)
    else:
        subprocess.run(["cp", copy, target], check=True)


def _boto3_ways(
    *, at_once: int | None
) -> tuple[Callable[[Path], None], Callable[[Path], None], Callable[[], None]]:
    import boto3
    from boto3.s3.transfer import TransferConfig

    settings = StoreSettings.from_environment(os.environ).minio
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=settings.endpoint,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        region_name="us-east-1",
    )
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=BUCKET)
    config = TransferConfig(max_concurrency=at_once) if at_once else TransferConfig()
    return (
        lambda source: client.upload_file(str(source), BUCKET, "boto3", Config=config),
        lambda target: client.download_file(
            BUCKET, "boto3", str(target), Config=config
        ),
        lambda: client.delete_object(Bucket=BUCKET, Key="boto3"),
    )


@contextlib.contextmanager
def _peak() -> Iterator[Peaks]:
    with measured_memory([os.getpid()], os.getpid()) as peaks:
        yield peaks


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
