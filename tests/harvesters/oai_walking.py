"""A harvest from a repository in memory, for tests, and what is looked at in its pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvesters.model import HarvestTask, Issue, Page, State
from harvesters.protocols import oai_pmh
from tests.harvesters.oai_server import (
    Repository,
    list_records,
    record,
)
from tests.harvesters.replay import Replay, source

THREE_PAGES = Repository(
    list_records([record("a"), record("b")], "t1", size=5),
    {"t1": list_records([record("c"), record("d")], "t2"), "t2": list_records([record("e")], "")},
)


def walk(repository: Any, state: State | None = None, **task: Any) -> tuple[list[Page], Replay]:
    http = Replay(repository)
    task.setdefault("source", source())
    return list(oai_pmh.harvest(HarvestTask(**task), http, state or State())), http


def identifiers(pages: Iterable[Page]) -> list[str]:
    return [record.identifier for page in pages for record in page.records]


def issues(pages: Iterable[Page]) -> dict[str, Issue]:
    return {issue.code: issue for page in pages for issue in page.issues}


def list_requests(http: Replay) -> list[dict[str, str]]:
    return [asked.params for asked in http.asked if asked.params["verb"] == "ListRecords"]
