"""What a task's rules decide about its output."""

from __future__ import annotations

import email.utils
import random
import time
from dataclasses import dataclass
from typing import Any, Final

from noetl_worker.output import Output, TaskError
from noetl_worker.plan import Rule, Tool
from noetl_worker.scope import Scope

ATTEMPTS_DEFAULT: Final = 3
DELAY_DEFAULT: Final = 1.0
DELAY_MAX: Final = 300.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens next, and by which rule."""

    do: str
    rule: Rule | None = None
    error: TaskError | None = None
    delay: float = 0.0


async def decide(tool: Tool, output: Output, attempt: int, scope: Scope) -> Decision:
    """The first rule that matches decides; without rules ok goes on and an error ends.

    When the attempts of a ``retry`` are used up, the failure stands: only a later rule
    with a condition of its own can still decide, ``else`` cannot.
    """
    if not tool.rules:
        return _standing(output) if output.error else Decision("continue")
    exhausted: TaskError | None = None
    for rule in tool.rules:
        if rule.when is None and exhausted is not None:
            continue
        if rule.when is not None and not await scope.resolve(rule.when.holds):
            continue
        if rule.do != "retry":
            return await _decided(rule, output, scope)
        attempts = await _number(rule.attempts, ATTEMPTS_DEFAULT, "attempts", scope)
        if attempt < attempts:
            return Decision(
                "retry", rule, delay=await retry_delay(rule, output, attempt, scope)
            )
        exhausted = exhausted or _exhausted(output, attempt)
    return Decision("fail", error=exhausted) if exhausted else Decision("continue")


async def _decided(rule: Rule, output: Output, scope: Scope) -> Decision:
    if rule.do != "fail":
        return Decision(rule.do, rule)
    message = await scope.render(rule.message)
    if message is None:
        error = output.error or TaskError("policy", "a rule of the task says fail")
    elif output.error is None:
        error = TaskError("policy", str(message))
    else:
        known = output.error
        error = TaskError(
            known.kind, str(message), code=known.code, retryable=known.retryable
        )
    return Decision("fail", rule, error=error)


def _standing(output: Output) -> Decision:
    return Decision("fail", error=output.error)


def _exhausted(output: Output, attempt: int) -> TaskError:
    return output.error or TaskError(
        "policy", f"still to be retried after {attempt} attempts"
    )


async def retry_delay(rule: Rule, output: Output, attempt: int, scope: Scope) -> float:
    """Seconds before the next attempt; never earlier than asked, by us or the server."""
    delay = await _number(rule.delay, DELAY_DEFAULT, "delay", scope)
    if rule.backoff == "none":
        delay = 0.0
    elif rule.backoff == "linear":
        delay *= attempt
    elif rule.backoff == "exponential":
        delay *= 2 ** min(attempt - 1, 20)
    spread = delay * random.uniform(1.0, 1.25)  # noqa: S311 - no secret
    return min(max(spread, _retry_after(output)), DELAY_MAX)


def _retry_after(output: Output) -> float:
    """Seconds that a server asks for, as a number or a date."""
    headers: Any = (output.http or {}).get("headers") or {}
    text = str(headers.get("retry-after", "")).strip()
    if text.isdigit():
        return float(text[:6])
    try:
        return max(
            0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        )
    except ValueError:
        return 0.0


async def _number(template: Any, default: float, name: str, scope: Scope) -> float:
    value = await scope.render(template)
    if value is None:
        return default
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TaskError(
            "template", f"{name} of a retry is not a number: {value!r}"
        ) from None
