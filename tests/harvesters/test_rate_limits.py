"""A server that says that its limit is used up is left alone until it is not, whatever else it answers."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.errors import ServerStopped
from harvesters.rate_limits import asked_rest
from tests.harvesters.servers import NOON, FakeClock, Site, client, reply

SOON, PAST = ((NOON + timedelta(seconds=seconds)).timestamp() for seconds in (40, -40))
NAMES = ("retry-after", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-remaining")


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({}, 0),
        ({"retry-after": "7"}, 7),
        ({"retry-after": format_datetime(NOON + timedelta(seconds=90), usegmt=True)}, 90),
        ({"retry-after": format_datetime(NOON - timedelta(seconds=90), usegmt=True)}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "³"}, 0),
        ({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(SOON))}, 40),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(PAST))}, 0),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "30"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "12"}, 12),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "50"}, 50),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50),
        ({"ratelimit": "limit=100, remaining=9, reset=50"}, 0),
        ({"ratelimit": '"burst";r=3;t=5, "daily";r=0;t=99'}, 99),
        ({"ratelimit": '"default";r=20;t=99'}, 0),
        ({"retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30),
    ],
)
def test_the_longest_rest_that_the_headers_ask_for(headers: dict[str, str], rest: float) -> None:
    assert asked_rest(headers, NOON) == rest


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.integers().map(str)))
def test_whatever_the_headers_say_is_a_number_of_seconds(headers: dict[str, str]) -> None:
    assert asked_rest(headers, NOON) >= 0


@pytest.mark.parametrize(
    "said",
    [
        {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "30"},
        {"ratelimit": '"default";r=0;t=30'},
        {"retry_after": "30"},
    ],
)
def test_a_good_answer_that_asks_for_a_rest_gets_it_before_the_next_question(
    said: dict[str, str], tmp_path: Path
) -> None:
    clock = FakeClock()
    with Site({"/": reply(200, b"well", **said)}) as site, client(site.url(), tmp_path, clock=clock) as http:
        assert http.get(site.url()).body == b"well"
        assert sum(clock.slept) == 0, "nobody waits after the last answer"
        assert http.get(site.url()).body == b"well"
    assert sum(clock.slept) == 30


def test_a_limit_that_lasts_for_an_hour_ends_the_run_and_says_when_to_come_back(tmp_path: Path) -> None:
    said = reply(200, b"well", x_ratelimit_remaining="0", x_ratelimit_reset="3600")
    with Site({"/": said}) as site, client(site.url(), tmp_path) as http:
        assert http.get(site.url()).body == b"well"
        with pytest.raises(ServerStopped, match="left alone until 2026-03-01 13:00 UTC") as error:
            http.get(site.url())
    assert error.value.again == NOON + timedelta(hours=1)
