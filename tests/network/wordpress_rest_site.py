"""The Cameroonian site: WordPress 6 with its REST API (`wp/v2`) and Polylang, which shows `lang` and `translations`.

Posts are in French, every other one with an English translation, which is a post of its own. On the second day two
posts are new, one was edited, one that was scheduled appears with the date of the last edit that it had, and one is in
the bin, of which the API says nothing. Its clock is an hour ahead of UTC, in summer too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from html import escape
from typing import Any

from flask import Flask, Response, abort, jsonify, request

from tests.network.days import moment
from tests.network.text import Telling, facts, table, tell

HOST = "https://cameroon.demonstration.example"
API = "/wp-json/wp/v2"
FACTS = 68  # of which every other one is told in English too
ADDED, SCHEDULED, EDITED, BINNED = (98, 101), 41, 10, 23  # places among all posts; but for one, without translation
MOST = 100  # items a page
DOUALA = timezone(timedelta(hours=1))
NO_CONTENT = ("attachment", "nav_menu_item", "wp_block", "wp_template", "wp_navigation")


@dataclass(frozen=True)
class Post:
    """One post on a day; `group` are the ids of its translations, itself among them, by language."""

    number: int
    telling: Telling
    target: int
    published: datetime
    modified: datetime
    group: tuple[tuple[str, int], ...]

    @property
    def guid(self) -> str:
        """WordPress' lasting name of the post."""
        return f"{HOST}/?p={self.number}"

    @property
    def link(self) -> str:
        """Its page under the site's public name."""
        return f"{HOST}/{self.telling.language}/fiche-{self.number}/"


@cache
def posts(day: int) -> tuple[Post, ...]:
    """The posts that everybody sees, in the order of their ids."""
    found = {}
    for place, post in enumerate(_all()):
        found[place] = post
        if place in ADDED:
            early, late = (moment(2) - timedelta(hours=hours) for hours in (3, 2))
            found[place] = replace(post, published=early, modified=late)
        elif place == SCHEDULED:
            found[place] = replace(post, published=moment(2) - timedelta(hours=1))
        elif place == EDITED and day > 1:
            telling = replace(post.telling, title=f"{post.telling.title} (version corrigée)")
            found[place] = replace(post, telling=telling, modified=moment(2) - timedelta(hours=5))
    hidden = {*ADDED, SCHEDULED} if day == 1 else {BINNED}
    return tuple(post for place, post in found.items() if place not in hidden)


@cache
def _all() -> tuple[Post, ...]:
    chosen = [fact for fact in facts() if fact.country == "cm"][-FACTS:]  # the library tells the others
    found: list[Post] = []
    for place, fact in enumerate(chosen):
        languages = ("fr", "en") if place % 2 == 0 else ("fr",)
        group = tuple((language, 3 * len(found) + 3 * at + 5) for at, language in enumerate(languages))
        published = moment(1) - timedelta(hours=31 * (FACTS - place) + 2)
        modified = published + timedelta(hours=place % 7)
        found += [Post(number, tell(fact, tag), fact.target, published, modified, group) for tag, number in group]
    return tuple(found)


def make_app(today: Callable[[], int]) -> Flask:
    """The site."""
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def home() -> Response:
        named = {"Link": f'<{request.host_url}wp-json/>; rel="https://api.w.org/"'}
        return Response("<!doctype html><title>Démonstration: Cameroun</title>", headers=named, mimetype="text/html")

    @app.get(f"{API}/types")
    def types() -> Response:
        named = {"post": "posts", "page": "pages", **{name: name for name in NO_CONTENT}}
        return jsonify({name: {"rest_base": base, "rest_namespace": "wp/v2"} for name, base in named.items()})

    @app.get(f"{API}/pages")
    def pages() -> Response:
        return _listed([])

    @app.get(f"{API}/posts")
    def listed() -> Response:
        return _listed([post for post in posts(today()) if _is_asked_for(post)])

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response("User-agent: *\nDisallow: /wp-admin/\n", mimetype="text/plain")

    @app.errorhandler(400)
    def no_such_page(_error: object) -> tuple[Response, int]:
        return jsonify({"code": "rest_post_invalid_page_number", "message": "The page number is too large."}), 400

    return app


def _is_asked_for(post: Post) -> bool:
    """WordPress compares with what its own clock showed, and an end without an offset is on that clock too."""
    ends = {"after": post.published, "modified_after": post.modified}
    return all(_told(request.args[name]) < has for name, has in ends.items() if name in request.args)


def _told(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=DOUALA)


def _listed(found: list[Post]) -> Response:
    size, number = int(request.args.get("per_page", 10)), int(request.args.get("page", 1))
    pages = -(-len(found) // size)
    if size > MOST or number > max(pages, 1):
        abort(400)
    embeds = "wp:term" in request.args.get("_embed", "")
    answer = jsonify([_item(post, embeds=embeds) for post in found[size * (number - 1) : size * number]])
    answer.headers.update({"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)})
    return answer


def _item(post: Post, *, embeds: bool) -> dict[str, Any]:
    language, title = post.telling.language, escape(post.telling.title, quote=False).replace("’", "&#8217;")
    text = f"<p>{escape(post.telling.description, quote=False)}</p>\n"
    theme = table("targets")[post.target - 1][language]
    item = {
        "id": post.number, "date": _clock(post.published, DOUALA), "date_gmt": _clock(post.published, UTC),
        "guid": {"rendered": post.guid}, "modified": _clock(post.modified, DOUALA),
        "modified_gmt": _clock(post.modified, UTC), "slug": f"fiche-{post.number}", "status": "publish", "type": "post",
        "link": post.link, "title": {"rendered": title}, "content": {"rendered": text, "protected": False},
        "excerpt": {"rendered": "", "protected": False}, "author": 1, "featured_media": 0, "comment_status": "closed",
        "ping_status": "closed", "sticky": False, "template": "", "format": "standard", "meta": [],
        "categories": [post.target], "tags": [], "lang": language, "translations": dict(post.group),
        "_links": {"wp:term": [{"taxonomy": "category", "embeddable": True}]},
    }  # fmt: skip
    terms = [[{"id": post.target, "name": escape(theme, quote=False), "taxonomy": "category"}], []]
    return {**item, "_embedded": {"wp:term": terms}} if embeds else item


def _clock(time: datetime, zone: timezone) -> str:
    return time.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
