"""What a page itself says, paragraph by paragraph, without what stands around it on every page of its site.

Menus, banners, footers and their like are told by their elements, by their roles (WAI-ARIA 1.2, 5.4) and by the names
that site builders give them. What is left is the page's `main`, its only `article`, or its body.
"""

from __future__ import annotations

import re

from lxml import etree, html
from msgspec import Struct

_AROUND = frozenset(("nav", "footer", "aside", "dialog"))
_NO_TEXT = frozenset((
    "script", "style", "noscript", "template", "form", "select", "button", "iframe", "object", "svg", "math", "head",
))  # fmt: skip
_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog"))
_NAMED = re.compile(
    r"(?:^|[\s_-])(?<!with-)(?<!has-)(?<!no-)(?:nav|navbar|navigation|menu|submenu|sidebar|breadcrumbs?|footer|banner|"
    r"cookies?|pager|pagination|share|sharing|social|related|skip|toolbar|copyright|language|lang|switcher|"
    r"comments?|advert|widget|masthead|topbar|visitors?|counter)(?=$|[\s_-])",
    re.IGNORECASE,
)
_MAY_BE_NAMED = frozenset(("div", "ul", "ol", "section", "p", "span", "table", "td", "tr", "center", "header"))
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTERS_A_SIGN = 3  # of an alphabet, for one sign of Chinese


class Block(Struct, frozen=True):
    """One paragraph, heading, list item or cell: its words, the element that they stand in, and how many are links.

    `length` and `linked` count letters, of which a Chinese sign stands for three.
    """

    text: str
    tag: str
    length: int
    linked: int

    @property
    def is_prose(self) -> bool:
        """Whether it is a text to be read rather than a heading, a label or a link."""
        return self.length >= 60 and not self.is_linked and not is_heading(self.tag)

    @property
    def is_linked(self) -> bool:
        """Whether it leads elsewhere for the most part."""
        return 2 * self.linked >= self.length


def is_heading(tag: str) -> bool:
    """Whether an element of that name is a heading."""
    return len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()


def main(root: html.HtmlElement) -> html.HtmlElement:
    """The element of the page that holds what it is about; the whole page where none does."""
    for found in (list(root.iter("main")), root.xpath("//*[@role='main']"), list(root.iter("article"))):
        if len(found) == 1 and len(" ".join(found[0].itertext())) > 200:
            return found[0]
    body = root.find("body")
    return root if body is None else body


def is_around(element: html.HtmlElement) -> bool:
    """Whether an element is a menu, a banner or such: none of what the page is about."""
    tag = element.tag
    if tag in _AROUND or tag in _NO_TEXT or element.get("role") in _ROLES or element.get("hidden") is not None:
        return True
    if tag == "header" and all(above.tag not in ("article", "main") for above in element.iterancestors()):
        return element.find(".//h1") is None
    if tag not in _MAY_BE_NAMED:
        return False
    named = _NAMED.search(f"{element.get('class', '')} {element.get('id', '')}")
    return named is not None and not any(True for _ in element.iter("h1", "main", "article"))


def blocks(element: html.HtmlElement) -> list[Block]:
    """What stands in an element, in its order, without what is around it."""
    gathering = _Gathering(element.tag)
    walk = etree.iterwalk(element, events=("start", "end"))
    passed = None  # the element around whose inside the walk goes
    for event, one in walk:
        if event == "end":
            gathering.leave(one, is_passed=one is passed)
            if one is not element:
                gathering.say(one.tail)
        elif one is not element and (not isinstance(one.tag, str) or is_around(one)):
            passed = one
            walk.skip_subtree()
        else:
            gathering.enter(one)
            gathering.say(one.text)
    gathering.end_block()
    return gathering.found


class _Gathering:
    """The blocks so far, and the pieces of the one that is being read."""

    def __init__(self, tag: str) -> None:
        self.found: list[Block] = []
        self._tag = tag
        self._links = 0  # links around the place where the walk is
        self._words: list[str] = []
        self._linked: list[str] = []

    def enter(self, element: html.HtmlElement) -> None:
        if element.tag == "a":
            self._links += 1
        if element.tag not in _INLINE:
            self.end_block()
            self._tag = element.tag

    def leave(self, element: html.HtmlElement, *, is_passed: bool) -> None:
        if element.tag == "a" and not is_passed:
            self._links -= 1
        if element.tag not in _INLINE and isinstance(element.tag, str):
            self.end_block()
            above = element.getparent()
            self._tag = self._tag if above is None else above.tag

    def say(self, text: str | None) -> None:
        if text:
            self._words.append(text)
            if self._links:
                self._linked.append(text)

    def end_block(self) -> None:
        text = " ".join("".join(self._words).split())
        if text:
            self.found.append(Block(text, self._tag, letters(text), letters("".join(self._linked))))
        self._words.clear()
        self._linked.clear()


def letters(text: str) -> int:
    """How long a text is, in letters; a sign of Chinese or Japanese says as much as three."""
    return len(text) if text.isascii() else len(text) + (_LETTERS_A_SIGN - 1) * len(_DENSE.findall(text))
