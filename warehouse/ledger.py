"""Files of decisions that only ever grow: a line of JSON each, with who, when and why."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from warehouse.files import Damaged, write_bytes
from warehouse.layout import Layout
from warehouse.runs import Refused, alone

D = TypeVar("D", bound=msgspec.Struct)


def add(layout: Layout, path: Path, decision: msgspec.Struct) -> None:
    """Put a decision behind the others, whole or not at all.

    Raises:
        Refused: another process decides at this moment.
        Damaged: a line of the file is no such decision.
    """
    with alone(layout, "the decisions"):
        read(path, type(decision))  # nothing is put behind what nobody can read
        before = path.read_bytes() if path.exists() else b""
        if before and not before.endswith(b"\n"):  # as some editors leave it
            before += b"\n"
        write_bytes(path, before + msgspec.json.encode(decision) + b"\n")


def read(path: Path, kind: type[D]) -> list[D]:
    """The decisions of a file, oldest first; none where there is no file.

    Raises:
        Damaged: a line is no decision of this kind.
    """
    lines = path.read_bytes().splitlines() if path.exists() else []
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(msgspec.json.decode(line, type=kind))
        except ValueError as error:
            cause = f"{path}, line {number} cannot be read: {error}."
            raise Damaged(cause, advice="Mend that line: each is one JSON object.") from error
    return found


def signed(by: str, why: str) -> None:
    """Raise Refused where a decision lacks the name of the person who takes it, or the reason."""
    if not (by.strip() and why.strip()):
        raise Refused("A decision needs a name and a reason.", advice="Give both: --by NAME --why REASON.")
