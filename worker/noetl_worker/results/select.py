"""The fields that stay readable in the event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noetl_worker.jsonable import encode
from noetl_worker.output import TaskError
from noetl_worker.plan import INLINE_MAX


def select_fields(payload: Any, select: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields that ``output_select`` keeps readable in the event."""
    chosen: dict[str, Any] = {}
    for path, name in select:
        value = payload
        for key in path.removeprefix("$").strip(".").split("."):
            if isinstance(value, Mapping) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                break
        else:
            chosen[name] = value
    if len(encode(chosen)) > INLINE_MAX:
        raise TaskError(
            "result", f"the fields of output_select have more than {INLINE_MAX} bytes"
        )
    return chosen
