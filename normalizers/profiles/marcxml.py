"""MARC 21 in XML (Library of Congress, MARC 21 Format for Bibliographic Data; MARCXML schema 1.1).

Read from the tree that is there already, by a table of tags: pymarc would parse the bytes once more, with a parser of
its own, and gives nothing but the subfields that are at hand here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import etree

from harvesters.model import RawRecord
from normalizers.boxes import number
from normalizers.crosswalk import Crosswalk
from normalizers.identifier_schemes import in_scheme
from normalizers.model import Draft, Link, Subject, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import content

_PUNCTUATION = " /:;,="  # of ISBD, which stands at the end of a subfield and announces the next
_SCHEMES = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "cash", "6": "rvm"}
_AUTHORS = frozenset(("aut", "author", "cre", "creator", "dis", "dissertant"))
_PUBLISHERS = frozenset(("pbl", "publisher", "dst", "distributor"))
_NO_MAKERS = frozenset(("fnd", "funder", "spn", "sponsor", "own", "owner", "dnr", "donor", "ths", "dgg", "his", "fmo"))
_STOP = re.compile(r"(?<=[a-z)])\.$")  # after a heading or a name, not after initials
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DEGREES = re.compile(
    r"(?P<side>[NSEW+-]?)(?:(?P<decimal>\d{1,3}\.\d+)|(?P<degrees>\d{3})(?P<minutes>\d\d)(?P<seconds>\d\d(?:\.\d+)?))",
    re.ASCII | re.IGNORECASE,
)


class _Field:
    """One data field; `of` takes subfields, and what was not taken is counted in the end."""

    def __init__(self, reading: Reading, element: etree._Element) -> None:
        self.reading = reading
        self.draft = reading.draft
        self.tag = element.get("tag", "")
        self.indicators = (element.get("ind1", " "), element.get("ind2", " "))
        self._subfields = [(one.get("code", ""), content(one)) for one in element.iterchildren("{*}subfield")]
        self._taken: set[str] = set()

    def of(self, codes: str) -> list[str]:
        """The values of these subfields in the order of the field, without the punctuation that leads to the next."""
        self._taken.update(codes)
        return [value.rstrip(_PUNCTUATION) for code, value in self._subfields if code in codes and value]

    def texts(self, codes: str) -> list[Text]:
        """As many texts, of whatever language the record is catalogued in: MARC does not say it."""
        return [Text(value) for value in self.of(codes)]

    def headings(self, codes: str) -> list[Text]:
        """As many texts without the full stop that ends a heading."""
        return [Text(_STOP.sub("", value)) for value in self.of(codes)]

    def close(self) -> None:
        """Count the subfields that nobody took, but not those that only link and control."""
        for code, value in self._subfields:
            if value and code not in self._taken and code.isalpha():
                self.reading.leave(f"{self.tag}${code}")


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)


def _datafield(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    put = _TAGS.get(element.get("tag", ""))
    if put is None:
        reading.leave(element.get("tag", "datafield")[:3])
    else:
        field = _Field(reading, element)
        put(field)
        field.close()
    return True


def _controlfield(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """Field 008 has the year and the language at fixed places; the others are the cataloguer's own."""
    data = element.text or ""
    if element.get("tag") != "008":
        reading.leave(element.get("tag", "controlfield")[:3])
        return True
    if _YEAR.fullmatch(year := data[7:11]):
        reading.draft.dates.append(("published", year))
    if (language := data[35:38]).isalpha() and language != "und":
        reading.draft.languages.append(language)
    return True


def _title(field: _Field) -> None:
    name, rest, parts = (" ".join(field.of(codes)) for codes in ("a", "b", "np"))
    title = ". ".join(filter(None, (": ".join(filter(None, (name, rest))), parts)))
    language = next(iter(field.of("y")), None) if field.tag == "242" else None
    if title:
        field.draft.titles.append(Text(title, language))


def _maker(field: _Field) -> None:
    """Author, contributor or publisher by the relator; field 1xx without one is the author, 7xx contributes."""
    if field.of("t"):  # the name is that of a related work's author
        return
    name = " ".join(field.of("abcq" if field.tag in ("100", "700") else "abn"))
    roles = {role.lower().rstrip(".").rpartition("/")[2] for role in field.of("e4j")}
    if not name:
        return
    text = Text(_STOP.sub("", name))
    if roles & _PUBLISHERS:
        field.draft.publishers.append(text)
    elif roles & _AUTHORS or (field.tag.startswith("1") and not roles & _NO_MAKERS):
        field.draft.authors.append(text)
    elif not roles & _NO_MAKERS:
        field.draft.contributors.append(text)
    else:
        field.reading.leave(f"{field.tag}$a")


def _imprint(field: _Field) -> None:
    """Publication alone: makers, distributors and copyright stand in the same field by the second indicator."""
    if field.tag == "264" and field.indicators[1] not in ("1", " "):
        return
    field.draft.publishers += field.texts("b")
    years = [year for value in field.of("c") for year in _YEAR.findall(value)[:1]]
    if not any(kind == "published" for kind, _ in field.draft.dates):
        field.draft.dates += [("published", year) for year in years[:1]]


def _languages(field: _Field) -> None:
    """Codes of three letters each, which older records run together."""
    for value in field.of("ad"):
        whole = field.indicators[1] == "7" or len(value) % 3
        field.draft.languages += [value] if whole else [value[at : at + 3] for at in range(0, len(value), 3)]


def _subject(field: _Field) -> None:
    """The heading and its topics; its places are coverage."""
    scheme = " ".join(field.of("2")) or _SCHEMES.get(field.indicators[1])
    texts = field.headings("ax")
    if field.tag != "653" and scheme:
        texts = [Subject(text.value, None, scheme) for text in texts]
    field.draft.subjects += texts
    field.draft.coverage += field.headings("z")


def _place(field: _Field) -> None:
    field.draft.coverage += field.headings("az")
    field.draft.subjects += field.headings("x")


def _identifier(field: _Field) -> None:
    scheme = {"020": "ISBN", "022": "ISSN"}.get(field.tag) or " ".join(field.of("2"))
    field.draft.identifiers += [in_scheme(value, scheme) for value in field.of("a")]


def _address(field: _Field) -> None:
    """The thing itself or a version of it, unless the second indicator says that it is only related."""
    rel = "related" if field.indicators[1] == "2" else "source"
    name = " ".join(field.of("3yz")) or None
    media = next((value for value in field.of("q") if "/" in value), None)
    field.draft.links += [Link(url=url, rel=rel, name=name, media_type=media) for url in field.of("u")]


def _box(field: _Field) -> None:
    sides = [" ".join(field.of(code)) for code in "dgef"]  # west, south, east, north
    if any(sides):
        field.reading.locate(sides, degrees)


def degrees(coded: str) -> float | None:
    """Decimal degrees of `W0794530` and `+079.533265` (MARC 21, 034 $d to $g); None where it is neither."""
    found = _DEGREES.fullmatch(coded.strip())
    if found is None:
        return number(coded)
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    size = float(found["decimal"] or found["degrees"]) + minutes / 60 + seconds / 3600
    return -size if found["side"].upper() in ("S", "W", "-") else size


def _to(name: str, codes: str, joined: str | None = None) -> Callable[[_Field], None]:
    """To a list of texts of the draft: each subfield, or all of them joined."""

    def put(field: _Field) -> None:
        texts: Iterable[Text] = field.texts(codes)
        if joined is not None:
            whole = joined.join(text.value for text in texts)
            texts = [Text(whole)] if whole else []
        getattr(field.draft, name).extend(texts)

    return put


_TAGS: dict[str, Callable[[_Field], None]] = {
    "020": _identifier, "022": _identifier, "024": _identifier, "034": _box, "041": _languages,
    "043": _to("coverage", "c"), "100": _maker, "110": _maker, "111": _maker, "242": _title, "245": _title,
    "260": _imprint, "264": _imprint, "336": _to("types", "a"), "500": _to("descriptions", "a"),
    "505": _to("descriptions", "agrt", " "), "506": _to("access", "af"), "520": _to("summaries", "ab", " "),
    "522": _to("coverage", "a"), "540": _to("rights", "au"), "542": _to("rights", "f"), "650": _subject,
    "651": _place, "653": _subject, "655": _to("types", "a"), "700": _maker, "710": _maker, "711": _maker,
    "751": _place, "856": _address,
}  # fmt: skip
_CROSSWALK = Crosswalk(
    Format(name="MARC 21", profile="marcxml", roots=frozenset(("record",)), wrappers=frozenset(("collection",))),
    {"controlfield": _controlfield, "datafield": _datafield},
)
