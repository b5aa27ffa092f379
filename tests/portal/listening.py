"""The read API on a socket of the loopback, as `chm serve` runs it, for clients that need one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.warehouse.world import World
from warehouse.portal.app import app
from warehouse.portal.serving import Serving


@contextmanager
def listening(world: World) -> Iterator[str]:
    """The address of the read API over a world; a new release is noticed within a second, as always."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        serving = Serving(url=url, mail="operator@example.org", rate=0)
        config = uvicorn.Config(app(world.layout.root, serving, world.clock), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join()
