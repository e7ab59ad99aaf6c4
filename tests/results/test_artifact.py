"""Results that tasks store and read by reference: artifact and resolve."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from noetl_worker.results.objects import unpacked
from tests.worker.conftest import Lab

AGAIN = """
- step: work
  tool:
    - make: { kind: artifact, action: put, data: { n: 7 }, store: pvc }
    - use:
        kind: resolve
        ref: "{{ make.ref }}"
        spec:
          policy:
            rules:
              - when: "{{ output.error.code == 'REFERENCE_NOT_AVAILABLE' }}"
                then: { do: jump, to: previous, set: { again: true } }
              - when: "{{ output.status == 'ok' and again is not defined }}"
                then: { do: retry, attempts: 500, delay: 0.05 }
"""


@pytest.fixture
def busy(lab: Lab) -> Lab:
    # Nothing is kept: what is read is read where it lies.
    lab.worker(NOETL_WORKER_CACHE_BYTES="1")
    return lab


def task(lab: Lab, *tasks: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """Run a pipeline; how its run ended."""
    steps = [
        {
            "step": "work",
            "spec": spec,
            "tool": [{f"t{n}": task} for n, task in enumerate(tasks)],
        }
    ]
    return lab.run(json.dumps(steps))


def put(**options: Any) -> dict[str, Any]:
    return {"kind": "artifact", "action": "put", **options}


def get(**options: Any) -> dict[str, Any]:
    return {"kind": "artifact", "action": "get", **options}


def result_of(status: dict[str, Any]) -> Any:
    assert status["status"] == "completed", status["error"]
    return status["result"]


def error_of(status: dict[str, Any]) -> dict[str, Any]:
    assert status["status"] == "failed", status["result"]
    error: dict[str, Any] = status["error"]
    return error


def rows(lab: Lab) -> list[dict[str, Any]]:
    return lab.conn.execute("select * from noetl.result_ref order by ref_id").fetchall()


def path_of(row: dict[str, Any]) -> Path:
    return Path(row["physical_uri"].removeprefix("file://"))


def test_result_that_is_gone_is_made_again(busy: Lab) -> None:
    run = busy.start(AGAIN)
    results = busy.home / "results"

    def is_made() -> bool:
        return any(path.suffix == ".json" for path in results.rglob("*"))

    busy.until(is_made)
    busy.until(lambda: len(rows(busy)) == 1)
    path_of(rows(busy)[0]).unlink()
    assert result_of(busy.wait(run)) == {"n": 7}
    made = rows(busy)
    assert [row["name"] for row in made] == ["make-1", "make-2"]
    assert [path_of(row).exists() for row in made] == [False, True]


def test_result_that_was_altered_is_not_read(busy: Lab) -> None:
    change = (
        "cd {{ job.home }} && for f in $(find . -name '*.json'); do echo x >> $f; done"
    )
    status = task(
        busy,
        put(data={"n": 7}, store="pvc"),
        {
            "kind": "shell",
            "command": change.replace("{{ job.home }}", str(busy.home / "results")),
        },
        {"kind": "resolve", "ref": "{{ t0.ref }}"},
    )
    error = error_of(status)
    assert (error["kind"], error["code"]) == ("reference", "REFERENCE_NOT_AVAILABLE")
    assert "not what was stored" in error["message"]


def test_put_tells_where_it_is(busy: Lab) -> None:
    told = result_of(task(busy, put(data={"n": [1, 2]}, store="pvc")))
    (row,) = rows(busy)
    data = path_of(row).read_bytes()
    assert json.loads(data) == {"n": [1, 2]}
    assert told == {
        "ref": row["ref"],
        "store": "pvc",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "content_type": "application/json",
        "uri": row["physical_uri"],
    }


@pytest.mark.parametrize(
    ("options", "tier", "content_type"),
    [
        ({"data": {"rows": [1, 2, 3], "n": 3}}, "db", "application/json"),
        ({"data": {"rows": ["x" * 100] * 1000, "n": 3}}, "pvc", "application/json"),
        ({"data": [{"n": n} for n in range(9000)]}, "pvc", "application/x-ndjson"),
        ({"data": []}, "db", "application/json"),
        ({"data": False}, "db", "application/json"),
        ({"data": "text", "store": "pvc"}, "pvc", "application/json"),
        ({"text": "Grüße", "content_type": "text/markdown"}, "pvc", "text/markdown"),
        ({"input": {"text": ""}}, "pvc", "text/plain; charset=utf-8"),
    ],
)
def test_what_is_put_is_got(
    busy: Lab, options: dict[str, Any], tier: str, content_type: str
) -> None:
    status = task(
        busy, put(**options), get(input={"result_ref": "{{ t0 }}"}), store="auto"
    )
    given = {**options, **options.get("input", {})}
    wanted = given.get("data", given.get("text"))
    first = rows(busy)[0]
    assert (first["store_tier"], first["content_type"]) == (tier, content_type)
    if len(json.dumps(wanted)) < 1000:
        assert result_of(status) == wanted
    else:
        assert status["status"] == "completed"
        assert rows(busy)[1]["source_refs"] == [first["ref"]]


def test_files_are_streamed_in_and_out(busy: Lab, tmp_path: Path) -> None:
    source, target = tmp_path / "source.parquet", tmp_path / "target"
    source.write_bytes(os.urandom(5_000_000))
    target.write_text("of an earlier attempt")
    told = result_of(
        task(
            busy,
            put(path=str(source), input={"name": "report"}),
            get(ref="{{ t0.ref }}", path=str(target)),
        )
    )
    (row,) = rows(busy)
    assert (row["name"], row["content_type"]) == (
        "report-1",
        "application/vnd.apache.parquet",
    )
    assert target.read_bytes() == source.read_bytes()
    assert told == {
        "ref": row["ref"],
        "path": str(target),
        "bytes": 5_000_000,
        "content_type": row["content_type"],
    }
    assert sorted(path.name for path in tmp_path.glob("*.part")) == []


@pytest.mark.parametrize("spec", [{"compression": "gzip"}, {"store": "db"}, {}])
def test_file_holds_what_its_type_says(
    busy: Lab, tmp_path: Path, spec: dict[str, Any]
) -> None:
    target = tmp_path / "target"
    data = {"text": "x" * 300_000} if spec != {} else {"n": 1}
    status = task(
        busy,
        {"kind": "noop", "result": data},
        put(data="{{ t0 }}"),
        {"kind": "resolve", "ref": "{{ t1.ref }}", "path": str(target)},
        result=spec,
    )
    assert status["status"] == "completed", status["error"]
    assert json.loads(target.read_text()) == data


def test_damaged_object_leaves_no_file(busy: Lab, tmp_path: Path) -> None:
    target = tmp_path / "target"
    results = busy.home / "results"
    for compression, place in (("none", 300), ("gzip", 20), ("gzip", 300)):
        status = task(
            busy,
            put(data={"text": "x" * 300_000}),
            {
                "kind": "shell",
                "command": f"for f in $(find {results} -name '*.json');"
                f" do printf Q | dd of=$f bs=1 seek={place} conv=notrunc; done",
            },
            {"kind": "resolve", "ref": "{{ t0.ref }}", "path": str(target)},
            result={"compression": compression, "store": "pvc"},
        )
        assert error_of(status)["code"] == "REFERENCE_NOT_AVAILABLE"
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".noetl", "tar"))]


def test_file_that_takes_too_long_is_left(busy: Lab, tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(8 << 30)
    status = task(busy, put(path=str(huge), timeout=0.5))
    assert error_of(status)["kind"] == "timeout"
    results = busy.home / "results"
    busy.until(lambda: not any(path.is_file() for path in results.rglob("*")))
    assert rows(busy) == []


def test_scope_and_ttl_are_the_steps(busy: Lab) -> None:
    result_of(
        task(busy, put(data=1), put(data=2), result={"ttl": "7d", "scope": "execution"})
    )
    for row in rows(busy):
        assert row["scope"] == "execution"
        assert (row["expires_at"] - row["created_at"]).days == 7


def test_results_of_a_loop_are_resolved(busy: Lab) -> None:
    status = busy.run("""
- step: many
  loop: { in: [1, 2, 3], iterator: n }
  tool: { kind: noop, result: "{{ iter.n }}" }
  next: { arcs: [ { step: all } ] }
- step: all
  tool: { kind: resolve, ref: "{{ many.results_ref }}" }
""")
    assert result_of(status) == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        (put(), "template", "none of them"),
        (put(data=1, text="x"), "template", "data and text"),
        (put(data=1, content_type="text/csv"), "template", 'as "text"'),
        (put(text="x", content_type="no type"), "template", "content type"),
        (put(text="x", store="db"), "unsupported", "takes JSON"),
        (put(text="{{ [1] }}"), "template", "must be text"),
        (put(data=1, store="{{ 'nowhere' }}"), "template", "no store"),
        (put(data=1, store="s3"), "store", "NOETL_S3_BUCKET"),
        (put(path="/no/such/file"), "file", "No such file"),
        (put(path="/tmp"), "file", "it is no file"),
        (put(path="/dev/null"), "file", "it is no file"),
        (put(path=""), "file", "no path"),
        (put(data=1, input={"name": "x" * 201}), "template", "200 characters"),
        (get(), "template", "is not stored"),
        (get(ref="result/1"), "template", "no reference"),
        (get(ref="noetl://1/result/1"), "reference", "cannot read"),
        ({"kind": "artifact", "action": "{{ 'push' }}"}, "template", "get or put"),
        ({"kind": "resolve"}, "template", "is not stored"),
        ({"kind": "resolve", "input": "{{ [1] }}"}, "template", "mapping"),
    ],
)
def test_what_cannot_be_done_is_told(
    busy: Lab, options: dict[str, Any], kind: str, words: str
) -> None:
    error = error_of(task(busy, options))
    assert (error["kind"], words in error["message"]) == (kind, True), error


def test_file_that_cannot_be_written_is_told(busy: Lab, tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no" / "file", "ENOENT"), (tmp_path, "EISDIR")):
        status = task(busy, put(data=1), get(ref="{{ t0 }}", path=str(path)))
        error = error_of(status)
        assert (error["kind"], error["code"]) == ("file", code)


def test_text_that_is_not_of_its_type_is_told(busy: Lab, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{")
    error = error_of(task(busy, put(path=str(file)), get(ref="{{ t0 }}")))
    assert error["code"] == "REFERENCE_UNREADABLE"
    assert error["retryable"] is False


def test_unpacking_takes_any_blocks() -> None:
    data = os.urandom(3_000_000)
    packed = gzip.compress(data[:1_000_000]) + gzip.compress(data[1_000_000:])
    for size in (1000, 70_000, len(packed)):
        blocks = (packed[at : at + size] for at in range(0, len(packed), size))
        assert b"".join(unpacked(blocks)) == data
    with pytest.raises(EOFError):
        b"".join(unpacked(iter([packed[:-9]])))
