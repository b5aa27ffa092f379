"""An entry of InforMEA's API 1.5.6 in JSON: decision, meeting, country report, national plan or contact.

Its set is the last part of the address that was asked. Texts are lists of `{language, value}`, in OData 2 under
`results`; times may be OData's `/Date(milliseconds)/`. Of a contact the name, the function and the institution are
read: addresses and telephone numbers are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from harvesters.listings.reading import text_at
from harvesters.model import Json, RawRecord
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_DATES: tuple[tuple[DateKind, str], ...] = (
    ("published", "published"), ("published", "submission"), ("modified", "updated"), ("start", "start"),
    ("end", "end"),
)  # fmt: skip
_TICKS = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_NAME = re.compile(r"-([a-z]{2,3})\.\w+(?:$|\?)")  # how the API tells a file's language where it does not say
_SPAN = timedelta(days=366 * 500)
_USED = frozenset((
    "__metadata", "address", "attachments", "city", "content", "country", "department", "description", "documents",
    "email", "end", "fax", "files", "firstName", "function", "id", "institution", "keywords", "kind", "lastName",
    "link", "location", "number", "phone", "phoneNumber", "position", "prefix", "protocolVersion", "published", "start",
    "status", "submission", "summary", "title", "treaties", "treaty", "type", "updated", "url",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of an entry stand. Raises `Unreadable`."""
    item = read_item(raw)
    name = urlsplit(raw.answer.url).path.rstrip("/").rpartition("/")[2]
    draft = Draft(schema="resource", types=[Text(name)])
    if name == "Contacts":
        _read_contact(draft, item)
    else:
        draft.titles += _texts(item, "title")
        draft.summaries += _texts(item, "summary")
        draft.descriptions += _texts(item, "description") + _texts(item, "content")
    draft.subjects += [Text(value) for one in _objects(item, "keywords") for value in _words(one)]
    draft.coverage += [Text(code) for code in [text_at(item, "country")] if code]
    draft.place = ", ".join(filter(None, (text_at(item, "location"), text_at(item, "city")))) or None
    draft.dates += [(kind, when) for kind, key in _DATES if (when := _moment(text_at(item, key)))]
    draft.identifiers += [value for value in [text_at(item, "number")] if value]
    draft.links += _links(item)
    count_unused(draft, item, _USED)
    return draft


def _objects(item: Json, key: str) -> list[dict[str, Json]]:
    """The objects of a collection: a list, in OData 2 under `results`."""
    value = item.get(key)
    return objects(value["results"] if isinstance(value, dict) and "results" in value else value)


def _texts(item: Json, key: str) -> list[Text]:
    value = item.get(key)
    if isinstance(value, str):
        return [Text(value)] if value.strip() else []
    found = ((text_at(one, "value"), text_at(one, "language") or None) for one in _objects(item, key))
    return [Text(text, language) for text, language in found if text]


def _words(one: Json) -> Iterator[str]:
    yield from filter(None, (text_at(one, "term") or text_at(one, "value") or text_at(one, "termURI"),))


def _read_contact(draft: Draft, item: Json) -> None:
    """Who answers for a treaty in a country: an office of the state, known by whoever holds it."""
    name = " ".join(filter(None, (text_at(item, key) for key in ("prefix", "firstName", "lastName"))))
    office = [value for key in ("position", "function", "department") if (value := text_at(item, key))]
    draft.titles += [Text(title) for title in [name or "; ".join(office)] if title]
    draft.descriptions += [Text("; ".join(office))] if office and name else []
    draft.publishers += [Text(value) for value in [text_at(item, "institution")] if value]


def _moment(text: str) -> str:
    """OData's milliseconds as ISO 8601; any other text as it is."""
    ticks = _TICKS.fullmatch(text)
    if not ticks:
        return text
    since = timedelta(milliseconds=int(ticks[1]))
    return (_EPOCH + since).isoformat() if abs(since) < _SPAN else ""


def _links(item: Json) -> Iterator[Link]:
    if page := text_at(item, "link") or text_at(item, "url"):
        yield Link(url=page, rel="source")
    for key in ("files", "documents", "attachments"):
        for one in _objects(item, key):
            if url := text_at(one, "url"):
                named = _IN_NAME.search(url)
                yield Link(
                    url=url,
                    rel="document",
                    name=text_at(one, "filename") or None,
                    language=text_at(one, "language") or (named[1] if named else None),
                    media_type=text_at(one, "mimeType") or None,
                )
