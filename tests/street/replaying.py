"""Answers from memory at the very bottom of the polite client: everything above it is the real thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.network.days import http_date, moment
from tests.street.walking import CONTACT, StreetClock
from warehouse.context import Warehouse
from warehouse.settings import read

Reply = tuple[int, bytes]
NOTHING: Reply = (404, b"there is nothing here")


class Transport(BaseAdapter):
    """Answers with `reply(path, parameters)`; robots.txt is not there."""

    def __init__(self, reply: Callable[[str, dict[str, str]], Reply]) -> None:
        super().__init__()
        self._reply = reply

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:
        address = urlsplit(str(request.url))
        is_robots = address.path == "/robots.txt"
        status, body = NOTHING if is_robots else self._reply(address.path, dict(parse_qsl(address.query)))
        response = requests.Response()
        response.status_code, response.url, response.request = status, str(request.url), request
        response.headers = requests.structures.CaseInsensitiveDict({"Date": http_date(moment(1))})
        response._content = body
        return response

    def close(self) -> None:
        """There is nothing to close."""


def replaying_warehouse(folder: Path, source_file: str, reply: Callable[[str, dict[str, str]], Reply]) -> Warehouse:
    """A warehouse whose only source is `xx_replayed`, with what its file says; it hears `reply`."""
    (folder / "sources").mkdir()
    (folder / "sources" / "xx_replayed.yml").write_text(f"name: Replayed\norigin: partner\n{source_file}")
    settings = {
        **CONTACT,
        "CHM_WAREHOUSE": str(folder / "warehouse"),
        "CHM_REGISTRY": "none",
        "CHM_SOURCES": str(folder / "sources"),
    }
    return Warehouse(settings=read(settings), clock=StreetClock(moment(1)), transport=Transport(reply))
