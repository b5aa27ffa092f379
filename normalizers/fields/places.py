"""Countries and regions by the names that the vocabularies lack: CLDR's in any language, former, short and formal ones.

Exact after folding, never by likeness. A name that several places share ("Kongo", "Micronesia") names none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages

from normalizers.fields.place_names import COUNTRIES, REGIONS
from vocabularies.folding import fold

Kind: TypeAlias = Literal["countries", "regions"]

_LONGEST = 200
_ABBREVIATION = 6  # characters; what is no longer and in capitals counts in capitals alone: "car" is no country
_ARTICLE = re.compile(r"(?:the|la|les?|l|el|los|las|il|die|der|das|os?|as) (?=\S)")
_QUALITY = (
    r"(?:federal|federative|democratic|people s|peoples|islamic|united|socialist|bolivarian|plurinational|arab|"
    r"co operative|independent|unie?|unida|federale|federal|islamique|islamica|bolivariana|plurinacional|federativa|"
    r"democratique|democratica|populaire|popular|oriental|cooperative)"
)
_STATE = (
    r"(?:republic|kingdom|state|commonwealth|federation|principality|sultanate|grand duchy|republique|royaume|etat|"
    r"principaute|grand duche|sultanat|confederation|republica|reino|estado|principado|gran ducado|repubblica|regno|"
    r"republik|konigreich|furstentum|republiek|koninkrijk)"
)
_OF = r"(?:of the|of|du|de la|de l|des|del|de los|de|da|do|d|di|van|von)"
_FORMAL = re.compile(
    rf"(?:{_QUALITY} )*{_STATE} (?:{_QUALITY} )*(?:{_OF} )?(?P<name>\S.*)|"
    rf"(?:республика|федеративная республика|государство|королевство|جمهورية|مملكة|دولة|جمهوری) (?P<other>\S.*)"
)
_INVERTED = re.compile(rf"(?P<name>.*?\S) (?:the )?(?:{_QUALITY} )*{_STATE} (?:{_QUALITY} )*{_OF}(?: the)?")
# Where "Republic of X" or "X, State of" is another place than X, or may be.
_SHARED = frozenset(("china", "chine", "congo", "korea", "coree", "corea", "guinea", "guinee", "micronesia", "konqo"))

_MARKS = re.compile(r"\s*[;|؛；,،，、/\n+]\s*|\s+[-–—]\s+")
_AND = re.compile(r"(?:\s+(?:and|et|y|e|und|en|och|og|и|та|і|ve|dan)\s+|\s*&\s*|\s+و\s*(?=\S)|(?<=\S)[和与及](?=\S))")


def place(kind: Kind, name: str) -> str | None:
    """What a name says beyond the vocabularies: a country's CBD identifier, or the English title of a CBD region.

    None where it names no place of that kind, or several.
    """
    return _place(kind, name.strip()) if len(name) <= _LONGEST else None


def parts(value: str, is_place: Callable[[str], object]) -> Iterator[tuple[str, bool]]:
    """The parts of "Kenya, Uganda / Tanzania" or "Belgique et France", and whether each is a place.

    Parted at marks always, at "and" in nine tongues and their like only where all that is joined are places; a name
    that has an "and" itself ("Trinidad and Tobago") stays whole.
    """
    for part in filter(None, _MARKS.split(value.strip())):
        names = [part] if is_place(part) else _joined(part, is_place)
        yield from ((name, True) for name in names or ())
        if not names:
            yield part, False


def _joined(value: str, is_place: Callable[[str], object]) -> list[str] | None:
    """The places of "A and B and C", the longest names first, or None where a piece is none."""
    ends = [(found.start(), found.end()) for found in _AND.finditer(value)]
    starts, stops = [0, *(end for _, end in ends)], [*(start for start, _ in ends), len(value)]
    names, at = [], 0
    while at < len(starts) and len(starts) > 1:
        for last in range(len(stops) - 1, at - 1, -1):
            name = value[starts[at] : stops[last]]
            if is_place(name):
                names.append(name)
                at = last + 1
                break
        else:
            return None
    return names


@lru_cache(maxsize=16_384)
def _place(kind: Kind, name: str) -> str | None:
    names, abbreviations = _names()[kind]
    if name in abbreviations:
        return abbreviations[name]
    return next((names[key] for key in _keys(fold(name)) if key in names), None)


def _keys(folded: str) -> Iterator[str]:
    """The name, the name without its article, and what a formal name is the formal name of."""
    yield folded
    article = _ARTICLE.match(folded)
    bare = folded[article.end() :] if article else folded
    yield bare
    if bare.startswith("st "):
        yield f"saint {bare[3:]}"
    formal = _FORMAL.fullmatch(bare) or _INVERTED.fullmatch(bare)
    short = next(filter(None, formal.groups()), "") if formal else ""
    if short and short not in _SHARED:
        yield short


_Names: TypeAlias = tuple[dict[str, str], dict[str, str]]  # folded name -> identifier, abbreviation -> identifier


@cache
def _names() -> dict[Kind, _Names]:
    """Every name once; made at the first name that no vocabulary knows, in about a second."""
    by_code = {names.split("|")[0]: title for title, names in REGIONS.items()}
    cldr: dict[str, set[tuple[Kind, str]]] = {}
    for code, name in _cldr():
        if code in by_code:
            cldr.setdefault(fold(name), set()).add(("regions", by_code[code]))
        elif code.isalpha():
            cldr.setdefault(fold(name), set()).add(("countries", code.lower()))
    found: dict[Kind, _Names] = {"countries": ({}, {}), "regions": ({}, {})}
    for key, meanings in cldr.items():
        if len(meanings) == 1:
            ((kind, identifier),) = meanings
            found[kind][0][key] = identifier
    _add(found["countries"], COUNTRIES.items())
    _add(found["regions"], REGIONS.items())
    return found


def _add(names: _Names, listed: Iterable[tuple[str, str]]) -> None:
    for identifier, variants in listed:
        for variant in variants.split("|"):
            if len(variant) <= _ABBREVIATION and variant.isupper() and variant.isascii():
                names[1][variant] = identifier
            else:
                names[0][fold(variant)] = identifier


def _cldr() -> Iterator[tuple[str, str]]:
    """Territories as CLDR names them in every language that is official somewhere: (ISO or M49 code, name)."""
    for locale in official_locales():
        yield from (
            (code, name) for code, name in locale.territories.items() if code.isdigit() or code not in _NO_COUNTRY
        )


# CLDR's own codes beside ISO 3166-1: outlying and pseudo territories, the eurozone, the UN, Kosovo.
_NO_COUNTRY = frozenset(("AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"))


def official_locales(*others: str) -> Iterator[Locale]:
    """CLDR's locales of the official languages, and of `others`."""
    for language in sorted((*official_languages(), *others)):
        try:
            yield Locale.parse(language)
        except UnknownLocaleError:  # a language that CLDR counts, but has no names in
            continue


@cache
def official_languages() -> frozenset[str]:
    """CLDR's identifiers of languages that are official in a whole country, by law or in fact: about 125."""
    countries = get_global("territory_languages")
    return frozenset(tag for country in countries for tag in get_official_languages(country, de_facto=True))
