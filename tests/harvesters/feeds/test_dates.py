"""Entries without a date that can be believed: since when they are there, and what is remembered of that."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import feedparser
import msgspec
import pytest

from harvesters.feeds.dates import FirstSeen, dates_ahead
from harvesters.model import State
from tests.harvesters.replay import NOW, answer

HERE = answer(b"")  # received on 1 March 2026


def entry(**dates: str) -> Any:
    """One entry as feedparser reads it; `published`, `created` and so on are Dublin Core's terms."""
    inner = "".join(f"<dcterms:{key}>{value}</dcterms:{key}>" for key, value in dates.items())
    feed = (
        f'<rss xmlns:dcterms="http://purl.org/dc/terms/"><channel><item><title>x</title>{inner}</item></channel></rss>'
    )
    return feedparser.parse(BytesIO(feed.encode())).entries[0]


@pytest.mark.parametrize(
    ("dates", "ahead"),
    [
        ({"issued": "2026-02-28"}, ()),
        ({"issued": "2026-03-02T11:00:00Z"}, ()),  # a clock that is wrong, or a zone that is missing
        ({"issued": "2026-03-02T13:00:00Z"}, ("published",)),
        ({"issued": "2026-01-01", "modified": "2099-01-01"}, ("updated",)),
        ({"created": "Mon, 05 Jan 2099 08:30:00 GMT"}, ("created",)),
        ({"issued": "soon"}, ()),
        ({"issued": "-99-05"}, ("published",)),
        ({"issued": "2026-13-45"}, ()),  # no date at all, which `normalize` says; feedparser makes 2027 of it
        ({}, ()),
    ],
)
def test_a_date_more_than_a_day_ahead_of_the_answer_is_found(dates: dict[str, str], ahead: tuple[str, ...]) -> None:
    assert dates_ahead(entry(**dates), HERE) == ahead


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({}, "2026-03-01"),
        ({"issued": "2026-02-28"}, None),
        ({"issued": "2099-01-01"}, "2026-03-01"),
        ({"issued": "2099-01-01", "created": "2020-01-01"}, None),
        ({"issued": "unreadable to us"}, None),
    ],
)
def test_an_entry_with_no_date_to_believe_is_dated_by_the_day_it_was_met(
    dates: dict[str, str], day: str | None
) -> None:
    assert FirstSeen(State()).of("a", entry(**dates), HERE) == day


def test_that_day_lasts_from_run_to_run_and_is_forgotten_last_for_what_is_still_there() -> None:
    loaded: dict[str, Any] = {}
    sizes = []
    for day in range(4):
        state = State(loaded=loaded)
        first_seen = FirstSeen(state)
        received = msgspec.structs.replace(HERE, received=NOW + timedelta(days=day))
        seen = [first_seen.of(name, entry(), received) for name in ("old", *(f"{day} {n}" for n in range(500)))]
        first_seen.keep()
        assert seen == ["2026-03-01", *[f"2026-03-0{day + 1}"] * 500]
        loaded = msgspec.json.decode(msgspec.json.encode(state.kept))
        sizes.append(len(loaded["first_seen"]))
    assert sizes == [501, 1000, 1000, 1000]
