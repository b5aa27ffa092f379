"""A vocabulary as SKOS Turtle for people: one statement a line, English first, in order of notation.

The same vocabulary always gives the same text, so that a diff of two files shows what changed and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vocabularies.model import Concept, Vocabulary

CODES = "urn:chm:code:"
TERMS = "https://api.cbd.int/api/v2013/thesaurus/terms/"
_PREFIXES = f"""@prefix code: <{CODES}> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix term: <{TERMS}> .
"""
_LOCAL = re.compile(r"[A-Za-z0-9](?:[\w.-]*[\w-])?", re.ASCII)  # within Turtle 1.1's PN_LOCAL
_TAG = re.compile(r"[a-zA-Z]+(?:-[a-zA-Z0-9]+)*")
_NOT_IN_URI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def write(vocabulary: Vocabulary, head: str = "") -> str:
    """The vocabulary as Turtle; `head` are lines of comment, without their `#`, that go before it."""
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
    scheme, concepts = resource(vocabulary.uri), vocabulary.concepts
    blocks = [f"{scheme} a skos:ConceptScheme ;\n    dct:title {literal(vocabulary.title, 'en')} .\n"]
    for concept in (concepts[notation] for notation in sorted(concepts)):
        about = [f"{resource(concept.uri)} a skos:Concept", f"skos:inScheme {scheme}"]
        blocks.append(" ;\n    ".join((*about, *_statements(concept, vocabulary))) + " .\n")
    return "\n".join((f"{comment}\n{_PREFIXES}" if comment else _PREFIXES, *blocks))


def head_of(text: str) -> str:
    """The lines of comment before the first statement, without their `#`, as `write` takes them."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    return "\n".join(lines)


def resource(uri: str) -> str:
    """A URI as Turtle writes it: `term:be`, or in angle brackets, with what may not stand in one encoded."""
    local = uri.removeprefix(TERMS)
    if local != uri and _LOCAL.fullmatch(local):
        return f"term:{local}"
    return f"<{_NOT_IN_URI.sub(lambda found: f'%{ord(found[0]):02X}', uri)}>"


def is_tag(language: str) -> bool:
    """Whether Turtle can write a text of that language."""
    return _TAG.fullmatch(language) is not None


def literal(text: str, language: str) -> str:
    """A text with its language, untagged where that is `und` or no tag."""
    quoted = '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
    return f"{quoted}@{language}" if language != "und" and is_tag(language) else quoted


def _statements(concept: Concept, vocabulary: Vocabulary) -> Iterator[str]:
    yield f"skos:notation {literal(concept.notation, 'und')}"
    for name, code in sorted(concept.codes.items()):
        yield f"skos:notation {literal(code, 'und')}^^code:{name}"
    yield from _texts("prefLabel", ((language, (text,)) for language, text in concept.labels.items()))
    yield from _texts("altLabel", concept.alternatives.items())
    yield from _texts("hiddenLabel", concept.hidden.items())
    for broader in concept.broader:
        yield f"skos:broader {resource(vocabulary.concepts[broader].uri)}"
    for kind in ("exact", "close", "related", "narrow"):
        yield from (f"skos:{kind}Match {resource(uri)}" for uri in sorted(getattr(concept, kind)))
    yield from _texts("definition", ((language, (text,)) for language, text in concept.definitions.items()))


def _texts(kind: str, texts: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    for language, several in sorted(texts, key=lambda text: (text[0] != "en", text[0])):
        yield from (f"skos:{kind} {literal(text, language)}" for text in sorted(several))
