"""Lists of JSON as sites break them by value, and their way through protocol and profile.

Fields are missing, null, of another type or nested deeper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, Protocol

import msgspec
from hypothesis import strategies as st

from harvesters.errors import HarvestError
from harvesters.http import Http
from harvesters.model import HarvestTask, Json, Page, State
from harvesters.source import Source
from normalizers.fields.dates import read_date
from normalizers.fields.detection import detect
from normalizers.model import Terms
from normalizers.normalize import normalize
from tests.harvesters.replay import Replay, answer
from tests.street.caging import caged
from warehouse.mapping.terms import open_terms

TERMS: Terms = open_terms(None)
LOADED = (detect("Wetlands are what this sentence is about."), read_date("3 mars 2024"))  # the packages' own data
AT_ONCE = {"seconds": 5.0, "megabytes": 150.0}  # what one example may take: some hundred times what it should

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
) | st.sampled_from(
    ["http://[::1", "internal:", "\ud800", "x" * 500, "0000-00-00T00:00:00", {"uri": "entity:node/1"}, {"value": []}]
)


class Harvests(Protocol):
    """A module of the protocols' drawer."""

    def harvest(self, task: HarvestTask, http: Http, state: State) -> Iterator[Page]:
        """Ask, page by page."""
        ...


@st.composite
def bent(draw: st.DrawFn, pages: Sequence[bytes]) -> bytes:
    """One of the pages, some of whose values are others."""
    page = json.loads(pages[draw(st.integers(0, len(pages) - 1))])
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
            here[key] = deepcopy(draw(_VALUES))  # a sampled one is shared, and may be bent itself
        else:
            del here[key]
        return


def in_every_way(body: bytes, asked: Source, protocol: Harvests, known: Mapping[str, Json] | None = None) -> None:
    """Harvest a site that answers everything so, and normalise what comes: only declared errors may come of it.

    `known` is what the last loaded run kept.
    """
    http = Replay(lambda question: answer(body, url=question.url))
    with caged(**AT_ONCE), suppress(HarvestError):
        state = State(loaded=known)
        for page in protocol.harvest(HarvestTask(source=asked), http, state):
            msgspec.json.encode([page.issues, page.facts, page.resume, state.kept])
            for record in page.records:
                msgspec.json.encode([record.identifier, record.datestamp, record.sets])
                assert 0 <= record.start <= record.end <= len(page.answer.body)
                msgspec.json.encode(normalize(record, asked, TERMS))
