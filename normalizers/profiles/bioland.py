"""A node of Bioland 2: its type is a term, its tags are identifiers of the CBD's thesaurus between commas.

https://github.com/scbd/drupal-module-bioland (fields), https://github.com/scbd/drupal-module-scbd-thesaurus-tags (tags)
"""

from __future__ import annotations

from harvesters.model import RawRecord
from normalizers.drupal_fields import attachments, begun, links, terms, unused
from normalizers.drupal_json import several, text
from normalizers.model import Draft, Text

_USED = ("field_type_placement", "field_tags", "field_attachments", "field_url", "field_order")


def extract(raw: RawRecord) -> Draft:
    """Where the values of a node stand. Raises `Unreadable`."""
    draft, nodes = begun(raw)
    original = nodes[0].fields
    draft.types += _types(original.get("field_type_placement"))
    for tags in several(original.get("field_tags")):
        draft.tags += (Text(tag.strip()) for tag in text(tags).split(",") if tag.strip())
    for node in nodes:
        draft.links += attachments(node.fields.get("field_attachments"), node.language)
    draft.links += links(original.get("field_url"))
    unused(draft, nodes[0], _USED)
    return draft


def _types(value: object) -> list[Text]:
    """The names of the types, or their numbers where they were not included."""
    named = list(terms(value))
    if named:
        return named
    about = [each.get("resourceIdObjMeta") or each.get("meta") for each in several(value) if isinstance(each, dict)]
    numbers = (text(meta.get("drupal_internal__target_id")) for meta in about if isinstance(meta, dict))
    return [Text(number) for number in numbers if number]
