"""From an XML format to a draft by a table: the path of an element, and the rule for what stands there.

A crosswalk in the librarians' sense. Paths are local names from the metadata's root, such as `titles/title`, with `*`
for any one element: repositories in the wild mix prefixes and versions, and some forget the namespace altogether. A
rule takes a whole element; what no rule took is counted under its path, once and without going into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from lxml import etree

from harvesters.model import RawRecord
from normalizers.fields.links import looks_like_link
from normalizers.identifier_schemes import in_scheme
from normalizers.model import DateKind, Draft, Link, Subject, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import content, is_empty, label, language_of, local_name

# Takes an element, with the language that holds there, and tells whether it used it.
Rule: TypeAlias = Callable[[Reading, etree._Element, str | None], bool]  # noqa: SLF001  # lxml has no other name for it
_Steps: TypeAlias = "dict[str, Rule | _Steps]"


class Crosswalk:
    """A format and its table, ready to read records; `opening` sees the root first and may tell its language."""

    def __init__(
        self,
        form: Format,
        table: Mapping[str, Rule],
        opening: Callable[[Reading, etree._Element], str | None] | None = None,
    ) -> None:
        self._format = form
        self._opening = opening
        self._steps = _steps(table)

    def extract(self, raw: RawRecord) -> Draft:
        """Where the values of one record stand. Raises `Unreadable` as `Format.open` does."""
        root, language, reading = self._format.open(raw, self._steps)
        if self._opening:
            language = self._opening(reading, root) or language
        _walk(reading, root, self._steps, language, "")
        return reading.draft


def _steps(table: Mapping[str, Rule]) -> _Steps:
    """The table by steps: an element has a rule that takes it whole, or steps within it, never both."""
    steps: _Steps = {}
    within: dict[str, dict[str, Rule]] = {}
    for path, rule in table.items():
        name, _, rest = path.lower().partition("/")
        if rest:
            within.setdefault(name, {})[rest] = rule
        else:
            steps[name] = rule
    return steps | {name: _steps(rules) for name, rules in within.items()}


def _walk(reading: Reading, parent: etree._Element, steps: _Steps, language: str | None, path: str) -> None:
    for element in parent.iterchildren("*"):
        below = steps.get(local_name(element.tag)) or steps.get("*")
        spoken = language_of(element) or language
        if isinstance(below, dict) and len(element):
            _walk(reading, element, below, spoken, f"{path}{label(element)}/")
            continue
        used = below(reading, element, spoken) if callable(below) else is_empty(element)
        if not used:
            reading.leave(path + label(element))


def text(name: str) -> Rule:
    """To a list of texts of the draft, with the language."""

    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        if found := content(element):
            getattr(reading.draft, name).append(Text(found, language))
        return True

    return put


def value(name: str) -> Rule:
    """To a list of bare values of the draft."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        if found := content(element):
            getattr(reading.draft, name).append(found)
        return True

    return put


def date(kind: DateKind) -> Rule:
    """To the dates, as one of that kind."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        if found := content(element):
            reading.draft.dates.append((kind, found))
        return True

    return put


def noted(_reading: Reading, _element: etree._Element, _language: str | None) -> bool:
    """Nothing more to do: it was read when the record was opened."""
    return True


def subject(*attributes: str) -> Rule:
    """To the subjects, with the scheme that the first of the attributes names."""

    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        if not (found := content(element)):
            return True
        for name in attributes if element.keys() else ():
            if scheme := element.get(name):
                reading.draft.subjects.append(Subject(found, language, scheme))
                return True
        reading.draft.subjects.append(Text(found, language))
        return True

    return put


def identifier(attribute: str) -> Rule:
    """To the identifiers, read in the scheme that the attribute names."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        if found := content(element):
            reading.draft.identifiers.append(in_scheme(found, element.get(attribute)))
        return True

    return put


def related(attribute: str) -> Rule:
    """To the links, where an identifier in the scheme that the attribute names leads somewhere."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        address = in_scheme(content(element), element.get(attribute))
        if looks_like_link(address):
            reading.draft.links.append(Link(url=address))
        return not address or looks_like_link(address)

    return put
