"""A document of a table or list on a web page: what its row says of it, and where its files lie.

A cell is known by the words that head its column, in the six languages of the United Nations; where none do, by what
stands in it. The page is where the document is shown; language and licence are the page's where the row has none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import html

from harvesters.crawling.documents import File, Row, listed
from harvesters.crawling.reading import canonical
from harvesters.model import RawRecord
from harvesters.web_pages import tree
from normalizers.fields.dates import Span, read_date
from normalizers.fields.language import language_tag
from normalizers.model import Draft, Link, Text
from normalizers.pages.shown import licences
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
_OF_HEADS = {field: re.compile(rf"^\W*(?:{words})", re.IGNORECASE) for field, words in _HEADS.items()}
_NO_TITLE = re.compile(
    r"\W*(?:(?:download|view|open|read|click here|here|file|télécharger|telecharger|voir|ouvrir|lire|ici|cliquez ici|"
    r"descargar|ver|abrir|aquí|скачать|открыть|здесь|файл|تحميل|تنزيل|عرض|هنا|下载|下載|查看|点击|here|le|la|el|the|"
    r"pdf|docx?|xlsx?|pptx?|zip|word|excel|powerpoint|html|epub|english|français|español|русский|العربية|中文|en|fr|es|ru|ar|zh|"
    r"[\d.,]+\s*(?:[kmg]i?[bo]|octets|bytes|кб|мб|كيلوبايت|ميغابايت|كب|مب))\b\W*)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\s*[(\[（][^()（）]*(?:pdf|docx?|xlsx?|pptx?|zip|[\d.,]+\s*(?:[kmg]i?[bo]|кб|мб|مب|كب))[^()（）]*[)\]）]|"
    r"\s*[-–—|,]?\s*\b(?:pdf|docx?|xlsx?)?\s*[-–—|,]?\s*[\d.,]+\s*(?:[kmg]i?[bo]|кб|мб|مب|كب)\b|\.(?:pdf|docx?|xlsx?|pptx?|zip)$",
    re.IGNORECASE,
)


def extract(raw: RawRecord) -> Draft:
    """Where the values of one document stand. Raises `Unreadable`."""
    answer = raw.answer
    page = _listed(answer.body, answer.headers.get("content-type", ""), answer.url)
    if page is None or raw.item >= len(page[1]):
        raise Unreadable("unreadable_record", "Its page lists no such document.", "Harvest the source again.")
    root, found = page
    return _draft(found[raw.item], root, answer.url)


@lru_cache(maxsize=1)
def _listed(body: bytes, content_type: str, url: str) -> tuple[html.HtmlElement, list[Row]] | None:
    """A page and its documents; the next record is of the same page."""
    root = tree(body, content_type)
    return None if root is None else (root, listed(root, url))


def _draft(row: Row, root: html.HtmlElement, url: str) -> Draft:
    draft = Draft(types=[Text("document")])
    fields = _by_field(row)
    spoken = language_tag(fields["language"]) if "language" in fields else None
    language = row.language or spoken or root.get("lang")
    if "title" in fields:
        draft.titles.append(Text(fields["title"], language))
    for field, texts in (("author", draft.authors), ("type", draft.types), ("summary", draft.summaries)):
        if field in fields:
            texts.append(Text(fields[field], language))
    if "date" in fields:
        draft.dates.append(("published", fields["date"]))
    draft.languages += [spoken or language] if spoken or language else []
    draft.rights += [Text(licence) for licence in licences(root)]
    draft.links += [_link(file) for file in row.files]
    draft.links.append(Link(url=canonical(root, url), rel="source"))
    return draft


def _by_field(row: Row) -> dict[str, str]:
    """Its values by field: by the heads of the columns, by what they look like, and the longest for a title."""
    found: dict[str, str] = {}
    left = []
    for head, text in row.cells:
        field = next((field for field, words in _OF_HEADS.items() if head and words.match(head)), None)
        if field is None and isinstance(read_date(text), Span):
            field = "date"
        if field and text:
            found.setdefault(field, text)
        elif not head and text:
            left.append(text)
    words = [file.words for file in row.files]
    titles = (found.get("title", ""), *words, *sorted(left, key=len, reverse=True))
    plain = (_ASIDE.sub("", text).strip(" .:-–") for text in titles if text and not _NO_TITLE.fullmatch(text))
    title = next((text for text in plain if text), None)
    return {**found, "title": title} if title else {field: text for field, text in found.items() if field != "title"}


def _link(file: File) -> Link:
    name = None if _NO_TITLE.fullmatch(file.words) else file.words or None
    return Link(url=file.url, rel="document", name=name, language=file.language, media_type=file.media_type)
