"""Pages of RDF from strangers, in any of its syntaxes, as one graph of rdflib.

Nothing is fetched: JSON-LD whose context lies elsewhere is refused, since rdflib would go and read it, and so is a
document type in RDF/XML. A triple takes some 50 microseconds, so a page of a hundred datasets about a quarter of a
second; `MOST_BYTES` keeps one from taking more than about ten.
"""

from __future__ import annotations

import logging
import warnings
from functools import lru_cache
from xml.sax import SAXException

import msgspec
from rdflib import Graph
from rdflib.exceptions import Error

from harvesters.errors import ProtocolError
from harvesters.listings.reading import BOM, bad_status, refuse_page, said
from harvesters.model import Answer, Json
from harvesters.safe_xml import DoctypeRefused, MalformedXml, run, strict_parser

ACCEPT = "text/turtle, application/rdf+xml, application/ld+json;q=0.9, application/n-triples;q=0.9, */*;q=0.1"
MOST_BYTES = 16 * 2**20
# What rdflib 7.6 was seen to raise on mutated pages, or may: strings that do not end, contexts of the wrong type ...
_STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # odd addresses become issues of their record


def graph(answer: Answer) -> Graph:
    """The graph of a page. Read only: the last result is remembered.

    Raises:
        BadStatus: the status is not 200.
        ProtocolError: what came is no RDF, wants something fetched, or is larger than `MOST_BYTES`.
    """
    if answer.status != 200:
        raise bad_status(answer)
    if len(answer.body) > MOST_BYTES:
        raise ProtocolError(
            f"{answer.url}: {len(answer.body):,} bytes of RDF are more than the {MOST_BYTES:,} that one page may have.",
            advice="Ask the site for a paged catalogue (Hydra), or for its CKAN or OAI-PMH interface.",
        )
    refuse_page(answer, "RDF")
    return _graph(answer.body, answer.headers.get("content-type", ""), answer.url)


@lru_cache(maxsize=1)
def _graph(body: bytes, content_type: str, url: str) -> Graph:
    syntax = _syntax(body, content_type)
    found = Graph(bind_namespaces="none")
    try:
        if syntax == "xml":
            run(strict_parser(), body)
        elif syntax == "json-ld":
            _refuse_json(msgspec.json.decode(body), url)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's of its own class, in its reader of JSON-LD
            found.parse(data=body, format=syntax, publicID=url)
    except (*_STUMBLES, Error, SAXException, SyntaxError, DoctypeRefused, MalformedXml) as error:
        raise _unreadable(
            url, f"the RDF cannot be read ({syntax}: {str(error)[:300] or type(error).__name__})"
        ) from error
    return found


def _refuse_json(value: Json, url: str) -> None:
    """Raise `ProtocolError` for JSON-LD that wants something fetched, and for JSON that is none: an error document."""
    if _fetches(value):
        raise _unreadable(url, "its JSON-LD names a context that lies elsewhere, and nothing is fetched")
    if isinstance(value, dict) and not any(key.startswith("@") for key in value):
        told = said(value)
        raise _unreadable(url, "JSON without a word of JSON-LD came" + (f"; it says: {told}" if told else ""))


def _syntax(body: bytes, content_type: str) -> str:
    """By the look of it where that is plain, else by the header: many catalogues call everything `text/plain`."""
    start = body.removeprefix(BOM).lstrip()[:200]
    if start[:1] in (b"{", b"["):
        return "json-ld"
    if start.startswith((b"<?xml", b"<rdf:RDF", b"<RDF", b"<!DOCTYPE")):
        return "xml"
    is_triples = content_type.partition(";")[0].strip().lower() == "application/n-triples"
    return "nt" if is_triples else "turtle"


def _fetches(value: Json) -> bool:
    """Whether JSON-LD names a context by its address, anywhere (JSON-LD 1.1, 3.1 and 4.1.10)."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            if _names_an_address(one.get("@context")) or "@import" in one:
                return True
            waiting += one.values()
    return False


def _names_an_address(context: object) -> bool:
    """Lists in lists too: the syntax has none, but rdflib reads them."""
    waiting = [context]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            return True
        if isinstance(one, list):
            waiting += one
    return False


def _unreadable(url: str, cause: str) -> ProtocolError:
    return ProtocolError(f"{url}: {cause}.", advice="Open the address in a browser, and check `url`.")
