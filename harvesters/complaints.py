"""What is wrong in a source file, in sentences for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic_core import ErrorDetails
from yaml.constructor import SafeConstructor

Path_ = tuple[str | int, ...]

_NAMES = "a name of lower-case letters, digits and underscores that begins with a letter"
_CODE = r"^[A-Z]{2}$"
_PATTERNS = {_CODE: "a country's two capital letters (ISO 3166-1), such as 'BE'", r"^[a-z][a-z0-9_]*$": _NAMES}
# What pydantic's kinds of error allow; `{...}` is filled from the error's own limits.
_ALLOWED = {
    "string_type": "text; put it in quotes if it is meant as such",
    "string_too_short": "at least {min_length} character(s)",
    "literal_error": "{expected}",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "less_than": "less than {lt:g}",
    "less_than_equal": "{le:g} or less",
    "tuple_type": "a list, even of one: [ ... ]",
    "list_type": "a list, even of one: [ ... ]",
    "dict_type": "lines of `key: value`",
    "model_type": "lines of `key: value`",
}


class _Strict(SafeConstructor):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping. Raises ConstructorError where a key stands twice: one of the two would be lost."""
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen and key.value != "<<":
                    raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` stands twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Quick(_Strict, yaml.CSafeLoader):
    """libyaml's parser, five times as fast."""


class _Wordy(_Strict, yaml.SafeLoader):
    """Python's parser, which says more about what is wrong."""


_BOOLEANS = re.compile(r"^(?:true|false)$", re.IGNORECASE)
_YAML_1_1 = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
for _loader in (_Quick, _Wordy):
    _loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _YAML_1_1]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$", re.IGNORECASE), list("tTfF")
    )


def read_yaml(text: str) -> Any:
    """What a text says; safe, strict about keys that stand twice, and plain: only `true` and `false` are booleans.

    Raises:
        yaml.YAMLError: it is no YAML; `yaml_sentence` says why.
    """
    try:
        return yaml.load(text, _Quick)  # noqa: S506 - derives from SafeLoader
    except yaml.YAMLError:
        return yaml.load(text, _Wordy)  # noqa: S506 - derives from SafeLoader


def yaml_sentence(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    """Where and why a text is no YAML."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        problem = error.problem or error.context or "it cannot be read"
        if "'\\t'" in problem:
            problem = "there is a tab; YAML indents with blanks"
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {problem}."
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 (byte {error.start}); save it as UTF-8."
    return f"it is not YAML: {' '.join(str(error).split())}."


def shown(value: object) -> str:
    """A value as the complaint shows it: as in YAML, cut to 60 characters."""
    plain = {None: "nothing", True: "true", False: "false"}
    text = plain[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def dotted(path: Path_) -> str:
    """`urls[1]`, `expect.min_records`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part != "[key]")
    return text.removeprefix(".")


def sentence(error: ErrorDetails, model: type[BaseModel], above: Path_ = ()) -> str:
    """One of pydantic's errors about `model`, which stands at the path `above`, as a sentence."""
    key, kind, found = dotted((*above, *error["loc"])), error["type"], error["input"]
    if kind == "extra_forbidden":
        return f"`{key}` is not a known key{_suggestion(str(error['loc'][-1]), _keys(model, error['loc'][:-1]))}"
    if kind == "missing":
        return f"`{key}` is missing."
    limits = error.get("ctx", {})
    if kind == "value_error":
        said = str(limits["error"])
        return f"`{key}` {said}; found {shown(found)}." if said.startswith("must") else f"{said}."
    if error["loc"][-1:] == ("[key]",):
        return f"the key {shown(found)} of `{dotted((*above, *error['loc'][:-2]))}`; allowed: {_allowed(error)}."
    hint = f" Write '{found.upper()}'." if _is_code_in_lower_case(error) else ""
    return f"`{key}` is {shown(found)}; allowed: {_allowed(error)}.{hint}"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...? Known are ...`, as the end of a sentence."""
    return _suggestion(word, sorted(known))


def _allowed(error: ErrorDetails) -> str:
    limits: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(limits["pattern"], f"text like {limits['pattern']}")
    return _ALLOWED.get(error["type"], error["msg"]).format(**limits)


def _is_code_in_lower_case(error: ErrorDetails) -> bool:
    found = error["input"]
    pattern = error.get("ctx", {}).get("pattern")
    return pattern == _CODE and isinstance(found, str) and bool(re.fullmatch(pattern, found.upper()))


def _suggestion(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known: {', '.join(known)}."


def _keys(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys that stand at a path of a model, as they are written."""
    for part in path:
        field = next((f for name, f in model.model_fields.items() if part in (f.alias, name)), None)
        model = _model(field.annotation if field else None) or model
    return [field.alias or name for name, field in model.model_fields.items() if name != "id"]


def _model(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) in (Union, UnionType):
        return next((found for each in get_args(annotation) if (found := _model(each))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
