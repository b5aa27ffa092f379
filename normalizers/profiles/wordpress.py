"""A post, page or item of another type as WordPress' REST API has it (`wp/v2`).

https://developer.wordpress.org/rest-api/reference/posts/ ; texts are HTML under `rendered`. Terms and the picture stand
under `_embedded`. Languages: Polylang's `lang` and `translations` (language -> id), WPML's `wpml_current_locale` and
`wpml_translations` (`locale`, `href`), or the `lang` that the list was asked with.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from harvesters.listings.reading import at, text_at
from harvesters.model import Json, RawRecord
from normalizers.model import DateKind, Draft, Link, Text
from normalizers.record_json import count_unused, objects, read_item

_DATES: dict[DateKind, str] = {"published": "date", "modified": "modified"}
_NEVER = "0000-00-00"  # how MySQL writes that there is no date
_NO_SUBJECTS = frozenset(("language", "post_format", "post_translations"))  # taxonomies
_RESTRICTED = "http://purl.org/coar/access_right/c_16ec"
# What was read, and what says how a site shows an item and not what the item is.
_USED = frozenset((
    "_embedded", "_links", "author", "categories", "class_list", "comment_status", "content", "date", "date_gmt",
    "excerpt", "featured_media", "format", "guid", "id", "lang", "link", "menu_order", "modified", "modified_gmt",
    "parent", "ping_status", "slug", "status", "sticky", "tags", "template", "title", "translations", "type",
    "wpml_current_locale", "wpml_translations",
))  # fmt: skip


def extract(raw: RawRecord) -> Draft:
    """Where the values of an item stand. Raises `Unreadable`."""
    item = read_item(raw)
    kind = text_at(item, "type")
    draft = Draft(schema="news" if kind == "post" else "resource", types=[Text(kind)] if kind else [])
    language = _language(item, raw.answer.url)
    draft.languages += [language] if language else []
    for key, texts in {"title": draft.titles, "excerpt": draft.summaries, "content": draft.descriptions}.items():
        if value := _html(item, key):
            texts.append(Text(value, language))
    if at(item, ("content", "protected")) is True:
        draft.access.append(Text(_RESTRICTED))
    draft.dates += list(_dates(item))
    draft.links += list(_links(item, raw.answer.url))
    draft.subjects += [Text(name) for term in _terms(item) if (name := text_at(term, "name"))]
    count_unused(draft, item, _USED)
    return draft


def _html(item: Json, key: str) -> str:
    return text_at(item, key, "rendered") or text_at(item, key)


def _language(item: Json, asked: str) -> str | None:
    """The item's own word, else that of the list."""
    listed = parse_qs(urlsplit(asked).query).get("lang", [""])[0]
    return text_at(item, "lang") or text_at(item, "wpml_current_locale") or listed or None


def _dates(item: Json) -> Iterator[tuple[DateKind, str]]:
    """In UTC where the item has it so, else as on the site's own clock."""
    for kind, key in _DATES.items():
        utc, local = text_at(item, f"{key}_gmt"), text_at(item, key)
        if utc and not utc.startswith(_NEVER):
            yield kind, f"{utc}Z"
        elif local and not local.startswith(_NEVER):
            yield kind, local


def _terms(item: Json) -> Iterator[dict[str, Json]]:
    """Categories, tags and terms of the site's own taxonomies: a list of lists."""
    taxonomies = at(item, ("_embedded", "wp:term"))
    for terms in taxonomies if isinstance(taxonomies, list) else ():
        yield from (term for term in objects(terms) if text_at(term, "taxonomy") not in _NO_SUBJECTS)


def _links(item: Json, asked: str) -> Iterator[Link]:
    if page := text_at(item, "link"):
        yield Link(url=page, rel="source")
    for media in objects(at(item, ("_embedded", "wp:featuredmedia"))):
        if url := text_at(media, "source_url"):
            mime = text_at(media, "mime_type") or None
            yield Link(url=url, rel="image", name=_html(media, "title") or None, media_type=mime)
    for other in objects(item.get("wpml_translations")):
        if url := text_at(other, "href"):
            yield Link(url=url, language=text_at(other, "locale") or None)
    translations = item.get("translations")
    for language, number in translations.items() if isinstance(translations, dict) else ():
        if isinstance(number, int) and number != item.get("id"):  # itself is among them
            yield Link(url=f"{_home(asked)}?p={number}", language=language)


def _home(asked: str) -> str:
    """The site's address, at which `?p=` leads to every post, by that of its API."""
    parts = urlsplit(asked)
    folder = parts.path.partition("/wp-json")[0].removesuffix("index.php").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{folder}/"
