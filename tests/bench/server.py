"""Serves rendered pages from memory, in a process of its own: `python -m tests.bench.server FOLDER`, prints its port.

It ends when its standard input does, so it never outlives the bench.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

NOTHING = "nothing"
NO_RECORDS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    b"<responseDate>2026-03-01T12:00:00Z</responseDate>"
    b'<request verb="ListRecords">http://bench.example/oai</request>'
    b'<error code="noRecordsMatch">nothing is new</error></OAI-PMH>\n'
)


def handler(pages: Mapping[str, bytes]) -> type[BaseHTTPRequestHandler]:
    """A handler that answers OAI-PMH requests with `pages`: "Identify", and lists by their tokens.

    To who asks for what is new, the list whose prefix was posted last; before that, nothing is.
    """
    new = [NOTHING]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            verb, token = asked.get("verb", ["?"])[0], asked.get("resumptionToken", ["0"])[0]
            if "from" in asked and verb == "ListRecords":
                body = pages.get(f"{new[0]}0", NO_RECORDS)
            else:
                body = pages.get(token if verb == "ListRecords" else verb, b"")
            self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            new[0] = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up may have been killed on purpose."""


def main(folder: Path) -> None:
    pages = {path.stem: path.read_bytes() for path in folder.glob("*.xml")}
    with _Server(("127.0.0.1", 0), handler(pages)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
