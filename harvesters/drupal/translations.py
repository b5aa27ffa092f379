"""One page in every language of a site: the answers as they came, in one JSON document by language.

    {"en": <the page>, "fr": <the same nodes in French>, "ar": <in Arabic>}

A record is a place in one answer, and the translations of a node are one record: so the page is asked for in the other
languages as well, by its nodes' identifiers, and what came is laid side by side. A node without a translation comes in
its own language there; the profile tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from harvesters.listings.reading import BOM, document, items, text_at
from harvesters.model import Answer

AskIn = Callable[[str, Sequence[str]], Answer]
"""Asks for the nodes of these identifiers in a language."""


def gathered(answer: Answer, locales: Sequence[str], ask: AskIn) -> Answer:
    """The page with its translations; itself where the site has one language.

    Raises:
        BadStatus, ProtocolError: the page, or a translation of it, cannot be read; and what `ask` raises. A page that
            lacks a language would take that language from its records.
    """
    if len(locales) < 2:
        return answer
    listed = items(answer, document(answer), ("data",))
    identifiers = list(dict.fromkeys(filter(None, (text_at(item.value, "id") for item in listed))))
    parts = [(locales[0], answer)]
    for locale in locales[1:] if identifiers else ():
        translated = ask(locale, identifiers)
        items(translated, document(translated), ("data",))
        parts.append((locale, translated))
    body = b",\n".join(b'"%b": %b' % (locale.encode(), part.body.removeprefix(BOM)) for locale, part in parts)
    return replace(answer, body=b"{%b}" % body)
