"""Policies of a pipeline, with the real template engine and scripted tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from noetl_worker.output import Output, TaskError
from noetl_worker.pipeline import Outcome, run_pipeline
from noetl_worker.plan import Tool, make_plan
from noetl_worker.scope import Scope

Answer = Callable[[Any], Output]


def ok(payload: Any = None) -> Output:
    return Output(payload)


def failed(status: int = 500, **headers: str) -> Output:
    error = TaskError("server_error", f"answered {status}", code=status)
    return Output({"data": None}, error, http={"status": status, "headers": headers})


def task(name: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "noop", "options": {}, "rules": list(rules), **more}


class Chunks:
    """Counts chunks as a stream does."""

    position = 0

    def rewind(self, position: int) -> None:
        self.position = position


class Bench:
    """Runs tasks whose answers are given, and keeps the names at the end."""

    def __init__(self, *tasks: dict[str, Any], **shared: Any) -> None:
        self.plan = make_plan({"tools": list(tasks)})
        self.scope = Scope(
            {"ctx": {}, "workload": {}, **shared}, steps={}, load=self._load
        )
        self.calls: list[str] = []

    async def _load(self, ref: str) -> Any:
        raise AssertionError(ref)

    def run(self, **answers: list[Output]) -> Outcome:
        async def call(tool: Tool, options: Any) -> Output:
            self.calls.append(tool.name)
            script = answers.get(tool.name)
            if script is None:
                return ok(options.get("result"))
            return script.pop(0) if len(script) > 1 else script[0]

        return asyncio.run(run_pipeline(self.plan, self.scope, call, Chunks()))


NOW = {"backoff": "none", "delay": 0}


def test_without_policy_ok_goes_on_and_an_error_ends() -> None:
    bench = Bench(task("a"), task("b"), task("c"))
    outcome = bench.run(b=[failed()])
    assert bench.calls == ["a", "b"]
    assert outcome.task == "b"
    assert outcome.error is not None
    assert outcome.error.code == 500


def test_retry_until_it_works() -> None:
    rule = {"when": "{{ output.http.status in [500] }}", "do": "retry", "attempts": 3}
    bench = Bench(task("a", {**rule, **NOW}))
    assert bench.run(a=[failed(), failed(), ok(7)]).output.payload == 7
    assert bench.calls == ["a"] * 3


def test_used_up_retry_stands_even_if_else_says_continue() -> None:
    retry = {"when": "{{ output.status == 'error' }}", "do": "retry", "attempts": 2}
    bench = Bench(
        task("a", {**retry, **NOW}, {"when": None, "do": "continue"}), task("b")
    )
    outcome = bench.run(a=[failed()])
    assert bench.calls == ["a", "a"]
    assert outcome.error is not None


def test_later_rule_that_matches_decides_after_a_used_up_retry() -> None:
    retry = {"when": "{{ output.status == 'error' }}", "do": "retry", "attempts": 2}
    later = {"when": "{{ output.http.status == 500 }}", "do": "continue"}
    bench = Bench(task("a", {**retry, **NOW}, later), task("b"))
    outcome = bench.run(a=[failed()], b=[ok(1)])
    assert bench.calls == ["a", "a", "b"]
    assert outcome.error is None


def test_rules_of_which_none_matches_continue() -> None:
    rule = {"when": "{{ output.http.status == 404 }}", "do": "fail"}
    bench = Bench(task("a", rule), task("b"))
    assert bench.run(a=[failed()]).error is None
    assert bench.calls == ["a", "b"]


def test_jump_with_set_pages_until_a_rule_stops_it() -> None:
    jump = {
        "when": "{{ output.data.more }}",
        "do": "jump",
        "to": "fetch",
        "set": [{"target": "iter.page", "value": "{{ (iter.page | default(1)) + 1 }}"}],
    }
    bench = Bench(task("fetch"), task("save", jump))
    bench.run(
        fetch=[ok()], save=[ok({"more": True}), ok({"more": True}), ok({"more": False})]
    )
    assert bench.calls == ["fetch", "save"] * 3
    assert bench.scope.names["iter"]["page"] == 3


def test_break_ends_well_and_fail_ends_badly_with_its_message() -> None:
    bench = Bench(task("a", {"when": None, "do": "break"}), task("b"))
    assert bench.run(a=[ok(1)]).output.payload == 1
    assert bench.calls == ["a"]
    rule = {
        "when": "{{ output.data.n > 1 }}",
        "do": "fail",
        "message": "n is {{ a.n }}",
    }
    outcome = Bench(task("a", rule)).run(a=[ok({"n": 2})])
    assert outcome.error is not None
    assert outcome.error.message == "n is 2"


def test_set_evaluates_all_right_sides_first() -> None:
    swap = [
        {"target": "local.x", "value": "{{ y }}"},
        {"target": "local.y", "value": "{{ x }}"},
        {"target": "ctx.a.b", "value": "{{ output.data }}"},
    ]
    bench = Bench(
        task("a", set=swap), task("b", options={"result": "{{ ctx.a.b }}"}), x=1, y=2
    )
    assert bench.run(a=[ok(5)]).output.payload == 5
    assert (bench.scope.names["x"], bench.scope.names["y"]) == (2, 1)
    assert bench.scope.ctx_writes == {"a.b": 5}


def test_names_of_earlier_tasks() -> None:
    shown = {
        "p": "{{ _prev.n }}",
        "r": "{{ results.a.n }}",
        "a": "{{ a.n }}",
        "e": "{{ a.error is defined }}",
    }
    bench = Bench(task("a"), task("b", options={"result": shown}))
    outcome = bench.run(a=[ok({"n": 4})])
    assert outcome.output.payload == {"p": 4, "r": 4, "a": 4, "e": False}


def test_retry_after_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    rule = {
        "when": "{{ output.status == 'error' }}",
        "do": "retry",
        "attempts": 4,
        "backoff": "exponential",
        "delay": 1,
    }
    bench = Bench(task("a", rule))
    bench.run(a=[failed(429, **{"retry-after": "7"}), failed(), failed(), ok()])
    assert slept[0] == 7
    assert 2 <= slept[1] <= 2.5
    assert 4 <= slept[2] <= 5


def test_error_in_a_template_fails_the_task_with_its_name() -> None:
    outcome = Bench(task("a", options={"x": "{{ 1 / 0 }}"})).run()
    assert outcome.error is not None
    assert outcome.error.kind == "template"
    assert "a" in outcome.error.message


def test_time_limit_of_a_task_is_an_error_of_kind_timeout() -> None:
    plan = make_plan({"tools": [task("a", timeout="{{ 0.05 }}")]})

    async def call(tool: Tool, options: Any) -> Output:
        await asyncio.sleep(10)
        return ok()

    async def load(ref: str) -> Any:
        raise AssertionError(ref)

    outcome = asyncio.run(
        run_pipeline(plan, Scope({}, steps={}, load=load), call, Chunks())
    )
    assert outcome.error is not None
    assert outcome.error.kind == "timeout"


def test_retry_yields_its_chunks_again_and_the_next_task_goes_on_counting() -> None:
    retry = {"when": "{{ output.status == 'error' }}", "do": "retry", "attempts": 3}
    plan = make_plan({"tools": [task("a"), task("b", {**retry, **NOW}), task("c")]})
    chunks = Chunks()
    seen: list[tuple[str, int]] = []
    answers = [ok(), failed(), failed(), ok(), ok()]

    async def load(ref: str) -> Any:
        raise AssertionError(ref)

    async def call(tool: Tool, options: Any) -> Output:
        seen.append((tool.name, chunks.position))
        chunks.position += 2
        return answers.pop(0)

    outcome = asyncio.run(
        run_pipeline(plan, Scope({}, steps={}, load=load), call, chunks)
    )
    assert outcome.error is None
    assert seen == [("a", 0), ("b", 2), ("b", 2), ("b", 2), ("c", 4)]
