"""How much of a site one run may take: without bounds for a harvest, little and once for a look."""

from __future__ import annotations

from msgspec import Struct

from harvesters.errors import BudgetSpent

BACKOFF = (5.0, 10.0, 20.0)  # seconds before the second, third and fourth try


class Visit(Struct):
    """How many requests a run may send (None: all it needs), the seconds between the tries of one, and what it took.

    `seconds` are those in which an answer was waited for and read, the pace aside.
    """

    most: int | None = None
    pauses: tuple[float, ...] = BACKOFF
    requests: int = 0
    seconds: float = 0.0

    @classmethod
    def short(cls, most: int) -> Visit:
        """A look: `most` requests, each of them sent once."""
        return cls(most=most, pauses=())

    def begin(self) -> None:
        """Take a request. Raises BudgetSpent where none is left."""
        if self.most is not None and self.requests >= self.most:
            raise BudgetSpent(
                f"This look at the site may take {self.most} requests, and they are spent.",
                advice="Give the address that is meant more exactly.",
            )
        self.requests += 1
