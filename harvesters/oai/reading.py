"""What one page of records yields: the records that were asked for, and an issue for each that is lost."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.errors import HarvestError
from harvesters.model import Issue, Quarantined, RawRecord
from harvesters.oai.ledger import Progress
from harvesters.oai.repository import OAI, Refusal, Reply
from harvesters.oai.spans import Span
from harvesters.oai.windows import Bounds


def records(reply: Reply, bounds: Bounds, progress: Progress) -> tuple[RawRecord, ...]:
    """The records of a page that have a name and were asked for; the others are counted in `progress`."""
    answer, profile, outside = reply.answer, progress.profile, None if bounds.all_in else bounds.outside
    found = []
    for item, span in enumerate(reply.reading.spans):
        if not span.identifier:
            continue
        why = outside(span) if outside else None
        if why is not None:
            progress.not_of_set += why == "set"
            progress.not_of_dates += why == "dates"
            continue
        found.append(
            RawRecord(
                identifier=span.identifier,
                profile=profile,
                answer=answer,
                item=item,
                start=span.start,
                end=span.end,
                datestamp=span.datestamp,
                deleted=span.deleted,
                sets=span.sets,
            )
        )
    return tuple(found)


def headers(reply: Reply) -> Iterator[Span]:
    """The headers of a page of ListIdentifiers; they have no place."""
    for header in reply.xml.iterfind(f"{OAI}ListIdentifiers/{OAI}header"):
        yield Span(
            start=0,
            end=0,
            identifier=(header.findtext(f"{OAI}identifier") or "").strip(),
            datestamp=(header.findtext(f"{OAI}datestamp") or "").strip() or None,
            deleted=header.get("status") == "deleted",
            sets=tuple([(name.text or "").strip() for name in header.iterfind(f"{OAI}setSpec")]),
        )


def nameless(reply: Reply) -> Iterator[Issue]:
    """An issue for each record without an identifier."""
    for item, span in enumerate(reply.reading.spans):
        if not span.identifier:
            message = f"Record {item} of the page has no identifier and was left out; its bytes are kept with the page."
            yield Issue(code="record_without_identifier", message=message, severity="error")


def quarantine(reply: Reply) -> tuple[Quarantined, ...]:
    """The records of a page that cannot be used: they cannot be read, or have no name."""
    unnamed = [span for span in reply.reading.spans if not span.identifier]
    return tuple(
        Quarantined(start=span.start, end=span.end, identifier=span.identifier or None)
        for span in (*reply.reading.lost, *unnamed)
    )


def faults(reply: Reply) -> Iterator[Issue]:
    """What is wrong with a page's XML: a warning where all of it could be mended, errors where records are lost."""
    reading = reply.reading
    if reading.fault is None:
        return
    if reading.mended:
        mended = ", ".join(f"{number} {what}" for what, number in reading.mended.items())
        message = (
            f"The page is not well-formed ({reading.fault}) and could be mended; nothing is lost. Found: {mended}. "
            "Tell the repository's administrator."
        )
        yield Issue(code="page_not_well_formed", message=message, value=mended[:500])
        return
    message = (
        f"The page is not well-formed ({reading.fault}). {len(reading.spans)} records could be read and are kept, "
        f"{len(reading.lost)} could not. Tell the repository's administrator."
    )
    yield Issue(code="page_not_well_formed", message=message, severity="error")
    for span in reading.lost:
        value = reply.answer.body[span.start : span.end][:500].decode(errors="replace")
        message = (
            f"A record (bytes {span.start} to {span.end} of the page) cannot be read; its bytes are kept with the page."
        )
        yield Issue(
            code="record_not_readable", message=message, severity="error", record=span.identifier or None, value=value
        )


def unreadable(name: str, error: HarvestError) -> Issue:
    """The issue of a record that was asked for by its name and did not come, or not so that it can be read."""
    if isinstance(error, Refusal) and "idDoesNotExist" in error.codes:
        message = f"Record {name} was listed and is gone; a later harvest will tell whether it was deleted."
        return Issue(code="record_gone", message=message[:1000], severity="note", record=name)
    message = f"Record {name} cannot be read ({error.cause}); what came is kept. Tell the repository's administrator."
    return Issue(code="record_not_readable", message=message[:1000], severity="error", record=name)


def odd_sizes(progress: Progress, size: int | None) -> Iterator[Issue]:
    """What is odd about a `completeListSize` that a page states, before it is taken for the list's."""
    if size is not None and progress.declared is not None and size != progress.declared:
        message = f"The repository's completeListSize changed within a list, from {progress.declared} to {size}."
        yield Issue(code="list_size_changed", message=message, severity="note", value=str(size))


def outsiders(progress: Progress) -> Iterator[Issue]:
    """What a list held that was not asked for, once it has ended."""
    for code, what, number in (
        ("set_ignored", "the set", progress.not_of_set),
        ("dates_ignored", "the dates", progress.not_of_dates),
    ):
        if number:
            message = (
                f"{number} of the {progress.came} records of a list are not of {what} asked for, and were left out: "
                "the repository does not keep to its own arguments. Tell its administrator."
            )
            yield Issue(code=code, message=message, value=str(number))
