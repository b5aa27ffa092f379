"""The types that the normalisers make: the draft of a format, and the record that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from harvesters.model import Issue
from vocabularies.model import Vocabulary

LString: TypeAlias = dict[str, str]  # BCP 47 language -> text; "und" where nobody says which
# How a term was found: by what the vocabulary calls it; by another name of a place; by the source's `lookups`; by a
# mapping that a person accepted; by somebody else's concept that its publisher says is the same; by name within a
# text; or as the source's default.
How = Literal[
    "notation", "prefLabel", "altLabel", "hiddenLabel", "variant", "lookup", "mapping", "exactMatch", "text", "default"
]  # fmt: skip
Share = Literal["full", "metadata", "link", "none"]
Because = Literal["source", "labels", "community", "access", "embargo", "permission", "licence", "no_open_licence"]


class Text(Struct, frozen=True):
    """A value as found, with the language that its format declares for it, if any."""

    value: str
    language: str | None = None


class Subject(Text, frozen=True):
    """A subject whose format names the scheme that it is of, by whatever name or address the record gives it."""

    scheme: str | None = None


class Link(Struct, frozen=True, kw_only=True):
    """The CBD's Link. `url` is absolute; `rel` is source, document, image or related.

    Or it is central: the record of the Convention's clearing-house of which this one is a copy.
    """

    url: str
    rel: str = "related"
    name: str | None = None
    language: str | None = None
    media_type: str | None = None


class Box(Struct, frozen=True, kw_only=True):
    """Where on earth, in degrees of WGS 84; a point has `west == east` and `south == north`."""

    west: float
    south: float
    east: float
    north: float


class Draft(Struct, kw_only=True):
    """*Where* the values of one incoming record stand; nothing is interpreted yet.

    Each field holds every value that the format has for it, in the order of the document. `unused` counts the
    fields of the format that the profile did not use, by their name there. `tags` are identifiers of the CBD's
    thesaurus, of any of its lists. `schema` is what a record of this format is where nothing in it says more; `issues`
    are the format's own, such as XML that had to be mended. `contributors` made it besides its authors (who paid, or
    answers letters, did not); `access` are statements on who may see the thing described, `embargoes` dates until which
    nobody may. `detected` says, of formats that may have a value in several places, where it stood (see `Provenance`).
    """

    titles: list[Text] = field(default_factory=list)
    summaries: list[Text] = field(default_factory=list)
    descriptions: list[Text] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    types: list[Text] = field(default_factory=list)
    subjects: list[Text] = field(default_factory=list)
    tags: list[Text] = field(default_factory=list)
    coverage: list[Text] = field(default_factory=list)
    authors: list[Text] = field(default_factory=list)
    contributors: list[Text] = field(default_factory=list)
    publishers: list[Text] = field(default_factory=list)
    dates: list[tuple[DateKind, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    rights: list[Text] = field(default_factory=list)
    access: list[Text] = field(default_factory=list)
    embargoes: list[str] = field(default_factory=list)
    coordinates: list[Box] = field(default_factory=list)
    place: str | None = None
    organizer: str | None = None
    unused: dict[str, int] = field(default_factory=dict)
    schema: str = "resource"
    issues: list[Issue] = field(default_factory=list)
    detected: list[str] = field(default_factory=list)


DateKind = Literal["published", "modified", "created", "start", "end"]


class Term(Struct, frozen=True, kw_only=True):
    """The CBD's Term: `identifier` of a vocabulary, the words that led there, and how (see `How`)."""

    identifier: str
    verbatim: str
    by: How


class Date(Struct, frozen=True, kw_only=True):
    """`value` is ISO 8601 and as partial as the source's: 2024, 2024-12, 2024-12-05 or with a time and offset."""

    kind: DateKind
    value: str
    verbatim: str


class Rights(Struct, frozen=True, kw_only=True):
    """`statement` is verbatim; `licence` is the URI of the licence, or state of rights, that it names, if any.

    `share` is what may be published of the record, and `because` the rule that said so (see `sharing`). `labels` are
    the URIs of Local Contexts' labels, `access` is COAR's of an access right, `embargo` the last day on which nobody
    may see the thing described.
    """

    statement: LString = {}
    licence: str | None = None
    share: Share = "metadata"
    because: Because = "no_open_licence"
    labels: tuple[str, ...] = ()
    access: str | None = None
    embargo: str | None = None


class Provenance(Struct, frozen=True, kw_only=True):
    """The way back to the raw bytes: run, page and item; and what the source said of the record itself.

    `first_seen` is the day on which we first met a record that does not say of when it is: no date of publication.
    `detected` names the texts, as in `title:fr`, whose language nobody declares, and, of web pages, where on the page
    a value was found, as in `title=json-ld`.
    """

    profile: str
    url: str
    item: int
    received: str
    datestamp: str | None = None
    sets: tuple[str, ...] = ()
    first_seen: str | None = None
    detected: tuple[str, ...] = ()


class CommonRecord(Struct, frozen=True, kw_only=True):
    """One record on the Convention's terms.

    `identifier` is an upper-case GUID made of `source` and `source_identifier`, stable for ever. `schema` is a
    common format of the CBD. `government` is the CBD's country identifier (lower-case ISO 3166-1 alpha-2). `body` is
    the description as safe HTML, where it came with structure. `articles` are the Convention's; `kinds` say what sort
    of organization, focal point or report it is, in the CBD's own terms.
    `fingerprint` digests the meaning: everything but provenance and markup.
    """

    identifier: str
    source: str
    source_identifier: str
    schema: str
    government: str | None
    origin: str
    title: LString
    summary: LString
    description: LString
    body: LString
    languages: tuple[str, ...]
    types: tuple[str, ...]
    countries: tuple[Term, ...]
    regions: tuple[Term, ...]
    subjects: tuple[Term, ...]
    gbf_targets: tuple[Term, ...]
    aichi_targets: tuple[Term, ...]
    gbf_goals: tuple[Term, ...]
    gbf_indicators: tuple[Term, ...]
    sdg_goals: tuple[Term, ...]
    articles: tuple[Term, ...]
    kinds: tuple[Term, ...]
    keywords: tuple[Text, ...]
    authors: tuple[str, ...]
    publisher: LString
    dates: tuple[Date, ...]
    links: tuple[Link, ...]
    rights: Rights
    coordinates: tuple[Box, ...]
    source_page: str | None
    place: str | None
    organizer: str | None
    provenance: Provenance
    fingerprint: str


class Tombstone(Struct, frozen=True, kw_only=True):
    """The source says that this record is deleted."""

    identifier: str
    source: str
    source_identifier: str
    datestamp: str | None


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one raw record: a record or a tombstone (never both; neither where it could not be read)."""

    record: CommonRecord | Tombstone | None
    issues: tuple[Issue, ...] = ()
    unused: Mapping[str, int] = {}


class Terms(Struct, frozen=True, kw_only=True, eq=False):
    """The vocabularies and decisions that `normalize` asks; `pipeline` opens them once, so memos go by which it is.

    `mapped` are the mappings that people accepted: folded term -> URIs of concepts. `others` are vocabularies that tag
    no record, of which `same` leads from the URI of a concept to those of ours that mean the same.
    """

    countries: Vocabulary
    regions: Vocabulary
    languages: Vocabulary
    subjects: Vocabulary
    gbf_targets: Vocabulary
    aichi_targets: Vocabulary
    gbf_goals: Vocabulary
    gbf_indicators: Vocabulary
    sdg_goals: Vocabulary
    articles: Vocabulary
    kinds: Vocabulary
    mapped: Mapping[str, tuple[str, ...]] = {}
    others: tuple[Vocabulary, ...] = ()
    same: Mapping[str, tuple[str, ...]] = {}
