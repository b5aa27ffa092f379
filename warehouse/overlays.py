"""Source files that commands write: a few keys into the last folder of CHM_SOURCES, where they win."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from harvesters.complaints import read_yaml
from harvesters.model import Json
from warehouse.files import write_bytes
from warehouse.runs import Refused
from warehouse.settings import Settings


def folder(settings: Settings) -> Path:
    """The folder that commands write to.

    Raises:
        Refused: CHM_SOURCES names no folder.
    """
    if not settings.sources:
        raise Refused("CHM_SOURCES names no folder.", advice="Name one: the registry's own files are not written to.")
    return settings.sources[-1]


def path_of(settings: Settings, source: str) -> Path:
    """Where a source's overlay lies, or will. Raises Refused as `folder` does."""
    other = folder(settings) / f"{source}.yaml"
    return other if other.exists() else other.with_suffix(".yml")


def write(settings: Settings, source: str, keys: Mapping[str, Json]) -> Path:
    """Set some keys of a source's overlay, each on a line of its own; all else in the file stays, comments too.

    A mapping is merged with the one that the file has; with another `protocol` go its `options`.

    Raises:
        Refused: CHM_SOURCES names no folder.
    """
    path = path_of(settings, source)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before = read_yaml(text) or {}
    if "options" in before and keys.get("protocol", before.get("protocol")) != before.get("protocol"):
        del before["options"]
        keys = {"options": {}, **keys}
    for key, value in keys.items():
        merged = {**before[key], **value} if isinstance(value, dict) and isinstance(before.get(key), dict) else value
        line = f"{key}: {_in_a_line(merged)}"
        place = re.search(rf"^{re.escape(key)}:.*(?:\n(?:[ \t]+\S.*|- .*))*$", text, flags=re.MULTILINE)
        if place:
            text = f"{text[: place.start()]}{line}{text[place.end() :]}"
        else:
            text += f"{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"
    write_bytes(path, text.encode())
    return path


def _in_a_line(value: Json) -> str:
    """A value as YAML writes it in one line."""
    written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=math.inf)
    return written.removesuffix("...\n").strip()
