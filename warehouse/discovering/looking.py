"""A look at the lists of national websites: read, compared with the registry, and remembered for the next look."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vocabularies.skos import load
from warehouse.context import Warehouse, read_sources
from warehouse.discovering import coverage, discovery, lists
from warehouse.discovering.discovery import Discovery, Ties
from warehouse.files import read_json, write_json
from warehouse.mapping.terms import vocabulary_files
from warehouse.runs import Refused


def look(warehouse: Warehouse, spreadsheets: Iterable[Path]) -> Discovery:
    """Compare the registry with the CHM's index as it was loaded, and with CSV files; no site is asked.

    Raises:
        Refused: there is no list to compare with, or a file is none.
    """
    sources, _ = read_sources(warehouse.settings)
    countries = load(vocabulary_files(warehouse.settings.vocabularies)["countries"])
    listed = lists.of_index(warehouse.layout, sources)
    for path in spreadsheets:
        listed += lists.of_spreadsheet(path, countries)
    if not listed.names:
        cause = "There is no list to compare with: no source of the CHM's index was loaded."
        raise Refused(cause, advice="Run `chm run chm_index` first, or give --csv FILE.")
    remembered = warehouse.layout.look("websites")
    nobody = coverage.uncovered(coverage.coverage(sources, warehouse.settings))
    found, ties = discovery.compare(sources, listed, read_json(remembered, Ties) or Ties(), nobody)
    write_json(remembered, ties)
    return found
