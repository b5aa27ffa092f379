"""One harvest at a time of all sources of one server, so that a hundred of them do not wait for each other's requests.

Each request has its turn anyhow (`harvesters.politeness`), whoever sends it. This is about what a scheduler starts: a
harvest that would spend its time waiting is told so before it begins, and its worker takes another server's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from harvesters.politeness import server_of
from harvesters.source import Source
from warehouse.layout import Layout
from warehouse.runs import Refused, alone

_PAUSE = 300  # seconds; starting a worker to look again is not for nothing


class Waiting(Refused):
    """Another harvest asks the server at this moment."""


@contextmanager
def taken(layout: Layout, source: Source, *, patient: bool) -> Iterator[None]:
    """Harvest a source's server while no `patient` harvest of another source does; others share its requests' turns.

    Raises:
        Waiting: a `patient` harvest, while another one asks the server.
    """
    server = server_of(source)
    with ExitStack() as held:
        try:
            held.enter_context(alone(layout, f"server {server}"))
        except Refused as busy:
            if patient:
                cause = f"{source.id} waits: another source of {server} is harvested."
                raise Waiting(cause, advice=busy.advice) from busy
        yield


def pause(source_id: str) -> timedelta:
    """How long to leave a source that waits: five to ten minutes, by its id, so that not all look again at once."""
    digest = hashlib.blake2b(source_id.encode(), digest_size=8).digest()
    return timedelta(seconds=_PAUSE + int.from_bytes(digest) % _PAUSE)
