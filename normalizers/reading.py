"""One record while a profile reads it: the root of its metadata, out of what is wrapped around it, and its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lxml import etree
from msgspec import Struct, field

from harvesters.model import Issue, RawRecord
from normalizers.boxes import box, number
from normalizers.issues import encodable
from normalizers.model import Draft
from normalizers.profiles import Unreadable
from normalizers.record_xml import language_of, local_name, parse_record

_ENVELOPE = frozenset(("oai-pmh", "listrecords", "getrecord", "record", "metadata"))
_BESIDE = frozenset(("header", "about", "responsedate", "request", "error", "resumptiontoken"))

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


def _mended(raw: RawRecord, complaint: str) -> Issue:
    return Issue(
        code="xml_mended",
        message=f"Record {raw.identifier}: its XML is broken and was read as far as it goes ({complaint}). "
        "Ask the site to mend its export.",
        record=raw.identifier,
        value=complaint[:500],
    )
