"""Through the sources that nobody has looked at: each is tried as its file says, and looked at where that fails.

One after the other, a server's sources in a row, each at the polite pace and with a probe's few requests. What was
found of each is kept at once, so the same command goes on where it was interrupted: a source is not asked again while
its file puts the same question, unless it could not be reached and a day has passed. Where a server wishes to be left
alone, nothing is found of its sources, good or bad: they wait for the next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from harvesters import offers
from harvesters.errors import LimitReached
from harvesters.model import Json
from harvesters.politeness import server_of
from harvesters.source import Source
from harvesters.visit import Visit
from warehouse import stops, work
from warehouse.context import Warehouse, read_sources
from warehouse.files import read_json, write_json
from warehouse.probing import advice, suggesting
from warehouse.probing.looking import MOST, Seen, attempt, see, summed_up
from warehouse.probing.model import Probe, Standing
from warehouse.probing.suggesting import Subject
from warehouse.probing.trial import Gathered
from warehouse.runs import alone
from warehouse.withdrawing import withdrawals

_AGAIN = timedelta(days=1)  # after which one that could not be reached is asked again


def unverified(warehouse: Warehouse) -> list[Source]:
    """The sources that nobody has looked at and that may be asked, those of a server in a row."""
    sources, _ = read_sources(warehouse.settings)
    stopped, withdrawn = stops.in_force(warehouse.layout), withdrawals.in_force(warehouse.layout)
    wanted = [
        each
        for each in sources
        if each.status == "unverified" and each.id not in stopped and withdrawn.of_source(each.id) is None
    ]
    return sorted(wanted, key=lambda source: (server_of(source), source.id))


def known(warehouse: Warehouse, source: Source) -> Probe | None:
    """What was found of a source, if that holds still."""
    kept = read_json(warehouse.layout.probe(source.id), Probe)
    return kept if kept and _holds(kept, source, warehouse.clock.now()) else None


def verify(warehouse: Warehouse, sources: Sequence[Source]) -> Iterator[tuple[Source, Probe | LimitReached]]:
    """Probe each source and keep what was found, before the next is asked; or say why its server is left alone.

    Raises:
        Refused: no contact is set, or another process is at it.
    """
    warehouse.refuse_anonymity()
    resting: dict[str, LimitReached] = {}
    with alone(warehouse.layout, "the probes"):
        for source in sources:
            server = server_of(source)
            try:
                found = resting.get(server) or probe(warehouse, source)
            except LimitReached as limit:
                found = resting[server] = limit
            if isinstance(found, Probe):
                write_json(warehouse.layout.probe(source.id), found)
            yield source, found


def probe(warehouse: Warehouse, source: Source) -> Probe:
    """What a trial of a source as its file says gives; where it gives nothing, what its site offers instead.

    Raises:
        LimitReached: its server wishes to be left alone until later, or has had its requests of the day.
    """
    on_visit = replace(warehouse, visit=Visit.short(MOST))
    subject = Subject(source.addresses[0], source.id, source.government)
    tried = attempt(on_visit, source.id, {})
    if tried.samples:
        own = [source.protocol] if source.protocol in offers.names() else []
        seen = see(on_visit, source, subject.url, lambda _: own)
        seen.issues.clear()  # about an address that serves; what the trial met with is told
        suggested = _confirmed(source, seen, tried)
        told = summed_up(on_visit, subject, seen, tried, suggested)
        told = replace(told, standing="decide" if "url" in suggested else "ready")
    elif tried.failure and tried.failure.again:
        raise LimitReached(tried.failure.cause, advice=tried.failure.advice, again=tried.failure.again)
    else:
        seen = see(on_visit, source, source.page or subject.url, offers.likeliest_first)
        if seen.cut and seen.cut.again:
            raise seen.cut
        seen.issues.insert(0, advice.failed(f"{source.protocol} at {subject.url}", tried))
        told = _instead(on_visit, source, subject, seen)
    return replace(told, asks=work.asks(source))


def _instead(warehouse: Warehouse, source: Source, subject: Subject, seen: Seen) -> Probe:
    """What could be asked instead of what the file says: the best offer, if a trial confirms it.

    Other languages at the same address are no decision: the file's were a guess.
    """
    if not seen.offers:
        return summed_up(warehouse, subject, seen, None, {})
    change = suggesting.change(source, seen.offers[0])
    tried = attempt(warehouse, source.id, change) if change else None
    standing: Standing = "ready" if tried and tried.samples and change.keys() == {"languages"} else "decide"
    return replace(summed_up(warehouse, subject, seen, tried, change), standing=standing)


def _confirmed(source: Source, seen: Seen, tried: Gathered) -> dict[str, Json]:
    """What a source that serves should have otherwise: the languages that its interface tells, its new address."""
    own = next((offer for offer in seen.offers if offer.protocol == source.protocol), None)
    change = suggesting.change(source, own) if own else {}
    suggested = {key: value for key, value in change.items() if key == "languages" and value}
    moved = next((issue.value for issue in tried.issues if issue.code == "address_moved" and issue.value), None)
    if moved and source.url and (url := rehosted(source.url, moved)) != source.url:
        suggested["url"] = url
    return suggested


def rehosted(url: str, moved: str) -> str:
    """An address on the scheme and host to which one of its pages moved."""
    onto = urlsplit(moved)
    return urlunsplit(urlsplit(url)._replace(scheme=onto.scheme, netloc=onto.netloc))


def _holds(kept: Probe, source: Source, now: datetime) -> bool:
    """Whether what was found of a source holds still."""
    fresh = kept.standing != "unreachable" or now - kept.asked < _AGAIN
    return kept.asks == work.asks(source) and fresh
