"""What others list as national websites: the CHM's index (its `database` records), and a spreadsheet of an operator's.

The index is read where it was harvested: records of the loaded `chm_index` sources, whose websites are links beside the
record's own page. A spreadsheet is CSV with a heading: `country` (code or name), `url`, and perhaps `title` and `id`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq
from msgspec import Struct

from harvesters.model import Issue
from harvesters.source import Source
from vocabularies.model import Vocabulary
from warehouse import reports
from warehouse.layout import Layout
from warehouse.runs import Refused

_COLUMNS = {
    "country": ("country", "government", "iso2", "party"),
    "url": ("url", "website", "websites", "address", "link"),
    "title": ("title", "name"),
    "id": ("id", "identifier"),
}


class Website(Struct, frozen=True, kw_only=True):
    """A national website as a list has it: `key` is the entry's own name in the list, `country` ISO 3166-1 alpha-2."""

    list: str
    key: str
    country: str
    title: str
    url: str

    @property
    def told_by(self) -> str:
        """The entry in words."""
        return f"{self.list}, {self.key}"


class Listed(Struct, frozen=True):
    """The websites of the lists that could be read, their names, and what is wrong with entries."""

    names: tuple[str, ...]
    websites: tuple[Website, ...]
    issues: tuple[Issue, ...] = ()

    def __add__(self, other: Listed) -> Listed:
        """Both together."""
        return Listed(self.names + other.names, self.websites + other.websites, self.issues + other.issues)


def of_index(layout: Layout, sources: Iterable[Source]) -> Listed:
    """The `database` records of every source of the CHM's index that is loaded, one list a source."""
    names: list[str] = []
    found: list[Website | Issue] = []
    for source in sources:
        current = reports.pointer(layout, source.id) if source.protocol == "chm_index" else None
        if current is None:
            continue
        names.append(source.id)
        path = layout.snapshot(source.id, current.snapshot) / "records.parquet"
        columns = ["source_identifier", "title", "countries", "links"]
        for row in pq.read_table(path, columns=columns, filters=[("schema", "==", "database")]).to_pylist():
            found += _of_record(source.id, row)
    return _listed(names, found)


def _of_record(name: str, row: Mapping[str, Any]) -> Iterator[Website | Issue]:
    titles, identifier = dict(row["title"]), row["source_identifier"]
    urls = [link["url"] for link in row["links"] if link["rel"] == "related"]
    for number, url in enumerate(dict.fromkeys(urls)):
        if not row["countries"]:
            yield _left_out(f"{name}, record {identifier}", "it names no country")
        elif not host(url):
            yield _left_out(f"{name}, record {identifier}", f"{url!r} is no web address")
        else:
            yield Website(
                list=name,
                key=identifier + (f" ({number + 1})" if number else ""),
                country=row["countries"][0]["identifier"].upper(),
                title=titles.get("en") or next(iter(titles.values()), url),
                url=url,
            )


def of_spreadsheet(path: Path, countries: Vocabulary) -> Listed:
    """The lines of a CSV file; the list is called as the file is.

    Raises:
        Refused: the file cannot be read, or has no columns for country and address.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}.", advice="Give a CSV file in UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = _columns(path, reader.fieldnames or ())
    found = []
    for row in reader:
        cells = {name: (row.get(column) or "").strip() for name, column in columns.items()}
        if any(cells.values()):
            found.append(_of_line(path.name, f"{path}, line {reader.line_num}", cells, countries))
    return _listed([path.name], found)


def _columns(path: Path, heading: Iterable[str]) -> dict[str, str]:
    known = {str(name).strip().casefold(): name for name in heading}
    found = {
        name: known[next(filter(known.__contains__, names))] for name, names in _COLUMNS.items() if known.keys() & names
    }
    for name in ("country", "url"):
        if name not in found:
            cause = f"{path} has no column for the {name}; its heading is {', '.join(known) or 'empty'}."
            raise Refused(cause, advice=f"Call one of its columns {' or '.join(_COLUMNS[name])}.")
    return found


def _of_line(name: str, place: str, cells: Mapping[str, str], countries: Vocabulary) -> Website | Issue:
    country = countries.match(cells["country"])
    if country is None:
        return _left_out(place, f"no country is called {cells['country']!r}")
    url = cells["url"] if "://" in cells["url"] else f"https://{cells['url']}"
    if not host(url):
        return _left_out(place, f"{cells['url']!r} is no web address")
    code, title = country.concept.notation.upper(), cells.get("title") or cells["url"]
    return Website(list=name, key=cells.get("id") or f"{code} {title}", country=code, title=title, url=url)


def _listed(names: Iterable[str], found: Iterable[Website | Issue]) -> Listed:
    websites, issues = [], []
    for one in found:
        if isinstance(one, Website):
            websites.append(one)
        else:
            issues.append(one)
    return Listed(tuple(names), tuple(websites), tuple(issues))


def _left_out(place: str, told: str) -> Issue:
    return Issue(code="entry_left_out", message=f"{place}: {told}; it is left out.", severity="warning")


def host(url: str) -> str:
    """The host by which two web addresses are compared: without `www.`, with a port that is none of the usual.

    "" where it is no address of a site that a source file could name.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or "@" in parts.netloc:
        return ""
    name = str(parts.hostname).rstrip(".").removeprefix("www.")
    return name if port in (None, 80, 443) else f"{name}:{port}"
