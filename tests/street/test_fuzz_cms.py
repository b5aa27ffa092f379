"""Whatever a WordPress or Plone site sends: records, issues or an error in words; never a crash or a hang.

Pages are broken by byte, as every format's are, and by value.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harvesters.protocols import plone, wordpress
from tests.harvesters.replay import source
from tests.street.bending import bent, in_every_way
from tests.street.mutating import broken

ITEMS = Path(__file__).parents[1] / "normalizers" / "golden" / "items"
POSTS = source(protocol="wordpress", url="http://site.test/wp-json", options={"types": ["posts"]}, max_pages=20)
TYPES = source(protocol="wordpress", url="http://site.test/wp-json", max_pages=20)
PLONE = source(protocol="plone", url="http://site.test", options={"page_size": 2}, max_pages=20)
WHICH = {"post": {"rest_base": "posts"}, "page": {"rest_base": "pages", "rest_namespace": "wp/v2"}}


@cache
def posts() -> tuple[bytes, ...]:
    """A page of what both ways of being in several languages show."""
    return (json.dumps([json.loads(path.read_bytes()) for path in sorted(ITEMS.glob("wordpress_*"))]).encode(),)


@cache
def found() -> tuple[bytes, ...]:
    """A page of whole objects and summaries."""
    items = [json.loads(path.read_bytes()) for path in sorted(ITEMS.glob("plone_*"))]
    return (json.dumps({"@id": "http://site.test/@search", "items": items, "items_total": 2}).encode(),)


@given(body=broken(posts()) | bent(posts()))
def test_a_page_of_posts_that_is_broken(body: bytes) -> None:
    in_every_way(body, POSTS, wordpress)


@given(body=bent([json.dumps(WHICH).encode()]) | st.sampled_from([b"{}", b"null", b"7"]))
def test_what_a_wordpress_says_of_its_types_that_is_broken(body: bytes) -> None:
    in_every_way(body, TYPES, wordpress)


@given(body=broken(found()) | bent(found()))
def test_a_page_of_a_plone_site_that_is_broken(body: bytes) -> None:
    in_every_way(body, PLONE, plone)
