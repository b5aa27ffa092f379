"""The tables that a release's records make: one of the records, and one of each kind of value with several a record.

All are read from `records.parquet` of the release, which holds what may be published and nothing else.
"""

from __future__ import annotations

from warehouse.tables.model import Column, Table, View

_RECORD = Column("record", "VARCHAR", "Identifier of the record, as in `records`.")
_LANGUAGE = Column("language", "VARCHAR", "BCP 47 tag of the language; und where nobody says which.")
_TERM = (
    _RECORD,
    Column("term", "VARCHAR", "Identifier of the term, as in `terms`."),
    Column("verbatim", "VARCHAR", "The words of the source that led to the term."),
    Column(
        "by",
        "VARCHAR",
        "How the term was found: notation, prefLabel, altLabel, hiddenLabel or variant of its name; lookup of the "
        "source file; mapping by a person; exactMatch of another vocabulary; text naming it; default of the source.",
    ),
)
_DAY = (  # the first day of a date that may be as partial as 2024 or 2024-12
    "TRY_CAST(CASE length({0}) WHEN 4 THEN {0} || '-01-01' WHEN 7 THEN {0} || '-01' ELSE {0}[1:10] END AS DATE)"
)

RECORDS = Table(
    name="records",
    meaning="One row a published record; what a record has several of is in the other tables, by `record`.",
    columns=(
        Column("identifier", "VARCHAR", "GUID of the record, made of source and source_identifier; never changes."),
        Column("source", "VARCHAR", "Source that gave it, as in `sources`."),
        Column("source_identifier", "VARCHAR", "What the source itself calls it."),
        Column("schema", "VARCHAR", "Common format of the CBD, such as resource, event or nbsap."),
        Column("government", "VARCHAR", "Whose site gave it: the CBD's identifier of a country; NULL for other sites."),
        Column("origin", "VARCHAR", "Kind of site: national, regional, central or partner."),
        Column("is_preferred", "BOOLEAN", "False for a further route to a document that a better route shows already."),
        Column("title", "VARCHAR", "Its title in English, else in the first language that it has; all are in `texts`."),
        Column("published", "DATE", "Day of publication that the source states; the first day of a year or month."),
        Column("source_page", "VARCHAR", "Where the record stands on its site."),
        Column("licence", "VARCHAR", "URI of the licence, or state of rights, that the record names."),
        Column("share", "VARCHAR", "How much of it is published: full, metadata or link."),
        Column("because", "VARCHAR", "The rule that said so."),
        Column("access", "VARCHAR", "COAR's URI of an access right to the thing described."),
        Column("embargo", "VARCHAR", "Last day on which nobody may see the thing described."),
        Column("place", "VARCHAR", "Where an event is held."),
        Column("profile", "VARCHAR", "Format in which the record came."),
        Column("url", "VARCHAR", "Address that was asked for it."),
        Column("received", "TIMESTAMP", "When it was received, in UTC."),
        Column("datestamp", "VARCHAR", "When the source says that it changed last, as the source writes it."),
        Column("first_seen", "DATE", "Day on which a record was first met that does not say of when it is."),
        Column("fingerprint", "VARCHAR", "Digest of all that the record means: another one, another meaning."),
        Column("run", "VARCHAR", "Run that received it."),
        Column("page", "BIGINT", "Page of that run, from 0."),
        Column("item", "BIGINT", "Place in that page, from 0."),
    ),
    query=f"""
        SELECT
            identifier,
            source,
            source_identifier,
            schema,
            government,
            origin,
            identifier NOT IN (SELECT identifier FROM duplicates WHERE identifier <> preferred) AS is_preferred,
            coalesce(title['en'], map_values(title)[1]) AS title,
            {_DAY.format("list_filter(dates, lambda date: date.kind = 'published')[1].value")} AS published,
            source_page,
            rights.licence,
            rights.share,
            rights.because,
            rights.access,
            rights.embargo,
            place,
            provenance.profile,
            provenance.url,
            TRY_CAST(provenance.received AS TIMESTAMP) AS received,
            provenance.datestamp,
            TRY_CAST(provenance.first_seen AS DATE) AS first_seen,
            fingerprint,
            run,
            page,
            provenance.item
        FROM published
    """,
)


def _strings(name: str, of: str, meaning: str, column: Column) -> Table:
    """A table of plain values, of a column of lists."""
    query = f'SELECT identifier AS record, unnest({of}) AS "{column.name}" FROM published'
    return Table(name=name, meaning=meaning, columns=(_RECORD, column), query=query)


def _texts(field: str) -> str:
    """Texts of one field; the markup of a description is in the language that the description is in."""
    of = "description" if field == "body" else field
    return f"""
        SELECT
            identifier AS record,
            '{field}' AS field,
            entry.key AS language,
            entry.value AS text,
            NOT list_contains(detected, '{of}:' || entry.key) AS is_declared
        FROM (SELECT identifier, provenance.detected AS detected, unnest(map_entries({field})) AS entry FROM published)
    """


def _terms(field: str) -> str:
    return f"""
        SELECT identifier AS record, term.identifier AS term, term.verbatim, term."by"
        FROM (SELECT identifier, unnest({field}) AS term FROM published)
    """


def _of_terms(name: str, meaning: str) -> Table:
    return Table(name=name, meaning=meaning, columns=_TERM, query=_terms(name))


_TARGETS = ("gbf_targets", "aichi_targets", "gbf_goals", "gbf_indicators", "sdg_goals")
_UNION = " UNION ALL "

TEXTS = Table(
    name="texts",
    meaning="One row a text of a record in one language.",
    columns=(
        _RECORD,
        Column("field", "VARCHAR", "title, summary, description, or body: the description as safe HTML."),
        _LANGUAGE,
        Column("text", "VARCHAR", "The text; of records not shared in full, the first 300 words."),
        Column("is_declared", "BOOLEAN", "Whether the site or its source file says the language; else we detected it."),
    ),
    query=_UNION.join(map(_texts, ("title", "summary", "description", "body"))),
)
TARGETS = Table(
    name="targets",
    meaning="One row a target, goal or indicator that a record is about.",
    columns=(
        _RECORD,
        Column("framework", "VARCHAR", f"Which kind it is: {', '.join(_TARGETS)}."),
        *_TERM[1:],
    ),
    query=_UNION.join(f"SELECT '{field}' AS framework, * FROM ({_terms(field)})" for field in _TARGETS),
)
LANGUAGES = _strings(
    "languages",
    "languages",
    "One row a language of a record: those it declares, else those its title and description are in.",
    _LANGUAGE,
)
TYPES = _strings(
    "types",
    "types",
    "One row a kind of thing that the source calls a record.",
    Column("type", "VARCHAR", "The words of the source."),
)
SETS = _strings(
    "sets",
    "provenance.sets",
    "One row a set of its source that a record is in.",
    Column("set", "VARCHAR", "The source's own identifier of the set."),
)
LABELS = _strings(
    "labels",
    "rights.labels",
    "One row a label of Local Contexts that a record carries.",
    Column("label", "VARCHAR", "URI of the label."),
)
DATES = Table(
    name="dates",
    meaning="One row a date of a record.",
    columns=(
        _RECORD,
        Column("kind", "VARCHAR", "published, modified, created, start or end."),
        Column("value", "VARCHAR", "ISO 8601, as partial as the source's: 2024, 2024-12, 2024-12-05, or with a time."),
        Column("precision", "VARCHAR", "How much of it the source gives: year, month, day or time."),
        Column("day", "DATE", "The day, or the first one of the year or month."),
        Column("verbatim", "VARCHAR", "The words of the source."),
    ),
    query=f"""
        SELECT
            identifier AS record,
            date.kind,
            date.value,
            CASE length(date.value) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day' ELSE 'time' END
                AS precision,
            {_DAY.format("date.value")} AS day,
            date.verbatim
        FROM (SELECT identifier, unnest(dates) AS date FROM published)
    """,
)
AUTHORS = Table(
    name="authors",
    meaning="One row an author of a record.",
    columns=(
        _RECORD,
        Column("position", "BIGINT", "Place in the list of authors, from 1."),
        Column("author", "VARCHAR", "The name, as the source writes it."),
    ),
    query="""
        SELECT identifier AS record, unnest(range(1, len(authors) + 1)) AS position, unnest(authors) AS author
        FROM published
    """,
)
ORGANIZATIONS = Table(
    name="organizations",
    meaning="One row an organization behind a record.",
    columns=(
        _RECORD,
        Column("role", "VARCHAR", "publisher, or organizer of an event."),
        Column("name", "VARCHAR", "The name, as the source writes it."),
        Column("language", "VARCHAR", "BCP 47 tag of the language of the name; NULL where none is known."),
    ),
    query="""
        SELECT identifier AS record, 'publisher' AS role, entry.value AS name, nullif(entry.key, 'und') AS language
        FROM (SELECT identifier, unnest(map_entries(publisher)) AS entry FROM published)
        UNION ALL
        SELECT identifier, 'organizer', organizer, NULL FROM published WHERE organizer IS NOT NULL
    """,
)
KEYWORDS = Table(
    name="keywords",
    meaning="One row a keyword of a record that no vocabulary knows.",
    columns=(
        _RECORD,
        Column("keyword", "VARCHAR", "The words of the source."),
        Column("language", "VARCHAR", "BCP 47 tag that the source gives it; NULL where it gives none."),
    ),
    query="""
        SELECT identifier AS record, keyword.value AS keyword, keyword.language
        FROM (SELECT identifier, unnest(keywords) AS keyword FROM published)
    """,
)
LICENCES = Table(
    name="licences",
    meaning="One row a statement of a record's rights, in one language; records that state nothing have none.",
    columns=(
        _RECORD,
        Column("licence", "VARCHAR", "URI of the licence, or state of rights, that the record names."),
        Column("statement", "VARCHAR", "The words of the source; NULL where only the licence is known."),
        Column("language", "VARCHAR", "BCP 47 tag of the statement; und where nobody says which."),
    ),
    query="""
        SELECT identifier AS record, licence, entry.value AS statement, entry.key AS language
        FROM (
            SELECT identifier, rights.licence AS licence, unnest(map_entries(rights.statement)) AS entry FROM published
        )
        UNION ALL
        SELECT identifier, rights.licence, NULL, NULL
        FROM published
        WHERE rights.licence IS NOT NULL AND cardinality(rights.statement) = 0
    """,
)
LINKS = Table(
    name="links",
    meaning="One row a link of a record.",
    columns=(
        _RECORD,
        Column("url", "VARCHAR", "The address."),
        Column("rel", "VARCHAR", "What is there: source (its page), document, image or related."),
        Column("name", "VARCHAR", "Name of the link."),
        Column("language", "VARCHAR", "BCP 47 tag of what is there."),
        Column("media_type", "VARCHAR", "Media type of what is there."),
    ),
    query="""
        SELECT identifier AS record, link.url, link.rel, link.name, link.language, link.media_type
        FROM (SELECT identifier, unnest(links) AS link FROM published)
    """,
)
PLACES = Table(
    name="places",
    meaning="One row a place that a record is about, in degrees of WGS 84, as exact as its source file allows.",
    columns=(
        _RECORD,
        Column("west", "DOUBLE", "Western edge; of a point, the same as the eastern one."),
        Column("south", "DOUBLE", "Southern edge; of a point, the same as the northern one."),
        Column("east", "DOUBLE", "Eastern edge."),
        Column("north", "DOUBLE", "Northern edge."),
    ),
    query="""
        SELECT identifier AS record, box.west, box.south, box.east, box.north
        FROM (SELECT identifier, unnest(coordinates) AS box FROM published)
    """,
)
TABLES = (
    RECORDS,
    TEXTS,
    _of_terms("subjects", "One row a subject of a record, in the CBD's subject vocabulary."),
    TARGETS,
    _of_terms("countries", "One row a country that a record is about."),
    _of_terms("regions", "One row a region or group of countries that a record names."),
    _of_terms("articles", "One row an article of the Convention that a record is about."),
    _of_terms("kinds", "One row a kind of organization, focal point or report that a record is."),
    LANGUAGES,
    TYPES,
    DATES,
    AUTHORS,
    ORGANIZATIONS,
    KEYWORDS,
    LICENCES,
    LABELS,
    LINKS,
    PLACES,
    SETS,
)
VIEWS = (
    View(
        name="national_records",
        meaning="The records of national sites, each document once: what a figure on countries should count.",
        of="records",
        query="SELECT * FROM records WHERE is_preferred AND origin = 'national'",
    ),
)
