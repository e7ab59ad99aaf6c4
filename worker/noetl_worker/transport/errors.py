"""What a call of the engine can end with, whichever way it took."""

from __future__ import annotations

import random
from typing import Final

_BACKOFF_FIRST: Final = 0.05
_BACKOFF_LAST: Final = 2.0  # work goes on within 5 s of a restart
_TRANSIENT: Final = frozenset({"40001", "40P01", "55P03"})


class EngineAwayError(Exception):
    """Nobody answers, or nobody who could: the same call may be made again later."""


class ApiUnusableError(EngineAwayError):
    """What answers will not serve this process as it is set up; ``hint`` says what to do.

    At the start of a process somebody must change something; later it may pass, since
    tokens are replaced and proxies are mended.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class EngineRefusedError(Exception):
    """The engine refused a call. Match on ``sqlstate``; the wording may change."""

    def __init__(
        self, message: str, *, sqlstate: str = "", hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.hint = hint

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed when others have finished theirs."""
        return self.sqlstate in _TRANSIENT


class SessionEndedError(EngineRefusedError):
    """NE401: the session has ended; drop what it held and register again."""


class SupersededError(SessionEndedError):
    """NE410: another process works under this worker's name; stop."""


_BY_SQLSTATE: Final[dict[str, type[EngineRefusedError]]] = {
    "NE401": SessionEndedError,
    "NE410": SupersededError,
}


def refusal(
    message: str, *, sqlstate: str = "", hint: str | None = None
) -> EngineRefusedError:
    """The engine's refusal with this code, as the exception that stands for it."""
    kind = _BY_SQLSTATE.get(sqlstate, EngineRefusedError)
    return kind(message, sqlstate=sqlstate, hint=hint)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row; random, so that fleets spread."""
    longest = min(_BACKOFF_LAST, _BACKOFF_FIRST * 2 ** min(failures, 10))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


def describe(error: BaseException) -> str:
    """One line of an error, for a log."""
    return " ".join(str(error).split())[:300] or type(error).__name__
