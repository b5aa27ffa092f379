"""Unqualified Dublin Core as OAI-PMH carries it (OAI-PMH 2.0, Implementation Guidelines; DCMES 1.1), dcterms tolerated.

Elements are told by their local names: repositories in the wild mix DC 1.0, DC 1.1 and dcterms in one record.
"""

from __future__ import annotations

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
_VALUES = {"language": "languages", "identifier": "identifiers"}
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
    tree, complaint = parse_record(raw)
    root, language = _metadata(tree)
    draft = Draft(issues=[_mended(raw, complaint)] if complaint else [])
    contributors: list[Text] = []
    for element in root.iterchildren("*"):
        value = _markup(element).strip() if len(element) else (element.text or "").strip()
        if not value:
            continue
        name = local_name(element.tag)
        if name in _TEXTS:
            getattr(draft, _TEXTS[name]).append(Text(value, _language(element) or language))
        elif name in _VALUES:
            getattr(draft, _VALUES[name]).append(value)
        elif name in _DATES:
            draft.dates.append((_DATES[name], value))
        elif name == "contributor":
            contributors.append(Text(value))
        elif name in _RELATIONS and looks_like_link(value):
            draft.links.append(Link(url=value))
        else:
            label = f"{element.prefix}:{name}" if element.prefix else name
            draft.unused[label] = draft.unused.get(label, 0) + 1
    draft.authors += contributors
    return draft


def _language(element: etree._Element) -> str | None:
    """`xml:lang`, or the `lang` of those who forgot the prefix."""
    return element.get(_XML_LANG) or element.get("lang")


def _mended(raw: RawRecord, complaint: str) -> Issue:
    return Issue(
        code="xml_mended",
        message=f"Record {raw.identifier}: its XML is broken and was read as far as it goes ({complaint}). "
        "Ask the site to mend its export.",
        record=raw.identifier,
        value=complaint[:500],
    )


def _metadata(tree: etree._Element) -> tuple[etree._Element, str | None]:
    """The metadata's root element under the protocol's envelope, and the `xml:lang` that it inherits."""
    element, language = tree, _language(tree)
    while local_name(element.tag) in _ENVELOPE:
        inside = next((child for child in element.iterchildren("*") if local_name(child.tag) not in _BESIDE), None)
        if inside is None:
            raise Unreadable("unreadable_record", "It has no metadata.", "Ask the site why it sends a bare header.")
        element, language = inside, _language(inside) or language
    if local_name(element.tag) not in _ROOTS:
        raise Unreadable(
            "format_mismatch",
            f"Its metadata is <{element.tag}>, not Dublin Core.",
            "Set the source's `profile` to that format, or ask for `oai_dc` in its `options`.",
        )
    return element, language


def _markup(element: etree._Element) -> str:
    """What an element contains, as HTML: the cleaner of text takes the tags off."""
    parts = [element.text or ""]
    for child in element.iterchildren("*"):
        name = local_name(child.tag)
        parts += (f"<{name}>", _markup(child), f"</{name}>", child.tail or "")
    return "".join(parts)
