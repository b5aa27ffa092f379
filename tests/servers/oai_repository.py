"""`oai-repo` as PyPI has it, unmodified, behind Flask: a repository that counts deleted records but never lists them.

Its backend is the demonstration network's library; where a document is deleted it has no metadata, as oai-repo's
interface provides for. oai-repo then leaves the record out of the list, though `Identify` promises that deletions are
kept for ever, and still counts it in `completeListSize`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import oai_repo
from flask import Flask, Response, request
from lxml import etree

from tests.network.days import http_date
from tests.network.library import Document, documents
from tests.network.oai_site import Library
from tests.network.server import Server

DAY = 2  # on which some documents are deleted


class Backend(Library):
    """The library, as oai-repo's own documentation would have it written."""

    def get_record_metadata(self, identifier: str, prefix: str) -> etree._Element | None:  # type: ignore[override]
        return None if self.deleted(identifier) else super().get_record_metadata(identifier, prefix)


def backend() -> tuple[Document, ...]:
    """What the repository holds, deleted documents included."""
    return documents(DAY)


@contextmanager
def oai_repository() -> Iterator[str]:
    """The address of the repository while it runs."""
    app = Flask(__name__, static_folder=None)

    @app.get("/oai")
    def oai() -> Response:
        repository = oai_repo.OAIRepository(Backend(DAY, request.base_url))
        return Response(bytes(repository.process(request.args.to_dict())), content_type="text/xml; charset=utf-8")

    server = Server("oai-repo", app, 0, date=lambda: http_date(datetime.now(UTC)), log=[])
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/oai"
    finally:
        server.close()
