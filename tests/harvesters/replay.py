"""A stand-in for the polite client: answers from memory, and remembers what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from harvesters.http import Http, Params
from harvesters.model import Answer, Page, State, Window
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
        return self._answer(Asked(url, dict(params or {}), dict(validators or {}), accept or ""))

    def post(self, url: str, data: Mapping[str, str]) -> Answer:
        return self._answer(Asked(url, dict(data), {}, "a form"))

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        found = self._reply(asked)
        return answer(found, url=asked.url) if isinstance(found, bytes) else found


def ledger(pages: Iterable[Page]) -> tuple[Window, ...]:
    """The rows of a harvest's ledger after these pages."""
    rows = {row.number: row for page in pages for row in page.windows}
    return tuple(rows[number] for number in sorted(rows))


def killed_after(pages: Sequence[Page]) -> State:
    """What a harvest finds that goes on behind these pages."""
    return State(resume=pages[-1].resume, windows=ledger(pages))


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
