"""The REST API of WordPress (`wp/v2`): posts, pages and every other public type of content.

https://developer.wordpress.org/rest-api/reference/posts/ : X-WP-Total and X-WP-TotalPages, at most 100 a page, 400
`rest_post_invalid_page_number` past the last. A source's `url` is the API's own address: `https://xx.example/wp-json/`,
or `https://xx.example/?rest_route=/` where the site has plain permalinks.

Increments: `modified_after` (WordPress 5.7; older ones answer everything) compares the time on the site's own wall, on
which an hour comes twice in autumn, so it is asked an hour earlier; and since a post that was scheduled appears without
being modified, `after` is asked besides. What is withdrawn is found by full sweeps only. Lists are in the order of
ids, in which what is edited stays in its place.

A record's identifier is the post's `guid`, which its feed has too: a source that changes from one to the other
keeps its records. Translations are posts of their own on a WordPress site, each with its address, dates and author, so
they are records of their own, which their profile links.

Kept for a run that goes on: "types", the paths of the lists. `embed` asks for terms and the picture, not for authors,
with whom come login names and digests of e-mail addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field
from requests.utils import parse_header_links

from harvesters.errors import ProtocolError
from harvesters.http import Http, moved
from harvesters.listings.pagers import Ask, PageNumber, Turn
from harvesters.listings.reading import document, text_at
from harvesters.listings.walk import Found, Listing, walk
from harvesters.model import Answer, HarvestTask, Json, Page, State
from harvesters.safe_xml import is_web_page
from harvesters.server_clock import read_time

MOST = 100  # items a page, by WordPress
API = "https://api.w.org/"  # how a site's pages name its API in their Link header
_CLOCK_BACK = timedelta(hours=1)
# Types that are no content of their own: WordPress', and those of its most common builders and forms.
_NO_CONTENT = frozenset((
    "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache", "user_request",
    "elementor_library", "elementor-hf", "et_pb_layout", "fl-builder-template", "ct_template", "jet-engine", "popup",
    "acf-field", "acf-field-group", "wpcf7_contact_form", "feedback", "jp_pay_order", "jp_pay_product",
    "rm_content_editor", "shop_order", "shop_coupon",
))  # fmt: skip


class Options(BaseModel):
    """What a source's `options` may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: tuple[str, ...] = Field((), description="paths of the types to ask for, such as posts; default: all public")
    page_size: int = Field(MOST, ge=1, le=MOST, description="items asked for at once; fewer where a site is slow")
    per_language: bool = Field(
        False, description="WPML shows one language at a time: ask for each of `languages` with `lang`"
    )


def harvest(task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
    """Yield the page that names the types, without records, unless `types` do; then every page of every list.

    Raises:
        BadStatus: the API, or each of its lists, answers with an HTTP error.
        ProtocolError: the same, where what came is no list; or there is no API here.
    """
    options = Options.model_validate(task.source.options)
    paths = list(options.types)
    if not paths and state.resume is not None:
        paths = state.get("types")
    elif not paths:
        ask = _route(task, "types")
        answer = http.get(ask.url, params=ask.params or None, accept="application/json, */*;q=0.1")
        paths = _public(_types(answer))
        if not paths:
            raise ProtocolError(f"{answer.url}: no type is public.", advice="Ask the site to show its posts in REST.")
        state.keep("types", paths)
        yield Page(answer=answer, issues=moved(answer))
    languages = [tag.lower() for tag in task.source.languages] if options.per_language else []
    listings = [
        Listing(
            ask=_ask(task, path, language, since),
            pager=PageNumber(page="page", rows="per_page", size=options.page_size, pages="x-wp-totalpages"),
            profile="wordpress",
            record=_record,
            items=(),
            total=_total,
            is_past=_is_past,
        )
        for path in paths
        for language in languages or [""]
        for since in _since(task.since)
    ]
    yield from walk(task, http, state, listings)


def _since(moment: datetime | None) -> list[dict[str, str]]:
    """The parameters of the lists that together hold what is new since then: of one list, without any, for all."""
    if moment is None:
        return [{}]
    stamp = f"{moment - _CLOCK_BACK:%Y-%m-%dT%H:%M:%SZ}"
    return [{"modified_after": stamp}, {"after": stamp}]


def _ask(task: HarvestTask, path: str, language: str, since: dict[str, str]) -> Ask:
    wishes = {"orderby": "id", "order": "asc", "_embed": "wp:term,wp:featuredmedia", **since}
    return _route(task, quote(path, safe="")).having(**wishes, **({"lang": language} if language else {}))


def _route(task: HarvestTask, path: str) -> Ask:
    return below(task.source.addresses[0], path)


def below(api: str, path: str) -> Ask:
    """The question for a path below `wp/v2` of an API, whichever way the site writes its permalinks."""
    parts = urlsplit(api)
    query = dict(parse_qsl(parts.query))
    if "rest_route" in query:
        route = f"{query['rest_route'].rstrip('/')}/wp/v2/{path}"
        return Ask(urlunsplit(parts._replace(query="")), {**query, "rest_route": route})
    return Ask(urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/wp/v2/{path}")))


def _types(answer: Answer) -> dict[str, Json]:
    """What the API says of its types; on a page for people, where the API is."""
    links = parse_header_links(answer.headers.get("link", "")) if is_web_page(answer.body) else ()
    api = next((link["url"] for link in links if link.get("rel") == API), None)
    if api:
        raise ProtocolError(f"{answer.url}: this is a page for people.", advice=f"Its API is at {api}: set `url` so.")
    found = document(answer)
    if not isinstance(found, dict) or not all(isinstance(kind, dict) for kind in found.values()):
        raise ProtocolError(f"{answer.url}: this is no list of types.", advice="Set `url` to the site's `/wp-json/`.")
    return found


def _public(types: dict[str, Json]) -> list[str]:
    """The paths of the types that are content, in the order in which the site names them."""
    return [
        path
        for name, kind in types.items()
        if name not in _NO_CONTENT
        and not name.startswith("wp_")
        and (text_at(kind, "rest_namespace") or "wp/v2") == "wp/v2"
        and (path := text_at(kind, "rest_base") or name)
    ]


def _record(item: Json) -> Found | None:
    """A published post; its guid is HTML, as the API has it."""
    if text_at(item, "status") not in ("", "publish"):
        return None
    modified = text_at(item, "modified_gmt")
    return Found(
        identifier=unescape(text_at(item, "guid", "rendered")) or text_at(item, "id"),
        datestamp=f"{modified}Z" if read_time(modified) else None,
        sets=(text_at(item, "type"),) if text_at(item, "type") else (),
    )


def _total(turn: Turn) -> int | None:
    return told_total(turn.answer)


def told_total(answer: Answer) -> int | None:
    """How many items a list has in all, as its page's header says."""
    told = answer.headers.get("x-wp-total", "")
    return int(told[:18]) if told.isascii() and told.isdigit() else None


def _is_past(answer: Answer) -> bool:
    return answer.status == 400 and b"rest_post_invalid_page_number" in answer.body
