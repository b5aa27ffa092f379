"""`lang_fallback`: texts in the slots of languages that have none, for portals that look into one slot alone.

The CBD's own indexer fills English from Spanish, else from French, and every other language from English, and nobody
can tell a translation from a copy. Here no slot is filled unless a question says `lang_fallback=true`, and a document
then names those that were in `lang_fallback_ss`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from warehouse.index_documents import Document
from warehouse.index_documents.model import SIX, slot

_SLOT = re.compile(r"(title|summary|description)_([A-Z]+)_([st])")
_FIRST = ("EN", "ES", "FR")
MARK = "lang_fallback_ss"


def filled(document: Document) -> Document:
    """A copy in which title, summary and description stand in the slots of all six languages, where there is any."""
    copies = dict(_copies(document))
    return {**document, **copies, MARK: sorted(copies)} if copies else document


def _copies(document: Document) -> Iterator[tuple[str, object]]:
    said: dict[tuple[str, str], dict[str, object]] = {}
    for name, text in document.items():
        if found := _SLOT.fullmatch(name):
            stem, infix, suffix = found.groups()
            said.setdefault((stem, suffix), {})[infix] = text
    for (stem, suffix), texts in said.items():
        source = next((infix for infix in _FIRST if infix in texts), next(iter(texts)))
        for infix in map(slot, SIX):
            if infix not in texts:
                yield f"{stem}_{infix}_{suffix}", texts[source]
