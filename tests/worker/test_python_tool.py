"""User code fails its own command, whatever it does, and nothing else."""

from __future__ import annotations

import json
import re

import pytest

from tests.worker.conftest import Lab

STEP = """
- step: bad
  spec: {{ timeout: {timeout}, max_attempts: 1 }}
  tool:
    kind: python
    input: {{ n: 3 }}
    code: {code}
  next:
    arcs:
      - step: caught
        when: "{{{{ event.name == 'call.error' }}}}"
- step: caught
  tool: {{ kind: python, input: {{ e: "{{{{ bad.error }}}}" }}, code: "result = e" }}
"""


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("import os; os._exit(7)", "python", "exit code 7"),
        ("import os; os.abort()", "python", "signal 6"),
        ("import sys; sys.exit(1)", "python", "SystemExit: 1"),
        (
            "import os, time; os.closerange(0, 100); time.sleep(60)",
            "python",
            "closed its channel",
        ),
        ("import ctypes; ctypes.string_at(0)", "python", "signal 11"),
        ("while True: pass", "timeout", "2 seconds"),
        ("while True: print('x' * 100000)", "python", "printed more than"),
        ("input()", "python", "EOFError"),
        ("x = 1\ny = x / 0", "python", "ZeroDivisionError"),
        ("def f(): f()\nf()", "python", "RecursionError"),
        ("result = float('nan')", "python", "result is nan"),
        ("result = {'a': [object()]}", "python", "result.a[0] is a object"),
        ("x = (", "python", "SyntaxError"),
    ],
)
def test_code_fails_its_command_only(
    lab: Lab, code: str, kind: str, message: str
) -> None:
    lab.worker()
    seconds = 2 if kind == "timeout" else 60
    status = lab.run(STEP.format(code=json.dumps(code), timeout=seconds))
    assert status["status"] == "completed", status["error"]
    assert status["result"]["kind"] == kind
    assert message in status["result"]["message"]


def test_error_names_the_line_of_the_users_code(lab: Lab) -> None:
    lab.worker()
    code = json.dumps("a = 1\ndef f():\n    return a / 0\nresult = f()\n")
    status = lab.run(STEP.format(code=code, timeout=60))
    assert status["result"]["line"] == 3
    assert status["result"]["task"] == "bad"


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("result = n + 1", 4),
        ("n = n + 1\nif n > 3: return n\nreturn 0", 4),
        ("def main(n, m=2): return n * m", 6),
        ("async def main(input_data): return input_data", {"n": 3}),
        ("import asyncio\nawait asyncio.sleep(0)\nreturn args['n']", 3),
        ("result = context['execution_id'] > 0", True),
        (("from datetime import date\nfrom decimal import Decimal\n"
         "result = [date(2024, 1, 2), Decimal('1.5'), {1}]"), ["2024-01-02", 1.5, [1]]),
        ("result = 2 ** 70", 2**70),
        ("import os\nresult = [k for k in os.environ if 'NOETL' in k or 'PASS' in k]", []),
        ("pass", None),
    ],
)  # fmt: skip
def test_forms_of_code(lab: Lab, code: str, result: object) -> None:
    lab.worker()
    status = lab.run(STEP.format(code=json.dumps(code), timeout=60))
    assert status["status"] == "completed", status["error"]
    assert status["result"] == result


def test_prints_go_to_the_log(lab: Lab) -> None:
    lab.worker()
    lab.run(STEP.format(code=json.dumps("print('hello from code')"), timeout=60))
    assert "bad/bad: hello from code" in lab.log()


def test_prints_are_logged_with_the_item_that_printed_them(lab: Lab) -> None:
    lab.worker()
    lab.run("""
- step: many
  loop: { in: "{{ range(200) }}", iterator: n, spec: { mode: parallel, max_in_flight: 8 } }
  tool: { kind: python, input: { n: "{{ iter.n }}" }, code: "print('said', n)" }
""")
    said = re.findall(r"-0*(\d+)-1 many/many: said (\d+)", lab.log())
    assert len(said) == 200
    assert all(item == printed for item, printed in said)


def test_waiting_for_a_process_is_not_counted_as_running(lab: Lab) -> None:
    lab.worker()
    status = lab.run("""
- step: busy
  spec: { timeout: 4 }
  loop:
    in: "{{ range(10) | list }}"
    iterator: n
    spec: { mode: parallel, max_in_flight: 10 }
  tool: { kind: python, code: "import time; time.sleep(1)" }
""")
    assert status["status"] == "completed", status["error"]
