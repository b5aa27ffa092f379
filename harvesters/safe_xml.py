"""XML from strangers: no document type, no entities of their own, nothing fetched.

expat checks and finds places; lxml reads small, already checked pieces. A document type is refused outright, since
neither OAI-PMH nor its formats need one and every entity attack begins there.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from lxml import etree

_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)

# References to half a character (U+D800 to U+DFFF), which libxml2 lets through when it mends, and lxml cannot decode.
_HALF = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d{2}|56\d{3}|57[0-2]\d{2}|573[0-3]\d|5734[0-3]));?",
    re.IGNORECASE,
)


class MalformedXml(ValueError):
    """Bytes that are not well-formed XML with namespaces; the message names the place."""


class DoctypeRefused(ValueError):
    """A document type declaration, which we do not read."""


def is_web_page(body: bytes) -> bool:
    """True where `body` begins as HTML does."""
    return _WEB_PAGE.match(body[:4096]) is not None


def strict_parser(encoding: str | None = None) -> expat.XMLParserType:
    """An expat parser with namespaces (names are "uri local") that refuses document types.

    `encoding` overrides the declaration. Feed it through `run`.
    """
    parser = expat.ParserCreate(encoding, " ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def run(parser: expat.XMLParserType, body: bytes) -> None:
    """Parse the whole of `body`.

    Raises:
        MalformedXml: it is not well-formed, or its encoding is none that expat can read.
        DoctypeRefused: it declares a document type.
    """
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}, byte {parser.ErrorByteIndex}"
        raise MalformedXml(f"{expat.ErrorString(error.code)} at {place}") from error
    except DoctypeRefused:
        raise
    except (LookupError, ValueError) as error:  # pyexpat's word on an encoding that it lacks or that is multi-byte
        raise MalformedXml(f"unreadable encoding: {error}") from error


def can_read(encoding: str) -> bool:
    """Whether both parsers read a single-byte encoding of that name, or UTF-8."""
    try:
        run(strict_parser(encoding), b"<a/>")
        etree.XMLParser(encoding=encoding)
    except (MalformedXml, LookupError):
        return False
    return True


def small_tree(piece: bytes, *, recover: bool = False, encoding: str | None = None) -> etree._Element | None:
    """The root of a small piece of XML; None where `recover` found nothing to hold on to.

    Raises:
        MalformedXml: libxml2 cannot read it (never with `recover`).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=recover, huge_tree=False, encoding=encoding
    )
    try:
        return etree.fromstring(_HALF.sub(b"", piece) if recover else piece, parser)
    except etree.XMLSyntaxError as error:
        if recover:
            return None
        raise MalformedXml(str(error)) from error


def _refuse(*_declaration: object) -> None:
    raise DoctypeRefused("a document type declaration (DOCTYPE)")
