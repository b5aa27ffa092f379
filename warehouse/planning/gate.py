"""The gate of a load: whether `expect` lets a plan through, with a warning or without, or holds it for a person.

Growth never holds. Of a small source one record may always go, be re-keyed or change: `max(1, floor(n * share))`. A
replay may change as much as it will, since no site did that: `chm replay --dry-run` shows it beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor

from msgspec import Struct

from harvesters.source import Source
from warehouse.counts import Counts

_WARN_AT = 0.5  # of what `expect` allows


_SIGNED = '--by "YOUR NAME" --why "..."'


class Baseline(Struct, frozen=True, kw_only=True):
    """How many live records a person took as right, and how well the fields named in `expect.fill` were filled."""

    live: int
    fill: Mapping[str, float] = {}


class Verdict(Struct, frozen=True, kw_only=True):
    """In words: why a load is held, and what is near to it. Both are empty where all is well."""

    held: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def judge(
    source: Source, counts: Counts, fill: Mapping[str, float], baseline: Baseline | None, *, replay: bool = False
) -> Verdict:
    """What `expect` says of a plan with these counts, after which the fields are filled to these shares."""
    held: list[str] = []
    warned: list[str] = []
    for hold, reason in (*_shares(source, counts, replay=replay), *_least(source, counts, fill, baseline)):
        (held if hold else warned).append(f"{source.id}: {reason}")
    return Verdict(held=tuple(held), warned=tuple(warned))


def bearable(records: int, share: float) -> int:
    """How many of so many records a share allows: at least one."""
    return max(1, floor(round(records * share, 6)))  # 100 * 0.29 is 28.999…


def _shares(source: Source, counts: Counts, *, replay: bool) -> Iterator[tuple[bool, str]]:
    expect, before = source.expect, counts.live_before
    judged = [
        ("would vanish", "max_vanish", counts.removed - counts.moved, expect.max_vanish),
        ("would change their identifiers", "max_rekey", counts.rekeyed, expect.max_rekey),
        ("would change", "max_change", 0 if replay else counts.changed, expect.max_change),
    ]
    for words, key, number, share in judged:
        most = bearable(before, share)
        told = f"{number} of {before} records {words}"
        if number > most:
            told += f", more than the {most} that `expect.{key}` ({share:g}) allows. Look at the site and at "
            told += f"`chm plan {source.id}`; if that is right, `chm approve {source.id} {_SIGNED}`, "
            told += f"else `chm reject {source.id} {_SIGNED}`."
            yield True, told
        elif number > 1 and number > most * _WARN_AT:
            yield False, f"{told}; `expect.{key}` ({share:g}) allows {most}."
    if counts.absent > bearable(before, expect.max_vanish):
        told = f"{counts.absent} of {before} records are absent. They stay live for {expect.grace_days} days; what is "
        yield False, told + "still absent then would be held. Look at the site."


def _least(
    source: Source, counts: Counts, fill: Mapping[str, float], baseline: Baseline | None
) -> Iterator[tuple[bool, str]]:
    least, limit = source.expect.min_records, "`expect.min_records`"
    if baseline and baseline.live < least:
        least = max(0, baseline.live - bearable(baseline.live, source.expect.max_vanish))
        limit = "the approved baseline bears"
    if counts.live < least and source.status != "retired":  # of which only people's decisions take records away
        told = f"{counts.live} live records after the load, fewer than {limit} ({least}). Look at the site; if that "
        yield (
            True,
            told + f"is right, `chm approve {source.id} --baseline {_SIGNED}`, or lower the key in its source file.",
        )
    for field, expected in source.expect.fill.items():
        share = fill[field]
        wanted = min(expected, baseline.fill.get(field, 1.0) if baseline else 1.0)
        if share < wanted:
            told = f"only {share:.1%} of the records would have a {field}, fewer than `expect.fill` ({wanted:.1%}). "
            told += (
                f"Look at `chm check {source.id}`; if that is right, `chm approve {source.id} --baseline {_SIGNED}`."
            )
            yield True, told
