"""`sitemap.xml`: the page of every record, for search engines (sitemaps.org, protocol 0.9).

Where there are more records than one sitemap may hold, it is an index of the sitemaps in `sitemaps/`. The read API has
them at its root, for a sitemap may only name what lies below its own folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from warehouse.edition import Edition, Portion
from warehouse.formats import Written

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAME = "sitemap.xml"
_PARTS = "sitemaps"
_MOST = 50_000  # addresses in one sitemap


class _Writer:
    def __init__(self, folder: Path, edition: Edition) -> None:
        self._folder = folder
        self._edition = edition
        self._urls: list[tuple[str, str | None]] = []
        self._parts: list[Written] = []

    def add(self, portion: Portion) -> None:
        for record, document in zip(portion.records, portion.documents, strict=True):
            self._urls.append((self._edition.record_address(record.identifier), document.get("updatedDate_dt")))
            if len(self._urls) == _MOST and self._edition.release.records > _MOST:
                self._write_part()

    def close(self) -> list[Written]:
        path = self._folder / _NAME
        if not self._parts:
            return [_write_urls(path, self._urls)]
        if self._urls:
            self._write_part()
        names = (part.path.relative_to(self._folder).as_posix() for part in self._parts)
        _write(path, "sitemapindex", "sitemap", ((f"{self._edition.address}/{name}", None) for name in names))
        return [Written(path), *self._parts]

    def _write_part(self) -> None:
        part = self._folder / _PARTS / f"sitemap-{len(self._parts) + 1:04}.xml"
        part.parent.mkdir(exist_ok=True)
        self._parts.append(_write_urls(part, self._urls))
        self._urls.clear()


def _write_urls(path: Path, urls: list[tuple[str, str | None]]) -> Written:
    _write(path, "urlset", "url", iter(urls))
    return Written(path, len(urls))


def _write(path: Path, root: str, item: str, addresses: Iterator[tuple[str, str | None]]) -> None:
    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element(root, nsmap={None: _NAMESPACE}):
            for address, changed in addresses:
                entry = etree.Element(item)
                etree.SubElement(entry, "loc").text = address
                if changed:
                    etree.SubElement(entry, "lastmod").text = changed
                file.write(entry)


def identifiers(folder: Path) -> Iterator[str]:
    """Those of all addresses, which end with them."""
    for path in (folder / _NAME, *sorted((folder / _PARTS).glob("*.xml"))):
        for _, entry in etree.iterparse(path, tag=f"{{{_NAMESPACE}}}url"):
            address = entry.findtext(f"{{{_NAMESPACE}}}loc") or ""
            entry.clear()
            yield address.rpartition("/")[2]


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `sitemap.xml`, and of its parts where it needs some."""
    return _Writer(folder, edition)
