"""Whatever a Drupal site sends: records, issues or an error in words; never a crash, a hang, or a look elsewhere.

Pages are broken by byte, as every format's are, and by value: fields missing, null, of another type or nested deeper.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.model import HarvestTask, State
from harvesters.protocols import bioland, drupal_jsonapi
from harvesters.source import Source
from normalizers.fields.dates import read_date
from normalizers.fields.detection import detect
from normalizers.model import Terms
from normalizers.normalize import normalize
from tests.harvesters.replay import Asked, Replay, answer, source
from tests.street.caging import caged
from tests.street.mutating import broken
from warehouse.terms import open_terms

TERMS: Terms = open_terms(None)
LOADED = (detect("Wetlands are what this sentence is about."), read_date("3 mars 2024"))  # the packages' own data
PAGES = Path(__file__).parents[1] / "normalizers" / "golden" / "pages"
SITE = source(
    protocol="bioland", url="http://site.test", languages=["en", "fr", "ar"], options={"published": True}, max_pages=20
)
BLIND = source(protocol="bioland", url="http://site.test", max_pages=20)
DRUPAL = source(protocol="drupal_jsonapi", url="http://site.test", options={"bundles": ["document"]}, max_pages=20)
AT_ONCE = {"seconds": 5.0, "megabytes": 150.0}  # what one example may take: some hundred times what it should


@cache
def pages() -> tuple[bytes, ...]:
    """One answer in one language each: as the module that inlines makes them, and as JSON:API has them."""
    inlined = json.loads((PAGES / "bioland_event.json").read_bytes())
    return (
        *(json.dumps(page).encode() for page in inlined.values()),
        (PAGES / "drupal_node_bioland_1.json").read_bytes(),
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
) | st.sampled_from(["http://[::1", "internal:", "\ud800", "x" * 500, {"uri": "entity:node/1"}, {"value": []}])


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A page some of whose values are others."""
    page = json.loads(pages()[draw(st.integers(0, len(pages()) - 1))])
    for _ in range(draw(st.integers(1, 4))):
        _bend(draw, page)
    return json.dumps(page).encode()


def _bend(draw: st.DrawFn, page: Any) -> None:
    here = page
    while True:
        keys: list[Any] = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        inner = here[key]
        if isinstance(inner, dict | list) and inner and draw(st.integers(0, 4)):
            here = inner
            continue
        if draw(st.booleans()):
            here[key] = draw(values)
        else:
            del here[key]
        return


def in_every_way(body: bytes, asked: Source, protocol: Any) -> None:
    """Harvest a site that answers everything so, and normalise what comes: only declared errors may come of it."""

    def reply(question: Asked) -> Any:
        return answer(body, url=question.url)

    with caged(**AT_ONCE), suppress(HarvestError):
        state = State(loaded={"known": {"content": ["gone"], "document": ["gone"]}})
        for page in protocol.harvest(HarvestTask(source=asked), Replay(reply), state):
            msgspec.json.encode([page.issues, page.facts, page.resume, state.kept])
            for record in page.records:
                assert 0 <= record.start <= record.end <= len(page.answer.body)
                msgspec.json.encode(normalize(record, asked, TERMS))


@given(body=broken(pages()) | bent())
def test_a_page_of_a_bioland_site_that_is_broken(body: bytes) -> None:
    in_every_way(body, SITE, bioland)


@given(body=broken(pages()) | bent())
def test_a_page_of_any_drupal_that_is_broken(body: bytes) -> None:
    in_every_way(body, DRUPAL, drupal_jsonapi)


@given(body=broken(pages()) | bent())
def test_what_a_bioland_site_says_of_itself_that_is_broken(body: bytes) -> None:
    in_every_way(body, BLIND, bioland)
