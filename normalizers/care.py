"""Care for people and places: who may know where something lives, and whom a text names.

Sources of the rules: CARE principles (GIDA, 2019), Local Contexts' TK and BC labels, GBIF's guide to sensitive
species (Chapman 2020), COAR's access rights 1.0, info:eu-repo's terms.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import phonenumbers

from harvesters.source import Source
from normalizers.fields.dates import Span, read_date
from normalizers.issues import Issues
from normalizers.model import Box, Draft
from vocabularies.folding import fold

_DEGREES = 1  # decimals of a published coordinate: about 11 km
_LABELS = "https://localcontexts.org/label/"
_LABEL_ADDRESS = re.compile(
    r"localcontexts\.org/labels?/(?P<label>[a-z0-9-]+)|(?P<hub>localcontextshub\.org/[\w/-]+)", re.IGNORECASE
)
_LABEL_KINDS = {
    "tk": "attribution|clan|family|outreach|multiple communities|non verified|verified|non commercial|commercial|"
    "community voice|culturally sensitive|creative|open to collaboration|men general|men restricted|women general|"
    "women restricted|secret sacred|seasonal|community use only",
    "bc": "provenance|consent verified|consent non verified|multiple communities|outreach|open to commercialization|"
    "non commercial|research use|clan|open to collaboration",
}
_LABEL_NAME = re.compile(
    "|".join(rf"\b(?P<{kind}>{kind} (?:label )?(?:{names}))\b" for kind, names in _LABEL_KINDS.items())
)

_COAR = "http://purl.org/coar/access_right/"
OPEN_ACCESS = f"{_COAR}c_abf2"
_RESTRICTED, _EMBARGOED, _METADATA_ONLY = (f"{_COAR}{code}" for code in ("c_16ec", "c_f1cf", "c_14cb"))
_ACCESS = tuple(
    (re.compile(words), address)
    for words, address in {
        rf"{_COAR.partition('//')[2]}c_f1cf|\bembargo(?:ed)?(?:access|\b)|access under embargo": _EMBARGOED,
        rf"{_COAR.partition('//')[2]}c_14cb|metadata only|\bclosed ?access\b|acces ferme|acceso cerrado|"
        r"access-right/(?:non_public|confidential)|\bconfidential": _METADATA_ONLY,
        rf"{_COAR.partition('//')[2]}c_16ec|restricted ?access|access restricted|acces (?:restreint|limite)|"
        r"acceso restringido|ограниченный доступ|وصول مقيد|受限访问|access-right/(?:restricted|sensitive)": _RESTRICTED,
        rf"{_COAR.partition('//')[2]}c_abf2|open ?access\b|acces ouvert|acceso abierto|открытый доступ|"
        r"access-right/public": OPEN_ACCESS,
    }.items()
)
_EMBARGO_END = re.compile(r"info:eu-repo/date/embargoend/(\d{4}-\d\d-\d\d)", re.IGNORECASE)
_SENSITIVE = re.compile(
    r"\b(?:sensitive|obscured|geoprivacy|generali[sz]ed|withheld|confidential|access-right/(?:restricted|sensitive))|"
    r"sensible|confidentiel|confidencial|скрыт|конфиденц|حساس|敏感"
)

_EMAIL = re.compile(r"(?:mailto:)?[\w.+%'’-]{1,64}(?:@|\s?[(\[]at[)\]]\s?)[\w-]{1,63}(?:\.[\w-]{1,63})+", re.IGNORECASE)
_MASKED_EMAIL = "[e-mail]"
_TELEPHONE = re.compile(
    r"(?P<mark>(?:(?<![^\W\d_])(?:tel|tél|telephone|téléphone|teléfono|telefono|telefon|phone|fax|mobile|mob|cell|gsm|whatsapp|тел|телефон|"
    r"факс)\b|هاتف|الهاتف|فاكس|电话|電話|传真)[\s.:：]{0,5}(?:no|n°|nr)?[\s.:：]{0,5})?"
    r"(?P<number>(?:(?:\+|00)\s?\(?|\((?!00))?\d[\d\s()./-]{5,20}\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d\s()./-]{5}")
_MASKED_TELEPHONE = "[telephone]"
_PLUS = re.compile(r"\+|00[1-9]")


def masked(text: str, country: str | None) -> str:
    """`text` with e-mail addresses and telephone numbers replaced by words for them.

    A number counts where it is written internationally ("+32 2 ...") or a word says what it is ("Tel. 02/..."), and
    Google's library finds it possible, in `country` (ISO 3166-1 alpha-2) where it is national.
    """
    if "@" in text or "at)" in text or "at]" in text:
        text = _EMAIL.sub(_MASKED_EMAIL, text)
    if not _NUMBER.search(text):
        return text
    return _TELEPHONE.sub(lambda found: _mask_number(found, country), text)


def _mask_number(found: re.Match[str], country: str | None) -> str:
    number, mark = found["number"], found["mark"] or ""
    if not mark and not _PLUS.match(number):
        return found[0]
    try:
        possible = phonenumbers.is_possible_number(
            phonenumbers.parse(number.replace("00", "+", 1) if number.startswith("00") else number, country)
        )
    except phonenumbers.NumberParseException:
        possible = bool(mark)
    return f"{mark}{_MASKED_TELEPHONE}" if possible or mark else found[0]


def labels(texts: Iterable[str]) -> tuple[str, ...]:
    """The addresses of the TK and BC labels that statements of rights and access name, in order, each once."""
    return tuple(dict.fromkeys(label for text in texts for label in _labels(text)))


def access_right(texts: Iterable[str]) -> str | None:
    """COAR's address of the narrowest access right that is stated; None where nothing is."""
    said = {right for text in texts for right in _access_rights(text)}
    return next((right for _, right in _ACCESS if right in said), None)


def embargo(draft: Draft, issues: Issues) -> str | None:
    """The last day of an embargo, in ISO 8601 as partial as stated; the latest of several."""
    stated = [
        *draft.embargoes,
        *(end for text in (*draft.rights, *draft.access) for end in _embargo_ends(text.value)),
    ]
    days: list[str] = []
    for verbatim in stated:
        span = read_date(verbatim)
        if isinstance(span, Span):
            days += filter(None, (span.end or span.start,))
        else:
            issues.add(span, "embargoes", verbatim)
    return max(days, default=None)


def boxes(draft: Draft, source: Source, issues: Issues) -> tuple[Box, ...]:
    """Where the thing is, as closely as it may be told: to 0.1 degree, exactly where the source file says why.

    None where the source file hides them, or the record says that its place is sensitive or obscured. What is no
    place on earth is an issue.
    """
    if not draft.coordinates:
        return ()
    hidden = source.reading.coordinates == "hidden" or _is_sensitive(
        [text.value for text in (*draft.access, *draft.rights)]
    )
    if hidden:
        issues.add("coordinates_hidden", "coordinates")
        return ()
    on_earth = []
    for box in draft.coordinates:
        if _is_on_earth(box):
            on_earth.append(box if source.reading.coordinates == "exact" else _rounded(box))
        else:
            issues.add("coordinates_refused", "coordinates", f"{box.west} {box.south} {box.east} {box.north}")
    return tuple(dict.fromkeys(on_earth))


def _rounded(box: Box) -> Box:
    west, south, east, north = (round(edge, _DEGREES) + 0.0 for edge in (box.west, box.south, box.east, box.north))
    return Box(west=west, south=south, east=east, north=north)


def _is_on_earth(box: Box) -> bool:
    """West may be greater than east: across the 180th meridian."""
    edges = (box.west, box.south, box.east, box.north)
    return (
        all(map(math.isfinite, edges))
        and max(abs(box.west), abs(box.east)) <= 180
        and -90 <= box.south <= box.north <= 90
    )


def _is_sensitive(texts: Sequence[str]) -> bool:
    return any(_SENSITIVE.search(_folded(text)) for text in texts)


def _folded(text: str) -> str:
    """Lower case without accents, but with the marks that addresses are made of."""
    return text.lower() if text.isascii() else f"{text.lower()} {fold(text)}"


@lru_cache(maxsize=4096)
def _labels(text: str) -> tuple[str, ...]:
    return tuple(_named_labels(text))


def _named_labels(text: str) -> Iterator[str]:
    for found in _LABEL_ADDRESS.finditer(text):
        yield f"https://{found['hub']}" if found["hub"] else f"{_LABELS}{found['label'].lower()}/"
    for found in _LABEL_NAME.finditer(fold(text)):
        yield f"{_LABELS}{found[0].replace(' label ', ' ').replace(' ', '-')}/"


@lru_cache(maxsize=4096)
def _embargo_ends(text: str) -> tuple[str, ...]:
    return tuple(_EMBARGO_END.findall(text))


@lru_cache(maxsize=4096)
def _access_rights(text: str) -> tuple[str, ...]:
    folded = _folded(text)
    return tuple(address for words, address in _ACCESS if words.search(folded))
