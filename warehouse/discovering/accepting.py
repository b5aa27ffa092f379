"""A person's word on what a look at the lists found: a file for a new site, an overlay for one moved or gone."""

from __future__ import annotations

from pathlib import Path

from warehouse import ledger, overlays
from warehouse.context import Warehouse
from warehouse.discovering.discovery import Change, Discovery
from warehouse.files import write_bytes
from warehouse.planning.approvals import Signature
from warehouse.probing.model import Acceptance
from warehouse.probing.trial import as_yaml, trial
from warehouse.runs import Refused

ALL = "all"


def chosen(found: Discovery, names: list[str]) -> list[Change]:
    """The changes of these sources, or all.

    Raises:
        Refused: there is no change of one of them.
    """
    by_source = {change.source: change for change in found.changes}
    unknown = [name for name in names if name not in by_source and name != ALL]
    if unknown:
        raise Refused(f"There is no change of {unknown[0]}.", advice="`chm sources discover` lists them.")
    return list(found.changes) if ALL in names else [by_source[name] for name in dict.fromkeys(names)]


def accept(warehouse: Warehouse, change: Change, signed: Signature) -> Path:
    """Write what a change says into the last folder of CHM_SOURCES; nobody is asked by it. Returns the file.

    Raises:
        SourceError: the registry does not take it.
        Refused: nobody signs, or CHM_SOURCES names no folder.
    """
    ledger.signed(signed.by, signed.why)
    path = overlays.path_of(warehouse.settings, change.source)
    with trial(warehouse, change.source, change.keys) as on_trial:
        on_trial.source(change.source)
    word = Acceptance(source=change.source, keys=change.keys, by=signed.by, why=signed.why, at=warehouse.clock.now())
    ledger.add(warehouse.layout, warehouse.layout.acceptances(), word)
    if change.kind == "new":
        listed = " ".join(change.told_by.split())  # whatever stands there, it is one comment
        heading = f"# Listed by {listed}. Nobody has asked this site yet: `chm probe` tells what it offers.\n"
        write_bytes(path, (heading + as_yaml(change.keys)).encode())
    else:
        overlays.write(warehouse.settings, change.source, change.keys)
    return path
