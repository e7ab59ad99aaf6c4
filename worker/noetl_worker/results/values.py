"""Values of databases and tables as JSON has them."""

from __future__ import annotations

import math
from typing import Any

from noetl_worker.jsonable import decode, encode


def plain(value: Any) -> Any:
    """As JSON; NaN and infinities as text, as the postgres tool gives them."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return decode(encode(value))
