"""Tables and lists of documents: the usual "Documents" page, on which every row is a record of its own.

A row (of a table or list, or a paragraph or division that looks like the next one) is a document where it links to
files, be they several for formats and languages. The heads of a table's columns name its cells for the profile.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html
from msgspec import Struct

from harvesters.crawling.blocks import blocks, is_around, is_heading, letters, main

FILES = frozenset((
    "csv", "doc", "docm", "docx", "epub", "key", "odp", "ods", "odt", "pdf", "pps", "ppsx", "ppt", "pptx", "rtf", "rar",
    "tsv", "txt", "xls", "xlsm", "xlsx", "zip", "7z",
))  # fmt: skip
"""How the names of files end that are documents, rather than pages or pictures."""
_LEAST_ROWS, _LEAST_LOOSE = 2, 3
_ROWS = frozenset(("tr", "li", "dd"))
_LOOSE = frozenset(("p", "div", "article", "section"))  # of which lists are made that are none by their elements
_LONGEST = 1_000  # characters
_SAYS_NOTHING = re.compile(
    r"\W*(?:(?:download|view|open|read|click here|here|file|télécharger|telecharger|voir|ouvrir|lire|cliquez ici|ici|"
    r"descargar|ver|abrir|aquí|скачать|открыть|здесь|файл|تحميل|تنزيل|عرض|هنا|下载|下載|查看|点击|the|le|la|el|"
    r"pdf|docx?|xlsx?|pptx?|zip|word|excel|powerpoint|html|epub|english|français|español|русский|العربية|中文|"
    r"en|fr|es|ru|ar|zh|[\d.,]+\s*(?:[kmg]i?[bo]|octets|bytes|кб|мб|كيلوبايت|ميغابايت|كب|مب))\b\W*)+",
    re.IGNORECASE,
)


class File(Struct, frozen=True):
    """A link to a file: its absolute address, and the words of the link; `language` and `media_type` as declared."""

    url: str
    words: str
    language: str | None = None
    media_type: str | None = None


class Row(Struct, frozen=True):
    """One document of a table or list: its files, and its cells by the words that head their column ("" where none do).

    Those of other rows are their paragraphs, with "title" for a heading or term. `number` counts a page's rows from 0.
    """

    number: int
    files: tuple[File, ...]
    cells: tuple[tuple[str, str], ...]
    language: str | None = None

    @property
    def length(self) -> int:
        """Letters in the row."""
        return sum(letters(text) for _, text in self.cells)


@lru_cache(maxsize=8192)
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
    found = (_file(link, url) for link in element.iter("a"))
    return list({file.url: file for file in reversed([file for file in found if file])}.values())[::-1]


def listed(root: html.HtmlElement, url: str) -> list[Row]:
    """The documents that the page at `url` lists in what it is about."""
    return rows(main(root), base(root, url))


def rows(element: html.HtmlElement, url: str) -> list[Row]:
    """The documents that an element lists: two or more in a table or list, three or more in what looks like one."""
    linked = [link for link in element.iter("a") if _file(link, url)]
    if len(linked) < _LEAST_ROWS:
        return []
    told: dict[html.HtmlElement, bool] = {}
    chains = [_around(link, element, told) for link in linked]
    lists: dict[html.HtmlElement, dict[html.HtmlElement, None]] = {}  # list -> its rows, in order
    for one in dict.fromkeys(one for chain in chains for one in chain):
        if one.tag in _ROWS or _is_entry(one, url):
            lists.setdefault(_holder(one), {})[one] = None
    found: dict[html.HtmlElement, None] = {}
    for chain in chains:
        for one in sorted(
            chain, key=lambda one: one.tag in _LOOSE
        ):  # rows of tables and lists before what looks like one
            if len(lists.get(_holder(one), ())) >= (_LEAST_LOOSE if one.tag in _LOOSE else _LEAST_ROWS):
                found[one] = None
                break
            if one.tag in _ROWS:
                break
    return [Row(at, tuple(files(row, url)), _cells(row), _language(row)) for at, row in enumerate(found)]


@lru_cache(maxsize=8192)
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


def _file(link: html.HtmlElement, url: str) -> File | None:
    """The file to which a link leads; None where it leads elsewhere."""
    target, kind = address(link.get("href", ""), url), link.get("type", "")
    if not target or not (is_file(target) or kind.startswith("application/")):
        return None
    words = " ".join(link.text_content().split()) or " ".join(link.get("title", "").split())
    return File(target, words, link.get("hreflang") or None, kind or None)


def _around(
    link: html.HtmlElement, top: html.HtmlElement, told: dict[html.HtmlElement, bool]
) -> list[html.HtmlElement]:
    """What may be the row in which a link to a file stands, the innermost first; nothing in a menu.

    A row says more than in which format or language its file is.
    """
    found: list[html.HtmlElement] = []
    for one in link.iterancestors():
        if one is top:
            break
        if is_around(one):
            return []
        if one.tag in _ROWS or one.tag in _LOOSE:
            if one not in told:
                told[one] = one.tag == "dd" or not says_nothing(text_of(one))
            if told[one] and not (one.tag in _ROWS and any(row.tag in _ROWS for row in found)):
                found.append(one)
    return found


def _holder(row: html.HtmlElement) -> html.HtmlElement:
    """The table or list of a row; else what it stands in."""
    table = next(row.iterancestors("table"), None) if row.tag == "tr" else None
    return row.getparent() if table is None else table


def _is_entry(row: html.HtmlElement, url: str) -> bool:
    """Whether a paragraph or division is an entry of a list rather than a text that names a file."""
    words = sum(letters(file.words) for file in files(row, url))
    return 2 * words >= letters(text_of(row)) or any(is_heading(one.tag) for one in row.iterchildren("*"))


def _heads(row: html.HtmlElement) -> list[str]:
    """The words that head the columns of a row's table; none where it has no row of headers."""
    first = next(_holder(row).iter("tr"), None)
    if first is None or first is row or not (first.getparent().tag == "thead" or len(first.findall("th")) > 1):
        return []
    return [text_of(cell) for cell in first.iterchildren("th", "td")]


def _cells(row: html.HtmlElement) -> tuple[tuple[str, str], ...]:
    if row.tag == "tr":
        heads = _heads(row)
        texts = [text_of(cell) for cell in row.iterchildren("th", "td")]
        return tuple((heads[at] if at < len(heads) else "", text) for at, text in enumerate(texts))
    term = next(row.itersiblings("dt", preceding=True), None) if row.tag == "dd" else None
    found = [("title", text_of(term))] if term is not None else []
    return (*found, *(("title" if is_heading(block.tag) else "", block.text) for block in blocks(row)))


def _language(row: html.HtmlElement) -> str | None:
    """The language that a row, or a cell of it, declares for its text."""
    return next((one.get("lang") for one in row.iter() if one.get("lang")), None)


def text_of(element: html.HtmlElement) -> str:
    """The words in an element, parted where its elements are."""
    return " ".join(" ".join(element.itertext()).split())


def says_nothing(words: str) -> bool:
    """Whether words name only a format, a size, a language, or what to do with a file, as in "Download (PDF, 2 MB)"."""
    return not words or _SAYS_NOTHING.fullmatch(words[:_LONGEST]) is not None
