"""Files of a release as they were published, for as long as nothing in them may have been withdrawn since."""

from __future__ import annotations

from mimetypes import guess_type

from fastapi import Request
from fastapi.responses import FileResponse
from werkzeug.http import parse_etags

from warehouse.layout import Layout
from warehouse.model import Release
from warehouse.portal.problems import CACHED, NotModified, Refusal, problem
from warehouse.portal.shelf import Reading

_MANIFEST = "manifest.json"
_MEDIA_TYPES = {  # of which Python does not know, or says less
    ".duckdb": "application/octet-stream",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
    ".ttl": "text/turtle",
    ".xml": "application/xml",
    ".zst": "application/zstd",
    "feed.xml": "application/atom+xml",
}


def is_outdated(reading: Reading, release: Release) -> bool:
    """Whether anything was withdrawn since the files of a release were written."""
    return reading.suppressed.since(max((release.published, *release.rewritten)))


def response(request: Request, reading: Reading, release: Release, name: str, *, packed: bool = False) -> FileResponse:
    """A file as the manifest names it; parts of it may be asked for, and its checksum is its ETag.

    The ETag is a weak one where the answer may go out `packed` (RFC 9110, 8.8.1).

    Raises:
        Refusal: a 404 where the release has no such file, a 410 where something in it may have been withdrawn since.
        NotModified: the client has it.
    """
    sums = {file.name: file.sha256 for file in release.files} | {_MANIFEST: ""}
    if name not in sums:
        raise Refusal(problem(404, f"This release has no such file; /releases/{release.release} lists them."))
    if is_outdated(reading, release):
        detail = "Something was withdrawn since this release; the next one has its files. /records goes on."
        raise Refusal(problem(410, detail))
    headers = {"Cache-Control": CACHED}
    if sums[name]:
        request.state.etag = headers["ETag"] = f'W/"{sums[name]}"' if packed else f'"{sums[name]}"'
        if parse_etags(request.headers.get("if-none-match")).contains_weak(sums[name]):
            raise NotModified
    layout: Layout = request.app.state.shelf.layout
    kind = _MEDIA_TYPES.get(name) or _MEDIA_TYPES.get(f".{name.rpartition('.')[2]}") or guess_type(name)[0]
    path = layout.release(release.release) / name
    return FileResponse(path, headers=headers, media_type=kind or "application/octet-stream")
