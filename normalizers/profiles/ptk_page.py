"""An item of a Portal Tool Kit that no channel showed: what the head of its page states, mostly in Dublin Core."""

from __future__ import annotations

from harvesters.errors import HarvestError
from harvesters.model import RawRecord
from harvesters.web_pages import head
from normalizers.model import Draft, Link, Text
from normalizers.profiles import Unreadable

_TEXTS = {
    "title": "titles", "description": "descriptions", "subject": "subjects", "coverage": "coverage", "type": "types",
    "creator": "authors", "contributor": "contributors", "publisher": "publishers", "rights": "rights",
}  # fmt: skip
_TECHNICAL = frozenset(("generator", "robots", "viewport"))


def extract(raw: RawRecord) -> Draft:
    """Where the values of one page stand. Raises `Unreadable`."""
    try:
        found = head(raw.answer)
    except HarvestError as error:
        raise Unreadable("unreadable_record", error.cause, error.advice) from error
    draft = Draft(links=[Link(url=raw.identifier, rel="source")])
    for meta in found.metas:
        kind, _, name = meta.name.rpartition(".")
        if kind == "dc" and name in _TEXTS:
            getattr(draft, _TEXTS[name]).append(Text(meta.content, meta.language))
        elif meta.name == "dc.language":
            draft.languages.append(meta.content)
        elif meta.name == "dc.date":
            draft.dates.append(("published", meta.content))
        elif meta.name == "dc.identifier":
            draft.identifiers.append(meta.content)
        elif meta.name not in ("description", "keywords", *_TECHNICAL):
            draft.unused[meta.name] = draft.unused.get(meta.name, 0) + 1
    draft.titles = draft.titles or [Text(found.title, found.language)]
    plain = [Text(meta.content, meta.language or found.language) for meta in found.values("description")]
    draft.descriptions = draft.descriptions or plain
    if not draft.subjects:
        words = (word.strip() for meta in found.values("keywords") for word in meta.content.split(","))
        draft.subjects = [Text(word) for word in words if word]
    if not draft.languages and found.language:
        draft.languages.append(found.language)
    return draft
