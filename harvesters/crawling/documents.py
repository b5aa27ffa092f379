"""Tables and lists of documents: the usual "Documents" page, on which every row is a record of its own.

A row (of a table, a list, or a definition list) is one of a document where it links to one file, be it in several
formats or languages. A table's header, or the column that has no header, names what its cells are for the profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html
from msgspec import Struct

from harvesters.crawling.blocks import is_around, letters, main

FILES = frozenset((
    "csv", "doc", "docm", "docx", "epub", "key", "odp", "ods", "odt", "pdf", "pps", "ppsx", "ppt", "pptx", "rtf", "rar",
    "tsv", "txt", "xls", "xlsm", "xlsx", "zip", "7z",
))  # fmt: skip
"""How the names of files end that are documents, rather than pages or pictures."""
_LEAST_ROWS = 2
_A_TITLE = 25  # letters; a shorter row within a row is a format or a language of the same document


class File(Struct, frozen=True):
    """A link to a file: its absolute address, and the words of the link; `language` and `media_type` as declared."""

    url: str
    words: str
    language: str | None = None
    media_type: str | None = None


class Row(Struct, frozen=True):
    """One document of a table or list: its files, and its cells by the words that head their column ("" where none do).

    A list's row has one cell. `number` counts the rows of a page from 0.
    """

    number: int
    files: tuple[File, ...]
    cells: tuple[tuple[str, str], ...]
    language: str | None = None

    @property
    def length(self) -> int:
        """Letters in the row."""
        return sum(letters(text) for _, text in self.cells)


def is_file(url: str) -> bool:
    """Whether an address is that of a document: by its path's ending, or by that of a name in its query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if _ending(parts.path) in FILES:
        return True
    return any(_ending(unquote(part.partition("=")[2])) in FILES for part in parts.query.split("&"))


def files(element: html.HtmlElement, url: str) -> list[File]:
    """The files to which an element of the page at `url` links, each once and in order."""
    found: dict[str, File] = {}
    for link in element.iter("a"):
        target = address(link.get("href", ""), url)
        if target and (is_file(target) or link.get("type", "").startswith("application/")):
            words = " ".join(link.text_content().split()) or " ".join(link.get("title", "").split())
            file = File(target, words, link.get("hreflang") or None, link.get("type") or None)
            found.setdefault(target, file)
    return list(found.values())


def listed(root: html.HtmlElement, url: str) -> list[Row]:
    """The documents that the page at `url` lists in what it is about."""
    return rows(main(root), base(root, url))


def rows(element: html.HtmlElement, url: str) -> list[Row]:
    """The documents that an element lists; none where it has fewer than two in any one table or list."""
    found: list[Row] = []
    taken: set[html.HtmlElement] = set()
    for holder in element.iter("table", "ul", "ol", "dl"):
        if _is_within(holder, element, taken):
            continue
        listed = [row for row in _children(holder) if _is_document(row, url)]
        if len(listed) < _LEAST_ROWS:
            continue
        taken.update(listed)
        heads = _heads(holder)
        for row in listed:
            found.append(Row(len(found), tuple(files(row, url)), _cells(row, heads), _language(row)))
    return found


def address(href: str, url: str) -> str | None:
    """The absolute http or https address of a link on the page at `url`, without its fragment; None for all others."""
    try:
        target = urljoin(url, href.strip()).partition("#")[0]
        parts = urlsplit(target)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # brackets that are no IPv6 address
        return None
    return target if usable and href.strip() else None


def base(root: html.HtmlElement, url: str) -> str:
    """The address from which the links of the page at `url` lead: its own, unless it names another one."""
    for element in root.iter("base"):
        return address(element.get("href", ""), url) or url
    return url


def _ending(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""


def _is_within(holder: html.HtmlElement, top: html.HtmlElement, taken: set[html.HtmlElement]) -> bool:
    """Whether a list is a menu, or belongs to a row that is a document already: its formats or languages."""
    for one in (holder, *holder.iterancestors()):
        if one is top:
            return False
        if one in taken or is_around(one):
            return True
    return False


def _children(holder: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The rows of a table, or the items of a list, that are its own."""
    if holder.tag != "table":
        yield from holder.iterchildren("li", "dd")
        return
    for part in (holder, *holder.iterchildren("thead", "tbody", "tfoot")):
        yield from part.iterchildren("tr")


def _is_document(row: html.HtmlElement, url: str) -> bool:
    """Whether a row has files and holds no rows that are documents themselves, as tables for layout do."""
    if not files(row, url):
        return False
    inner = [one for one in row.iter("tr", "li") if one is not row and letters(_text(one)) >= _A_TITLE]
    return sum(1 for one in inner if files(one, url)) < _LEAST_ROWS


def _heads(holder: html.HtmlElement) -> list[str]:
    """The words that head the columns of a table; none where it has no row of headers."""
    first = next((row for row in _children(holder) if row.tag == "tr"), None)
    if first is None or not (first.getparent().tag == "thead" or len(first.findall("th")) > 1):
        return []
    return [_text(cell) for cell in first.iterchildren("th", "td")]


def _cells(row: html.HtmlElement, heads: list[str]) -> tuple[tuple[str, str], ...]:
    if row.tag != "tr":
        return (("", _text(row)),)
    texts = [_text(cell) for cell in row.iterchildren("th", "td")]
    return tuple((heads[at] if at < len(heads) else "", text) for at, text in enumerate(texts))


def _language(row: html.HtmlElement) -> str | None:
    """The language that a row, or a cell of it, declares for its text."""
    return next((one.get("lang") for one in row.iter() if one.get("lang")), None)


def _text(element: html.HtmlElement) -> str:
    """The words in an element, parted where its elements are."""
    return " ".join(" ".join(element.itertext()).split())
