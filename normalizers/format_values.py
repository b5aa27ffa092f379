"""Where the values of a document stand in a `CommonRecord`: one function a field, as the CBD's types want it.

Nothing is invented: what the record does not say is None or empty. Names, which belong to no language, stand under
`und`. People's addresses and telephone numbers have no field in a `CommonRecord`, and so none in a document.
"""

from __future__ import annotations

from collections.abc import Iterable

from normalizers.model import CommonRecord, DateKind, Link, LString, Term
from normalizers.sharing import SUMMARY_WORDS, first_words

_NO_LANGUAGE = "und"
_NOT_STATED = frozenset(("default", "text"))  # how a term was found: not among the record's own terms


def title(record: CommonRecord) -> LString:
    """The title."""
    return record.title


def summary(record: CommonRecord) -> LString:
    """In each language the summary, or else the description, cut after 300 words."""
    texts = record.description | record.summary
    return {language: first_words(text, SUMMARY_WORDS) for language, text in texts.items()}


def text(record: CommonRecord) -> LString:
    """In each language the description, or else the summary."""
    return record.summary | record.description


def description(record: CommonRecord) -> LString:
    """The description alone, for formats that have a summary too."""
    return record.description


def publisher(record: CommonRecord) -> LString:
    """Who publishes it."""
    return record.publisher


def office(record: CommonRecord) -> LString:
    """The office that answers: the publisher, or else the organizer."""
    return record.publisher or organizer(record)


def organizer(record: CommonRecord) -> LString:
    """Who holds an event."""
    return _named(record.organizer)


def place(record: CommonRecord) -> LString:
    """Where an event is held."""
    return _named(record.place)


def authors(record: CommonRecord) -> LString:
    """The authors' names in one text, as the format of resources has it."""
    return _named("; ".join(record.authors))


def rights(record: CommonRecord) -> LString:
    """The statement of rights, verbatim."""
    return record.rights.statement


def keywords(record: CommonRecord) -> list[LString]:
    """Keywords that are no terms, each under its language."""
    return [{keyword.language or _NO_LANGUAGE: keyword.value} for keyword in record.keywords]


def government(record: CommonRecord) -> dict[str, str] | None:
    """The government whose site it is."""
    return {"identifier": record.government} if record.government else None


def country(record: CommonRecord) -> dict[str, str] | None:
    """The country, where the record names exactly one."""
    return _only(record.countries)


def countries(record: CommonRecord) -> list[dict[str, str]]:
    """Countries."""
    return _terms(record.countries)


def regions(record: CommonRecord) -> list[dict[str, str]]:
    """Regions and groups of countries."""
    return _terms(record.regions)


def countries_and_regions(record: CommonRecord) -> list[dict[str, str]]:
    """Both, in one field."""
    return _terms((*record.countries, *record.regions))


def subjects(record: CommonRecord) -> list[dict[str, str]]:
    """Subjects of the CBD."""
    return _terms(record.subjects)


def gbf_targets(record: CommonRecord) -> list[dict[str, str]]:
    """Targets of the Kunming-Montreal Global Biodiversity Framework."""
    return _terms(record.gbf_targets)


def aichi_targets(record: CommonRecord) -> list[dict[str, str]]:
    """Aichi Biodiversity Targets."""
    return _terms(record.aichi_targets)


def stated_gbf_targets(record: CommonRecord) -> list[dict[str, str]]:
    """Those that the record itself gives as its terms: what a government commits itself to is never inferred."""
    return _terms(_stated(record.gbf_targets))


def stated_gbf_target(record: CommonRecord) -> dict[str, str] | None:
    """The one that the record itself gives, where it gives exactly one."""
    return _only(_stated(record.gbf_targets))


def aichi_target(record: CommonRecord) -> dict[str, str] | None:
    """The Aichi Target, where the record names exactly one."""
    return _only(record.aichi_targets)


def published(record: CommonRecord) -> str | None:
    """The date of publication, as partial as the source's."""
    return _date(record, "published")


def published_on(record: CommonRecord) -> str | None:
    """The day of publication; a mere month or year is no day, and none is made up."""
    return _day(record, "published")


def year(record: CommonRecord) -> int | None:
    """The year of publication."""
    date = _date(record, "published")
    return int(date[:4]) if date else None


def start(record: CommonRecord) -> str | None:
    """The day on which it begins."""
    return _day(record, "start")


def end(record: CommonRecord) -> str | None:
    """The day on which it ends."""
    return _day(record, "end")


def links(record: CommonRecord) -> list[dict[str, str]]:
    """The record's page and its documents."""
    return _links(record, ("source", "document"))


def pages(record: CommonRecord) -> list[dict[str, str]]:
    """The record's page."""
    return _links(record, ("source",))


def documents(record: CommonRecord) -> list[dict[str, str]]:
    """Its documents."""
    return _links(record, ("document",))


def related(record: CommonRecord) -> list[dict[str, str]]:
    """What it points to beside itself."""
    return _links(record, ("related",))


def links_and_related(record: CommonRecord) -> list[dict[str, str]]:
    """All of these, for formats that have one field for addresses."""
    return _links(record, ("source", "document", "related"))


def images(record: CommonRecord) -> list[dict[str, str]]:
    """Its images."""
    return _links(record, ("image",))


def _named(name: str | None) -> LString:
    return {_NO_LANGUAGE: name} if name else {}


def _terms(found: Iterable[Term]) -> list[dict[str, str]]:
    return [{"identifier": term.identifier} for term in found]


def _stated(found: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(term for term in found if term.by not in _NOT_STATED)


def _only(found: tuple[Term, ...]) -> dict[str, str] | None:
    return _terms(found)[0] if len(found) == 1 else None


def _date(record: CommonRecord, kind: DateKind) -> str | None:
    return next((date.value for date in record.dates if date.kind == kind), None)


def _day(record: CommonRecord, kind: DateKind) -> str | None:
    date = _date(record, kind)
    return date if date and len(date) >= len("2024-12-05") else None


def _links(record: CommonRecord, rels: tuple[str, ...]) -> list[dict[str, str]]:
    return [_link(link) for link in record.links if link.rel in rels]


def _link(link: Link) -> dict[str, str]:
    said = {"url": link.url, "name": link.name, "language": link.language}
    return {name: value for name, value in said.items() if value}
