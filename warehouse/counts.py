"""How many records a load adds, changes and takes away: the figures that every report and every judgement share."""

from __future__ import annotations

from msgspec import Struct


class Counts(Struct, frozen=True, kw_only=True):
    """What a load does to a source's records; the kinds are those of `plan.draw`.

    `returned` and `rekeyed` are among the `added`, `moved` among the `removed`. `absent` records stay live.
    """

    seen: int = 0
    added: int = 0
    returned: int = 0
    rekeyed: int = 0
    changed: int = 0
    cosmetic: int = 0
    unchanged: int = 0
    removed: int = 0
    moved: int = 0
    absent: int = 0
    live_before: int = 0
    live: int = 0
    deleted: int = 0
