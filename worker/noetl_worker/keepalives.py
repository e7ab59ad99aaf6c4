"""What notices a lost network on every connection of ours, the command line's too."""

from __future__ import annotations

from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

# A server that vanished without a word is noticed within half a minute; the system's own
# patience is hours.
_KEEPALIVES: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def keepalives(conninfo: str) -> dict[str, Any]:
    """Connection parameters that notice a lost network, but for those given."""
    given = conninfo_to_dict(conninfo)
    return {name: value for name, value in _KEEPALIVES.items() if name not in given}
