"""Source files to `Source`s. Every complaint names the file, the key, what was found and what is allowed.

A file lies in one or more folders. The same file name in a later folder is an overlay: its keys win. Mappings
(`options`, `lookups`, `expect` ...) are merged key by key at every depth, so that an overlay may change one number;
anything else, lists included, is replaced, and with another `protocol` go the `options` of the one before. The result
is checked as if one file had said it.

YAML is read with the booleans of YAML 1.2, `true` and `false` alone, as editors read it: `NO` is Norway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from pydantic import BaseModel, ValidationError

from harvesters import complaints, protocols
from harvesters.errors import SourceError
from harvesters.model import Json
from harvesters.source import Source

SOURCES = Path(__file__).with_name("sources")
_MEND = "Mend it, then run `chm sources`."


class _Layer(Struct, frozen=True):
    """What one file says."""

    path: Path
    keys: dict[str, Any]


def load_source(source_id: str, folders: Sequence[Path]) -> Source:
    """The source of that id from `folders`, later ones winning.

    Raises:
        SourceError: there is no such source, or one of its files is wrong.
    """
    files, missing = _files(folders)
    if source_id not in files:
        if missing:
            raise missing[0]
        close = get_close_matches(source_id, files, n=1)
        raise SourceError(
            f"There is no source `{source_id}`{f'; did you mean `{close[0]}`?' if close else '.'}",
            advice=f"`chm sources` lists them; to add it, put {source_id}.yml into a folder that CHM_SOURCES names.",
        )
    return _load(source_id, files[source_id])


def load_sources(
    folders: Sequence[Path], wanted: Callable[[str], bool] = lambda _: True
) -> tuple[list[Source], list[SourceError]]:
    """All sources whose id is `wanted`, by id, and a `SourceError` for each one that is wrong.

    A broken file never hides the others, and a file that nobody wants is not read.
    """
    files, errors = _files(folders)
    sources = []
    for source_id, paths in sorted((each, paths) for each, paths in files.items() if wanted(each)):
        try:
            sources.append(_load(source_id, paths))
        except SourceError as error:
            error.source = source_id
            errors.append(error)
    return sources, errors


class Stated(Struct, frozen=True):
    """A key as the files of a source state it, merged: `expect.min_records`, its value, and the file that wins."""

    key: str
    value: Json
    path: Path


def ids(folders: Sequence[Path]) -> list[str]:
    """The ids of all source files, right or wrong, sorted."""
    return sorted(_files(folders)[0])


def stated(source_id: str, folders: Sequence[Path]) -> list[Stated]:
    """Every key that the files of a source state, at every depth, with the file that has the last word on it.

    Raises:
        SourceError: one of its files is no YAML.
    """
    layers = [_Layer(path, _read(path)) for path in _files(folders)[0].get(source_id, [])]
    merged = _whole(layers)
    return [
        Stated(".".join(path), value, next(layer.path for layer in reversed(layers) if _states(layer.keys, path)))
        for path, value in _leaves(merged, ())
    ]


def _leaves(keys: Mapping[str, Json], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    for key, value in keys.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, str(key)))
        else:
            yield (*above, str(key)), value


def _states(keys: Json, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(keys, dict) or part not in map(str, keys):
            return False
        keys = next(value for key, value in keys.items() if str(key) == part)
    return True


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a source file, for editors; a protocol's `options` where it is named."""
    schema = Source.model_json_schema()
    del schema["properties"]["id"]
    schema["required"].remove("id")
    schema["properties"]["protocol"]["enum"] = protocols.names()
    schema["allOf"] = []
    for name in protocols.names():
        if model := _options_model(protocols.load(name)):
            options = model.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
            nested = {f"{name}.{key}": value for key, value in options.pop("$defs", {}).items()}
            schema["$defs"].update(nested)
            chosen = {"properties": {"protocol": {"const": name}}, "required": ["protocol"]}
            schema["allOf"].append({"if": chosen, "then": {"properties": {"options": options}}})
    heading = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "CHM source file",
        "description": "One national site and how it is asked. The file's name is the source's id.",
    }
    return {**schema, **heading}


def _files(folders: Sequence[Path]) -> tuple[dict[str, list[Path]], list[SourceError]]:
    """The files of each id, in the order of the folders; and a complaint for each folder that is not there."""
    files: dict[str, list[Path]] = {}
    errors = []
    for folder in folders:
        if folder.is_dir():
            for path in sorted((*folder.glob("*.yml"), *folder.glob("*.yaml"))):
                files.setdefault(path.stem, []).append(path)
        else:
            errors.append(SourceError(f"{folder} is not a folder.", advice="Correct CHM_SOURCES or create it."))
    return files, errors


def _load(source_id: str, paths: Sequence[Path]) -> Source:
    twice = [path for path in paths if path.suffix == ".yaml" and path.with_suffix(".yml") in paths]
    if twice:
        raise SourceError(f"{twice[0]}: there is a {source_id}.yml beside it.", advice="Keep one of the two.")
    layers = [_Layer(path, _read(path)) for path in paths]
    merged = _whole(layers)
    found: list[tuple[str | int, str]] = []
    if "id" in merged:
        found.append(("id", "`id` is the file's name and is not written inside."))
    found += _protocol_complaints(merged)
    try:
        source = Source.model_validate({**merged, "id": source_id})
    except ValidationError as error:
        told = {key for key, _text in found}
        every = [(_top(each["loc"]), complaints.sentence(each, Source)) for each in error.errors()]
        found += [(key, text) for key, text in every if key not in told]
    if found:
        raise _error(layers, found)
    return source


def _top(path: tuple[str | int, ...]) -> str | int:
    return path[0] if path else ""


def _protocol_complaints(keys: Mapping[str, Any]) -> list[tuple[str | int, str]]:
    """What is wrong with `protocol`, or with `options` in the eyes of the protocol's own model."""
    name, options = keys.get("protocol"), keys.get("options", {})
    if not isinstance(name, str) or not isinstance(options, dict):
        return []  # the model of the source says so
    known = protocols.names()
    if name not in known or not callable(getattr(protocols.load(name), "harvest", None)):
        known = [each for each in known if each != name]
        return [("protocol", f"`protocol` is {name!r}, which nobody speaks{complaints.nearest(name, known)}")]
    model = _options_model(protocols.load(name))
    if model is None:
        return [("options", f"protocol `{name}` takes no `options`.")] if options else []
    try:
        model.model_validate(options)
    except ValidationError as error:
        return [("options", complaints.sentence(each, model, ("options",))) for each in error.errors()]
    return []


def _options_model(module: object) -> type[BaseModel] | None:
    model: type[BaseModel] | None = getattr(module, "Options", None)
    return model


def _error(layers: Sequence[_Layer], found: Sequence[tuple[str | int, str]]) -> SourceError:
    """One error for all complaints, each under the file that has the last word on its key."""
    lines = []
    for layer in layers:
        lines += [f"{layer.path}: {text}" for key, text in found if _speaker(layers, key) is layer]
    return SourceError("\n".join(lines), advice=_MEND)


def _speaker(layers: Sequence[_Layer], key: str | int) -> _Layer:
    return next((layer for layer in reversed(layers) if key in layer.keys), layers[0])


def _read(path: Path) -> dict[str, Any]:
    try:
        keys = complaints.read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {complaints.yaml_sentence(error)}", advice=_MEND) from error
    if not isinstance(keys, dict):
        shown = "empty" if keys is None else f"{complaints.shown(keys)}, not lines of `key: value`"
        raise SourceError(f"{path}: the file is {shown}.", advice=_MEND)
    odd = [key for key in keys if not isinstance(key, str)]
    if odd:
        raise SourceError(f"{path}: the key {complaints.shown(odd[0])} is not a word.", advice=_MEND)
    return keys


def _whole(layers: Sequence[_Layer]) -> dict[str, Any]:
    """What the files of a source say together."""
    whole: dict[str, Any] = {}
    for layer in layers:
        if layer.keys.get("protocol", whole.get("protocol")) != whole.get("protocol"):
            whole.pop("options", None)
        whole = _merged(whole, layer.keys)
    return whole


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        old = both.get(key)
        both[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both
