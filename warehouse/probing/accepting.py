"""A person's word that puts a probed source in force: what the probe suggests and `status: active`, as an overlay."""

from __future__ import annotations

from getpass import getuser

from warehouse import ledger, overlays, work
from warehouse.context import Warehouse, read_sources
from warehouse.files import read_json
from warehouse.planning.approvals import Signature
from warehouse.probing.model import Acceptance, Probe
from warehouse.probing.trial import trial
from warehouse.runs import Refused


def whoever() -> str:
    """The name of the person who is logged in; "" where the system knows none."""
    try:
        return getuser()
    except (KeyError, OSError):
        return ""


def ready(warehouse: Warehouse) -> list[str]:
    """The unverified sources whose probe needs no decision."""
    sources, _ = read_sources(warehouse.settings)
    unverified = [source.id for source in sources if source.status == "unverified"]
    return [source for source in unverified if (found := kept(warehouse, source)) and found.standing == "ready"]


def kept(warehouse: Warehouse, source_id: str) -> Probe | None:
    """What the last probe of a source found, if its file puts the same question still."""
    found = read_json(warehouse.layout.probe(source_id), Probe)
    return found if found and found.asks == work.asks(warehouse.source(source_id)) else None


def accept(warehouse: Warehouse, source_id: str, signed: Signature) -> Acceptance:
    """Set a probed source active, with what its probe suggests; its DAG's schedule follows.

    Raises:
        SourceError: the source is unknown, or what is suggested is no source file.
        Refused: nobody signs, the source was not probed as it stands, no trial gave a record, or CHM_SOURCES names no
            folder.
    """
    ledger.signed(signed.by, signed.why)
    warehouse.source(source_id)
    found = kept(warehouse, source_id)
    overlays.path_of(warehouse.settings, source_id)
    if found is None:
        cause = f"{source_id} was not probed, or its file was changed since."
        raise Refused(cause, advice="Run `chm probe --unverified`.")
    if not found.samples:
        why = next((issue.message for issue in found.issues if issue.severity == "error"), "")
        cause = f"{source_id}: no trial of it gave a record. {why}"
        raise Refused(cause, advice=f"Mend its file and try it: `chm sources test {source_id}`.")
    keys = {**found.suggested, "status": "active"}
    with trial(warehouse, source_id, keys) as on_trial:
        on_trial.source(source_id)
    word = Acceptance(source=source_id, keys=keys, by=signed.by, why=signed.why, at=warehouse.clock.now())
    ledger.add(warehouse.layout, warehouse.layout.acceptances(), word)
    overlays.write(warehouse.settings, source_id, keys)
    return word
