"""Pages of raw answers without the records that must not be kept: their bytes become spaces, all others stay.

The places of the other records stay as well, so that a page goes on being read as it was.
"""

from __future__ import annotations

import re
from collections.abc import Container

import msgspec
from msgspec.structs import replace

from harvesters.model import Issue, Page, Quarantined, RawRecord
from normalizers.identity import record_id

# An item of RSS or entry of Atom, with its tags apart from what is in it; `items` of RSS 1.0 is none.
_ITEM = re.compile(rb"(<((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^>]*>)(.*?)(</\2\s*>)", re.DOTALL)


class Everything(Container[str]):
    """Holds every identifier."""

    def __contains__(self, identifier: object) -> bool:
        """Always."""
        return True


def redacted(page: Page, source: str, erased: Container[str]) -> Page:
    """The page without those of a source's records, by our identifiers, that are `erased`; itself where it has none.

    An issue says how many went. Where a record's bytes cannot be told from others' (a page in a format that is only
    read as one, and that is neither XML nor JSON of the usual shape), the page's body goes, and all its records.
    """
    gone = [record for record in page.records if record_id(source, record.identifier) in erased]
    lost = [each for each in page.quarantine if each.identifier and record_id(source, each.identifier) in erased]
    if not (gone or lost):
        return page
    left = [record for record in page.records if record not in gone]
    body: bytes | None = page.answer.body if left else b""
    places: tuple[RawRecord | Quarantined, ...] = (*gone, *lost) if left else ()
    for place in places:
        alone = not any(other.start < place.end and place.start < other.end for other in left)
        if body is None or alone:
            body = body and body[: place.start] + b" " * (place.end - place.start) + body[place.end :]
        else:
            body = _without_item(body, place.item) if isinstance(place, RawRecord) else None
    answer = replace(page.answer, body=body or b"")
    kept = [] if body is None else left
    named = {*(record.identifier for record in gone), *(each.identifier for each in lost)}
    told = [issue for issue in page.issues if issue.record not in named]
    return replace(
        page,
        answer=answer,
        records=tuple(_moved(record, len(page.answer.body), answer.body, page) for record in kept),
        quarantine=tuple(each for each in page.quarantine if each not in lost),
        issues=(*told, _erased(len(gone) + len(lost), len(left) - len(kept))),
    )


def _moved(record: RawRecord, length: int, body: bytes, page: Page) -> RawRecord:
    """The record in the new body; one that was the whole of the old one is the whole of it."""
    answer = replace(page.answer, body=body)
    return replace(record, answer=answer, end=len(body) if record.end == length else record.end)


def _without_item(body: bytes, item: int) -> bytes | None:
    """A feed or a JSON list with nothing left in one of its items; None where it cannot be found for certain."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _without_object(body, item)
    found = list(_ITEM.finditer(body))
    if item >= len(found) or b"\0" in body:  # UTF-16 hides its tags
        return None
    start, end = found[item].span(3)
    return body[:start] + b" " * (end - start) + body[end:]


def _without_object(body: bytes, item: int) -> bytes | None:
    try:
        whole = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return None
    lists = [whole] if isinstance(whole, list) else [value for value in whole.values() if isinstance(value, list)]
    fitting = [each for each in lists if len(each) > item and isinstance(each[item], dict)]
    if len(fitting) != 1:
        return None
    fitting[0][item] = {}
    return msgspec.json.encode(whole)


def _erased(records: int, others: int) -> Issue:
    message = f"{records} records of this page were withdrawn and erased; it is no longer as it was received."
    if others:
        message += f" {others} others went with them; a full sweep brings these back."
    return Issue(code="erased", message=message, severity="error" if others else "note")
