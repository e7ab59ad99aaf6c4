"""Which version of the engine's API these programs speak."""

from __future__ import annotations

from typing import Final

# Must be what the function noetl.api_version returns.
API_VERSION: Final = 1


class WrongVersionError(Exception):
    """The database speaks another version of the API; ``hint`` says what to upgrade."""

    def __init__(self, found: int | None) -> None:
        super().__init__(
            "the database has no NoETL schema, or a much older one"
            if found is None
            else f"the database speaks version {found} of NoETL's API, and this program"
            f" version {API_VERSION}"
        )
        is_older = found is None or found < API_VERSION
        self.hint = (
            "Upgrade the database: noetl db deploy, or sqitch deploy."
            if is_older
            else "Upgrade this program to the version of the database."
        )


def require_version(found: int | None) -> None:
    """Raise WrongVersionError unless it is ours; None: the database has no such function."""
    if found != API_VERSION:
        raise WrongVersionError(found)
