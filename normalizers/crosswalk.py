"""From an XML format to a draft by a table: the path of an element, and the rule for what stands there.

A crosswalk in the librarians' sense. Paths are local names from the metadata's root, such as `titles/title`, with `*`
for any one element: repositories in the wild mix prefixes and versions, and some forget the namespace altogether. A
rule takes a whole element; what no rule took is counted under its path, once and without going into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from lxml import etree
from msgspec import Struct, field

from harvesters.model import Issue, RawRecord
from normalizers.boxes import box, number
from normalizers.fields.links import looks_like_link
from normalizers.identifier_schemes import in_scheme
from normalizers.issues import encodable
from normalizers.model import DateKind, Draft, Link, Subject, Text
from normalizers.profiles import Unreadable
from normalizers.record_xml import local_name, parse_record

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENVELOPE = frozenset(("oai-pmh", "listrecords", "getrecord", "record", "metadata"))
_BESIDE = frozenset(("header", "about", "responsedate", "request", "error", "resumptiontoken"))
_DOCBOOK = {
    "para": "p", "section": "div", "itemizedlist": "ul", "orderedlist": "ol", "listitem": "li", "emphasis": "em",
    "literallayout": "pre", "markdown": "div", "ulink": "a", "citetitle": "cite",
    "subscript": "sub", "superscript": "sup",
}  # fmt: skip
_OF_A_RECORD = frozenset(("header", "metadata"))


class Reading(Struct):
    """One record while it is read: the draft so far, and what its issues name.

    `locales` are the languages that the record declares once, by the key under which its texts refer to them.
    """

    draft: Draft
    record: str
    locales: dict[str, str] = field(default_factory=dict)

    def leave(self, label: str) -> None:
        """Count a field of the format that is not used."""
        self.draft.unused[label] = self.draft.unused.get(label, 0) + 1

    def locate(self, sides: Sequence[str], read: Callable[[str], float | None] = number) -> None:
        """A box on earth of west, south, east and north, or an issue where these are no four numbers in range."""
        numbers = [read(side) for side in sides]
        found = box(*numbers) if len(numbers) == 4 else None
        if found is None:
            self.misplace(", ".join(sides))
        else:
            self.draft.coordinates.append(found)

    def misplace(self, value: str) -> None:
        """Note coordinates that cannot be taken over."""
        record, shown = encodable(self.record), encodable(value[:500])
        message = (
            f"Record {record}: coordinates {shown!r} do not say which number is which, or are out of range. "
            "Ask the site for named bounds in decimal degrees of WGS 84; they were left out."
        )
        issue = Issue(
            code="coordinates_not_understood", message=message, record=record, field="coordinates", value=shown
        )
        self.draft.issues.append(issue)


Element: TypeAlias = etree._Element  # noqa: SLF001  # lxml's stubs have no other name for it
Rule: TypeAlias = Callable[[Reading, Element, str | None], bool]  # with the language; whether it was used
_Steps: TypeAlias = "dict[str, Rule | _Steps]"


class Format(Struct, frozen=True, kw_only=True):
    """How the metadata of a format are told: `roots` and `wrappers` around them are local names in lower case."""

    name: str
    profile: str
    roots: frozenset[str]
    wrappers: frozenset[str] = frozenset()

    def open(self, raw: RawRecord, parts: Mapping[str, object]) -> tuple[etree._Element, str | None, Reading]:
        """The root of the record's metadata, the language that it inherits, and a draft to be filled.

        `parts` are the elements that may stand right under the protocol's `metadata`, where a repository left out
        the root. Raises `Unreadable`: `format_mismatch` where the metadata are of another format,
        `unreadable_record` where there are none, or XML that cannot even be mended.
        """
        tree, complaint = parse_record(raw)
        draft = Draft(issues=[_mended(raw, complaint)] if complaint else [])
        element, language = tree, language_of(tree)
        around = _ENVELOPE | self.wrappers
        while not self._is_root(element):
            name = local_name(element.tag)
            if name not in around:
                raise self._mismatch(element)
            inside = self._inside(element)
            if name == "metadata":
                around = self.wrappers
                if local_name(inside.tag) in parts and not len(inside):
                    break
            element, language = inside, language_of(inside) or language
        return element, language, Reading(draft, raw.identifier)

    def _is_root(self, element: etree._Element) -> bool:
        """A `record` may be MARC's, or a catalogue service's, or the protocol's, which has a header."""
        name = local_name(element.tag)
        return name in self.roots and not (
            name in _ENVELOPE and any(local_name(child.tag) in _OF_A_RECORD for child in element.iterchildren("*"))
        )

    def _inside(self, element: etree._Element) -> etree._Element:
        """The child that leads on: one that is known, else the first that is not the protocol's own."""
        first = None
        for inner in element.iterchildren("*"):
            name = local_name(inner.tag)
            if name in self.roots or name in self.wrappers or name in _ENVELOPE:
                return inner
            if first is None and name not in _BESIDE:
                first = inner
        if first is None:
            raise Unreadable("unreadable_record", "It has no metadata.", "Ask the site why it sends a bare header.")
        return first

    def _mismatch(self, element: etree._Element) -> Unreadable:
        return Unreadable(
            "format_mismatch",
            f"Its metadata is <{element.tag}>, not {self.name}.",
            f"Set the source's `profile` to that format, or ask for `{self.profile}` in its `options`.",
        )


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
        if below is None:
            used = is_empty(element)
        elif isinstance(below, dict):
            _walk(reading, element, below, language_of(element) or language, f"{path}{label(element)}/")
            continue
        else:
            used = below(reading, element, language_of(element) or language)
        if not used:
            reading.leave(path + label(element))


def language_of(element: etree._Element) -> str | None:
    """`xml:lang`, or the `lang` of MODS and of those who forgot the prefix."""
    return element.get(_XML_LANG) or element.get("lang")


def label(element: etree._Element) -> str:
    """How an element is called in counts: its prefix in the document and its name."""
    name = element.tag.rpartition("}")[2]  # mended XML may have names that `etree.QName` refuses
    return f"{element.prefix}:{name}" if element.prefix else name


def is_empty(element: etree._Element) -> bool:
    """Whether an element says nothing: neither text nor elements within."""
    return not len(element) and not (element.text or "").strip()


def content(element: etree._Element) -> str:
    """The text of an element, stripped; with elements within, as HTML, DocBook's too: the cleaner takes tags off."""
    return (_markup(element) if len(element) else element.text or "").strip()


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that local name."""
    return next(element.iterchildren(f"{{*}}{name}"), None)


def content_at(element: etree._Element, *names: str) -> str:
    """The text at the end of a path of first children; "" where it leads nowhere."""
    found: etree._Element | None = element
    for name in names:
        found = None if found is None else child(found, name)
    return "" if found is None else content(found)


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
        if found := content(element):
            scheme = next((element.get(name) for name in attributes if element.get(name)), None)
            reading.draft.subjects.append(Subject(found, language, scheme) if scheme else Text(found, language))
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


def _markup(element: etree._Element) -> str:
    parts = [element.text or ""]
    for inner in element.iterchildren("*"):
        name = local_name(inner.tag)
        name = _DOCBOOK.get(name, name)
        parts += (f"<{name}>", _markup(inner), f"</{name}>", inner.tail or "")
    return "".join(parts)


def _mended(raw: RawRecord, complaint: str) -> Issue:
    return Issue(
        code="xml_mended",
        message=f"Record {raw.identifier}: its XML is broken and was read as far as it goes ({complaint}). "
        "Ask the site to mend its export.",
        record=raw.identifier,
        value=complaint[:500],
    )
