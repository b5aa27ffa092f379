"""Time as an argument. Only `warehouse.console` and `dags/` make a `SystemClock`; tests hand in one that they move."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What a harvest needs of time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; zero or less returns at once."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass; zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)
