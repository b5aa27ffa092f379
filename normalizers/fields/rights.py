"""The licence, or the state of rights, that a statement names, as an address; and which of them are open.

Creative Commons' own addresses for its licences; SPDX's for others; RightsStatements.org's "In Copyright" where all
rights are reserved. A licence named without its version has an address without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from vocabularies.folding import fold

Openness = Literal["open", "restricted", "reserved"]

_CC = "https://creativecommons.org/licenses/"
_ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
_MARK = "https://creativecommons.org/publicdomain/mark/1.0/"
_SPDX = "https://spdx.org/licenses/"
_RESERVED = "http://rightsstatements.org/vocab/InC/1.0/"
_LONGEST = 5_000
_MEMORABLE = 500

# Creative Commons' addresses of deeds: /licenses/{kind}/{version}/{port} and /publicdomain/{zero,mark}/1.0/.
_DEED = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<kind>by(?:-nc)?(?:-nd|-sa)?)(?:/(?P<version>\d\.\d))?"
    r"(?:/(?P<port>igo|[a-z]{2})(?![a-z-]))?(?![a-z-])|publicdomain/(?P<domain>zero|mark)/1\.0)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![a-z0-9])(?P<cc>cc)[\s_-]*(?:(?P<zero>0|zero)(?![a-z0-9])|by(?P<more>(?:[\s_-]*(?:nc|nd|sa)(?![a-z]))*)"
    r"(?:[\s_-]*v?(?P<version>[1-4][._]\d)(?!\d))?(?![a-z0-9])(?P<igo>[\s_-]*igo\b)?)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\d.])([1-4]\.\d)(?!\d|\.\d)")
_COMMONS = re.compile(r"creative commons|المشاع الابداعي|知识共享|知識共享|创用cc|創用cc")
_WORDS = {
    "by": "attribution|atribucion|reconocimiento|paternite|атрибуция|с указанием авторства|نسب المصنف|署名|姓名标示|"
    "姓名標示|atribuicao|namensnennung|naamsvermelding|attribuzione|\\bby\\b",
    "nc": "non ?commerci|pas d utilisation commerciale|no ?comercial|некоммерческ|غير تجاري|非商业|非商業|"
    "nao ?comercial|nicht ?kommerziell|niet ?commercieel|\\bnc\\b",
    "nd": "no ?deriv|pas de modification|sin ?(?:obras? ?)?derivad|без производных|منع الاشتقاق|禁止演绎|禁止改作|"
    "keine bearbeitung|geen ?afgeleide|non opere derivate|sem ?derivac|\\bnd\\b",
    "sa": "share ?alike|partage (?:dans les memes conditions|a l identique)|compartir ?igual|compartilha ?igual|"
    "на тех же условиях|сохранение ?условии|الترخيص بالمثل|المشاركه بالمثل|相同方式共享|相同方式分享|"
    "weitergabe unter gleichen|gelijk ?delen|condividi allo stesso modo|\\bsa\\b",
}
_ELEMENTS = {element: re.compile(words) for element, words in _WORDS.items()}

# Addresses and names of other licences, as they stand in a folded statement (no punctuation).
_NAMED = tuple(
    (re.compile(words), address)
    for words, address in {
        r"creative commons zero": _ZERO,
        r"public domain mark": _MARK,
        r"open government licen[cs]e (?:v(?:ersion)? ?)?3|^ogl uk 3 0$": f"{_SPDX}OGL-UK-3.0",
        r"open government licen[cs]e (?:v(?:ersion)? ?)?2(?! 0 canada)|^ogl uk 2 0$": f"{_SPDX}OGL-UK-2.0",
        r"open government licen[cs]e canada|^ogl canada 2 0$": f"{_SPDX}OGL-Canada-2.0",
        r"licence ouverte (?:open licence )?(?:etalab )?(?:v(?:ersion)? ?)?2|etalab (?:gouv fr licence ouverte|2 0$)": (
            f"{_SPDX}etalab-2.0"
        ),
        r"\bodbl\b|open database licen[cs]e": f"{_SPDX}ODbL-1.0",
        r"\bodc by\b|open data commons attribution|opendatacommons org licenses by\b": f"{_SPDX}ODC-By-1.0",
        r"\bpddl\b|public domain dedication and licen[cs]e": f"{_SPDX}PDDL-1.0",
        r"dl de by 2 0|datenlizenz deutschland namensnennung version 2 0": f"{_SPDX}DL-DE-BY-2.0",
        r"^gfdl 1 3|gnu free documentation licen[cs]e (?:v(?:ersion)? ?)?1 3": f"{_SPDX}GFDL-1.3",
        r"^mit(?: licen[cs]e)?$": f"{_SPDX}MIT",
        r"^apache (?:licen[cs]e )?(?:v(?:ersion)? ?)?2 0$": f"{_SPDX}Apache-2.0",
        r"rightsstatements org (?:vocab|page) noc us 1 0": "http://rightsstatements.org/vocab/NoC-US/1.0/",
        r"rightsstatements org (?:vocab|page) inc 1 0": _RESERVED,
    }.items()
)
_ALL_RESERVED = re.compile(
    r"\ball rights? (?:are )?reserved|tous (?:les )?droits (?:sont )?reserves|todos los derechos reservados|"
    r"reservados todos los derechos|все права (?:защищены|сохранены)|(?:جميع|كل|كافه) الحقوق محفوظه|版权所有|版權所有|"
    r"保留所有权利|保留所有權利|todos os direitos reservados|alle rechte vorbehalten|alle rechten voorbehouden|"
    r"tutti i diritti (?:sono )?riservati"
)
_PUBLIC_DOMAIN = re.compile(
    r"(?:(?<!not )(?:in (?:the )?|dans le |en el |est du )|^)(?:public domain|domaine public|dominio publico|"
    r"общественное достояние|ملكيه عامه|公有领域|公有領域|公共领域|dominio pubblico)$"
)
_NO_RESTRICTIONS = frozenset((_ZERO, _MARK, "http://rightsstatements.org/vocab/NoC-US/1.0/"))


def licence_uri(statement: str) -> str | None:
    """The address of the licence or state of rights that `statement` names; None where it names none, or several."""
    if len(statement) > _LONGEST:
        return None
    return _licence_uri(statement) if len(statement) <= _MEMORABLE else _licence_uri.__wrapped__(statement)


def most_precise(licences: Iterable[str]) -> str | None:
    """The one licence of several addresses for it, with its version where one has it; None where they differ."""
    found = set(licences)
    precise = [one for one in found if not any(other != one and other.startswith(one) for other in found)]
    return precise[0] if len(precise) == 1 else None


def openness(licence: str) -> Openness:
    """What an address that `licence_uri` gave allows.

    `open` as the Open Definition 2.1 has it: anyone may use, change and share, at most with attribution and alike.
    """
    if licence == _RESERVED:
        return "reserved"
    kind = licence.removeprefix(_CC).split("/")[0] if licence.startswith(_CC) else ""
    if kind in ("by", "by-sa") or licence in _NO_RESTRICTIONS or licence.startswith(_SPDX):
        return "open"
    return "restricted"


@lru_cache(maxsize=4096)
def _licence_uri(statement: str) -> str | None:
    found = set(_deeds(statement)) or set(_codes(statement))
    folded = fold(statement).replace("ة", "ه")
    if not found:
        found = set(_in_words(statement, folded)) if _COMMONS.search(folded) else set()
        found = found or {address for words, address in _NAMED if words.search(folded)}
    if not found and _ALL_RESERVED.search(folded):
        return _RESERVED
    if not found and _PUBLIC_DOMAIN.search(folded):
        return _MARK
    return most_precise(found)


def _deeds(statement: str) -> Iterator[str]:
    for deed in _DEED.finditer(statement):
        if deed["domain"]:
            yield _ZERO if deed["domain"].lower() == "zero" else _MARK
        else:
            parts = (deed["kind"], deed["version"], deed["port"])
            yield _CC + "".join(f"{part.lower()}/" for part in parts if part)


def _codes(statement: str) -> Iterator[str]:
    for code in _CODE.finditer(statement):
        if code["zero"]:
            yield _ZERO
        elif code["more"] or code["version"] or code["cc"].isupper() or code[0] == statement.strip():
            elements = {element.lower() for element in re.findall("nc|nd|sa", code["more"], re.IGNORECASE)}
            yield from _deed({"by"} | elements, code["version"], igo=bool(code["igo"]))


def _in_words(statement: str, folded: str) -> Iterator[str]:
    """The licence whose elements are spelt out after "Creative Commons", in one of the languages of `_WORDS`."""
    elements = {element for element, words in _ELEMENTS.items() if words.search(folded)}
    versions = set(_VERSION.findall(statement))
    if "by" in elements and len(versions) <= 1:
        yield from _deed(elements, next(iter(versions), None), igo=" igo" in folded)


def _deed(elements: set[str], version: str | None, *, igo: bool) -> Iterator[str]:
    """The address of a licence; none for one that there is not: what may not be altered cannot be altered alike."""
    if {"nd", "sa"} <= elements:
        return
    kind = "-".join(element for element in ("by", "nc", "nd", "sa") if element in elements)
    parts = (kind, version.replace("_", ".") if version else None, "igo" if igo and version else None)
    yield _CC + "".join(f"{part}/" for part in parts if part)
