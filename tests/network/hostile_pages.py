"""The hostile site as web pages, for who has nothing else to ask: a home page, an item a page, and a site map."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from tests.network.days import stamp

if TYPE_CHECKING:
    from tests.network.hostile_site import Item

HOME = "/site/"
SITE_MAP = "/sitemap.xml"
HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
_TEXT = (
    "This page of a site that misbehaves says enough on {} to be worth a record of its own: where it grows, who counts "
    "it, what threatens it, and what the country has undertaken to do for it until the end of the decade."
)


def tell(path: str, items: Sequence[Item], root: str) -> tuple[str, bytes] | None:
    """Content type and body of what lies at a path of the site at `root`; None where nothing does."""
    living = [item for item in items if not item.deleted]
    if path == SITE_MAP:
        urls = "".join(
            f"<url><loc>{root}{place(item)}</loc><lastmod>{stamp(item.since)}</lastmod></url>" for item in living
        )
        return XML, f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset>{urls}</urlset>'.encode()
    if path == HOME:
        links = "".join(f'<li><a href="{place(item)}">{escape(item.title)}</a></li>' for item in reversed(living))
        return HTML, page("en", "A site that misbehaves", f"<ul>{links}</ul>")
    item = next((one for one in living if place(one) == path), None)
    if item is None:
        return None
    title = escape(item.title)
    return HTML, page(item.language, title, f"<h1>{title}</h1><p>{_TEXT.format(item.name)}</p>")


def place(item: Item) -> str:
    """The path of an item's page."""
    return f"{HOME}{item.name}"


def page(language: str, title: str, body: str) -> bytes:
    """A page around a body."""
    head = f"<head><title>{title}</title></head>"
    return f'<!DOCTYPE html>\n<html lang="{language}">{head}<body><main>{body}</main></body></html>'.encode()
