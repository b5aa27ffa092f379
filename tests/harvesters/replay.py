"""A stand-in for the polite client: answers from memory, and remembers what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from harvesters.http import Http, Params
from harvesters.model import Answer
from harvesters.source import Source

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


class Asked(Struct, frozen=True):
    url: str
    params: dict[str, Any]
    validators: dict[str, str]
    accept: str = ""


class Replay(Http):
    """Asks `reply(asked)` for each request: bytes (a 200), or an Answer."""

    def __init__(self, reply: Callable[[Asked], bytes | Answer]) -> None:
        self._reply = reply
        self.asked: list[Asked] = []

    def now(self) -> datetime:
        return NOW

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        validators: Mapping[str, str] | None = None,
        accept: str | None = None,
    ) -> Answer:
        asked = Asked(url, dict(params or {}), dict(validators or {}), accept or "")
        self.asked.append(asked)
        found = self._reply(asked)
        return answer(found, url=url) if isinstance(found, bytes) else found


def answer(body: bytes, *, url: str = "http://site.test/oai", status: int = 200, **headers: str) -> Answer:
    """An answer of the tests' server, whose clock says NOW."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url=url, status=status, headers={"date": DATE, **named}, body=body, received=NOW)


def source(**keys: Any) -> Source:
    """A source with as few keys as there may be."""
    return Source.model_validate(
        {"id": "xx_test", "name": "Test", "government": "BE", "protocol": "oai_pmh", "url": "http://site.test/oai"}
        | keys
    )
