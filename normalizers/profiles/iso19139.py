"""ISO 19115 in the XML of ISO 19139 (`gmd`, with `gmi` of ISO 19115-2), bare or in the answer of a catalogue (CSW).

Sources: ISO/TS 19139:2007; INSPIRE Technical Guidelines for metadata 2.0 (which elements hold access and use). A text
is a `gco:CharacterString`, a `gmx:Anchor`, or a `PT_FreeText` with translations in the locales that the root declares.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvesters.model import RawRecord
from normalizers.crosswalk import Crosswalk, Rule, noted
from normalizers.fields.links import looks_like_link
from normalizers.model import DateKind, Draft, Link, Subject, Text
from normalizers.reading import Format, Reading
from normalizers.record_xml import child, content, is_empty

_HREF = "{http://www.w3.org/1999/xlink}href"
_TOPICS = "ISO 19115 topic category"
_NO_STATEMENT = frozenset(("", "otherRestrictions"))  # the words stand beside it
_KINDS: dict[str, DateKind] = {"publication": "published", "creation": "created", "revision": "modified"}
_ROLES = {
    "author": "authors", "originator": "authors", "principalInvestigator": "authors", "processor": "contributors",
    "contributor": "contributors", "collaborator": "contributors", "coAuthor": "authors", "editor": "contributors",
    "publisher": "publishers", "distributor": "publishers",
}  # fmt: skip
_RELS = {"download": "document", "offlineAccess": "document"}


def extract(raw: RawRecord) -> Draft:
    """Where the values of one record stand. Raises `Unreadable`."""
    return _CROSSWALK.extract(raw)


def _opening(reading: Reading, root: etree._Element) -> str | None:
    """The locales by their ids, and the language of the metadata itself."""
    for locale in root.iterfind("{*}locale/{*}PT_Locale"):
        key, language = locale.get("id"), child(locale, "languageCode")
        if key and language is not None:
            reading.locales[f"#{key}"] = _spoken(language) or key
    own = child(root, "language")
    return None if own is None else _spoken(own)


def _code(element: etree._Element) -> str:
    """The value of a code list within, or its text: some send the list's address for every value."""
    inner = next(element.iterchildren("*"), None)
    if inner is None:
        return content(element)
    listed = inner.get("codeListValue", "").strip()
    return (content(inner) or listed) if "/" in listed or not listed else listed


def _spoken(element: etree._Element) -> str | None:
    """A language, less the country of "eng; USA"."""
    return _code(element).partition(";")[0].strip() or None


def _texts(reading: Reading, element: etree._Element, language: str | None) -> Iterator[Text]:
    """What a free text says, in each of its languages."""
    for inner in element.iterchildren("{*}CharacterString", "{*}Anchor"):
        if found := content(inner):
            yield Text(found, language)
    for inner in element.iterfind("{*}PT_FreeText/{*}textGroup/{*}LocalisedCharacterString"):
        if found := content(inner):
            locale = inner.get("locale", "")
            yield Text(found, reading.locales.get(locale) or locale.removeprefix("#") or language)


def _plain(element: etree._Element | None) -> str:
    """The first text, of whatever language; of an anchor without text, its address."""
    inner = None if element is None else next(element.iterchildren("*"), None)
    return "" if inner is None else content(inner) or inner.get(_HREF, "")


def _free_text(name: str) -> Rule:
    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        found = list(_texts(reading, element, language))
        getattr(reading.draft, name).extend(found)
        return bool(found) or not _plain(element)

    return put


def _coded(name: str) -> Rule:
    """To a list of texts, as codes, which are of no language."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        if (found := _code(element)) not in _NO_STATEMENT:
            getattr(reading.draft, name).append(Text(found))
        return True

    return put


def _date(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    kind_of = child(element, "dateType")
    kind = _KINDS.get(_code(kind_of) if kind_of is not None else "")
    found = _plain(child(element, "date"))
    if kind and found:
        reading.draft.dates.append((kind, found))
    return kind is not None or not found


def _identifier(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    """The code, or the address that it is anchored at."""
    code = child(element, "code")
    anchored = next((one.get(_HREF, "") for one in code.iterchildren("{*}Anchor")), "") if code is not None else ""
    if found := (anchored if looks_like_link(anchored) else _plain(code)):
        reading.draft.identifiers.append(found)
    return True


def _party(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Who wrote, made or published it by the role: persons before organizations, unless they publish."""
    role = child(element, "role")
    name = _ROLES.get(_code(role)) if role is not None else None
    keys = ("organisationName", "individualName") if name == "publishers" else ("individualName", "organisationName")
    parties = (child(element, key) for key in keys)
    named = next((party for party in parties if party is not None and _plain(party)), None)
    if name is None or named is None:
        return False
    getattr(reading.draft, name).extend(_texts(reading, named, language))
    return True


def _keywords(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """Subjects with their thesaurus; those that are places are coverage."""
    kind, thesaurus = child(element, "type"), element.find("{*}thesaurusName/{*}CI_Citation/{*}title")
    scheme = _plain(thesaurus) or None
    found = [text for one in element.iterchildren("{*}keyword") for text in _texts(reading, one, language)]
    if kind is not None and _code(kind) == "place":
        reading.draft.coverage += found
    else:
        reading.draft.subjects += [Subject(text.value, text.language, scheme) if scheme else text for text in found]
    return True


def _topic(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    if found := _code(element):
        reading.draft.subjects.append(Subject(found, None, _TOPICS))
    return True


def _constraints(reading: Reading, element: etree._Element, language: str | None) -> bool:
    """What may be done with it, and who may see it: words without a code belong to what the codes beside them say."""
    codes = {name: list(element.iterchildren(f"{{*}}{name}Constraints")) for name in ("access", "use")}
    restricts = bool(codes["access"]) and not codes["use"]
    for code in codes["access"]:
        _coded("access")(reading, code, language)
    for code in codes["use"]:
        _coded("rights")(reading, code, language)
    for one in element.iterchildren("{*}otherConstraints"):
        _statement("access" if restricts else "rights")(reading, one, language)
    for one in element.iterchildren("{*}useLimitation"):
        _statement("rights")(reading, one, language)
    for one in element.iterchildren("{*}classification"):
        _coded("access")(reading, one, language)
    return True


def _statement(name: str) -> Rule:
    """To a list of texts, and the address that an anchored one leads to."""

    def put(reading: Reading, element: etree._Element, language: str | None) -> bool:
        texts = getattr(reading.draft, name)
        texts += _texts(reading, element, language)
        texts += [Text(anchor.get(_HREF, "")) for anchor in element.iterchildren("{*}Anchor") if anchor.get(_HREF)]
        return True

    return put


def _address(reading: Reading, element: etree._Element, language: str | None) -> bool:
    url = _plain(child(element, "linkage"))
    if not url:
        return is_empty(element)
    function, protocol = child(element, "function"), _plain(child(element, "protocol"))
    reading.draft.links.append(
        Link(
            url=url,
            rel=_RELS.get(_code(function) if function is not None else "", "related"),
            name=_plain(child(element, "name")) or None,
            language=language if child(element, "name") is not None else None,
            media_type=protocol if protocol.count("/") == 1 else None,
        )
    )
    return True


def _image(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    if url := _plain(element):
        reading.draft.links.append(Link(url=url, rel="image"))
    return True


def _box(reading: Reading, element: etree._Element, _language: str | None) -> bool:
    names = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
    reading.locate([_plain(child(element, name)) for name in names])
    return True


def _bare(name: str) -> Rule:
    """To a list of bare values of the draft."""

    def put(reading: Reading, element: etree._Element, _language: str | None) -> bool:
        if found := _plain(element):
            getattr(reading.draft, name).append(found)
        return True

    return put


def _language(reading: Reading, element: etree._Element, _inherited: str | None) -> bool:
    if found := _spoken(element):
        reading.draft.languages.append(found)
    return True


_CITATION = "identificationInfo/*/citation/CI_Citation"
_EXTENT = "identificationInfo/*/extent/EX_Extent"
_TABLE: dict[str, Rule] = {
    "language": noted,
    "locale": noted,
    "fileIdentifier": _bare("identifiers"),
    "hierarchyLevel": _coded("types"),
    "dataSetURI": _bare("identifiers"),
    f"{_CITATION}/title": _free_text("titles"),
    f"{_CITATION}/date/CI_Date": _date,
    f"{_CITATION}/identifier/*": _identifier,
    f"{_CITATION}/citedResponsibleParty/CI_ResponsibleParty": _party,
    "identificationInfo/*/abstract": _free_text("summaries"),
    "identificationInfo/*/purpose": _free_text("descriptions"),
    "identificationInfo/*/supplementalInformation": _free_text("descriptions"),
    "identificationInfo/*/pointOfContact/CI_ResponsibleParty": _party,
    "identificationInfo/*/graphicOverview/MD_BrowseGraphic/fileName": _image,
    "identificationInfo/*/descriptiveKeywords/MD_Keywords": _keywords,
    "identificationInfo/*/topicCategory": _topic,
    "identificationInfo/*/language": _language,
    "identificationInfo/*/resourceConstraints/*": _constraints,
    f"{_EXTENT}/description": _free_text("coverage"),
    f"{_EXTENT}/geographicElement/EX_GeographicBoundingBox": _box,
    f"{_EXTENT}/geographicElement/EX_GeographicDescription/geographicIdentifier/*/code": _free_text("coverage"),
    "distributionInfo/MD_Distribution/transferOptions/*/onLine/CI_OnlineResource": _address,
}
_CROSSWALK = Crosswalk(
    Format(
        name="ISO 19139",
        profile="iso19139",
        roots=frozenset(("md_metadata", "mi_metadata")),
        wrappers=frozenset(("getrecordsresponse", "getrecordbyidresponse", "searchresults")),
    ),
    _TABLE,
    _opening,
)
