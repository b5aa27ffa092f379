"""What is asked, as a tree: the query language of Lucene and Solr as the CHM's portals write it.

The default operator is OR; AND binds closer than OR; a query of nothing but NOT is one of all records less those (at
the top only, as in Solr: within brackets it finds nothing, which is why portals write `(*:* NOT ...)`). Words of
nothing but punctuation are passed over. What would parse into something that was not meant is refused with a sentence:
an unescaped address, a field that the index cannot have, fuzzy words, expressions, numbers and times that are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from luqum import tree
from luqum.exceptions import ParseError
from luqum.parser import parser
from msgspec import Struct

from warehouse.portal.analysis import is_text, slot_of, words
from warehouse.portal.rewriting import Address, rewrite

LONGEST = 20_000  # characters of one query
_DEEPEST = 50


class QuestionError(ValueError):
    """A query cannot be answered; the message says why, and how to write what is meant."""


class All(Struct, frozen=True):
    """Every record."""


class Exists(Struct, frozen=True):
    """Records that have a value in a field."""

    field: str


class Word(Struct, frozen=True):
    """Records whose field is, or of analysed text contains, this."""

    field: str
    text: str


class Pattern(Struct, frozen=True):
    """As `Word`, where `*` stands for any characters and `?` for one, unless a backslash stands before them."""

    field: str
    text: str


class Phrase(Struct, frozen=True):
    """Records whose field is this, or of analysed text contains its words in this order, `slop` gaps allowed."""

    field: str
    text: str
    slop: int = 0


class Range(Struct, frozen=True):
    """Records with a value from `low` to `high` (None: open), each end included where it says so."""

    field: str
    low: str | None
    high: str | None
    with_low: bool
    with_high: bool


class Boosted(Struct, frozen=True):
    """As `part`, which counts `factor` times for relevance."""

    part: Question
    factor: float


class Clauses(Struct, frozen=True):
    """All of `must`, none of `must_not`, and, where nothing must, one of `should` at least."""

    must: tuple[Question, ...] = ()
    should: tuple[Question, ...] = ()
    must_not: tuple[Question, ...] = ()


Question: TypeAlias = All | Exists | Word | Pattern | Phrase | Range | Boosted | Clauses


class Parsed(Struct, frozen=True):
    """The question that a query puts, and what its asker should know of how it was read."""

    question: Question
    notes: tuple[str, ...] = ()


_LOCAL = re.compile(r"^\s*\{!([^}]*)\}")
_FIELD = re.compile(r"id|[A-Za-z_][A-Za-z0-9_]*_(s|ss|t|txt|dt|i|is|d|b)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WILD = re.compile(r"(?<!\\)(?:\\\\)*[*?]")


def local_params(text: str, known: frozenset[str]) -> tuple[dict[str, str], str]:
    """Solr's local parameters before a query (`{!tag=a,b}`), and the query without them.

    Raises:
        QuestionError: there is one that is not `known`; another parser's name is none.
    """
    found = _LOCAL.match(text)
    if not found:
        return {}, text
    params = {}
    for part in found.group(1).split():
        name, _, value = part.partition("=")
        if name not in known:
            raise QuestionError(f"{found.group().strip()}: {name!r} is not supported; {_or(known)} may stand here.")
        params[name] = value.strip("'\"")
    return params, text[found.end() :]


@lru_cache(maxsize=4096)
def parse(text: str, field: str, *, operator: str = "OR") -> Parsed:
    """The question that a query puts; `field` is asked where the query names none.

    Raises:
        QuestionError: it cannot be parsed, or means something that is not supported.
    """
    if len(text) > LONGEST:
        raise QuestionError(f"The query has {len(text)} characters; at most {LONGEST} are read.")
    if not text.strip():
        return Parsed(All())
    try:
        written = rewrite(text)
        parsed = parser.parse(written.text)
    except Address as error:
        raise QuestionError(str(error)) from error
    except (ParseError, RecursionError, ValueError) as error:
        raise QuestionError(f"The query cannot be parsed: {error}") from error
    question = _Reader(operator).read(parsed, known_field(field), 0)
    if isinstance(question, Clauses) and not (question.must or question.should) and question.must_not:
        question = Clauses(must=(All(),), must_not=question.must_not)
    return Parsed(question, written.notes)


def known_field(name: str) -> str:
    """The name, which is one that a field of the index can have. Raises QuestionError where it is not."""
    if not _FIELD.fullmatch(name):
        raise QuestionError(
            f"There can be no field {name!r}: names end with _s, _ss, _t, _txt, _dt, _i, _is, _d or _b."
            " If a colon is part of a text, put the text in quotes."
        )
    return name


def _or(names: frozenset[str]) -> str:
    return " or ".join(sorted(names)) or "nothing"


class _Reader:
    def __init__(self, operator: str) -> None:
        self._operator = operator

    def read(self, node: tree.Item, field: str, depth: int) -> Question:
        if depth > _DEEPEST:
            raise QuestionError(f"The query nests deeper than {_DEEPEST} brackets.")
        reader = _READERS.get(type(node))
        if reader is None:
            raise QuestionError(
                f"{str(node).strip()!r}: this is not supported; escape it with a backslash if a text is meant."
            )
        return reader(self, node, field, depth)

    def group(self, node: tree.Item, field: str, depth: int) -> Question:
        return self.read(node.expr, field, depth + 1)

    def search_field(self, node: tree.SearchField, field: str, depth: int) -> Question:
        del field
        inner = node.expr
        if isinstance(inner, tree.SearchField):
            raise QuestionError(f"{str(node).strip()!r}: escape the second colon as `\\:`, or quote the value.")
        if node.name == "*" and isinstance(inner, tree.Word) and inner.value == "*":
            return All()
        return self.read(inner, known_field(_ESCAPED.sub(r"\1", node.name)), depth)

    def word(self, node: tree.Word, field: str, depth: int) -> Question:
        del depth
        text = node.value
        if text == "*":
            return Exists(field)
        return Pattern(field, text) if _WILD.search(text) else Word(field, _ESCAPED.sub(r"\1", text))

    def phrase(self, node: tree.Phrase, field: str, depth: int) -> Question:
        del depth
        return Phrase(field, _ESCAPED.sub(r"\1", node.value[1:-1]))

    def proximity(self, node: tree.Proximity, field: str, depth: int) -> Question:
        del depth
        return Phrase(field, _ESCAPED.sub(r"\1", node.term.value[1:-1]), int(node.degree))

    def range(self, node: tree.Range, field: str, depth: int) -> Question:
        del depth
        return Range(field, _end(node.low), _end(node.high), node.include_low, node.include_high)

    def boost(self, node: tree.Boost, field: str, depth: int) -> Question:
        return Boosted(self.read(node.expr, field, depth), float(node.force))

    def clause(self, node: tree.Item, field: str, depth: int) -> Question:
        """A sign or NOT that stands alone."""
        part = self.read(node.children[0], field, depth + 1)
        return Clauses(must=(part,)) if isinstance(node, tree.Plus) else Clauses(must_not=(part,))

    def every(self, node: tree.Item, field: str, depth: int) -> Question:
        return self._clauses(node.children, field, depth, by_default="must")

    def some(self, node: tree.Item, field: str, depth: int) -> Question:
        return self._clauses(node.children, field, depth, by_default="should")

    def default(self, node: tree.Item, field: str, depth: int) -> Question:
        return self._clauses(node.children, field, depth, by_default="must" if self._operator == "AND" else "should")

    def _clauses(self, nodes: Sequence[tree.Item], field: str, depth: int, *, by_default: str) -> Question:
        made: dict[str, list[Question]] = {"must": [], "should": [], "must_not": []}
        for node in nodes:
            sign = "must_not" if isinstance(node, tree.Not | tree.Prohibit) else by_default
            signed = isinstance(node, tree.Not | tree.Prohibit | tree.Plus)
            sign = "must" if isinstance(node, tree.Plus) else sign
            part = self.read(node.children[0] if signed else node, field, depth + 1)
            if not _says_nothing(part):
                made[sign].append(part)
        return Clauses(**{sign: tuple(parts) for sign, parts in made.items()})


def _end(node: tree.Item) -> str | None:
    """One end of a range; None where it is open."""
    if not isinstance(node, tree.Word | tree.Phrase):
        raise QuestionError(f"{str(node).strip()!r} is no end of a range; put it in quotes.")
    return None if node.value == "*" else _ESCAPED.sub(r"\1", node.value.strip('"'))


def _says_nothing(question: Question) -> bool:
    """Whether it asks an analysed field for nothing but punctuation."""
    match question:
        case Boosted(part, _):
            return _says_nothing(part)
        case Word(field, text) | Phrase(field, text, _):
            return is_text(field) and not words(text, slot_of(field))
    return False


_READERS: dict[type, Callable[[_Reader, tree.Item, str, int], Question]] = {
    tree.Group: _Reader.group,
    tree.FieldGroup: _Reader.group,
    tree.SearchField: _Reader.search_field,
    tree.Word: _Reader.word,
    tree.Phrase: _Reader.phrase,
    tree.Proximity: _Reader.proximity,
    tree.Range: _Reader.range,
    tree.Boost: _Reader.boost,
    tree.Not: _Reader.clause,
    tree.Prohibit: _Reader.clause,
    tree.Plus: _Reader.clause,
    tree.AndOperation: _Reader.every,
    tree.OrOperation: _Reader.some,
    tree.UnknownOperation: _Reader.default,
}
