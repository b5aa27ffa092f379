"""What the head of a web page states of it; nothing of a page is fetched or run.

Dublin Core in HTML: https://www.dublincore.org/specifications/dublin-core/dc-html/ (names such as `DC.title`).
"""

from __future__ import annotations

from lxml import etree
from msgspec import Struct

from harvesters.listings.reading import bad_status
from harvesters.model import Answer


class Meta(Struct, frozen=True):
    """One `meta` element: its name in lower case, with `dc.` for `dcterms.`, what it says, and in which language."""

    name: str
    content: str
    language: str | None = None


class Head(Struct, frozen=True):
    """Title ("" where there is none) and language of a page, and its `meta` elements in their order."""

    title: str = ""
    language: str | None = None
    metas: tuple[Meta, ...] = ()

    def values(self, name: str) -> list[Meta]:
        """Every `meta` of that name."""
        return [meta for meta in self.metas if meta.name == name]


def head(answer: Answer) -> Head:
    """The head of a page; an empty one where what came is no web page.

    Raises:
        BadStatus: the status is not 200.
    """
    if answer.status != 200:
        raise bad_status(answer)
    tree = parsed(answer)
    if tree is None:
        return Head()
    metas = (_meta(element) for element in tree.iterfind("head/meta"))
    return Head(
        title=" ".join((tree.findtext("head/title") or "").split()),
        language=tree.get("lang"),
        metas=tuple(meta for meta in metas if meta.name and meta.content),
    )


def parsed(answer: Answer) -> etree._Element | None:
    """The root of a page as lxml reads it; None where there is nothing, or nothing but comments."""
    try:
        parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding=_encoding(answer))
        return etree.fromstring(answer.body, parser)
    except etree.XMLSyntaxError:
        return None


def _encoding(answer: Answer) -> str | None:
    """UTF-8 where the body is; else what the page itself declares."""
    try:
        answer.body.decode()
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _meta(element: etree._Element) -> Meta:
    name = element.get("name", "").strip().lower().replace("dcterms.", "dc.")
    return Meta(name, element.get("content", "").strip(), element.get("lang"))
