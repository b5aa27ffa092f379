"""What a harvester asks: one verb with arguments, each of which stands once (OAI-PMH 2.0, 3.1.1 and 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from warehouse.portal.oai.errors import Refused
from warehouse.portal.oai.tokens import Position, read_token
from warehouse.portal.oai.uris import is_uri

Set = tuple[Literal["source", "government", "schema"], str]
_LISTS = frozenset(("from", "until", "set", "metadataPrefix"))
_ARGUMENTS = {  # verb -> those it needs, those it may have
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset(("identifier",))),
    "ListSets": (frozenset(), frozenset()),
    "GetRecord": (frozenset(("identifier", "metadataPrefix")), frozenset()),
    "ListIdentifiers": (frozenset(("metadataPrefix",)), _LISTS),
    "ListRecords": (frozenset(("metadataPrefix",)), _LISTS),
}
_WITH_TOKEN = frozenset(("ListSets", "ListIdentifiers", "ListRecords"))
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _is_anything(_: str) -> bool:
    return True


_IS_WELL_FORMED: dict[str, Callable[[str], object]] = {  # argument -> whether a value has the syntax of 3.2 and 3.4
    "identifier": is_uri,
    "metadataPrefix": re.compile(r"[A-Za-z0-9_.!~*'()-]+").fullmatch,
    "set": re.compile(r"[A-Za-z0-9_.!~*'()-]+(?::[A-Za-z0-9_.!~*'()-]+)*").fullmatch,
}


class Asked(Struct, frozen=True, kw_only=True):
    """A request that may be answered: `arguments` as they came, and for lists the position from which to go on."""

    verb: str
    arguments: dict[str, str]
    position: Position | None = None


def read(pairs: Sequence[tuple[str, str]]) -> Asked:
    """The request that these arguments make.

    Raises:
        Refused: badVerb, badArgument or badResumptionToken.
    """
    arguments = dict(pairs)
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise Refused("badVerb", f"Give one `verb`: {', '.join(_ARGUMENTS)}.")
    verb = arguments.pop("verb")
    if len(arguments) + 1 != len(pairs):
        raise Refused("badArgument", "An argument stands twice.")
    if "resumptionToken" in arguments and verb in _WITH_TOKEN:
        if len(arguments) > 1:
            raise Refused("badArgument", "A resumptionToken stands alone.")
        return Asked(verb=verb, arguments=arguments, position=read_token(arguments["resumptionToken"], verb))
    needed, allowed = _ARGUMENTS[verb]
    if unknown := sorted(arguments.keys() - needed - allowed):
        raise Refused("badArgument", f"{verb} has no argument {', '.join(unknown)}.")
    if missing := sorted(needed - arguments.keys()):
        raise Refused("badArgument", f"{verb} needs {', '.join(missing)}.")
    if verb in ("ListIdentifiers", "ListRecords"):
        return Asked(verb=verb, arguments=arguments, position=_beginning(verb, arguments))
    return Asked(verb=verb, arguments=arguments)


def repeatable(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Those arguments that an answer may repeat: values that the protocol's schema has no place for are left out."""
    return {name: value for name, value in pairs if _IS_WELL_FORMED.get(name, _is_anything)(value)}


def _beginning(verb: str, arguments: dict[str, str]) -> Position:
    since, until = arguments.get("from"), arguments.get("until")
    for value in filter(None, (since, until)):
        _check(value)
    if since and until and len(since) != len(until):
        raise Refused("badArgument", "`from` and `until` must be as exact as each other.")
    if since and until and since > until:
        raise Refused("badArgument", "`from` is later than `until`.")
    return Position(
        verb=verb,
        prefix=arguments["metadataPrefix"],
        first=_whole(since, "00:00:00") if since else "",
        last=_whole(until, "23:59:59") if until else "",
        group=arguments.get("set", ""),
    )


def _check(value: str) -> None:
    if not (_DAY.fullmatch(value) or _SECOND.fullmatch(value)):
        raise Refused("badArgument", f"{value} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ.")
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise Refused("badArgument", f"There is no {value}.") from None


def _whole(value: str, time: str) -> str:
    return value if "T" in value else f"{value}T{time}Z"
