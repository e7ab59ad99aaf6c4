"""What a run has stored: listed, read as it was stored, traced to where it comes from."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from noetl_shell.cli.output import size
from noetl_worker.files import whole_file
from tests.cli.support import Cli, wait_for

ROWS = 200_000
PLAYBOOK = f"""\
apiVersion: noetl.io/v2
kind: Playbook
metadata: {{ name: stored, path: t/stored }}
workflow:
  - step: rows
    tool:
      kind: python
      code: "result = {{'rows': [{{'id': n, 'name': 'x' * 30}} for n in range({ROWS})]}}"
    next: {{ arcs: [ {{ step: text }} ] }}
  - step: text
    spec: {{ result: {{ ttl: 7d }} }}
    tool:
      kind: python
      input: {{ count: "{{{{ rows.rows | length }}}}" }}
      code: "result = {{'text': 'ü' * 2000, 'count': count}}"
    next: {{ arcs: [ {{ step: packed }} ] }}
  - step: packed
    spec: {{ result: {{ store: pvc, format: json, compression: gzip, scope: execution }} }}
    tool: {{ kind: noop, result: {{ text: "{{{{ text.text }}}}" }} }}
    next: {{ arcs: [ {{ step: table }} ] }}
  - step: table
    spec: {{ result: {{ store: pvc, format: parquet }} }}
    tool: {{ kind: python, code: "result = [{{'n': n}} for n in range(1000)]" }}
    next: {{ arcs: [ {{ step: small }} ] }}
  - step: small
    tool: {{ kind: noop, result: "{{{{ packed.text | length }}}}" }}
"""


@dataclass(frozen=True)
class Run:
    id: str
    refs: dict[str, str]


@pytest.fixture(scope="module")
def run(cli: Cli) -> Run:
    found = cli.json("run", cli.write("stored.yaml", PLAYBOOK))
    assert found["result"] == 2000
    listed = cli.json("result", "ls", found["execution_id"])
    return Run(found["execution_id"], {entry["step"]: entry["ref"] for entry in listed})


@pytest.fixture
def place(cli: Cli, tmp_path: Path) -> Path:
    return tmp_path / "object"


def row_of(cli: Cli, ref: str) -> dict[str, Any]:
    with cli.connect() as conn:
        row = conn.execute(
            "select physical_uri, bytes, sha256 from noetl.result_ref where ref = %s",
            (ref,),
        ).fetchone()
    assert row is not None
    return {
        "path": Path(row[0].removeprefix("file://")),
        "bytes": row[1],
        "sum": row[2],
    }


def test_ls_tells_what_there_is(cli: Cli, run: Run) -> None:
    listed = {entry["step"]: entry for entry in cli.json("result", "ls", run.id)}
    assert list(listed) == ["rows", "text", "packed", "table"]
    assert (listed["rows"]["row_count"], listed["rows"]["store_tier"]) == (ROWS, "pvc")
    assert listed["text"]["store_tier"] == "db"
    lines = cli("result", "ls", run.id).stdout.splitlines()
    cells = dict(zip(listed, (line.split("\t") for line in lines), strict=True))
    ref, step, name, tier, kind, rows, size, _, until = cells["rows"]
    assert (ref, step, name, tier) == (run.refs["rows"], "rows", "result", "pvc")
    assert (kind, rows, until) == ("ndjson", str(ROWS), "")
    assert size == f"{listed['rows']['bytes'] / 2**20:.1f} MB"
    assert cells["text"][8].startswith("20")
    assert cells["packed"][8] == "end of execution"


def test_ls_takes_page_after_page(
    cli: Cli, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noetl_shell.cli import results

    monkeypatch.setattr(results, "_PAGE", 1)
    with cli.connect() as conn:
        found = list(results._all_results(conn, int(run.id)))
    assert [item.ref for item in found] == list(run.refs.values())


def test_tables_on_narrow_terminals_cut_no_reference(cli: Cli, run: Run) -> None:
    for arguments in (("result", "ls", run.id), ("trace", run.id, "small")):
        shown = cli.on_terminal(*arguments, columns=40)
        assert run.refs["rows"] in shown
        assert "…" not in shown


def test_run_without_stored_results(cli: Cli, run: Run) -> None:
    text = PLAYBOOK.partition("workflow:")[0].replace("t/stored", "t/nothing")
    playbook = cli.write("nothing.yaml", text + "workflow: [ { step: a } ]\n")
    empty = cli.json("run", playbook)["execution_id"]
    done = cli("result", "ls", empty)
    assert done.stdout == ""
    assert f"noetl result get {empty} STEP" in done.stderr
    assert cli.json("result", "ls", empty) == []
    assert "does not exist" in cli("result", "ls", "5", code=2).stderr


def test_get_writes_the_bytes_as_stored(cli: Cli, run: Run, place: Path) -> None:
    for step in ("rows", "packed", "table"):
        stored = row_of(cli, run.refs[step])
        told = cli("result", "get", run.refs[step], "-o", place, "--force").stdout
        assert place.read_bytes() == stored["path"].read_bytes()
        assert hashlib.sha256(place.read_bytes()).hexdigest() == stored["sum"]
        assert str(place) in told
    assert json.loads(
        gzip.decompress(row_of(cli, run.refs["packed"])["path"].read_bytes())
    )
    piped = cli("result", "get", run.refs["rows"]).stdout
    assert piped.encode() == row_of(cli, run.refs["rows"])["path"].read_bytes()
    assert list(place.parent.iterdir()) == [place]


def test_get_of_a_step_is_its_latest_result(cli: Cli, run: Run) -> None:
    assert json.loads(cli("result", "get", run.id, "small").stdout) == 2000
    assert json.loads(cli("result", "get", run.id, "text").stdout)["count"] == ROWS
    by_ref = cli("result", "get", run.refs["rows"]).stdout
    assert cli("result", "get", run.id, "rows").stdout == by_ref


def test_terminal_gets_only_what_people_read(cli: Cli, run: Run) -> None:
    assert '"count": 200000' in cli.on_terminal("result", "get", run.refs["text"])
    assert "ü" in cli.on_terminal("result", "get", run.refs["text"])
    assert cli.on_terminal("result", "get", run.id, "small") == "2000\n"
    assert '"id":199999' in cli.on_terminal("result", "get", run.refs["rows"])
    shown = cli.on_terminal("result", "get", run.refs["table"], code=2)
    assert "parquet, not text" in shown
    assert "-o FILE" in shown
    assert "gunzip" in cli.on_terminal("result", "get", run.refs["packed"], code=2)


def test_terminal_shows_how_much_of_a_large_object_is_there(
    cli: Cli, run: Run, place: Path
) -> None:
    shown = cli.on_terminal("result", "get", run.refs["rows"], "-o", place)
    assert f"{size(place.stat().st_size)} of {size(place.stat().st_size)}" in shown
    small = cli.on_terminal("result", "get", run.refs["packed"], "-o", f"{place}.gz")
    assert len(small.splitlines()) == 1


def test_get_does_not_overwrite(cli: Cli, run: Run, place: Path) -> None:
    place.write_text("mine")
    done = cli("result", "get", run.refs["text"], "-o", place, code=2)
    assert "--force" in done.stderr
    assert place.read_text() == "mine"
    cli("result", "get", run.refs["text"], "-o", place, "--force")
    assert json.loads(place.read_text())["count"] == ROWS
    refused = (place.parent, place.parent / "no" / "where", "/dev/null")
    for path in refused:
        done = cli("result", "get", run.refs["text"], "-o", path, "--force", code=None)
        assert done.returncode in (1, 2)
        assert done.stderr.startswith("error: ")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("flipped", "sha256 differs"),
        ("cut", "it is shorter"),
        ("longer", "it is longer"),
        ("gone", "there is no"),
    ],
)
def test_what_is_not_as_stored_is_one_error(
    cli: Cli, run: Run, place: Path, damage: str, words: str
) -> None:
    path = row_of(cli, run.refs["rows"])["path"]
    data = path.read_bytes()
    path.unlink()
    changed = {"flipped": data[:-9] + b"?" + data[-8:], "cut": data[:-1]}
    changed["longer"] = data + b"\n"
    if damage in changed:
        path.write_bytes(changed[damage])
    try:
        for more in (["-o", place], []) if damage == "cut" else (["-o", place],):
            done = cli("result", "get", run.refs["rows"], *more, code=1)
            error, hint = done.stderr.splitlines()
            assert run.refs["rows"] in error
            assert error.startswith("error: cannot read ")
            assert words in error
            assert hint.startswith("hint: ")
        assert list(place.parent.iterdir()) == []
    finally:
        path.write_bytes(data)


def test_other_settings_than_the_workers_have_are_told(
    cli: Cli, run: Run, tmp_path: Path
) -> None:
    cli.environment = {"NOETL_PVC_MOUNT_PATH": str(tmp_path / "other")}
    try:
        done = cli("result", "get", run.refs["rows"], code=1)
        with cli.connect() as conn:
            conn.execute(
                "insert into noetl.result_ref (ref, execution_id, name, store_tier,"
                " physical_uri, content_type, bytes, sha256, created_at) values"
                " ('noetl://7/result/1', 7, 'r', 's3', 's3://b/k', 'text/plain', 1,"
                " repeat('0', 64), now())"
            )
            ref = "update noetl.result_ref set ref = 'noetl://7/result/' || ref_id"
            row = conn.execute(f"{ref} where execution_id = 7 returning ref").fetchone()
            assert row is not None
        unconfigured = cli("result", "get", row[0], code=1)
    finally:
        cli.environment = {}
    assert "is not under" in done.stderr
    assert "NOETL_*" in done.stderr
    assert not (tmp_path / "other").exists()
    assert "NOETL_S3_BUCKET" in unconfigured.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["result", "get", "abc"], "noetl result ls"),
        (["result", "get", "noetl://1/result/1"], "no result is stored"),
        (["result", "get", "1234"], "which step"),
        (["result", "get", "abc", "step"], "is not an execution id"),
        (["result", "get", "1234", "step"], "no finished step"),
        (["result", "ls", "abc"], "is not an execution id"),
        (["trace", "1234", "step"], "no finished step"),
    ],
)
def test_what_cannot_be_found_is_told(
    cli: Cli, arguments: list[str], words: str
) -> None:
    assert words in cli(*arguments, code=2).stderr


def test_removed_result_stays_listed(cli: Cli, run: Run) -> None:
    with cli.connect() as conn:
        update = "update noetl.result_ref set removed_at = {} where ref = %s"
        conn.execute(update.format("now()").encode(), (run.refs["text"],))
        try:
            shown = cli("result", "ls", run.id).stdout
            done = cli("result", "get", run.refs["text"], code=2)
        finally:
            conn.execute(update.format("null").encode(), (run.refs["text"],))
    assert "\tremoved 20" in shown
    assert "expired" in done.stderr


def test_trace_is_a_tree_of_what_it_was_made_from(cli: Cli, run: Run) -> None:
    found = cli.json("trace", run.id, "small")
    assert (found[0]["step"], found[0]["ref"]) == ("small", None)
    assert {entry["step"] for entry in found} == {"small", "packed", "text", "rows"}
    shown = cli.on_terminal("trace", run.id, "small", columns=200).splitlines()
    names = [line.split("noetl://")[0].split("in its")[0].rstrip() for line in shown]
    assert names[1:] == ["small", "  packed", "    text", "      rows"]
    assert shown[2].rstrip().endswith("text")
    lines = cli("trace", run.id, "small").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_get_leaves_no_file(
    cli: Cli, run: Run, place: Path, number: signal.Signals
) -> None:
    huge = cli.home / "results" / "exec" / "8" / "huge"
    huge.parent.mkdir(parents=True, exist_ok=True)
    with huge.open("wb") as file:
        file.truncate(4 << 30)
    with cli.connect() as conn:
        row = conn.execute(
            "insert into noetl.result_ref (ref, execution_id, name, store_tier,"
            " physical_uri, content_type, bytes, sha256, created_at) values"
            " ('', 8, 'r', 'pvc', %s, 'text/plain', 4::bigint << 30, repeat('0', 64),"
            " now()) returning ref_id",
            (f"file://{huge}",),
        ).fetchone()
        assert row is not None
        ref = f"noetl://8/result/{row[0]}"
        conn.execute("update noetl.result_ref set ref = %s where ref = ''", (ref,))
    try:
        with cli.start("result", "get", ref, "-o", place) as running:
            wait_for(lambda: list(place.parent.iterdir()))
            running.send_signal(number)
            assert running.wait(60) == 130
        assert list(place.parent.iterdir()) == []
    finally:
        huge.unlink()


def test_file_is_whole_or_not_there(tmp_path: Path) -> None:
    place, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(place)
    with whole_file(link) as file:
        file.write(b"one")
        assert not place.exists()
    assert link.is_symlink()
    with suppress(KeyboardInterrupt), whole_file(place) as file:
        file.write(b"two")
        raise KeyboardInterrupt
    assert place.read_bytes() == b"one"
    with pytest.raises(OSError, match="no file"), whole_file(tmp_path):
        pass
    assert sorted(tmp_path.iterdir()) == [place, link]
