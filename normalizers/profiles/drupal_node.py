"""A node of any Drupal site by its JSON:API, Bioland 1 among them, whose fields are known by name.

Bioland 1 brought documents and targets over from the clearing-house: `field_source` says SCBD, or `field_url` leads
there. Such a record is linked to the central one (`central`), so that both are one document to readers.

https://github.com/scbd/bioland-public (the fields of Bioland 1)
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from harvesters.model import RawRecord
from normalizers.drupal_fields import attachments, begun, is_formatted, links, terms, texts, unused
from normalizers.drupal_json import Fields, Node, resources, several, text
from normalizers.model import Draft, Text

_TYPES = ("field_type_placement", "field_document_type", "field_type")
_READ = ("body", "field_source", "field_url")  # elsewhere
_SHORT = ("summary", "teaser", "abstract", "intro", "excerpt")
_CENTRAL = ("chm.cbd.int", "absch.cbd.int", "bch.cbd.int", "ort.cbd.int", "www.cbd.int", "cbd.int")


def extract(raw: RawRecord) -> Draft:
    """Where the values of a node stand. Raises `Unreadable`."""
    draft, nodes = begun(raw)
    original = nodes[0].fields
    if bundle := text(original.get("type")).partition("--")[2]:
        draft.types.append(Text(bundle))
    used = set(_READ)
    for node in nodes:
        used |= {name for name, value in node.fields.items() if _read(draft, node, name, value)}
    draft.links += links(original.get("field_url"), "central" if _is_central(original) else "related")
    unused(draft, nodes[0], used)
    return draft


def _read(draft: Draft, node: Node, name: str, value: Any) -> bool:
    """Put the values of a field into the draft by its kind; whether it had any. Terms are the original's."""
    if name in _READ:
        return True
    if name == "field_full_title" or is_formatted(value):
        place = draft.summaries if any(word in name for word in _SHORT) else draft.descriptions
        place += texts(value, node.language)
        return True
    if files := list(attachments(value, node.language)):
        draft.links += files
        return True
    if any(isinstance(each, dict) and "uri" in each for each in several(value)):
        draft.links += links(value)
        return True
    return _read_terms(draft, name, value)


def _read_terms(draft: Draft, name: str, value: Any) -> bool:
    named = list(terms(value))
    if any(text(term.get("type")) == "taxonomy_term--countries" for term in resources(value, "taxonomy_term")):
        draft.coverage += (
            Text(text(term.get("field_iso_code")) or text(term.get("name")), text(term.get("langcode")) or None)
            for term in resources(value, "taxonomy_term")
        )
    elif name in _TYPES:
        draft.types += named
    else:
        draft.subjects += named
    return bool(named)


def _is_central(fields: Fields) -> bool:
    """Whether a node was brought over from the Convention's clearing-house."""
    said = [
        text(each.get("name")) if isinstance(each, dict) else text(each) for each in several(fields.get("field_source"))
    ]
    return "SCBD" in said or any(_leads_to_centre(link.url) for link in links(fields.get("field_url")))


def _leads_to_centre(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are no IPv6 address
        return False
    return parts.hostname in _CENTRAL and parts.path not in ("", "/")
