"""Tasks with a loop of their own, inside steps that loop already and in pipelines."""

from __future__ import annotations

from typing import Any

from tests.worker.conftest import Lab


def result_of(lab: Lab, workflow: str, **workload: Any) -> Any:
    lab.worker()
    status = lab.run(workflow, workload)
    assert status["status"] == "completed", status["error"]
    return status["result"]


def test_task_within_a_loop_knows_the_item_around_it(lab: Lab) -> None:
    workflow = """
    - step: pages
      loop: { in: "{{ workload.books }}", iterator: book, spec: { mode: parallel } }
      tool:
        kind: noop
        iterator: { items: "{{ iter.book.pages }}", item: page }
        result:
          place: "{{ [iter.parent.index, iter.index, loop_index] }}"
          text: "{{ iter.parent.book.name }}-{{ iter.page }}-{{ page }}"
          total: "{{ iter.total }}"
      set: { ctx.last: "{{ [iter.book.name, iter.index, output.data.total] }}" }
      next: { arcs: [ { step: told } ] }
    - step: told
      tool:
        kind: noop
        result: { pages: "{{ pages.results }}", last: "{{ ctx.last }}" }
    """
    books = [{"name": "a", "pages": [5, 6]}, {"name": "b", "pages": []}]
    result = result_of(lab, workflow, books=books)
    assert result["pages"] == [
        {
            "status": "complete",
            "total": 2,
            "done": 2,
            "failed": 0,
            "stats": {"total": 2, "success": 2, "failed": 0},
            "results": [
                {"place": [0, 0, 0], "text": "a-5-5", "total": 2},
                {"place": [0, 1, 1], "text": "a-6-6", "total": 2},
            ],
        },
        {
            "status": "complete",
            "total": 0,
            "done": 0,
            "failed": 0,
            "stats": {"total": 0, "success": 0, "failed": 0},
            "results": [],
        },
    ]
    assert result["last"] == ["b", 1, 0]


def test_task_of_a_pipeline_loops_over_what_the_one_before_gave(lab: Lab) -> None:
    workflow = """
    - step: squares
      tool:
        - numbers: { kind: noop, result: [ 1, 2, 3 ] }
        - square:
            kind: python
            iterator: { items: "{{ numbers }}", item: n }
            input: { n: "{{ iter.n }}", i: "{{ iter.index }}" }
            code: return [i, n * n]
            set: { seen: "{{ square.done }}" }
        - told:
            kind: noop
            result: "{{ [square.results, seen, iter.n is defined, n is defined] }}"
    """
    assert result_of(lab, workflow) == [[[0, 1], [1, 4], [2, 9]], 3, False, False]


def test_task_that_does_nothing_does_it_for_each_item(lab: Lab) -> None:
    """A known step of nothing but noops takes a shorter way, which knows no items."""
    workflow = """
    - step: a
      loop: { in: [ 1, 2, 3 ] }
      tool: { kind: noop, iterator: { items: [ 5, 6 ] }, result: 7 }
      next: { arcs: [ { step: told } ] }
    - step: told
      tool: { kind: noop, result: "{{ a.results | map(attribute='results') | list }}" }
    """
    assert result_of(lab, workflow) == [[7, 7]] * 3


def test_failed_item_fails_the_task_and_says_which(lab: Lab) -> None:
    lab.worker()
    workflow = """
    - step: divide
      loop: { in: [ 7 ], iterator: a }
      tool:
        kind: python
        iterator: { items: [ 1, 0, 2 ], item: b }
        input: { a: "{{ iter.parent.a }}", b: "{{ iter.b }}" }
        code: return a / b
    """
    status = lab.run(workflow)
    assert status["status"] == "failed"
    error = status["error"]
    assert (error["item"], error["kind"], error["code"]) == (
        0,
        "python",
        "ZeroDivisionError",
    )
    assert "item 0: item 1: " in error["message"]


def test_rules_of_the_task_see_the_item_that_failed(lab: Lab) -> None:
    workflow = """
    - step: ask
      tool:
        - ask:
            kind: shell
            iterator: { items: [ 0, 3 ], item: code }
            command: "exit {{ iter.code }}"
            spec:
              policy:
                rules:
                  - when: "{{ 'item 1' in output.error.message }}"
                    then: { do: continue }
        - told: { kind: noop, result: "{{ ask.error.message }}" }
    """
    assert "item 1" in result_of(lab, workflow)


def test_what_is_no_list_fails_the_task(lab: Lab) -> None:
    lab.worker()
    workflow = """
    - step: a
      tool: [ { kind: noop, name: t, iterator: { items: "{{ workload.n }}" } } ]
    """
    status = lab.run(workflow, {"n": 3})
    assert status["status"] == "failed"
    assert "iterator.items of t is no list" in status["error"]["message"]


def test_each_item_of_a_task_has_its_own_child(lab: Lab) -> None:
    lab.worker()
    child = """
    - step: a
      tool: { kind: noop, result: "{{ workload.n }}" }
    """
    path = lab.status(lab.start(child, {"n": 0}))["path"]
    workflow = f"""
    - step: families
      loop: {{ in: [ 1, 2 ], iterator: m }}
      tool:
        kind: playbook
        path: {path}
        iterator: {{ items: [ 10, 20 ], item: n }}
        input: {{ n: "{{{{ iter.parent.m * iter.n }}}}" }}
      next: {{ arcs: [ {{ step: told }} ] }}
    - step: told
      tool:
        kind: noop
        result: "{{{{ families.results | map(attribute='results') | list }}}}"
    """
    status = lab.run(workflow)
    assert status["status"] == "completed", status["error"]
    assert status["result"] == [[10, 20], [20, 40]]
    assert lab.count("select count(*) from noetl.run where path = %s", path) == 5
