"""A question's parameters, read: what is asked, and what of it is not supported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from warehouse.portal.questions import Question, QuestionError, local_params, parse
from warehouse.portal.realms import reaching

Params: TypeAlias = Mapping[str, Sequence[str]]
"""The parameters of a question, each with all its values in order."""

MOST_ROWS = 10_000
MOST_FACET_VALUES = 999_999
_USUAL = {"rows": 10, "facet.limit": 100, "group.limit": 1, "hl.snippets": 1, "hl.fragsize": 100}
_MOST = {"rows": MOST_ROWS, "facet.limit": MOST_FACET_VALUES, "group.limit": MOST_ROWS}
_DEFAULT_FIELD = "text_EN_txt"
_KNOWN = frozenset((
    "q", "fq", "df", "fl", "sort", "start", "rows", "facet.field", "facet.limit", "facet.mincount", "facet.pivot",
    "facet.query", "facet.pivot.mincount", "group.field", "group.limit", "hl.fl", "hl.snippets", "hl.fragsize",
    "hl.simple.pre", "hl.simple.post", "indent",
))  # fmt: skip
_SEVERAL = frozenset(("fq", "fl", "facet.field", "facet.query", "facet.pivot", "group.field", "hl.fl"))
_ON = frozenset(("true", "on", "yes", "1"))
_SWITCH = _ON | {"", "false", "off", "no", "0"}
_VALUES = {  # of parameters that have no others
    "wt": frozenset(("", "json")),
    "json.nl": frozenset(("", "flat")),
    "q.op": frozenset(("", "OR", "AND")),
    "facet.sort": frozenset(("", "count", "index")),
    **dict.fromkeys(("facet", "group", "group.ngroups", "hl", "lang_fallback"), _SWITCH),
}
_SHOWN = re.compile(r"[A-Za-z0-9_*?]+")  # a field, or a pattern of fields; all else in `fl` computes something
OF_FILTERS, OF_FACETS = frozenset(("tag", "cache", "cost")), frozenset(("ex", "key", "tag"))


class Filter(Struct, frozen=True):
    """One `fq`: what it asks, and the tags by which facets leave it out."""

    tags: frozenset[str]
    question: Question


class Asked:
    """A question's parameters, read once; raises QuestionError where one of them cannot be."""

    def __init__(self, params: Params, realms_of_chm: tuple[str, ...]) -> None:
        self._params = params
        self._realms = realms_of_chm
        self._notes: dict[str, None] = {}
        self.field = self.text("df") or _DEFAULT_FIELD
        self._operator = self.text("q.op") or "OR"
        _, query = local_params(self.text("q"), frozenset())
        self.question = self.parsed(query or "*:*")
        self.filters = [
            Filter(names(local.get("tag", "")), self.parsed(query))
            for local, query in (local_params(value, OF_FILTERS) for value in params.get("fq", ()))
        ]

    def text(self, name: str) -> str:
        """The first value of a parameter, "" where it has none."""
        values = self._params.get(name, ())
        return values[0] if values else ""

    def several(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return list(self._params.get(name, ()))

    def patterns(self, name: str) -> tuple[str, ...]:
        """The fields, or patterns of fields, that a parameter names, joined by commas or spaces."""
        return tuple(part for value in self.several(name) for part in re.split(r"[,\s]+", value) if part)

    def is_on(self, name: str) -> bool:
        """Whether a parameter says `true`."""
        return self.text(name).lower() in _ON

    def number(self, name: str, most: int) -> int:
        """A whole number of 0 to `most`, Solr's usual one where the parameter is absent; -1 means `most`."""
        value = self.text(name)
        if not value:
            return _USUAL.get(name, 0)
        if not re.fullmatch(r"-1|[0-9]{1,9}", value):
            raise QuestionError(f"{name}: {value!r} is no whole number, nor -1.")
        return most if int(value) < 0 else min(int(value), most)

    def parsed(self, query: str) -> Question:
        """What a query asks for; what is to be said of how it was read is noted."""
        parsed = parse(query, self.field, operator=self._operator)
        question, says_chm = reaching(parsed.question, self._realms)
        self._notes.update(dict.fromkeys(parsed.notes))
        if says_chm:
            self._notes[f"realm_ss:chm finds {', '.join(self._realms)} too."] = None
        return question

    def notes(self) -> list[str]:
        """What the asker should know of how the queries were read, each once."""
        return list(self._notes)

    def unsupported(self) -> list[str]:
        """The parameters that change nothing here; with their value where another would."""
        found = [name for name in self._params if name not in _KNOWN and name not in _VALUES]
        for name, values in self._params.items():
            first = values[0] if values else ""
            if first not in _VALUES.get(name, (first,)) or (
                first.isdecimal() and int(first) > _MOST.get(name, int(first))
            ):
                found.append(f"{name}={first}")
            if name not in _SEVERAL:  # of a parameter that has one value, the first counts
                found += [f"{name}={value}" for value in values[1:]]
        found += [f"fl={shown}" for shown in self.patterns("fl") if not _SHOWN.fullmatch(shown) or shown == "score"]
        return sorted(found)


def names(text: str) -> frozenset[str]:
    """The names in a list of tags, which commas part."""
    return frozenset(filter(None, text.split(",")))
