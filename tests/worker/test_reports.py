"""A report is kept until it is confirmed; one bad report never blocks the others."""

from __future__ import annotations

import uuid
from typing import Any

from noetl_worker.reports import Reports


def reports(*names: str) -> Reports:
    made = Reports(uuid.uuid4())
    for name in names:
        made.add(
            {
                "command_id": name,
                "execution_id": 1,
                "type": "command.completed",
                "meta": {},
            }
        )
    return made


def sent(made: Reports) -> list[str]:
    return [event["command_id"] for event in made.batch()]


def answer(**given: Any) -> dict[str, Any]:
    return {"recorded": 0, "late": 0, "retry": [], "rejected": [], **given}


def refusal(index: int) -> dict[str, Any]:
    return {"index": index, "sqlstate": "23514", "message": "too large"}


def test_what_was_not_answered_is_sent_again() -> None:
    made = reports("a", "b")
    assert sent(made) == ["a", "b"]
    assert sent(made) == ["a", "b"]
    made.confirm(answer())
    assert sent(made) == []


def test_only_what_is_to_be_retried_stays() -> None:
    made = reports("a", "b", "c")
    made.batch()
    made.add(
        {"command_id": "d", "execution_id": 1, "type": "command.completed", "meta": {}}
    )
    made.confirm(answer(retry=[1]))
    assert made.command_ids == ["b", "d"]


def test_refused_batch_is_sent_one_by_one_and_the_bad_one_fails() -> None:
    made = reports("good", "bad")
    made.batch()
    made.confirm(answer(rejected=[refusal(0), refusal(1)]))
    assert sent(made) == ["good"]
    made.confirm(answer(recorded=1))
    assert sent(made) == ["bad"]
    made.confirm(answer(rejected=[refusal(0)]))
    (event,) = made.batch()
    assert event["type"] == "command.failed"
    assert "too large" in event["error"]["message"]
    made.confirm(answer(rejected=[refusal(0)]))
    assert len(made) == 0


def test_cancelled_command_is_not_reported() -> None:
    made = reports("a", "b")
    made.drop("a")
    assert sent(made) == ["b"]
