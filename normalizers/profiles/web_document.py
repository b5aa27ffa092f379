"""A document of a table or list on a web page: what its row says of it, and where its files lie.

A cell is known by the words that head its column, in the six languages of the United Nations; where none do, by what
stands in it. The page is where the document is shown; language and licence are the page's where the row has none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from harvesters.crawling.documents import File, Row, listed, says_nothing
from harvesters.crawling.reading import canonical
from harvesters.model import RawRecord
from harvesters.web_pages import tree
from normalizers.fields.language import language_tag
from normalizers.model import Draft, Link, Text
from normalizers.pages.shown import day_in, is_day, licences
from normalizers.profiles import Unreadable

_HEADS = {
    "title": "title|name|document|titre|intitulé|nom|título|nombre|documento|назван|наименован|документ|العنوان|عنوان|"
    "الوثيقة|اسم|标题|題目|题目|名称|文件",
    "date": "date|year|année|fecha|año|дата|год|التاريخ|تاريخ|السنة|سنة|日期|年份|时间",
    "author": "author|auteur|autor|автор|المؤلف|الجهة|作者",
    "type": "type|category|catégorie|tipo|categoría|тип|категори|النوع|نوع|الفئة|类型|类别",
    "language": "language|langue|idioma|язык|اللغة|لغة|语言|語言",
    "summary": "description|summary|résumé|descripción|resumen|описание|الوصف|ملخص|说明|简介|摘要",
}  # fmt: skip
_LONGEST_TITLE = 1_000  # characters
_OF_HEADS = {
    field: re.compile(rf"(?:^\W*|[\u3400-\u9fff])(?:{words})", re.IGNORECASE) for field, words in _HEADS.items()
}
_ASIDE = re.compile(
    r"\s*[(\[（][^()（）]*(?:pdf|docx?|xlsx?|pptx?|zip|[\d.,]+\s*(?:[kmg]i?[bo]|кб|мб|مب|كب))[^()（）]*[)\]）]|"
    r"\s*[-–—|,]?\s*\b(?:pdf|docx?|xlsx?)?\s*[-–—|,]?\s*[\d.,]+\s*(?:[kmg]i?[bo]|кб|мб|مب|كب)\b|\.(?:pdf|docx?|xlsx?|pptx?|zip)$",
    re.IGNORECASE,
)


class _Listing(Struct, frozen=True):
    """A page of documents, and what holds for all of them; its rows by their numbers."""

    address: str
    rows: list[Row]
    language: str | None
    rights: list[str]


def extract(raw: RawRecord) -> Draft:
    """Where the values of one document stand. Raises `Unreadable`."""
    answer = raw.answer
    page = _listing(answer.body, answer.headers.get("content-type", ""), answer.url)
    if page is None or raw.item >= len(page.rows):
        raise Unreadable("unreadable_record", "Its page lists no such document.", "Harvest the source again.")
    return _draft(page.rows[raw.item], page)


@lru_cache(maxsize=1)
def _listing(body: bytes, content_type: str, url: str) -> _Listing | None:
    """The documents of a page; the next record is of the same page."""
    root = tree(body, content_type)
    if root is None:
        return None
    return _Listing(canonical(root, url), listed(root, url), root.get("lang"), licences(root))


def _draft(row: Row, page: _Listing) -> Draft:
    draft = Draft(types=[Text("document")])
    fields = _by_field(row)
    spoken = language_tag(fields["language"]) if "language" in fields else None
    language = row.language or spoken or page.language
    if "title" in fields:
        draft.titles.append(Text(fields["title"], language))
    for field, texts in (("author", draft.authors), ("type", draft.types), ("summary", draft.summaries)):
        if field in fields:
            texts.append(Text(fields[field], language))
    if "date" in fields:
        draft.dates.append(("published", fields["date"]))
    if declared := spoken or language:
        draft.languages.append(declared)
    draft.unused = {head: 1 for head, text in row.cells if head and text and _field(head) is None}
    draft.rights += [Text(licence) for licence in page.rights]
    draft.links += [_link(file) for file in row.files]
    draft.links.append(Link(url=page.address, rel="source"))
    return draft


def _by_field(row: Row) -> dict[str, str]:
    """Its values by field: by the heads of the columns, by what they look like, and the longest for a title."""
    found: dict[str, str] = {}
    left = []
    for head, text in row.cells:
        field = _field(head)
        if field is None and is_day(text):
            field = "date"
        if field and text:
            found.setdefault(field, text)
        elif not head and text:
            left.append(text)
    words = [file.words for file in row.files]
    beside = " ".join(left)
    for said in words:
        beside = beside.replace(said, " ", 1)  # a day in a title is none of publication
    if "date" not in found and (day := day_in(beside)):
        found["date"] = day
    titles = (found.get("title", ""), *words, *sorted(left, key=len, reverse=True))
    plain = (_ASIDE.sub("", text[:_LONGEST_TITLE]).strip(" .:-–") for text in titles if text and not says_nothing(text))
    title = next((text for text in plain if text), None)
    return {**found, "title": title} if title else {field: text for field, text in found.items() if field != "title"}


def _field(head: str) -> str | None:
    return next((field for field, words in _OF_HEADS.items() if head and words.search(head)), None)


def _link(file: File) -> Link:
    name = None if says_nothing(file.words) else file.words or None
    return Link(url=file.url, rel="document", name=name, language=file.language, media_type=file.media_type)
