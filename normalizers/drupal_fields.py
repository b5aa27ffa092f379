"""What the fields of a Drupal node are by their kinds and common names, for the profiles of the sites that run on it.

Names of fields are each site's own, but kinds are Drupal's: formatted text, link, term, media, file. Who wrote or
edited a node is never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from harvesters.model import RawRecord
from normalizers.drupal_json import Fields, Node, resources, several, text, versions
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused

# Of the entity and its revisions, not of what it tells; `uid` and the like are people.
HOUSEKEEPING = frozenset(
    {
        "id", "type", "langcode", "status", "title", "body", "path", "created", "changed", "default_langcode",
        "drupal_internal__nid", "drupal_internal__vid", "revision_timestamp", "revision_log", "revision_uid",
        "revision_translation_affected", "uid", "node_type", "promote", "sticky", "moderation_state",
        "content_translation_source", "content_translation_outdated", "content_translation_uid",
        "content_translation_created", "content_translation_status", "menu_link", "meta", "metatag",
        "metatag_normalized", "comment",
    }
)  # fmt: skip
_DATES: dict[DateKind, tuple[str, ...]] = {
    "published": ("field_published", "field_publication_date", "field_date_published"),
    "start": ("field_start_date", "field_date", "field_event_date"),
    "end": ("field_end_date",),
}
DATED = frozenset(name for names in _DATES.values() for name in names)
_PICTURES = ("field_media_image", "thumbnail")


def begun(raw: RawRecord) -> tuple[Draft, list[Node]]:
    """A draft with what every node has, and the node's languages, the original first.

    Raises:
        Unreadable: the record's bytes are no JSON object.
    """
    draft, nodes = Draft(), versions(raw)
    for node in nodes:
        draft.titles += texts(node.fields.get("title"), node.language)
        for body in several(node.fields.get("body")):
            draft.descriptions += texts(body, node.language)
            if isinstance(body, dict):
                draft.summaries += texts(body.get("summary"), node.language)
        if node.page:
            draft.links.append(Link(url=node.page, rel="source", language=node.language))
    draft.languages += (node.language for node in nodes if node.language)
    draft.dates += _dates(nodes[0].fields)
    if changed := max(text(node.fields.get("changed")) for node in nodes):  # of any language; all have one offset
        draft.dates.append(("modified", changed))
    return draft, nodes


def texts(value: Any, language: str | None) -> list[Text]:
    """The texts of a field, plain or formatted; of the latter as the site shows it."""
    found = []
    for each in several(value):
        shown = text(each.get("processed")) or text(each.get("value")) if isinstance(each, dict) else text(each)
        if shown.strip():
            found.append(Text(shown, language))
    return found


def is_formatted(value: Any) -> bool:
    """Whether a field holds formatted text."""
    return any(isinstance(each, dict) and "value" in each and "format" in each for each in several(value))


def terms(value: Any) -> Iterator[Text]:
    """The names of a field's terms, each in its own language."""
    for term in resources(value, "taxonomy_term"):
        if name := text(term.get("name")):
            yield Text(name, text(term.get("langcode")) or None)


def links(value: Any, rel: str = "related") -> Iterator[Link]:
    """The addresses in a link field, or in one of plain text."""
    for each in several(value):
        address = each.get("uri") if isinstance(each, dict) else each
        name = text(each.get("title")) if isinstance(each, dict) else ""
        if isinstance(address, str) and address.strip():
            yield Link(url=address.strip().removeprefix("internal:"), rel=rel, name=name or None)


def attachments(value: Any, language: str | None) -> Iterator[Link]:
    """The files, pictures and films in a field of media or files; of media that were not included, none."""
    for media in resources(value, "media"):
        name = text(media.get("name")) or None
        for field, held in media.items():
            if field != "thumbnail" and (field.startswith("field_media") or field == "image"):
                yield from _files(held, name, language, "image" if field in _PICTURES else "document")
        if film := text(media.get("field_media_oembed_video")):
            yield Link(url=film, name=name, language=language)
    yield from _files(value, None, language, "document")


def unused(draft: Draft, node: Node, used: Iterable[str]) -> None:
    """Count the fields with something in them that nobody used."""
    count_unused(draft, dict(node.fields), HOUSEKEEPING | DATED | frozenset(used))


def _files(value: Any, name: str | None, language: str | None, rel: str) -> Iterator[Link]:
    for file in resources(value, "file"):
        uri = file.get("uri")
        address = text(uri.get("url")) if isinstance(uri, dict) else text(file.get("url"))
        if address:
            media_type = text(file.get("filemime")) or None
            label = name or text(file.get("filename")) or None
            yield Link(url=address, rel=rel, name=label, language=language, media_type=media_type)


def _dates(fields: Fields) -> Iterator[tuple[DateKind, str]]:
    if created := text(fields.get("created")):
        yield "created", created
    for kind, names in _DATES.items():
        for name in names:
            for each in several(fields.get(name)):
                yield from _days(kind, each)


def _days(kind: DateKind, value: Any) -> Iterator[tuple[DateKind, str]]:
    """A day, or those of a range."""
    if not isinstance(value, dict):
        ends: tuple[tuple[DateKind, str], ...] = ((kind, text(value)),)
    else:
        ends = ((kind, text(value.get("value"))), ("end", text(value.get("end_value"))))
    yield from ((which, day) for which, day in ends if day.strip())
