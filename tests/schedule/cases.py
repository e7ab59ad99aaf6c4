"""Cron expressions, zones and moments to ask at, most of them near a change of clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

# Clocks change at full hours, by a full hour, and not at midnight (Troll: by two).
PLAIN_ZONES: Final = (
    *("UTC", "Asia/Kolkata", "Europe/Berlin", "Europe/Dublin", "America/New_York"),
    *("Antarctica/Troll", "America/St_Johns"),
)
# At midnight, by half an hour, at 02:45, twice a year around Ramadan, by a whole day.
ODD_ZONES: Final = (
    *("Asia/Beirut", "America/Santiago", "America/Havana", "America/Asuncion"),
    *("Atlantic/Azores", "Africa/Cairo", "America/Sao_Paulo", "Asia/Tehran"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "Pacific/Apia"),
)
# St. John's turned its clocks back over midnight until 2011; later rules may change.
FIRST: Final = datetime(2011, 12, 1, tzinfo=UTC)
LAST: Final = datetime(2025, 1, 1, tzinfo=UTC)

_MONTHS: Final = [
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]


@dataclass(frozen=True, slots=True)
class Case:
    """When does ``cron`` fire next in ``zone`` after a moment?"""

    cron: str
    zone: str
    after: datetime

    @property
    def is_real_time(self) -> bool:
        """Whether it follows the clock through a change of the offset."""
        minute, hour, *_ = self.cron.split()
        return minute.startswith("*") or hour.startswith("*")


def draw_case(random: Random) -> Case:
    """Draw a case."""
    zone = random.choice(PLAIN_ZONES + ODD_ZONES)
    seconds = int((LAST - FIRST).total_seconds())
    after = FIRST + timedelta(seconds=random.randrange(seconds))
    if changes(zone) and random.random() < 0.7:
        after = random.choice(changes(zone))
        after += timedelta(seconds=random.randrange(-3 * 86400, 86400))
    if random.random() < 0.5:
        after = after.replace(second=0)
    return Case(_expression(random), zone, after)


@cache
def changes(zone: str) -> list[datetime]:
    """Return the days on which the clocks of a zone change."""
    info = ZoneInfo(zone)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
    offsets = [day.astimezone(info).utcoffset() for day in days]
    return [day for n, day in enumerate(days) if n and offsets[n] != offsets[n - 1]]


def _expression(random: Random) -> str:
    # Most changes of clocks are between midnight and 3 in the morning.
    last_hour = random.choice((3, 23))
    return " ".join(
        (
            _field(random, 0, 59, 0.25),
            _field(random, 0, last_hour, 0.3),
            _field(random, 1, 31, 0.6),
            _field(random, 1, 12, 0.7, _MONTHS),
            _field(random, 0, 7, 0.6, _DAYS),
        )
    )


def _field(
    random: Random, low: int, high: int, star: float, names: list[str] | None = None
) -> str:
    if random.random() < star:
        return "*"
    count = random.choice((1, 1, 1, 2, 3))
    return ",".join(_item(random, low, high, names or []) for _ in range(count))


def _item(random: Random, low: int, high: int, names: list[str]) -> str:
    def value(number: int) -> str:
        named = number - low < len(names) and random.random() < 0.3
        return names[number - low] if named else str(number)

    # Not of one value: cronsim takes 3-3/2 for 3/2.
    first = random.randrange(low, high)
    span = f"{value(first)}-{value(random.randint(first + 1, high))}"
    step = f"/{random.randint(1, high)}"
    forms = (value(first), value(first), span, span + step, value(first) + step)
    return random.choice((*forms, f"*{step}"))
