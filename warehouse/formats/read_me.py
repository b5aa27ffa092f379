"""`README.md`: what each file of the release is, for who finds it without us."""

from __future__ import annotations

from pathlib import Path

from warehouse import formats
from warehouse.edition import Edition, Portion
from warehouse.formats import Written

_NAME = "README.md"
_PARAGRAPH = "\n\n"
_HEAD = """# Release {release}

{records:,} records of {sources} national clearing-house sites of the Convention on Biological Diversity, published on
{day}. Texts are UTF-8. Files that end in `.zst` are packed with Zstandard; `.jsonl` has a JSON object a line. Each
record names its own terms of use (`rights`), and `citation.json` those of a country's.

- `manifest.json`: every file with its length and SHA-256; the sites, and up to when each is known.
- `chm.duckdb`: tables for analysts, for any DuckDB from 1.0; `dictionary.md` and `dictionary.json` explain columns.
- `tombstones.parquet`: the records that are no longer there, why, and which took over, if one did.
- `duplicates.parquet`: the records that are one document by several routes, and why we think so.
- `delta.json`: from which release this one goes on, and how many records came, changed and went. `delta.jsonl.zst` has
  them, a line each; `delta-solr.jsonl.zst` and `delta-solr-delete.json` are what Solr must add and delete for it.
- `schemas.json`: JSON Schemas of the JSON files here.
"""


class _Writer:
    def __init__(self, path: Path, edition: Edition) -> None:
        self._path = path
        self._edition = edition

    def add(self, portion: Portion) -> None:
        """Nothing: it tells of files."""

    def close(self) -> list[Written]:
        release = self._edition.release
        head = _HEAD.format(
            release=release.release,
            records=release.records,
            sources=len(release.sources),
            day=release.published.date().isoformat(),
        )
        self._path.write_text(head + "".join(map(_line, formats.names())), encoding="utf-8")
        return [Written(self._path)]


def _line(name: str) -> str:
    """What a format is, as the first paragraph of its file says it."""
    about = formats.load(name).__doc__ or name
    return f"- {' '.join(about.partition(_PARAGRAPH)[0].split())}\n"


def open(folder: Path, edition: Edition) -> _Writer:
    """A writer of `README.md`."""
    return _Writer(folder / _NAME, edition)
