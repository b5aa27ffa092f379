"""Whatever a Drupal site sends: records, issues or an error in words; never a crash, a hang, or a look elsewhere.

Pages are broken by byte, as every format's are, and by value: fields missing, null, of another type or nested deeper.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from hypothesis import given

from harvesters.protocols import bioland, drupal_jsonapi
from tests.harvesters.replay import source
from tests.street.bending import bent, in_every_way
from tests.street.mutating import broken

PAGES = Path(__file__).parents[1] / "normalizers" / "golden" / "pages"
SITE = source(
    protocol="bioland", url="http://site.test", languages=["en", "fr", "ar"], options={"published": True}, max_pages=20
)
BLIND = source(protocol="bioland", url="http://site.test", max_pages=20)
DRUPAL = source(protocol="drupal_jsonapi", url="http://site.test", options={"bundles": ["document"]}, max_pages=20)


@cache
def pages() -> tuple[bytes, ...]:
    """One answer in one language each: as the module that inlines makes them, and as JSON:API has them."""
    inlined = json.loads((PAGES / "bioland_event.json").read_bytes())
    return (
        *(json.dumps(page).encode() for page in inlined.values()),
        (PAGES / "drupal_node_bioland_1.json").read_bytes(),
    )


KNOWN = {"known: content": {"gone": True}, "known: document": {"gone": True}}


@given(body=broken(pages()) | bent(pages()))
def test_a_page_of_a_bioland_site_that_is_broken(body: bytes) -> None:
    in_every_way(body, SITE, bioland, KNOWN)


@given(body=broken(pages()) | bent(pages()))
def test_a_page_of_any_drupal_that_is_broken(body: bytes) -> None:
    in_every_way(body, DRUPAL, drupal_jsonapi, KNOWN)


@given(body=broken(pages()) | bent(pages()))
def test_what_a_bioland_site_says_of_itself_that_is_broken(body: bytes) -> None:
    in_every_way(body, BLIND, bioland, KNOWN)
