"""What a probe found, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from rich.table import Table

from harvesters.model import Issue, Json
from harvesters.offers import Offer
from warehouse.probing.model import Probe, RankedOffer, Sample
from warehouse.probing.trial import as_yaml
from warehouse.show import plain

_STANDINGS = {
    "ready": "ready: a trial gave records",
    "decide": "needs a decision",
    "unreachable": "cannot be reached",
}
_DELETIONS = {
    "told": "the site tells them",
    "compared": "every harvest compares lists",
    "swept": "full sweeps show them",
    "unseen": "never seen",
}
_OURS = ("identifier", "source", "provenance", "fingerprint")  # what no site says
_LONGEST = 600  # characters of a value that are shown


def lines(found: Probe) -> Iterator[str | Table]:
    """The whole of it, piece by piece; a record stands beside what was received."""
    for piece in _pieces(found):
        yield piece if isinstance(piece, Table) else plain(piece)


def _pieces(found: Probe) -> Iterator[str | Table]:
    yield f"{found.url} {_STANDINGS[found.standing]} (requests: {found.requests})."
    yield from _told(found.issues)
    if found.offers:
        yield from ("", "What it offers, best first:")
        for number, ranked in enumerate(found.offers, start=1):
            yield from _offer(number, ranked)
    if found.samples:
        yield from ("", f"Tried: {found.records} records came. The first {len(found.samples)}:")
        for sample in found.samples:
            yield from _sample(sample)
    if found.suggested:
        yield from ("", "The source file that this suggests (`--save ID` writes it):", "", as_yaml(found.suggested))


def _told(issues: Iterable[Issue]) -> Iterator[str]:
    """Every message once; notes last."""
    rank = ("error", "warning", "note")
    for issue in sorted(issues, key=lambda issue: rank.index(issue.severity)):
        yield f"  {issue.severity}: {issue.message}"


def _offer(number: int, ranked: RankedOffer) -> Iterator[str]:
    offer = ranked.offer
    yield f"  {number}. {offer.protocol} at {offer.url}  (platform {offer.platform or 'unknown'}, rank {ranked.score})"
    yield f"     {offer.evidence}"
    facts = {
        "records": "not told" if offer.records is None else f"{offer.records:,}",
        "languages": ", ".join(offer.languages) or "not known",
        "what is new": "can be asked for alone" if offer.incremental else "comes with everything",
        "deletions": _DELETIONS[offer.deletions],
        "robots.txt": _robots(offer),
        "speed": f"{offer.seconds:.2f} s an answer",
    }
    yield "     " + "; ".join(f"{name}: {value}" for name, value in facts.items())
    yield "     " + "; ".join(f"{words} (+{weight})" for words, weight in ranked.merits.items())


def _robots(offer: Offer) -> str:
    return f"allows, {offer.crawl_delay:g} s apart" if offer.crawl_delay else "allows"


def _sample(sample: Sample) -> Iterator[str | Table]:
    beside = Table("As received", "Normalised", box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0))
    for column in beside.columns:
        column.ratio, column.overflow = 1, "fold"
    said = msgspec.to_builtins(sample.record)
    values = "\n".join(_values({key: value for key, value in said.items() if key not in _OURS}))
    beside.add_row(plain(sample.raw), plain(values))
    yield from ("", beside)
    yield from _told(sample.issues)


def _values(value: Json, name: str = "") -> Iterator[str]:
    """A line a value that is not empty: `title.fr: ...`, `dates: published; 2025-12-03`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield f"{name}: {_short(_of_one(inner))}"
    elif value not in (None, ""):
        yield f"{name}: {_short(str(value))}"


def _of_one(item: Json) -> str:
    """The different values of one item of a list."""
    values = item.values() if isinstance(item, dict) else [item]
    return "; ".join(dict.fromkeys(str(value) for value in values if value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
