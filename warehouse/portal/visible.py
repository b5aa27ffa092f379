"""Searches that find nothing that was withdrawn: every question gets filters that leave it out."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.model import Json
from warehouse.portal.problems import Refusal, problem
from warehouse.portal.questions import QuestionError
from warehouse.portal.select import Params, select
from warehouse.portal.shelf import Reading

_HEADER = "responseHeader"


def select_visible(reading: Reading, params: Params, *, hide: bool = True) -> dict[str, Json]:
    """The answer to a question in the CHM's dialect, over what may be shown at this moment.

    With `hide=False` it is over all of the release, for who takes out what was withdrawn himself.

    Raises:
        Refusal: a 400, which says how to write what is meant.
    """
    hiding = list(_hiding(reading)) if hide else []
    asked = {**params, "fq": [*params.get("fq", ()), *hiding]} if hiding else params
    try:
        answer = select(reading.opened.searcher, asked)
    except QuestionError as error:
        raise Refusal(problem(400, str(error))) from None
    if hiding:  # what was asked, not what we made of it
        answer[_HEADER] = {**answer[_HEADER], "params": {name: list(values) for name, values in params.items()}}
    return answer


def _hiding(reading: Reading) -> Iterator[str]:
    sources = sorted(reading.suppressed.sources)
    if sources:
        yield _without("source_s", sources)
    live = (entry for entry in reading.opened.withdrawn(reading.suppressed) if entry.is_live)
    if records := sorted(entry.identifier for entry in live if entry.source not in reading.suppressed.sources):
        yield _without("identifier_s", records)


def _without(field: str, values: list[str]) -> str:
    return f"(*:* NOT {field}:({' OR '.join(_quoted(value) for value in values)}))"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
