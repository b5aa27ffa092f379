"""The tables of where records come from: sources and their runs, what went wrong, what changed, and who is covered."""

from __future__ import annotations

from warehouse.tables.model import Column, Table

_SOURCE = Column("source", "VARCHAR", "Source, as in `sources`.")
_RUN = Column("run", "VARCHAR", "Run of that source, as in `runs`.")

TABLES = (
    Table(
        name="sources",
        meaning="One row a source of this release. Times are in UTC.",
        columns=(
            Column("id", "VARCHAR", "The source, as in all other tables."),
            Column("name", "VARCHAR", "Its title."),
            Column("government", "VARCHAR", "ISO 3166-1 alpha-2 of the country whose site it is; NULL for others."),
            Column("records", "BIGINT", "Records of it that are published."),
            Column("deleted", "BIGINT", "Tombstones of it."),
            Column("last_success", "TIMESTAMP", "When it was loaded last."),
            Column("as_of", "TIMESTAMP", "The true date of its records: up to when the site was read."),
        ),
        query="SELECT id, name, government, records, deleted, last_success, as_of FROM source_rows ORDER BY id",
    ),
    Table(
        name="runs",
        meaning="One row a run of a published source whose reports are kept. Times are in UTC.",
        columns=(
            _SOURCE,
            _RUN,
            Column("started", "TIMESTAMP", "When it began."),
            Column("ended", "TIMESTAMP", "When its last step ended."),
            Column("step", "VARCHAR", "The last step that it came to: harvest, normalize or load."),
            Column("outcome", "VARCHAR", "How that step ended: running, done, held, stopped, failed or skipped."),
            Column("is_full", "BOOLEAN", "Whether it asked for everything, and not only for what is new."),
            Column("is_complete", "BOOLEAN", "Whether the list ended as it should, and nothing was lost on the way."),
            Column("pages", "BIGINT", "Pages received."),
            Column("bytes", "BIGINT", "Bytes received."),
            Column("received", "BIGINT", "Records received."),
            Column("added", "BIGINT", "Records that the load added."),
            Column("changed", "BIGINT", "Records whose meaning the load changed."),
            Column("unchanged", "BIGINT", "Records that came again and mean the same."),
            Column("removed", "BIGINT", "Records that the load removed."),
            Column("absent", "BIGINT", "Records that a complete sweep did not find."),
            Column("live", "BIGINT", "Records of the source after it."),
        ),
        query="SELECT * FROM run_rows",
    ),
    Table(
        name="issues",
        meaning=(
            "One row a thing to know of a published record, or of a page of its source (record NULL). "
            "The values themselves stay with the operator."
        ),
        columns=(
            _SOURCE,
            Column("run", "VARCHAR", "Run that received it, as in `runs`."),
            Column("record", "VARCHAR", "Identifier of the record, as in `records`."),
            Column("code", "VARCHAR", "What it is, such as date_not_understood."),
            Column("severity", "VARCHAR", "note, warning or error."),
            Column("field", "VARCHAR", "Field of the record."),
        ),
        query="""
            SELECT found.source, found.run, published.identifier AS record, code, severity, field
            FROM issue_rows AS found
            LEFT JOIN published
            ON published.source = found.source AND published.run = found.run AND published.page = found.page
            AND source_identifier = record
            WHERE record IS NULL OR published.identifier IS NOT NULL
            ORDER BY ALL
        """,
    ),
    Table(
        name="changes",
        meaning="One row a change of a record that is published, or has a tombstone, and the load that made it.",
        columns=(
            _SOURCE,
            _RUN,
            Column("loaded", "TIMESTAMP", "When it was loaded, in UTC."),
            Column("record", "VARCHAR", "Identifier of the record, as in `records` or `tombstones`."),
            Column("kind", "VARCHAR", "What the load did, such as add, change, cosmetic (markup alone) or remove."),
            Column("fields", "VARCHAR", "Fields that mean something else than before, separated by commas."),
        ),
        query="""
            SELECT source, run, loaded, identifier AS record, kind, array_to_string(fields, ', ') AS fields
            FROM change_rows
            SEMI JOIN (SELECT identifier FROM published UNION ALL SELECT identifier FROM tombstones) USING (identifier)
            ORDER BY loaded, source, record
        """,
    ),
    Table(
        name="coverage",
        meaning="One row a Party to the Convention, those of which nothing is known yet included.",
        columns=(
            Column("party", "VARCHAR", "The CBD's identifier of the Party, as in `terms`."),
            Column("name", "VARCHAR", "Its name in English."),
            Column("iso3", "VARCHAR", "ISO 3166-1 alpha-3 code."),
            Column("region", "VARCHAR", "Region of the United Nations (M49) that it lies in, in English."),
            Column("sources", "BIGINT", "Sources of that government in this release."),
            Column("records", "BIGINT", "Records in `national_records` that these gave."),
            Column("about", "BIGINT", "Documents of any source that are about it."),
            Column("newest", "DATE", "Latest day of publication that a record of these sources states, up to as_of."),
            Column("as_of", "TIMESTAMP", "The true date of its sources' records, the latest."),
        ),
        query="""
            WITH
            english AS (SELECT scheme, identifier, label, iso3 FROM terms WHERE language = 'en'),
            asked AS (
                SELECT lower(government) AS party, count(*) AS sources, max(as_of) AS as_of
                FROM sources WHERE government IS NOT NULL GROUP BY party
            ),
            given AS (
                SELECT records.government AS party, count(*) AS records,
                    max(published) FILTER (published <= asked.as_of) AS newest
                FROM records JOIN asked ON asked.party = records.government
                WHERE is_preferred AND origin = 'national'
                GROUP BY records.government
            ),
            told AS (
                SELECT term AS party, count(*) AS about
                FROM countries SEMI JOIN (SELECT identifier FROM records WHERE is_preferred) AS shown
                ON shown.identifier = countries.record
                GROUP BY term
            ),
            lies AS (
                SELECT term AS party, label AS region
                FROM broader JOIN english ON identifier = broader.broader
                WHERE broader.scheme = 'm49-regions' AND steps = 2
            )
            SELECT
                english.identifier AS party, label AS name, iso3, region, coalesce(sources, 0) AS sources,
                coalesce(records, 0) AS records, coalesce(about, 0) AS about, newest, as_of
            FROM english
            LEFT JOIN lies ON lies.party = english.identifier
            LEFT JOIN asked ON asked.party = english.identifier
            LEFT JOIN given ON given.party = english.identifier
            LEFT JOIN told ON told.party = english.identifier
            WHERE scheme = 'countries'
            AND english.identifier IN (SELECT term FROM broader WHERE scheme = 'cbd-parties' AND steps = 1)
            ORDER BY party
        """,
    ),
    Table(
        name="releases",
        meaning="One row a release that is kept, this one included.",
        columns=(
            Column("release", "VARCHAR", "Its id, which sorts by time."),
            Column("published", "TIMESTAMP", "When it was published, in UTC."),
            Column("records", "BIGINT", "Records in it."),
            Column("deleted", "BIGINT", "Tombstones in it."),
        ),
        query="SELECT * FROM release_rows ORDER BY release",
    ),
    Table(
        name="about",
        meaning="One row: which release this file is of, and which definitions its tables follow.",
        columns=(
            Column("release", "VARCHAR", "Id of the release."),
            Column("published", "TIMESTAMP", "When it was published, in UTC."),
            Column("schema_version", "BIGINT", "Counts changes of these tables that a query must know of."),
        ),
        query="SELECT * FROM about_row",
    ),
)
BEFORE_RECORDS = (
    Table(
        name="duplicates",
        meaning="One row a route to a document that several sources have.",
        columns=(
            Column("preferred", "VARCHAR", "Identifier of the record to show for the document, as in `records`."),
            Column("identifier", "VARCHAR", "Identifier of the record that is this route."),
            _SOURCE,
            Column("page", "VARCHAR", "Where the record stands on its site."),
        ),
        query="SELECT preferred, identifier, source, page FROM routes",
    ),
    Table(
        name="ties",
        meaning="One row a reason why a route in `duplicates` leads to the same document as others.",
        columns=(
            Column("identifier", "VARCHAR", "Identifier of the record, as in `duplicates`."),
            Column("by", "VARCHAR", "What it shares with them: doi, isbn, handle, document, page or title; or person."),
            Column("value", "VARCHAR", "The DOI, address and so on, or a person's word."),
        ),
        query="""
            SELECT identifier, tie."by", tie.value
            FROM (SELECT identifier, unnest(ties) AS tie FROM routes)
        """,
    ),
    Table(
        name="tombstones",
        meaning="One row a record that is no longer there.",
        columns=(
            Column("identifier", "VARCHAR", "GUID that the record had."),
            _SOURCE,
            Column("source_identifier", "VARCHAR", "What the source itself called it."),
            Column("datestamp", "VARCHAR", "When the source says that it was deleted."),
            Column("reason", "VARCHAR", "Why it is no longer there, such as deleted at source, absent or withdrawn."),
            Column("successor", "VARCHAR", "Identifier of the record that took over, as in `records`, if one did."),
            Column("buried", "DATE", "Day on which we took it out."),
            Column("run", "VARCHAR", "Run that said so."),
            Column("page", "BIGINT", "Page of that run, from 0; NULL where no page said so."),
        ),
        query="""
            SELECT identifier, source, source_identifier, datestamp, reason, successor,
                TRY_CAST(buried AS DATE) AS buried, run, page
            FROM stones
        """,
    ),
)
