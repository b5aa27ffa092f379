"""Unqualified Dublin Core as OAI-PMH carries it (OAI-PMH 2.0, Implementation Guidelines; DCMES 1.1), dcterms tolerated.

Elements are told by their local names: repositories in the wild mix DC 1.0, DC 1.1 and dcterms in one record.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvesters.model import Issue, RawRecord
from normalizers.fields.links import looks_like_link
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.profiles import Unreadable
from normalizers.record_xml import local_name, parse_record

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENVELOPE = frozenset(("oai-pmh", "listrecords", "getrecord", "record", "metadata"))
_BESIDE = frozenset(("header", "about", "responsedate", "request", "error", "resumptiontoken"))
_ROOTS = frozenset(("dc", "qualifieddc"))

_TEXTS = {
    "title": "titles", "abstract": "summaries", "description": "descriptions", "tableofcontents": "descriptions",
    "type": "types", "subject": "subjects", "coverage": "coverage", "spatial": "coverage", "creator": "authors",
    "publisher": "publishers", "rights": "rights", "license": "rights", "accessrights": "rights",
}  # fmt: skip
_DATES: dict[str, DateKind] = {
    "date": "published", "issued": "published", "available": "published", "created": "created", "modified": "modified",
}  # fmt: skip
_RELATIONS = frozenset((
    "relation", "source", "ispartof", "haspart", "isversionof", "hasversion", "isformatof", "hasformat", "references",
    "isreferencedby", "replaces", "isreplacedby", "requires", "isrequiredby", "conformsto",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of one `oai_dc` record stand.

    Raises `Unreadable`: `format_mismatch` where the metadata's root is no Dublin Core, `unreadable_record` where
    there is no metadata, or XML that cannot even be mended.
    """
    tree, mended = parse_record(raw)
    root, language = _metadata(tree)
    draft = Draft()
    if mended:
        draft.issues.append(
            Issue(
                code="xml_mended",
                message=f"Record {raw.identifier}: its XML is broken and was read as far as it goes ({mended}). "
                "Ask the site to mend its export.",
                record=raw.identifier,
            )
        )
    contributors: list[Text] = []
    for element in root.iterchildren("*"):
        value = _content(element)
        if value:
            text = Text(value, element.get(_XML_LANG) or element.get("lang") or language)
            if (name := local_name(element.tag)) == "contributor":
                contributors.append(text)
            else:
                _place(draft, name, text, element)
    draft.authors += contributors
    return draft


def _place(draft: Draft, name: str, text: Text, element: etree._Element) -> None:
    if name in _TEXTS:
        getattr(draft, _TEXTS[name]).append(text)
    elif name in _DATES:
        draft.dates.append((_DATES[name], text.value))
    elif name == "language":
        draft.languages.append(text.value)
    elif name == "identifier":
        draft.identifiers.append(text.value)
    elif name in _RELATIONS and looks_like_link(text.value):
        draft.links.append(Link(url=text.value))
    else:
        label = f"{element.prefix}:{name}" if element.prefix else name
        draft.unused[label] = draft.unused.get(label, 0) + 1


def _metadata(tree: etree._Element) -> tuple[etree._Element, str | None]:
    """The metadata's root element under the protocol's envelope, and the `xml:lang` that it inherits."""
    element, language = tree, tree.get(_XML_LANG)
    while local_name(element.tag) in _ENVELOPE:
        inside = next((child for child in element.iterchildren("*") if local_name(child.tag) not in _BESIDE), None)
        if inside is None:
            raise Unreadable("unreadable_record", "It has no metadata.", "Ask the site why it sends a bare header.")
        element, language = inside, inside.get(_XML_LANG) or language
    if local_name(element.tag) not in _ROOTS:
        raise Unreadable(
            "format_mismatch",
            f"Its metadata is <{element.tag}>, not Dublin Core.",
            "Set the source's `profile` to that format, or ask for `oai_dc` in its `options`.",
        )
    return element, language


def _content(element: etree._Element) -> str:
    """An element's text; with markup in it, as HTML, which the cleaner of text takes off."""
    if not len(element):
        return (element.text or "").strip()
    return "".join(_markup(element)).strip()


def _markup(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        tail, child.tail = child.tail or "", None
        if isinstance(child.tag, str):
            yield f"<{local_name(child.tag)}>"
            yield from _markup(child)
            yield f"</{local_name(child.tag)}>"
        yield tail
