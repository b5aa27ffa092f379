"""A source file that a probe suggests, written where the operator's own lie."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from harvesters import registry
from warehouse import overlays, work
from warehouse.context import Warehouse
from warehouse.files import write_bytes, write_json
from warehouse.probing.model import Probe
from warehouse.probing.trial import as_yaml
from warehouse.runs import Refused


def path_for(warehouse: Warehouse, source_id: str) -> Path:
    """Where the file of a new source will lie.

    Raises:
        Refused: CHM_SOURCES names no folder, or the id is taken.
    """
    path = overlays.path_of(warehouse.settings, source_id)
    if source_id in registry.ids(warehouse.settings.source_folders):
        advice = f"Save it under another id, or see what would change: `chm sources test {source_id}`."
        raise Refused(f"There is a source {source_id} already.", advice=advice)
    return path


def save(warehouse: Warehouse, found: Probe, source_id: str) -> Path:
    """Write the suggested file, once the registry has passed it, and keep the probe beside the others.

    Raises:
        SourceError: the registry does not take it.
        Refused: nothing is suggested, CHM_SOURCES names no folder, or the id is taken.
    """
    path = path_for(warehouse, source_id)
    if not found.suggested:
        raise Refused(f"{found.url} offers nothing, so nothing is saved.", advice="Probe another address of the site.")
    text = as_yaml(found.suggested)
    with TemporaryDirectory() as folder:
        (Path(folder) / path.name).write_text(text, encoding="utf-8")
        source = registry.load_source(source_id, (Path(folder),))
    write_bytes(path, text.encode())
    write_json(warehouse.layout.probe(source_id), replace(found, suggested={}, asks=work.asks(source)))
    return path
