"""Where a document says what was asked: pieces of its text with the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from warehouse.index_documents import Document
from warehouse.portal.analysis import is_text, slot_of, words
from warehouse.portal.questions import Boosted, Clauses, Phrase, Question, Word

if TYPE_CHECKING:
    from warehouse.portal.select import Asked

LONGEST = 10_000  # characters of a piece
_PIECES = re.compile(r"\w+|\W+")


def of(documents: list[Document], asked: Asked) -> dict[str, dict[str, list[str]]]:
    """For each document, by `id`, the fields of `hl.fl`: up to `hl.snippets` pieces of about `hl.fragsize` characters.

    The text is escaped as HTML, the marks are not.
    """
    fields = [field for value in asked.several("hl.fl") for field in re.split(r"[,\s]+", value) if field]
    wanted = {field: frozenset(_asked_of(asked.question, field)) for field in fields or [asked.field]}
    return {document["id"]: dict(_fields(document, wanted, asked)) for document in documents}


def _fields(document: Document, wanted: Mapping[str, frozenset[str]], asked: Asked) -> Iterator[tuple[str, list[str]]]:
    for field, stems in wanted.items():
        value = document.get(field, [])
        found = [
            piece
            for text in (value if isinstance(value, list) else [value])
            for piece in _marked(text, stems, field, asked)
        ]
        if found:
            yield field, found[: asked.number("hl.snippets", 100)]


def _asked_of(question: Question, field: str) -> Iterator[str]:
    """The words that are asked for, as the field's language has them, whichever analysed field they were asked of."""
    match question:
        case Word(named, text) | Phrase(named, text) if is_text(named):
            yield from words(text, slot_of(field))
        case Boosted(part, _):
            yield from _asked_of(part, field)
        case Clauses(must, should, _):
            for part in (*must, *should):
                yield from _asked_of(part, field)


def _marked(text: str, stems: frozenset[str], field: str, asked: Asked) -> Iterator[str]:
    """The pieces of one text, each from a little before a word that was asked for."""
    before, after = asked.text("hl.simple.pre") or "<em>", asked.text("hl.simple.post") or "</em>"
    size = asked.number("hl.fragsize", LONGEST) or LONGEST
    pieces = [(piece, not stems.isdisjoint(words(piece, slot_of(field)))) for piece in _PIECES.findall(text)]
    at = 0
    while any(found for _, found in pieces[at:]):
        first = next(place for place in range(at, len(pieces)) if pieces[place][1])
        begin, length = first, 0
        while begin > at and length < size // 3:
            begin -= 1
            length += len(pieces[begin][0])
        at, length, marked = begin, 0, ""
        while at < len(pieces) and length < size:
            piece, found = pieces[at]
            marked += f"{before}{escape(piece)}{after}" if found else escape(piece)
            length, at = length + len(piece), at + 1
        yield marked.strip()
