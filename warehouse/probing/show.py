"""What a probe found, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harvesters.model import Issue
from harvesters.offers import Offer
from warehouse.probing.model import Probe, RankedOffer, Sample
from warehouse.probing.trial import as_yaml

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


def text(found: Probe) -> str:
    """The whole of it."""
    return "\n".join(_lines(found))


def _lines(found: Probe) -> Iterator[str]:
    yield f"{found.url} {_STANDINGS[found.standing]} ({found.requests} requests)."
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
        "speed": f"{offer.seconds:.1f} s an answer",
    }
    yield "     " + "; ".join(f"{name}: {value}" for name, value in facts.items())
    yield "     " + "; ".join(f"{words} (+{weight})" for words, weight in ranked.merits.items())


def _robots(offer: Offer) -> str:
    return f"allows, {offer.crawl_delay:g} s apart" if offer.crawl_delay else "allows"


def _sample(sample: Sample) -> Iterator[str]:
    yield from ("", "As received:", sample.raw, "", "Normalised:")
    said = {key: value for key, value in msgspec.to_builtins(sample.record).items() if value and key not in _OURS}
    yield msgspec.json.format(msgspec.json.encode(said), indent=2).decode()
    yield from _told(sample.issues)
