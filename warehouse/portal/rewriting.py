"""What people write into queries and luqum takes for something else: rewritten, where one can know what is meant.

`&&`, `||` and `!` are operators to Solr and words to luqum. So are `and`, `or` and `not` to Solr, but who writes them
between two words means them, and is told how they were read. A minus before a number is its sign. An address that is
neither quoted nor escaped is refused: its colon and slashes would be a field and a regular expression.
"""

from __future__ import annotations

import re

from msgspec import Struct

_PARTS = re.compile(
    r"""\s+
    | "(?:\\.|[^"\\])*"             # a phrase
    | [\[{] [^\]}]* [\]}]           # a range
    | && | \|\| | ! | [()]
    | (?: \\. | &(?!&) | \|(?!\|) | [^\s"()\[\]{}!&|\\] )+
    | .""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"&&": " AND ", "||": " OR ", "!": " NOT "}
_WORDS = frozenset(("and", "or", "not"))
_BINARY = frozenset(("AND", "OR", "&&", "||", "and", "or"))
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")
_NEGATIVE = re.compile(r"(?<=:)-(?=[0-9])")
_NEGATIVE_END = re.compile(r"(?<![^\s\[{])-(?=[0-9])")


class Address(ValueError):
    """A query has an address that is neither quoted nor escaped."""


class Rewritten(Struct, frozen=True):
    """A query as luqum reads it, and what the asker should know of how it was read."""

    text: str
    notes: tuple[str, ...] = ()


def rewrite(text: str) -> Rewritten:
    """The query in luqum's words.

    Raises:
        Address: it has one that is neither quoted nor escaped; the message says what to do.
    """
    parts = _PARTS.findall(text)
    said = [place for place, part in enumerate(parts) if not part.isspace()]
    notes = []
    for at, place in enumerate(said):
        part = parts[place]
        before = parts[said[at - 1]] if at else ""
        after = parts[said[at + 1]] if at + 1 < len(said) else ""
        if part in _WORDS and _is_operator(part, before, after):
            parts[place] = part.upper()
            notes.append(f"{part!r} was read as {part.upper()}; put it in quotes if the word is meant.")
        else:
            parts[place] = _rewritten(part)
    return Rewritten("".join(parts), tuple(dict.fromkeys(notes)))


def _is_operator(word: str, before: str, after: str) -> bool:
    """Whether a word stands where an operator does; after a colon it is a value."""
    begins = bool(after) and after != ")" and after not in _BINARY
    if before.endswith(":") or not begins:
        return False
    is_first = before in ("", "(", "NOT", "!") or before in _BINARY
    return word == "not" or not (is_first or before == "not")


def _rewritten(part: str) -> str:
    if part[0] in "[{":
        return _NEGATIVE_END.sub(r"\-", part)
    if part[0] == '"':
        return part
    if address := _ADDRESS.search(part):
        raise Address(f"{address.group()!r} is an address: put it in quotes.")
    return _OPERATORS.get(part) or _NEGATIVE.sub(r"\-", part)
