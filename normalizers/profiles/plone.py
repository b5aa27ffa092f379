"""An item of a Plone site as plone.restapi has it: whole (`fullobjects`), or as the catalogue summarises it.

https://plonerestapi.readthedocs.io/en/latest/usage/serialization.html ; the types of plone.app.contenttypes. A text is
HTML, or, on sites with a Volto front end, the plain text of its blocks. Creators are the names of accounts, and who may
be asked about an event is a person: neither is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.listings.reading import at, text_at
from harvesters.model import Json, RawRecord
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_DATES: dict[DateKind, str] = {
    "published": "effective", "modified": "modified", "created": "created", "start": "start", "end": "end",
}  # fmt: skip
_NEVER = "1969-12-3"  # how the catalogue writes that there is no date
_API = "/++api++"  # in addresses for programs, not for people
_DEEPEST = 8  # blocks within blocks
# What was read, what is left out (see above), and what says how a site shows an item and not what the item is.
_USED = frozenset((
    "@components", "@id", "@type", "Language", "Subject", "UID", "allow_discussion", "attendees", "blocks",
    "blocks_layout", "changeNote", "contact_email", "contact_name", "contact_phone", "contributors", "created",
    "creators", "description", "effective", "end", "event_url", "exclude_from_nav", "expires", "file", "getRemoteUrl",
    "id", "image", "is_folderish", "language", "layout", "location", "lock", "mime_type", "modified", "next_item",
    "parent", "preview_image", "previous_item", "relatedItems", "remoteUrl", "review_state", "rights", "start",
    "subjects", "table_of_contents", "targetUrl", "text", "title", "type_title", "version", "versioning_enabled",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of an item stand. Raises `Unreadable`."""
    item = read_item(raw)
    kind = text_at(item, "@type")
    language = text_at(item, "language", "token") or text_at(item, "language") or text_at(item, "Language") or None
    draft = Draft(schema="news" if kind == "News Item" else "resource", types=[Text(kind)] if kind else [])
    draft.languages += [language] if language else []
    for key, texts in {"title": draft.titles, "description": draft.summaries, "rights": draft.rights}.items():
        if value := text_at(item, key):
            texts.append(Text(value, language))
    draft.descriptions += [Text(text, language) for text in _texts(item)]
    for key in ("subjects", "Subject"):
        draft.subjects += [Text(subject) for subject in _strings(item.get(key))]
    draft.contributors += [Text(name) for name in _strings(item.get("contributors"))]
    dates = {name: text_at(item, key) for name, key in _DATES.items()}
    draft.dates += [(name, date) for name, date in dates.items() if date and not date.startswith(_NEVER)]
    draft.place = text_at(item, "location") or None
    draft.links += list(_links(item))
    count_unused(draft, item, _USED)
    return draft


def _strings(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _texts(item: Json) -> Iterator[str]:
    if text := text_at(item, "text", "data") or text_at(item, "text"):
        yield text
    yield from _blocks(item, _DEEPEST)


def _blocks(holder: Json, deep: int) -> Iterator[str]:
    """The texts of blocks in the order of their layout; titles and descriptions stand there again, without words."""
    blocks = at(holder, ("blocks",))
    if not deep or not isinstance(blocks, dict):
        return
    for name in _strings(at(holder, ("blocks_layout", "items"))):
        block = blocks.get(name)
        if text := text_at(block, "plaintext"):
            yield text
        else:  # before Volto 16
            yield from filter(None, (text_at(line, "text") for line in objects(at(block, ("text", "blocks")))))
        yield from _blocks(block, deep - 1)


def _links(item: Json) -> Iterator[Link]:
    """Its page, what it holds, and what it is about; then what it is a translation of, and what editors name."""
    page = text_at(item, "@id").replace(_API, "")
    is_file = text_at(item, "@type") == "File"
    if page:
        yield Link(url=f"{page}/view" if is_file else page, rel="source")  # at a file's own address is the file
    if page and is_file and not at(item, ("file", "download")):
        yield Link(url=f"{page}/@@download/file", rel="document", media_type=text_at(item, "mime_type") or None)
    for key, rel in {"file": "document", "image": "image", "preview_image": "image"}.items():
        if url := text_at(item, key, "download"):
            name, media = text_at(item, key, "filename"), text_at(item, key, "content-type")
            yield Link(url=url.replace(_API, ""), rel=rel, name=name or None, media_type=media or None)
    yield from (Link(url=url) for key in ("remoteUrl", "getRemoteUrl", "event_url") if (url := text_at(item, key)))
    for other in (*objects(at(item, ("@components", "translations", "items"))), *objects(item.get("relatedItems"))):
        if url := text_at(other, "@id"):
            name, language = text_at(other, "title"), text_at(other, "language")
            yield Link(url=url.replace(_API, ""), name=name or None, language=language or None)
