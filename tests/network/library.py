"""The documents of the Canadian repository: what they are on each day, and their Dublin Core.

Day 1: `FIRST_DAY` documents, of which `GONE` are deleted already. Between the first and the second day, `ADDED` come,
`REVISED` get a second edition, `REMOVED` are deleted and two of those that were gone return. Nothing happens later.
A few documents have the flaws that real repositories have: see `_date` and `_language_code`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from xml.sax.saxutils import escape

from tests.network.days import moment, stamp
from tests.network.text import UN_LANGUAGES, Fact, Telling, country_name, facts, revised, table, tell

HOST = "canada.demonstration.example"
FIRST_DAY, GONE, ADDED, REVISED, REMOVED, RETURNED = 3300, 60, 40, 25, 15, 2
ISO_639_2 = {"ar": "ara", "en": "eng", "es": "spa", "fr": "fre", "ru": "rus", "zh": "chi"}
DCMI_TYPES = {"map": "StillImage", "lesson": "InteractiveResource", "workshop": "Event"}
NAMESPACES = (
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd"'
)


@dataclass(frozen=True)
class Document:
    """One document on one day; `languages` has the record's own first, then that of its translation, if any."""

    number: int
    fact: Fact
    languages: tuple[str, ...]
    datestamp: str
    deleted: bool = False
    edition: int = 1

    @property
    def identifier(self) -> str:
        """As the scheme `oai` forms it (OAI Identifier Format, 2.2)."""
        return f"oai:{HOST}:document-{self.number:05}"

    @property
    def sets(self) -> tuple[str, str]:
        """The leaves of the set tree that the document hangs on."""
        return f"kind:{self.fact.kind}", f"language:{self.languages[0]}"

    def tellings(self) -> tuple[Telling, ...]:
        """Title and description in each of `languages`."""
        told = tuple(tell(self.fact, language) for language in self.languages)
        return told if self.edition == 1 else tuple(revised(telling, str(self.number)) for telling in told)


def set_names() -> dict[str, str]:
    """The sets by their specs; the colon makes the hierarchy (OAI-PMH 2.0, 2.6)."""
    kinds = {"species": "Species", "area": "Protected areas", "law": "Laws", "policy": "National policy"}
    names = {"kind": "By kind", "language": "By language"}
    names |= {f"kind:{kind}": name for kind, name in kinds.items()}
    return names | {f"language:{language}": f"In {language}" for language in UN_LANGUAGES}


@cache
def documents(day: int) -> tuple[Document, ...]:
    """The whole repository on that day, in order of datestamp and number; every day after the second is like it."""
    if day > 2:
        return documents(2)
    found = {number: _document(number) for number in range(1, FIRST_DAY + 1)}
    mixed = Random(7).sample(range(1, FIRST_DAY + 1), GONE + REVISED + REMOVED)
    gone, reworked, removed = mixed[:GONE], mixed[GONE : GONE + REVISED], mixed[GONE + REVISED :]
    for number in gone:
        found[number] = _changed(found[number], found[number].datestamp, deleted=True)
    if day == 2:
        _second_day(found, gone[:RETURNED], reworked, removed)
    return tuple(sorted(found.values(), key=lambda document: (document.datestamp, document.number)))


def dublin_core(document: Document) -> str:
    """The document's `oai_dc:dc` element, as XML text."""
    own = document.languages[0]
    subject = table("subjects")[document.fact.target - 1]["cbd"]
    year = stamp(moment(1) - timedelta(minutes=500 * (FIRST_DAY - document.number)))
    lines = [f'<dc:title xml:lang="{told.language}">{escape(told.title)}</dc:title>' for told in document.tellings()]
    lines += [
        f'<dc:description xml:lang="{told.language}">{escape(told.description)}</dc:description>'
        for told in document.tellings()
    ]
    values = [
        ("creator", "Demonstration Centre for Biodiversity Documents"),
        ("publisher", "Demonstration: Canada"),
        ("subject", subject),
        ("subject", f"GBF-T{document.fact.target:02}"),
        ("subject", _keyword(document.fact)),
        ("coverage", country_name(document.fact.country, own)),
        ("date", _date(document.number, year[:10])),
        ("type", DCMI_TYPES.get(document.fact.variant, "Text")),
        ("format", "application/pdf"),
        ("identifier", f"https://{HOST}/documents/{document.number:05}"),
        *(("language", _language_code(document.number, language)) for language in document.languages),
        ("rights", "https://creativecommons.org/licenses/by/4.0/"),
    ]
    lines += [f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in values]
    return f"<oai_dc:dc {NAMESPACES}>{''.join(lines)}</oai_dc:dc>"


@cache
def _facts() -> tuple[Fact, ...]:
    """Belgium's and Peru's are told by their own sites."""
    return tuple(fact for fact in facts() if fact.country not in ("be", "pe"))


def _document(number: int) -> Document:
    """As it was when it came. Seven at a time share a datestamp, as imports do; the youngest lie in the last hour."""
    age = FIRST_DAY - number
    before = timedelta(minutes=9 * (age + 1)) if age < 6 else timedelta(minutes=500 * (age // 7 * 7 + 1))
    own = UN_LANGUAGES[number % 6]
    other = UN_LANGUAGES[(number + 1 + number // 6 % 5) % 6]
    languages = (own, other) if number % 3 == 0 else (own,)
    return Document(number, _facts()[number], languages, stamp(moment(1) - before))


def _second_day(found: dict[int, Document], returned: list[int], reworked: list[int], removed: list[int]) -> None:
    added = [_document(number) for number in range(FIRST_DAY + 1, FIRST_DAY + ADDED + 1)]
    news = [*(found[number] for number in (*returned, *reworked, *removed)), *added]
    for minutes, document in enumerate(news, start=1):
        later = stamp(moment(1) + timedelta(seconds=1, minutes=13 * minutes))
        edition = 2 if document.number in reworked else 1
        found[document.number] = _changed(document, later, deleted=document.number in removed, edition=edition)


def _changed(old: Document, datestamp: str, *, deleted: bool = False, edition: int = 1) -> Document:
    return Document(old.number, old.fact, old.languages, datestamp, deleted, edition)


def _keyword(fact: Fact) -> str:
    """A free keyword that no vocabulary has, in most cases."""
    if fact.kind == "species":
        return table("species")[fact.row]["scientific"]
    return {"area": "site management", "law": "legislation", "policy": "national policy"}[fact.kind]


def _date(number: int, whole: str) -> str:
    """Most say the day, some the month or the year, and eight say what is no date at all."""
    if number % 401 == 0:
        return "s.d."
    return whole[: {0: 4, 1: 7}.get(number % 10, 10)]


def _language_code(number: int, language: str) -> str:
    """One in four catalogues with the three letters of ISO 639-2/B."""
    return ISO_639_2[language] if number % 4 == 0 else language
