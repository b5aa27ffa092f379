"""A record's history: every version with what changed, and for each value of today's the way back to the raw bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import duckdb
import msgspec
from lxml import etree
from msgspec import Struct

from harvesters.model import Json, RawRecord
from normalizers import profiles
from normalizers.model import Draft
from normalizers.profiles import Unreadable
from normalizers.record_xml import local_name, parse_record
from warehouse import raw, reports
from warehouse.duck import connect, select
from warehouse.layout import Layout
from warehouse.mending import serving
from warehouse.model import SCHEMA_VERSION
from warehouse.runs import Refused

# Field of a record -> the field of its draft in which the incoming format's values stand, and the rule that reads them.
_RULES = {
    "title": ("titles", "normalizers.texts"),
    "summary": ("summaries", "normalizers.texts"),
    "description": ("descriptions", "normalizers.texts"),
    "languages": ("languages", "normalizers.fields.language"),
    "types": ("types", "normalizers.record_types"),
    "schema": ("types", "normalizers.record_types"),
    "countries": ("coverage", "normalizers.fields.places"),
    "regions": ("coverage", "normalizers.fields.places"),
    "subjects": ("subjects", "normalizers.terms"),
    "gbf_targets": ("subjects", "normalizers.terms"),
    "aichi_targets": ("subjects", "normalizers.terms"),
    "gbf_goals": ("subjects", "normalizers.terms"),
    "gbf_indicators": ("subjects", "normalizers.terms"),
    "sdg_goals": ("subjects", "normalizers.terms"),
    "articles": ("subjects", "normalizers.terms"),
    "kinds": ("types", "normalizers.terms"),
    "keywords": ("subjects", "normalizers.terms"),
    "authors": ("authors", "normalizers.fields.people"),
    "publisher": ("publishers", "normalizers.texts"),
    "dates": ("dates", "normalizers.fields.dates"),
    "links": ("links", "normalizers.fields.links"),
    "rights": ("rights", "normalizers.fields.rights"),
    "coordinates": ("coordinates", "normalizers.boxes"),
    "place": ("place", "normalizers.texts"),
    "organizer": ("organizer", "normalizers.texts"),
}


_FEEDS = frozenset(("rss", "rdf", "feed"))
_TAG = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")


class FieldChange(Struct, frozen=True, kw_only=True):
    """What one field was and became; None where it said nothing, or where the file of changes is older than this."""

    field: str
    was: Json
    became: Json


class Version(Struct, frozen=True, kw_only=True):
    """One thing that happened to a record: `kind` as in `plan.draw`, by the load of `run`."""

    run: str
    loaded: datetime
    kind: str
    changes: tuple[FieldChange, ...]
    reason: str | None
    counterpart: str | None
    fingerprint: str | None


class Came(Struct, frozen=True, kw_only=True):
    """Where the present record came from: the page as kept, the record's place in it, and what it was asked with.

    `offset` and `length` are bytes of the page's zstd frame in `file`; `start` and `end` bytes of the page itself.
    """

    url: str
    received: str
    profile: str
    run: str
    page: int
    file: str
    offset: int
    length: int
    item: int
    start: int
    end: int


class Value(Struct, frozen=True, kw_only=True):
    """One value of today: the words that led there, by which rule, and where they stand within the record.

    `by` is how a term was found in its vocabulary; `path` leads to the words from the record's own element (as lxml's
    `find` takes it) or is a JSON pointer, None where the words are not there as they are: they were put together, or
    are the source file's default.
    """

    field: str
    value: Json
    verbatim: str
    by: str | None
    rule: str
    path: str | None


class RecordHistory(Struct, frozen=True, kw_only=True):
    """All that is known of how a record came to be what it is."""

    identifier: str
    source: str
    source_identifier: str
    state: str
    title: dict[str, str]
    versions: tuple[Version, ...]
    came: Came | None
    values: tuple[Value, ...]
    schema_version: int = SCHEMA_VERSION


class _Row(Struct, frozen=True):
    source: str
    state: str
    values: Mapping[str, Any]


def history(layout: Layout, name: str) -> RecordHistory:
    """The history of a record by our identifier or, where only one source has it, by the source's own.

    Raises:
        Refused: no source has such a record, or several have.
        Damaged: the raw page is not what was received.
    """
    with connect(layout.scratch()) as connection:
        row = _row(connection, layout, name)
        identifier = str(row.values["identifier"])
        versions = tuple(_versions(connection, layout, row.source, identifier))
    came, values = _way_back(layout, row)
    return RecordHistory(
        identifier=identifier,
        source=row.source,
        source_identifier=str(row.values["source_identifier"]),
        state=row.state,
        title=dict(row.values.get("title") or {}),
        versions=versions,
        came=came,
        values=values,
    )


def _row(connection: duckdb.DuckDBPyConnection, layout: Layout, name: str) -> _Row:
    """The one record or tombstone of that name."""
    found = []
    for source in layout.loaded_sources():
        pointer = reports.pointer(layout, source)
        if pointer is None:
            continue
        folder = layout.snapshot(source, pointer.snapshot)
        for table, state in (("records", "live"), ("tombstones", "deleted")):
            query = f"{select(folder / f'{table}.parquet')} WHERE identifier = ? OR source_identifier = ?"
            rows = connection.execute(query, [name.upper() if len(name) == 36 else name, name])
            columns = [column[0] for column in rows.description or ()]
            found += [_Row(source, state, dict(zip(columns, values, strict=True))) for values in rows.fetchall()]
    if not found:
        raise Refused(f"No source has a record {name}.", advice=f"`chm find {name!r}` looks along the whole street.")
    if len(found) > 1:
        several = ", ".join(f"{row.values['identifier']} of {row.source}" for row in found)
        raise Refused(f"Several records are called {name}.", advice=f"Name one by its identifier: {several}.")
    return found[0]


def _versions(connection: duckdb.DuckDBPyConnection, layout: Layout, source: str, identifier: str) -> Iterator[Version]:
    for load in serving.loads(layout, source):
        path = layout.changes(source, load.run)
        if not path.exists():
            continue  # a load that changed nothing leaves none
        rows = connection.execute(f"SELECT * FROM ({select(path)}) WHERE identifier = ?", [identifier])
        columns = [column[0] for column in rows.description or ()]
        for values in rows.fetchall():
            row = dict(zip(columns, values, strict=True))
            was, became = (json.loads(row.get(name) or "{}") for name in ("was", "became"))
            yield Version(
                run=load.run,
                loaded=load.ended or load.started,
                kind=row["kind"],
                changes=tuple(
                    FieldChange(field=field, was=was.get(field), became=became.get(field))
                    for field in row["fields"] or ()
                ),
                reason=row.get("reason"),
                counterpart=row.get("counterpart"),
                fingerprint=row["after"],
            )


def _way_back(layout: Layout, row: _Row) -> tuple[Came | None, tuple[Value, ...]]:
    run, page = row.values["run"], row.values["page"]
    folder = layout.raw(row.source, str(run))
    place = raw.place(folder, page) if page is not None else None
    records = place[0].records if place else ()
    record = next((one for one in records if one.identifier == row.values["source_identifier"]), None)
    if place is None or record is None:
        return None, ()
    came = Came(
        url=record.answer.url,
        received=record.answer.received.isoformat(),
        profile=record.profile,
        run=str(run),
        page=page,
        file=str((folder / "pages.zst").relative_to(layout.root)),
        offset=place[1],
        length=place[2],
        item=record.item,
        start=record.start,
        end=record.end,
    )
    return came, tuple(_values(row.values, record)) if row.state == "live" else ()


def _values(row: Mapping[str, Any], record: RawRecord) -> Iterator[Value]:
    try:
        draft = profiles.load(record.profile).extract(record)
    except Unreadable:
        return
    where = Where(record)
    for field, (drafted, rule) in _RULES.items():
        for value, verbatim, by in _said(field, row.get(field), draft, drafted):
            yield Value(field=field, value=value, verbatim=verbatim, by=by, rule=rule, path=where.of(verbatim))


def _said(field: str, value: Any, draft: Draft, drafted: str) -> Iterator[tuple[Json, str, str | None]]:
    """Each value of a field with the words that it was made of, and how a term was found."""
    told = getattr(draft, drafted)
    words = [_words(one) for one in (told if isinstance(told, list) else [told]) if one]
    if isinstance(value, list) and value and isinstance(value[0], dict) and "verbatim" in value[0]:
        for one in value:
            yield one.get("identifier") or one.get("value"), one["verbatim"], one.get("by")
    elif isinstance(value, dict) and field in ("title", "summary", "description", "publisher"):
        for number, (language, text) in enumerate(value.items()):
            yield {language: text}, words[number] if number < len(words) else "", None
    elif value:
        yield value, "; ".join(words), None


def _words(one: Any) -> str:
    if isinstance(one, tuple):
        return str(one[1])
    return str(getattr(one, "value", None) or getattr(one, "url", None) or one)


class Where:
    """Finds the element or JSON value of a raw record that says something."""

    def __init__(self, record: RawRecord) -> None:
        self._paths: dict[str, str] = {}
        body = record.body.lstrip()
        if body[:1] in (b"{", b"["):
            try:
                self._read_json(msgspec.json.decode(body), "")
            except msgspec.DecodeError:
                return
        elif body[:1] == b"<":
            own = etree.ElementTree(_own_element(record))
            for element in own.getroot().iter("*"):
                if element.text and element.text.strip():
                    self._paths.setdefault(element.text.strip(), own.getelementpath(element))

    def _read_json(self, value: Json, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                self._read_json(inner, f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                self._read_json(inner, f"{path}/{number}")
        elif isinstance(value, str) and value.strip():
            self._paths.setdefault(value.strip(), path)

    def of(self, words: str) -> str | None:
        """The path of what says exactly these words; None where nothing does."""
        return self._paths.get(words.strip()) if words else None


def _own_element(record: RawRecord) -> etree._Element:
    """The element that the record's bytes are, out of the page's root that is put around it for its namespaces.

    Of a feed, whose records' bytes are those of the whole page, the item of the record's number.
    """
    tree, _ = parse_record(record)
    if local_name(tree.tag) in _FEEDS:
        items = [element for element in tree.iter("*") if local_name(element.tag) in ("item", "entry")]
        return items[record.item] if record.item < len(items) else tree
    name = _TAG.match(record.body.lstrip())
    own = name.group(1).decode("utf-8", "replace").lower() if name else ""
    return next((element for element in tree.iter("*") if local_name(element.tag) == own), tree)
