"""Where a document says what was asked: pieces of its text with the words marked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from html import escape

from msgspec import Struct

from warehouse.index_documents import Document
from warehouse.portal.analysis import folded, is_text, is_unspaced, slot_of, tokens, words
from warehouse.portal.asked import Asked
from warehouse.portal.questions import Boosted, Clauses, Pattern, Phrase, Question, Word
from warehouse.portal.searching import glob

LONGEST = 10_000  # characters of a piece


class _Sought(Struct, frozen=True):
    """What is to be marked in a field: words as its language has them, and patterns of words.

    A pair of characters says little: of a text without spaces no fewer are marked than were asked for together.
    """

    slot: str
    together: int
    stems: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def __bool__(self) -> bool:
        return bool(self.stems or self.patterns)

    def marks(self, token: str) -> bool:
        """Whether a token, or a pair of characters, is sought."""
        if any(pattern.fullmatch(folded(token)) for pattern in self.patterns):
            return True
        return not self.stems.isdisjoint(words(token, self.slot))


def of(documents: list[Document], asked: Asked) -> dict[str, dict[str, list[str]]]:
    """For each document, by `id`, the fields of `hl.fl`: up to `hl.snippets` pieces of about `hl.fragsize` characters.

    The text is escaped as HTML, the marks are not.
    """
    fields = asked.patterns("hl.fl") or (asked.field,)
    return {document["id"]: dict(_fields(document, fields, asked)) for document in documents}


def _fields(document: Document, fields: Sequence[str], asked: Asked) -> Iterator[tuple[str, list[str]]]:
    for field in document:
        if not is_text(field) or not any(fnmatchcase(field, pattern) for pattern in fields):
            continue
        value, sought = document[field], _sought(asked.question, field)
        texts = value if isinstance(value, list) else [value]
        if sought and (found := [piece for text in texts for piece in _marked(text, sought, asked)]):
            yield field, found[: asked.number("hl.snippets", 100)]


@lru_cache(maxsize=1024)
def _sought(question: Question, field: str) -> _Sought:
    """Whichever analysed field they were asked of."""
    slot, asked = slot_of(field), list(_leaves(question))
    stems = (word for one in asked if not isinstance(one, Pattern) for word in words(one.text, slot))
    unspaced = [sum(map(is_unspaced, tokens(folded(one.text)))) for one in asked]
    patterns = (glob(folded(one.text)) for one in asked if isinstance(one, Pattern))
    return _Sought(slot, min(filter(None, unspaced), default=0), frozenset(stems), tuple(patterns))


def _leaves(question: Question) -> Iterator[Word | Phrase | Pattern]:
    match question:
        case Word(named, _) | Phrase(named, _, _) | Pattern(named, _) if is_text(named):
            yield question
        case Boosted(part, _):
            yield from _leaves(part)
        case Clauses(must, should, _):
            for part in (*must, *should):
                yield from _leaves(part)


def _marked(text: str, sought: _Sought, asked: Asked) -> Iterator[str]:
    """The pieces of one text, each from a little before a word that was asked for."""
    before, after = asked.text("hl.simple.pre") or "<em>", asked.text("hl.simple.post") or "</em>"
    size = asked.number("hl.fragsize", LONGEST) or LONGEST
    pieces = list(_pieces(text, sought))
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


def _pieces(text: str, sought: _Sought) -> Iterator[tuple[str, bool]]:
    """The tokens of a text, each with whether it is to be marked; marked characters of one word together."""
    found = tokens(text)
    marked = [sought.marks(token) for token in found]
    for at, (one, other) in enumerate(itertools.pairwise(found)):
        if is_unspaced(one) and is_unspaced(other) and sought.marks(one + other):
            marked[at] = marked[at + 1] = True
    run = ""
    for token, is_marked in zip(found, marked, strict=True):
        if is_marked and is_unspaced(token):
            run += token
            continue
        if run:
            yield run, len(run) >= sought.together
            run = ""
        yield token, is_marked
    if run:
        yield run, len(run) >= sought.together
