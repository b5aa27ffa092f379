"""What a changed source file would do: five pages of a trial, against the current records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from msgspec.structs import replace

from harvesters import complaints
from harvesters.errors import SourceError
from harvesters.model import Json
from harvesters.visit import Visit
from warehouse import loading
from warehouse.context import Warehouse
from warehouse.counts import Counts
from warehouse.duck import connect
from warehouse.model import Batch, Request
from warehouse.planning import preview
from warehouse.planning.preview import Preview
from warehouse.probing.looking import MOST
from warehouse.probing.model import Compared
from warehouse.probing.trial import gather, trial

PAGES = 5
_RECORDS = 1_000  # after which no further page is asked for


def compare(warehouse: Warehouse, source_id: str, keys: Mapping[str, Json]) -> Compared:
    """What the first pages of a source would change, with `keys` on top of its file; nothing is loaded.

    Raises:
        SourceError: there is no such source, or its file is wrong with these keys.
        Refused: the source is retired, stopped or withdrawn, or no contact is set.
    """
    warehouse.source(source_id)
    on_visit = replace(warehouse, visit=Visit.short(MOST))
    with trial(on_visit, source_id, {**keys, "max_pages": PAGES}) as on_trial:
        found = gather(on_trial, source_id, Request(full=True, limit=_RECORDS), 0)
        batch = Batch(source_id, found.harvest.run)
        plan = Preview(source=source_id, run=batch.run, counts=Counts(), held=(), warned=(), kinds=())
        if found.failure is None:
            with connect(on_trial.layout.scratch()) as connection:
                counts, verdict = loading.draw(on_trial, on_trial.source(source_id), batch, connection)
                plan = preview.look(connection, batch, counts, verdict)
    whole = found.harvest.complete
    return Compared(
        source=source_id,
        pages=found.harvest.pages,
        whole=whole,
        plan=plan if whole else replace(plan, held=()),  # some pages alone are always too few for `expect`
        failure=found.failure,
    )


def read_keys(path: Path) -> dict[str, Json]:
    """The keys of a YAML file. Raises SourceError where it is none."""
    try:
        keys = complaints.read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {complaints.yaml_sentence(error)}", advice="Mend it.") from error
    if not isinstance(keys, dict):
        raise SourceError(f"{path}: it has no lines of `key: value`.", advice="Mend it.")
    return keys
